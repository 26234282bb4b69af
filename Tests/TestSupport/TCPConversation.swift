package import Wire

/// A TCP connection between two well-behaved hosts, as a tap sees it: frame by frame, everything acknowledged.
package struct TCPConversation: Sendable {
    /// The frames so far, in the order in which they passed.
    package private(set) var frames: [CapturedFrame] = []
    private let toServer: PacketBuilder
    private let maximumSegmentSize: Int
    private let interval: Int64
    private var now: Timestamp
    private var sequences: [UInt32]

    /// A connection not yet begun; one frame passes each `interval` nanoseconds.
    ///
    /// `clientSequence` and `serverSequence` are the initial sequence numbers; near 2³² they make the numbers wrap.
    package init(
        _ builder: PacketBuilder,
        maximumSegmentSize: Int = 1_448,
        clientSequence: UInt32 = 1_000,
        serverSequence: UInt32 = 900_000,
        start: Timestamp = Timestamp(nanoseconds: 1_700_000_000_000_000_000),
        interval: Int64 = 10_000
    ) {
        toServer = builder
        self.maximumSegmentSize = max(1, maximumSegmentSize)
        self.interval = interval
        now = start
        sequences = [clientSequence, serverSequence]
    }

    /// Connects, sends the request, gets the response, and closes.
    package static func exchange(
        _ builder: PacketBuilder,
        request: some Collection<UInt8>,
        response: some Collection<UInt8>,
        maximumSegmentSize: Int = 1_448
    ) -> [CapturedFrame] {
        var conversation = TCPConversation(builder, maximumSegmentSize: maximumSegmentSize)
        conversation.open()
        conversation.send(request, .toServer)
        conversation.send(response, .toClient)
        conversation.close(.toServer)
        conversation.close(.toClient)
        return conversation.frames
    }

    /// The three-way handshake.
    package mutating func open() {
        let size = UInt16(clamping: maximumSegmentSize)
        let options: [UInt8] = [
            2, 4, UInt8(truncatingIfNeeded: size >> 8), UInt8(truncatingIfNeeded: size), 4, 2, 1, 3, 3, 7,
        ]
        emit(.toServer, flags: 0x02, options: options)
        sequences[0] &+= 1
        emit(.toClient, flags: 0x12, options: options)
        sequences[1] &+= 1
        emit(.toServer, flags: 0x10)
    }

    /// Sends octets in segments, each second one acknowledged, and the last.
    package mutating func send(_ octets: some Collection<UInt8>, _ direction: Direction) {
        var rest = octets[...]
        var count = 0
        while !rest.isEmpty {
            let piece = rest.prefix(maximumSegmentSize)
            rest = rest.dropFirst(piece.count)
            emit(direction, flags: rest.isEmpty ? 0x18 : 0x10, payload: Array(piece))
            sequences[direction.rawValue] &+= UInt32(truncatingIfNeeded: piece.count)
            count += 1
            if count % 2 == 0 || rest.isEmpty { emit(direction.opposite, flags: 0x10) }
        }
    }

    /// Sends a FIN and has it acknowledged.
    package mutating func close(_ direction: Direction) {
        emit(direction, flags: 0x11)
        sequences[direction.rawValue] &+= 1
        emit(direction.opposite, flags: 0x10)
    }

    /// Sends an RST.
    package mutating func reset(_ direction: Direction) { emit(direction, flags: 0x14) }

    /// Sends a keep-alive probe: one octet before the next expected, acknowledged (RFC 9293 § 3.8.4).
    package mutating func keepAlive(_ direction: Direction) {
        sequences[direction.rawValue] &-= 1
        emit(direction, flags: 0x10, payload: [0])
        sequences[direction.rawValue] &+= 1
        emit(direction.opposite, flags: 0x10)
    }

    /// Lets time pass, in nanoseconds.
    package mutating func wait(nanoseconds: Int64) { now = now.advanced(byNanoseconds: nanoseconds) }

    private mutating func emit(_ direction: Direction, flags: UInt8, options: [UInt8] = [], payload: [UInt8] = []) {
        let builder = direction == .toServer ? toServer : toServer.reversed
        let octets = builder.tcp(
            sequence: sequences[direction.rawValue],
            acknowledgement: flags & 0x10 == 0 ? 0 : sequences[direction.opposite.rawValue],
            flags: flags,
            options: options,
            payload: payload
        )
        frames.append(CapturedFrame(octets, at: now))
        now = now.advanced(byNanoseconds: interval)
    }
}
