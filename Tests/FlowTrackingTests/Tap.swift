import FlowTracking
import PacketDecode
import Testing
import Wire

/// What a consumer was told of one flow.
struct FlowLog {
    var facts: FlowFacts
    /// The octets of both directions, holes left out, by direction.
    var octets: [[UInt8]] = [[], []]
    /// Where in the stream each chunk began, by direction.
    var chunks: [[Int]] = [[], []]
    /// How long the chunks to the server were.
    var lengths: [Int] = []
    /// How far each stream has come, holes included.
    var reached = [0, 0]
    /// Every event in words: `> 12` a chunk to the server, `< gap 5 lost` a hole to the client.
    var events: [String] = []
    var gaps: [GapReason: Int] = [:]
    var end: FlowEnd?
    var totals: FlowTotals?
    var reviews = 0
    var datagrams: [[UInt8]] = []
}

/// Writes down what it is told, and answers with the interest it was set to.
struct Recorder: FlowConsumer {
    /// Proves that states need not be copyable.
    struct State: ~Copyable {
        let flow: Int
    }

    var flows: [FlowLog] = []
    /// What to answer to the n-th chunk, gap or datagram of a flow; the last answer stays.
    var interests: [Interest] = [.both]
    var answered: [Int] = []
    /// Whether the octets are kept, or only their numbers.
    var keepsOctets = true
    var numbers: [UInt64] = []

    mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> State {
        let copy = copy facts
        flows.append(FlowLog(facts: copy))
        answered.append(0)
        numbers.append(stamp.number)
        return State(flow: flows.count - 1)
    }

    mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        let side = direction.rawValue
        flows[state.flow].chunks[side].append(flows[state.flow].reached[side])
        if direction == .toServer { flows[state.flow].lengths.append(octets.count) }
        if keepsOctets { for index in octets.indices { flows[state.flow].octets[side].append(octets[index]) } }
        flows[state.flow].reached[side] += octets.count
        flows[state.flow].events.append("\(direction == .toServer ? ">" : "<") \(octets.count)")
        return answer(state.flow)
    }

    mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        flows[state.flow].gaps[reason, default: 0] += octets
        flows[state.flow].reached[direction.rawValue] += octets
        flows[state.flow].events.append("\(direction == .toServer ? ">" : "<") gap \(octets) \(reason)")
        return answer(state.flow)
    }

    mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        var copy: [UInt8] = []
        for index in octets.indices { copy.append(octets[index]) }
        flows[state.flow].datagrams.append(copy)
        flows[state.flow].events.append("\(direction == .toServer ? ">" : "<") \(octets.count)+\(missing)")
        return answer(state.flow)
    }

    mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ state: inout State,
        at stamp: PacketStamp
    ) {
        flows[state.flow].events.append("\(direction == .toServer ? ">" : "<") \(end)")
    }

    mutating func flowReviewed(
        _ totals: FlowTotals,
        _ state: inout State,
        at stamp: PacketStamp
    ) {
        flows[state.flow].reviews += 1
        flows[state.flow].totals = totals
    }

    mutating func flowWoken(_ state: inout State, at stamp: PacketStamp) -> Interest {
        flows[state.flow].events.append("woken")
        numbers.append(stamp.number)
        return answer(state.flow)
    }

    mutating func flowDeclined(_ totals: FlowTotals, _ state: consuming State, at stamp: PacketStamp) -> UInt64 {
        UInt64(state.flow)
    }

    mutating func declinedFlowClosed(_ remnant: UInt64, _ totals: FlowTotals, _ end: FlowEnd, at stamp: PacketStamp) {
        close(Int(remnant), totals, end)
    }

    mutating func flowClosed(
        _ totals: FlowTotals,
        _ state: consuming State,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {
        close(state.flow, totals, end)
    }

    private mutating func close(_ flow: Int, _ totals: FlowTotals, _ end: FlowEnd) {
        flows[flow].events.append("closed \(end)")
        flows[flow].end = end
        flows[flow].totals = totals
    }

    private mutating func answer(_ flow: Int) -> Interest {
        let index = min(answered[flow], interests.count - 1)
        answered[flow] += 1
        return interests[index]
    }
}

/// A TCP segment as a test writes it.
struct TestSegment {
    var direction: Direction
    var sequence: UInt32
    var acknowledgement: UInt32?
    var flags: TCPFlags = []
    var payload: [UInt8] = []
    var missing = 0
}

/// A table, a recorder and a client that talks to a server: 192.0.2.1:49152 to 198.51.100.2:80.
struct Tap: ~Copyable {
    var table: FlowTable<Recorder>
    var recorder = Recorder()
    var number: UInt64 = 0
    var milliseconds: Int64 = 0
    var client = SocketAddress(IPAddress(ipv4: 0xC000_0201), 49_152)
    var server = SocketAddress(IPAddress(ipv4: 0xC633_6402), 80)
    var vlan = VLANTags()

    init(_ limits: FlowLimits = FlowLimits(), seed: UInt64 = 1) {
        table = FlowTable(limits: limits, seed: seed)
    }

    static let epoch: Int64 = 1_700_000_000_000_000_000

    var stamp: PacketStamp {
        PacketStamp(timestamp: Timestamp(nanoseconds: Tap.epoch + milliseconds * 1_000_000), number: number)
    }

    mutating func send(_ segment: TestSegment) {
        number += 1
        let isClient = segment.direction == .toServer
        let source = isClient ? client : server
        let destination = isClient ? server : client
        let fields = TCPFields(
            sourcePort: source.port,
            destinationPort: destination.port,
            sequence: segment.sequence,
            acknowledgement: segment.acknowledgement ?? 0,
            flags: segment.acknowledgement == nil ? segment.flags : segment.flags.union(.ack),
            window: 65_535
        )
        let packet = DecodedPacket(
            source: source.address,
            destination: destination.address,
            vlan: vlan,
            transport: .tcp(fields),
            payload: segment.payload.span,
            missing: segment.missing
        )
        table.process(packet, at: stamp, consumer: &recorder)
    }

    mutating func send(
        _ direction: Direction,
        _ sequence: UInt32,
        ack: UInt32? = nil,
        _ flags: TCPFlags = [],
        _ payload: String = "",
        missing: Int = 0
    ) {
        send(
            TestSegment(
                direction: direction,
                sequence: sequence,
                acknowledgement: ack,
                flags: flags,
                payload: Array(payload.utf8),
                missing: missing
            )
        )
    }

    mutating func datagram(_ direction: Direction, _ payload: [UInt8], missing: Int = 0) {
        number += 1
        let source = direction == .toServer ? client : server
        let destination = direction == .toServer ? server : client
        let packet = DecodedPacket(
            source: source.address,
            destination: destination.address,
            vlan: vlan,
            transport: .udp(UDPFields(sourcePort: source.port, destinationPort: destination.port)),
            payload: payload.span,
            missing: missing
        )
        table.process(packet, at: stamp, consumer: &recorder)
    }

    /// The three-way handshake: the client's stream begins at 1001, the server's at 5001.
    mutating func open(client: UInt32 = 1_000, server: UInt32 = 5_000) {
        send(.toServer, client, .syn)
        send(.toClient, server, ack: client &+ 1, .syn)
        send(.toServer, client &+ 1, ack: server &+ 1)
    }

    /// Lets time pass without packets.
    mutating func wait(_ duration: Int64) {
        milliseconds += duration
        table.advance(to: stamp.timestamp, consumer: &recorder)
    }

    /// Ends every flow; then each octet that was sent must stand in one counter, and each of a stream too.
    mutating func finish() {
        table.finish(consumer: &recorder)
        let counters = table.counters
        #expect(counters.accountedOctets == counters.segmentOctets)
        let streams = recorder.flows.compactMap(\.totals).reduce(0) { $0 + $1.toServerOctets + $1.toClientOctets }
        #expect(counters.streamOctets == UInt64(streams))
    }

    /// What was handed on of a direction of a flow, as text.
    func text(_ direction: Direction = .toServer, flow: Int = 0) -> String {
        guard flow < recorder.flows.count else { return "(no flow)" }
        return String(decoding: recorder.flows[flow].octets[direction.rawValue], as: UTF8.self)
    }

    func events(flow: Int = 0) -> [String] {
        flow < recorder.flows.count ? recorder.flows[flow].events : ["(no flow)"]
    }
}
