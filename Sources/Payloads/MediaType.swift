internal import Wire

/// A Content-Type (RFC 9110 § 8.3.1), as far as it tells how to read a body.
struct MediaType {
    enum Kind {
        case absent, json, multipart, form, text, media, pdf, protobuf, other
        /// The messages of gRPC, gRPC-Web and Connect streams.
        case envelopes
    }

    private(set) var kind = Kind.absent

    /// The boundary parameter of a multipart type, at most 200 octets; empty when there is none.
    private(set) var boundary: [UInt8] = []

    /// What the messages in envelopes are.
    private var messageKind = Kind.absent

    /// Whether the envelopes are written as base64.
    private(set) var isBase64 = false

    /// Nothing declared.
    init() {}

    /// Protocol buffers.
    static let protobuf = MediaType(kind: .protobuf)

    private init(kind: Kind) {
        self.kind = kind
    }

    /// The type of each message in envelopes.
    var messages: MediaType { MediaType(kind: messageKind) }

    /// Reads a header value or the media type of a data URL; nonsense is `other`.
    init(_ value: Span<UInt8>) {
        var end = 0
        while end < value.count, value[end] != UInt8(ascii: ";"), value[end] != UInt8(ascii: ",") { end += 1 }
        let essence = MediaType.trimmed(value.extracting(0..<end))
        guard !essence.isEmpty else { return }
        kind = MediaType.kind(of: essence)
        if kind == .envelopes {
            messageKind = MediaType.contains(essence, "json") ? .json : .protobuf
            isBase64 = MediaType.contains(essence, "grpc-web-text")
        }
        if kind == .multipart { boundary = MediaType.parameter("boundary", in: value, limit: 200) }
    }

    private static func kind(of essence: Span<UInt8>) -> Kind {
        if ASCII.hasPrefix(essence, ignoringCase: "multipart/") { return .multipart }
        if ASCII.equals(essence, ignoringCase: "application/x-www-form-urlencoded") { return .form }
        for envelopes in ["application/grpc", "application/connect+"]
        where ASCII.hasPrefix(essence, ignoringCase: envelopes) {
            return .envelopes
        }
        if contains(essence, "protobuf") || contains(essence, "/proto") {
            return contains(essence, "json") ? .json : .protobuf
        }
        if contains(essence, "json") || contains(essence, "ndjson") { return .json }
        if ASCII.hasPrefix(essence, ignoringCase: "text/") { return .text }
        if ASCII.equals(essence, ignoringCase: "application/pdf") { return .pdf }
        for media in ["image/", "audio/", "video/"] where ASCII.hasPrefix(essence, ignoringCase: media) {
            return .media
        }
        return .other
    }

    /// The value of a header parameter, quotes and backslashes undone; empty when absent.
    static func parameter(_ name: String, in value: Span<UInt8>, limit: Int) -> [UInt8] {
        var index = 0
        while index < value.count {
            while index < value.count, value[index] != UInt8(ascii: ";") {
                if value[index] == UInt8(ascii: "\"") { skipQuoted(value, &index) } else { index += 1 }
            }
            index += 1
            while index < value.count, value[index] == 0x20 || value[index] == 0x09 { index += 1 }
            let start = index
            while index < value.count, value[index] != UInt8(ascii: "="), value[index] != UInt8(ascii: ";") {
                index += 1
            }
            guard index < value.count, value[index] == UInt8(ascii: "=") else { continue }
            let isWanted = ASCII.equals(trimmed(value.extracting(start..<index)), ignoringCase: name)
            index += 1
            if isWanted { return parameterValue(value, from: index, limit: limit) }
        }
        return []
    }

    private static func parameterValue(_ value: Span<UInt8>, from start: Int, limit: Int) -> [UInt8] {
        var index = start
        var found: [UInt8] = []
        while index < value.count, value[index] == 0x20 || value[index] == 0x09 { index += 1 }
        let isQuoted = index < value.count && value[index] == UInt8(ascii: "\"")
        if isQuoted { index += 1 }
        while index < value.count, found.count < limit {
            var octet = value[index]
            if isQuoted ? octet == UInt8(ascii: "\"") : octet == UInt8(ascii: ";") { break }
            // Browsers percent-escape quotes and write `C:\x` bare, so a backslash escapes only a quote or itself.
            if isQuoted, octet == UInt8(ascii: "\\"), index + 1 < value.count,
                value[index + 1] == UInt8(ascii: "\"") || value[index + 1] == UInt8(ascii: "\\")
            {
                index += 1
                octet = value[index]
            }
            found.append(octet)
            index += 1
        }
        while !isQuoted, let last = found.last, last == 0x20 || last == 0x09 { found.removeLast() }
        return found
    }

    private static func skipQuoted(_ value: Span<UInt8>, _ index: inout Int) {
        index += 1
        while index < value.count, value[index] != UInt8(ascii: "\"") {
            index += value[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
    }

    @_lifetime(copy octets)
    static func trimmed(_ octets: Span<UInt8>) -> Span<UInt8> {
        var start = 0
        var end = octets.count
        while start < end, octets[start] == 0x20 || octets[start] == 0x09 { start += 1 }
        while end > start, octets[end - 1] == 0x20 || octets[end - 1] == 0x09 { end -= 1 }
        return octets.extracting(start..<end)
    }

    private static func contains(_ octets: Span<UInt8>, _ text: String) -> Bool {
        guard octets.count >= text.utf8.count else { return false }
        for start in 0...(octets.count - text.utf8.count) {
            if ASCII.hasPrefix(octets.extracting(start..<octets.count), ignoringCase: text) { return true }
        }
        return false
    }
}
