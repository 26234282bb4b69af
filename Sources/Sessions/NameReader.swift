internal import AppProtocols
package import FlowTracking
package import PacketDecode
internal import Wire

/// Reads DNS answers over UDP and TCP from packets of port 53.
///
/// Stands before flows are shared out, so that every worker learns the same at the same packet: it keeps no more than the
/// few TCP connections that carry answers at a time. Depends on packets and their times alone.
package struct NameReader: ~Copyable {
    /// What was read so far.
    package private(set) var counters = NameReaderCounters()

    private var streams: FlowTable<NameStreams>
    private var reading = NameStreams()

    /// The port on which names are asked for.
    package static let port: UInt16 = 53

    /// Nothing read; `seed` is random for live traffic, fixed when a file is read.
    package init(seed: UInt64) {
        var limits = FlowLimits()
        limits.trackedFlows = 1_024
        limits.reassemblingFlows = 64
        limits.directionBuffer = 128 << 10
        limits.tableBuffer = 2 << 20
        limits.idle = 30_000
        streams = FlowTable(limits: limits, seed: seed)
    }

    /// Takes a packet to or from port 53, and hands on what an answer in it says.
    package mutating func read(
        _ packet: borrowing DecodedPacket,
        at stamp: PacketStamp,
        _ learn: (NameAnswer) -> Void
    ) {
        switch packet.transport {
        case .udp(let fields):
            guard fields.sourcePort == NameReader.port, !packet.payload.isEmpty else { return }
            NameReader.read(packet.payload, to: packet.destination, stamp, &counters, learn)
        case .tcp:
            streams.process(packet, at: stamp, consumer: &reading)
            guard !reading.messages.isEmpty else { return }
            for message in reading.messages {
                NameReader.read(message.octets.span, to: message.client, stamp, &counters, learn)
            }
            reading.messages = []
        case .other, .fragment: return
        }
    }

    /// Forgets what is incomplete: the capture is over, and another may follow.
    package mutating func finish() {
        streams.finish(consumer: &reading)
        reading.messages = []
    }

    private static func read(
        _ octets: Span<UInt8>,
        to client: IPAddress,
        _ stamp: PacketStamp,
        _ counters: inout NameReaderCounters,
        _ learn: (NameAnswer) -> Void
    ) {
        do throws(DNSError) {
            let message = try DNSMessage(octets)
            counters.messages += 1
            guard let resolution = message.resolution else { return }
            counters.answers += 1
            learn(NameAnswer(client: client, resolution: resolution, stamp: stamp))
        } catch {
            counters.malformed += 1
        }
    }
}

/// What a `NameReader` met.
package struct NameReaderCounters: Hashable, Sendable {
    /// Messages read, of servers over UDP and TCP.
    package var messages: UInt64 = 0
    /// Those of them that tell the addresses of a name.
    package var answers: UInt64 = 0
    /// Messages that are none.
    package var malformed: UInt64 = 0

    /// All zero.
    package init() {}
}

/// A stream of answers, and to whom it goes.
struct NameStream {
    let client: IPAddress
    var reader = DNSStreamReader()
}

/// Takes messages out of the servers' streams.
struct NameStreams: FlowConsumer {
    /// Messages that the present packet completed, and to whom they went.
    var messages: [(octets: [UInt8], client: IPAddress)] = []

    mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> NameStream {
        NameStream(client: facts.client.address)
    }

    mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ state: inout NameStream,
        at stamp: PacketStamp
    ) -> Interest {
        guard direction == .toClient else { return .both }
        let client = state.client
        state.reader.consume(octets) { message in
            messages.append((Array(copying: message), client))
        }
        return state.reader.isOver ? .none : .both
    }

    mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ state: inout NameStream,
        at stamp: PacketStamp
    ) -> Interest {
        guard direction == .toClient else { return .both }
        state.reader.gap()
        return .none
    }

    mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ state: inout NameStream,
        at stamp: PacketStamp
    ) -> Interest { .none }

    mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ state: inout NameStream,
        at stamp: PacketStamp
    ) {}

    mutating func flowDeclined(_ totals: FlowTotals, _ state: consuming NameStream, at stamp: PacketStamp) -> UInt64 {
        0
    }

    mutating func declinedFlowClosed(
        _ remnant: UInt64,
        _ totals: FlowTotals,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {}

    mutating func flowClosed(
        _ totals: FlowTotals,
        _ state: consuming NameStream,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {}
}
