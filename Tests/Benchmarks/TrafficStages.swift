import FlowTracking
import Foundation
import PacketCapture
import PacketDecode
import SecureTransport
import Sessions
import Wire

extension Stage {
    /// The traffic half, each stage with those below it: read, decode, put in order, parse.
    static var traffic: [Stage] {
        [BenchCapture.httpUpload, .nasty, .manyFlows].flatMap { capture in
            [
                traffic("read", capture) { octets in try TrafficRun(octets).read() },
                traffic("read+decode", capture) { octets in try TrafficRun(octets).decode() },
                traffic("read+decode+reassembly", capture) { octets in try TrafficRun(octets).reassemble() },
                traffic("read+decode+reassembly+sessions", capture) { octets in try TrafficRun(octets).parse() },
            ]
        }
    }

    /// A stage over the beginning of a capture, which lies in memory.
    private static func traffic(
        _ name: String,
        _ capture: BenchCapture,
        _ run: @escaping ([UInt8]) throws -> StageWork
    ) -> Stage {
        Stage(name: "\(name) \(capture.rawValue)") { folder in
            guard let file = FileHandle(forReadingAtPath: try folder.capture(capture)) else {
                throw CocoaError(.fileNoSuchFile)
            }
            let octets = Array(try file.read(upToCount: 96 << 20) ?? Data())
            return { try run(octets) }
        }
    }
}

/// One pass over a capture in memory.
private struct TrafficRun: ~Copyable {
    private var reader: CaptureReader
    private let octets: Int

    init(_ octets: [UInt8]) throws {
        self.octets = octets.count
        reader = try CaptureReader(octets: octets, name: "bench")
    }

    consuming func read() throws -> StageWork {
        while let frame = try reader.next() { blackHole(frame.bytes.count) }
        return work
    }

    consuming func decode() throws -> StageWork {
        while let frame = try reader.next() { blackHole(try PacketDecoder.decode(frame).payload.count) }
        return work
    }

    consuming func reassemble() throws -> StageWork {
        var consumer = NullConsumer()
        var table = FlowTable<NullConsumer>(seed: 1)
        while let frame = try reader.next() {
            let packet = try PacketDecoder.decode(frame)
            let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
            table.process(packet, at: stamp, consumer: &consumer)
        }
        table.finish(consumer: &consumer)
        return work
    }

    consuming func parse() throws -> StageWork {
        var sessions = SessionTracker(consumer: KeepAllRequests())
        var table = FlowTable<SessionTracker<KeepAllRequests>>(seed: 1)
        while let frame = try reader.next() {
            let packet = try PacketDecoder.decode(frame)
            let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
            table.process(packet, at: stamp, consumer: &sessions)
        }
        table.finish(consumer: &sessions)
        return work
    }

    private var work: StageWork { StageWork(octets: octets, packets: Int(reader.frameCount)) }
}

/// Keeps a value from being optimised away.
@inline(never)
private func blackHole(_ value: Int) {}

/// Takes streams and does nothing with them.
struct NullConsumer: FlowConsumer {
    struct State: ~Copyable {}

    mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> State { State() }

    mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest { .both }

    mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest { .both }

    mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest { .none }

    mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ state: inout State,
        at stamp: PacketStamp
    ) {}

    mutating func flowDeclined(_ totals: FlowTotals, _ state: consuming State, at stamp: PacketStamp) -> UInt64 { 0 }

    mutating func declinedFlowClosed(_ remnant: UInt64, _ totals: FlowTotals, _ end: FlowEnd, at stamp: PacketStamp) {}

    mutating func flowClosed(
        _ totals: FlowTotals,
        _ state: consuming State,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {}
}

/// Wants every request and no connection, and drops what it is given.
struct KeepAllRequests: RequestConsumer {
    mutating func judge(_ connection: borrowing Connection) -> Int? { nil }
    mutating func judge(_ request: borrowing Request) -> Int? { 0 }
    mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int { 0 }
    mutating func body(_ octets: Span<UInt8>, slot: Int) {}
    mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {}
    mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {}
    mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {}
    mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {}
}
