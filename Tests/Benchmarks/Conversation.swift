/// One TCP connection that yields its packets in order: client's octets, then the server's, an ACK every other segment.
struct Conversation {
    private let client: [UInt8]
    private let server: [UInt8]
    private let addresses: [UInt8]
    private let ports: (client: UInt16, server: UInt16)
    private var sent = 0
    private var received = 0
    private var owedAcknowledgement = 0

    private static let segmentSize = 1_448

    init(index: Int, client: [UInt8], server: [UInt8], serverPort: UInt16) {
        self.client = client
        self.server = server
        addresses = [10, 1, UInt8(index >> 8 & 255), UInt8(index & 255), 198, 51, 100, UInt8(index % 200)]
        ports = (UInt16(20_000 + index % 40_000), serverPort)
    }

    var isDone: Bool { sent == client.count && received == server.count && owedAcknowledgement == 0 }

    mutating func handshake() -> [[UInt8]] {
        [
            frame(fromClient: true, sequence: 999, acknowledgement: 0, flags: 0x02, payload: []),
            frame(fromClient: false, sequence: 4_999, acknowledgement: 1_000, flags: 0x12, payload: []),
            frame(fromClient: true, sequence: 1_000, acknowledgement: 5_000, flags: 0x10, payload: []),
        ]
    }

    mutating func next() -> [UInt8]? {
        if owedAcknowledgement >= 2 || owedAcknowledgement == 1 && (sent == client.count || received > 0) {
            owedAcknowledgement = 0
            return acknowledgement(fromClient: received > 0)
        }
        if sent < client.count {
            let end = min(sent + Self.segmentSize, client.count)
            defer { sent = end }
            owedAcknowledgement += 1
            return frame(
                fromClient: true,
                sequence: 1_000 &+ UInt32(sent),
                acknowledgement: 5_000,
                flags: 0x18,
                payload: client[sent..<end]
            )
        }
        if received < server.count {
            let end = min(received + Self.segmentSize, server.count)
            defer { received = end }
            owedAcknowledgement += 1
            return frame(
                fromClient: false,
                sequence: 5_000 &+ UInt32(received),
                acknowledgement: 1_000 &+ UInt32(sent),
                flags: 0x18,
                payload: server[received..<end]
            )
        }
        return nil
    }

    func goodbye() -> [[UInt8]] {
        let (mine, yours) = (1_000 &+ UInt32(sent), 5_000 &+ UInt32(received))
        return [
            frame(fromClient: true, sequence: mine, acknowledgement: yours, flags: 0x11, payload: []),
            frame(fromClient: false, sequence: yours, acknowledgement: mine &+ 1, flags: 0x11, payload: []),
            frame(fromClient: true, sequence: mine &+ 1, acknowledgement: yours &+ 1, flags: 0x10, payload: []),
        ]
    }

    private func acknowledgement(fromClient: Bool) -> [UInt8] {
        let (mine, yours) = (1_000 &+ UInt32(sent), 5_000 &+ UInt32(received))
        return frame(
            fromClient: fromClient,
            sequence: fromClient ? mine : yours,
            acknowledgement: fromClient ? yours : mine,
            flags: 0x10,
            payload: []
        )
    }

    private func frame(
        fromClient: Bool,
        sequence: UInt32,
        acknowledgement: UInt32,
        flags: UInt8,
        payload: ArraySlice<UInt8>
    ) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(54 + payload.count)
        func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
        func four(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        octets += [2, 0, 0, 0, 0, fromClient ? 2 : 1, 2, 0, 0, 0, 0, fromClient ? 1 : 2, 8, 0]
        octets += [0x45, 0] + two(40 + payload.count) + [0, 0, 0x40, 0, 64, 6, 0, 0]
        octets += fromClient ? addresses[0..<4] + addresses[4..<8] : addresses[4..<8] + addresses[0..<4]
        octets +=
            two(Int(fromClient ? ports.client : ports.server)) + two(Int(fromClient ? ports.server : ports.client))
        octets += four(sequence) + four(acknowledgement) + [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
        octets += payload
        return octets
    }
}
