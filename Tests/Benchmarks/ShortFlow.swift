import TestSupport

/// One short TLS connection and the look-up before it: DNS, SYN, ClientHello, a little data, FIN.
struct ShortFlow {
    private let index: Int
    private let host: String
    private let client: UInt32
    private let server: UInt32
    private var conversation: Conversation
    private var opening: [Segment]
    private var closing: [Segment]?
    private var step = 0

    private static let resolver: UInt32 = 0x0A00_0035

    init(index: Int, host: String, address: UInt32, data: (hello: Int, client: Int, server: Int)) {
        self.index = index
        self.host = host
        client = 0x0A02_0000 &+ UInt32(index % 5_003)
        server = address
        // One in five is a browser, whose hello takes two segments.
        let template = HelloTemplate.recorded[index % 5 == 0 ? 2 : index % 2]
        let hello = template.records(host: host, seed: UInt64(index))
        conversation = Conversation(
            ends: FlowEnds(
                client: client,
                server: address,
                clientPort: UInt16(20_000 + index / 5_003),
                serverPort: 443
            ),
            client: hello + Self.record(type: 23, count: data.client),
            server: Self.serverHello + Self.record(type: 23, count: data.hello)
                + Self.record(type: 23, count: data.server)
        )
        opening = conversation.handshake().reversed()
    }

    /// Writes the flow's next packet; false when there was none left.
    mutating func writeNext(_ writer: inout CaptureWriter) throws -> Bool {
        step += 1
        if step <= 2 {
            let ends = FlowEnds(
                client: client,
                server: Self.resolver,
                clientPort: UInt16(1_024 + (index * 7_919) % 60_000),
                serverPort: 53
            )
            try writer.write(datagram: lookUp(isAnswer: step == 2), ends: ends, fromClient: step == 1)
            return true
        }
        if let segment = opening.popLast() {
            try writer.write(segment)
            return true
        }
        if let segment = conversation.next() {
            try writer.write(segment)
            return true
        }
        if closing == nil { closing = conversation.goodbye().reversed() }
        guard let segment = closing?.popLast() else { return false }
        try writer.write(segment)
        return true
    }

    /// A question for the host's address, or the question with its answer (RFC 1035 § 4.1).
    private func lookUp(isAnswer: Bool) -> [UInt8] {
        var message: [UInt8] = [UInt8(index >> 8 & 255), UInt8(index & 255)]
        message += isAnswer ? [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] : [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in host.split(separator: ".") { message += [UInt8(label.utf8.count)] + label.utf8 }
        message += [0, 0, 1, 0, 1]
        guard isAnswer else { return message }
        message += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]
        for shift in [24, 16, 8, 0] { message.append(UInt8(truncatingIfNeeded: server >> UInt32(shift))) }
        return message
    }

    private static func record(type: UInt8, count: Int) -> [UInt8] {
        [type, 3, 3, UInt8(count >> 8 & 255), UInt8(count & 255)] + repeatElement(0x5A, count: count)
    }

    /// A ServerHello of TLS 1.3 that chooses AES-128-GCM and X25519.
    private static let serverHello: [UInt8] = {
        var body: [UInt8] = [3, 3] + (0..<32).map { UInt8($0) } + [0, 0x13, 1, 0]
        let extensions: [UInt8] = [0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 0x1D, 0, 32] + repeatElement(7, count: 32)
        body += [0, UInt8(extensions.count)] + extensions
        let message: [UInt8] = [2, 0, 0, UInt8(body.count)] + body
        return [0x16, 3, 3, 0, UInt8(message.count)] + message
    }()
}
