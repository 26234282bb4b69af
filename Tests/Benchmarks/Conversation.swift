/// One TCP connection that yields its packets in order: client's octets, then the server's, an ACK every other segment.
///
/// Greetings, where there are any, are said first.
struct Conversation {
    let client: [UInt8]
    let server: [UInt8]
    private let greetings: (client: Int, server: Int)
    private let ends: FlowEnds
    private var sent = 0
    private var received = 0
    private var owedAcknowledgement = 0
    private var isClientsTurn = true

    private static let segmentSize = 1_448

    init(
        index: Int,
        client: [UInt8],
        server: [UInt8],
        serverPort: UInt16,
        greetings: (client: Int, server: Int) = (0, 0)
    ) {
        self.init(
            ends: FlowEnds(
                client: 0x0A01_0000 | UInt32(index & 0xFFFF),
                server: 0xC633_6400 | UInt32(index % 200),
                clientPort: UInt16(20_000 + index % 40_000),
                serverPort: serverPort
            ),
            client: client,
            server: server,
            greetings: greetings
        )
    }

    init(ends: FlowEnds, client: [UInt8], server: [UInt8], greetings: (client: Int, server: Int) = (0, 0)) {
        self.ends = ends
        self.client = client
        self.server = server
        self.greetings = greetings
    }

    var isDone: Bool { sent == client.count && received == server.count && owedAcknowledgement == 0 }

    func handshake() -> [Segment] {
        [
            bare(fromClient: true, sequence: 999, acknowledgement: 0, flags: 0x02),
            bare(fromClient: false, sequence: 4_999, acknowledgement: 1_000, flags: 0x12),
            bare(fromClient: true, sequence: 1_000, acknowledgement: 5_000, flags: 0x10),
        ]
    }

    mutating func next() -> Segment? {
        let clientEnd = received < greetings.server ? greetings.client : client.count
        let serverEnd = sent < client.count ? greetings.server : server.count
        let isLast = isClientsTurn ? sent == clientEnd : received == serverEnd
        if owedAcknowledgement >= 2 || owedAcknowledgement == 1 && isLast {
            owedAcknowledgement = 0
            return acknowledgement(fromClient: !isClientsTurn)
        }
        if sent < clientEnd {
            let start = sent
            sent = min(start + Self.segmentSize, clientEnd)
            isClientsTurn = true
            owedAcknowledgement += 1
            return Segment(
                ends: ends,
                fromClient: true,
                sequence: 1_000 &+ UInt32(start),
                acknowledgement: 5_000 &+ UInt32(received),
                flags: 0x18,
                stream: client,
                range: start..<sent
            )
        }
        if received < serverEnd {
            let start = received
            received = min(start + Self.segmentSize, serverEnd)
            isClientsTurn = false
            owedAcknowledgement += 1
            return Segment(
                ends: ends,
                fromClient: false,
                sequence: 5_000 &+ UInt32(start),
                acknowledgement: 1_000 &+ UInt32(sent),
                flags: 0x18,
                stream: server,
                range: start..<received
            )
        }
        return nil
    }

    func goodbye() -> [Segment] {
        let (mine, yours) = (1_000 &+ UInt32(sent), 5_000 &+ UInt32(received))
        return [
            bare(fromClient: true, sequence: mine, acknowledgement: yours, flags: 0x11),
            bare(fromClient: false, sequence: yours, acknowledgement: mine &+ 1, flags: 0x11),
            bare(fromClient: true, sequence: mine &+ 1, acknowledgement: yours &+ 1, flags: 0x10),
        ]
    }

    private func acknowledgement(fromClient: Bool) -> Segment {
        let (mine, yours) = (1_000 &+ UInt32(sent), 5_000 &+ UInt32(received))
        return bare(
            fromClient: fromClient,
            sequence: fromClient ? mine : yours,
            acknowledgement: fromClient ? yours : mine,
            flags: 0x10
        )
    }

    private func bare(fromClient: Bool, sequence: UInt32, acknowledgement: UInt32, flags: UInt8) -> Segment {
        Segment(
            ends: ends,
            fromClient: fromClient,
            sequence: sequence,
            acknowledgement: acknowledgement,
            flags: flags,
            stream: [],
            range: 0..<0
        )
    }
}
