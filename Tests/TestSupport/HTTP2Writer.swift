/// Writes an HTTP/2 client's octets (RFC 9113), header blocks by hand and without compression.
package struct HTTP2Writer: Sendable {
    /// What has been written.
    package private(set) var octets: [UInt8] = []

    /// Starts with the preface and empty SETTINGS, or in the middle of a connection.
    package init(withPreface: Bool = true) {
        guard withPreface else { return }
        octets = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        frame(4)
    }

    /// Writes a frame.
    package mutating func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        let length = UInt32(payload.count)
        for shift: UInt32 in [16, 8, 0] { octets.append(UInt8(truncatingIfNeeded: length >> shift)) }
        octets += [type, flags]
        for shift: UInt32 in [24, 16, 8, 0] { octets.append(UInt8(truncatingIfNeeded: stream >> shift)) }
        octets += payload
    }

    /// Writes a POST: HEADERS, and DATA frames of which the last ends the stream.
    package mutating func post(
        _ authority: String,
        _ path: String = "/v1/chat",
        stream: UInt32,
        headers: [(String, String)] = [],
        _ bodies: [UInt8]...
    ) {
        let block = HTTP2Writer.request(authority, path, headers: headers)
        frame(1, flags: bodies.isEmpty ? 5 : 4, stream: stream, block)
        for (index, body) in bodies.enumerated() {
            frame(0, flags: index == bodies.count - 1 ? 1 : 0, stream: stream, body)
        }
    }

    /// A request's header block.
    package static func request(
        _ authority: String,
        _ path: String = "/v1/chat",
        method: String = "POST",
        headers: [(String, String)] = []
    ) -> [UInt8] {
        block([(":method", method), (":scheme", "http"), (":path", path), (":authority", authority)] + headers)
    }

    /// A header block of literals that are not added to the table (RFC 7541 § 6.2.2); strings of up to 126 octets.
    package static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value -> [UInt8] in
            [0, UInt8(clamping: name.utf8.count)] + Array(name.utf8) + [UInt8(clamping: value.utf8.count)]
                + Array(value.utf8)
        }
    }
}
