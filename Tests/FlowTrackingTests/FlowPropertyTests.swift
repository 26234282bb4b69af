import FlowTracking
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Streams survive whatever happens to their segments")
struct FlowPropertyTests {
    /// A stream cut into segments, some octets sent more than once in other cuts.
    private static func segments(
        of octets: [UInt8],
        _ direction: Direction,
        first: UInt32,
        peer: UInt32,
        largest: Int,
        using generator: inout SeededGenerator
    ) -> [TestSegment] {
        var segments: [TestSegment] = []
        func cut(_ range: Range<Int>) {
            segments.append(
                TestSegment(
                    direction: direction,
                    sequence: first &+ UInt32(range.lowerBound),
                    acknowledgement: peer,
                    flags: range.upperBound == octets.count ? [.psh, .fin] : .psh,
                    payload: Array(octets[range])
                )
            )
        }
        var position = 0
        while position < octets.count {
            let end = min(octets.count, position + Int.random(in: 1...largest, using: &generator))
            cut(position..<end)
            position = end
        }
        for _ in 0..<(segments.count / 5) {
            let start = Int.random(in: 0..<octets.count, using: &generator)
            cut(start..<min(octets.count, start + Int.random(in: 1...(2 * largest), using: &generator)))
        }
        for _ in 0..<(segments.count / 5) {
            segments.append(segments[Int.random(in: 0..<segments.count, using: &generator)])
        }
        return segments
    }

    private static func octets(_ count: Int, using generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test(
        "any permutation, duplication and resegmentation within the budget yields the same octets",
        arguments: 0..<80 as Range<UInt64>
    )
    func permutation(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let client = seed % 3 == 0 ? UInt32.max - UInt32(seed % 700) : UInt32.random(in: 0...(.max), using: &generator)
        let server = UInt32.random(in: 0...(.max), using: &generator)
        let request = FlowPropertyTests.octets(Int.random(in: 1...12_000, using: &generator), using: &generator)
        let answer = FlowPropertyTests.octets(Int.random(in: 1...5_000, using: &generator), using: &generator)
        let largest = [3, 100, 560, 1_448, 9_000][Int(seed % 5)] + request.count / 1_000
        var segments = FlowPropertyTests.segments(
            of: request,
            .toServer,
            first: client &+ 1,
            peer: server &+ 1 &+ UInt32(answer.count),
            largest: largest,
            using: &generator
        )
        segments += FlowPropertyTests.segments(
            of: answer,
            .toClient,
            first: server &+ 1,
            peer: client &+ 1 &+ UInt32(request.count),
            largest: largest,
            using: &generator
        )
        let handshake = [
            TestSegment(direction: .toServer, sequence: client, flags: .syn),
            TestSegment(direction: .toClient, sequence: server, acknowledgement: client &+ 1, flags: .syn),
            TestSegment(direction: .toServer, sequence: client &+ 1, acknowledgement: server &+ 1),
        ]
        // Every other run shuffles the handshake in too; it must then come within the grace of a midstream start.
        if seed % 2 == 0 { segments += handshake }
        segments.shuffle(using: &generator)
        if seed % 2 == 1 { segments.insert(contentsOf: handshake, at: 0) }

        var limits = FlowLimits()
        limits.midstreamGrace = 600
        limits.gapGrace = 1_000
        limits.midstreamHold = 1 << 20
        var tap = Tap(limits)
        for (index, segment) in segments.enumerated() {
            tap.milliseconds = Int64(index * 500 / segments.count)
            tap.send(segment)
        }
        tap.finish()
        #expect(tap.recorder.flows.count == 1)
        let log = tap.recorder.flows[0]
        #expect(log.octets[0] == request)
        #expect(log.octets[1] == answer)
        #expect(log.gaps.isEmpty)
        #expect(!log.facts.midstream)
        #expect(log.facts.client == tap.client)
        #expect(log.end == .finished)
        #expect(log.totals?.toServerOctets == request.count)
        #expect(log.totals?.toClientOctets == answer.count)
        let left = (tap.table.bufferedOctets, tap.table.counters.overlapConflicts)
        #expect(left == (0, 0))
    }

    @Test("a quarter of the frames late by some milliseconds changes nothing", arguments: 0..<40 as Range<UInt64>)
    func reordered(seed: UInt64) {
        var generator = SeededGenerator(seed: seed ^ 0xFEED)
        let request = FlowPropertyTests.octets(30_000, using: &generator)
        var frames: [(Int64, TestSegment)] = []
        var clock: Int64 = 0
        func emit(_ segment: TestSegment) {
            clock += Int64.random(in: 0...1, using: &generator)
            let late: Int64 = Int.random(in: 0..<4, using: &generator) == 0 ? 8 : 0
            frames.append((clock + late, segment))
        }
        emit(TestSegment(direction: .toServer, sequence: 1_000, flags: .syn))
        emit(TestSegment(direction: .toClient, sequence: 5_000, acknowledgement: 1_001, flags: .syn))
        emit(TestSegment(direction: .toServer, sequence: 1_001, acknowledgement: 5_001))
        var position = 0
        while position < request.count {
            let end = min(request.count, position + 560)
            emit(
                TestSegment(
                    direction: .toServer,
                    sequence: 1_001 + UInt32(position),
                    acknowledgement: 5_001,
                    flags: .psh,
                    payload: Array(request[position..<end])
                )
            )
            position = end
            emit(TestSegment(direction: .toClient, sequence: 5_001, acknowledgement: 1_001 + UInt32(position)))
        }
        let end = 1_001 + UInt32(request.count)
        emit(
            TestSegment(direction: .toServer, sequence: end, acknowledgement: 5_001, flags: seed % 2 == 0 ? .fin : .rst)
        )
        emit(TestSegment(direction: .toClient, sequence: 5_001, acknowledgement: end + 1, flags: .fin))
        var tap = Tap()
        for (index, frame) in frames.enumerated().sorted(by: { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) })
        {
            _ = index
            tap.milliseconds = frame.0
            tap.send(frame.1)
        }
        tap.finish()
        #expect(tap.recorder.flows.count == 1)
        #expect(tap.recorder.flows[0].octets[0] == request)
        #expect(tap.recorder.flows[0].gaps.isEmpty)
        #expect(!tap.recorder.flows[0].facts.midstream)
    }

    @Test("whatever is lost, octets and holes together make the stream", arguments: 0..<80 as Range<UInt64>)
    func losses(seed: UInt64) {
        var generator = SeededGenerator(seed: seed ^ 0xBEEF)
        let request = FlowPropertyTests.octets(Int.random(in: 2_000...40_000, using: &generator), using: &generator)
        let first = UInt32.random(in: 0...(.max), using: &generator)
        var segments = FlowPropertyTests.segments(
            of: request,
            .toServer,
            first: first,
            peer: 5_001,
            largest: 600,
            using: &generator
        )
        segments.removeAll { _ in Int.random(in: 0..<100, using: &generator) < 30 }
        var limits = FlowLimits()
        if seed % 2 == 0 { limits.directionBuffer = 6_000 }
        if seed % 3 == 0 { limits.tableBuffer = 4_000 }
        var tap = Tap(limits)
        tap.open(client: first &- 1)
        let window = 8
        for start in stride(from: 0, to: segments.count, by: window) {
            var group = Array(segments[start..<min(start + window, segments.count)])
            group.shuffle(using: &generator)
            for segment in group {
                tap.milliseconds += Int64.random(in: 0...200, using: &generator)
                tap.send(segment)
            }
        }
        tap.send(.toClient, 5_001, ack: first &+ UInt32(request.count) &+ 1, .fin)
        tap.send(.toServer, first &+ UInt32(request.count), ack: 5_002, .fin)
        tap.finish()
        let log = tap.recorder.flows[0]
        #expect(log.reached[0] == request.count)
        #expect(log.totals?.toServerOctets == request.count)
        #expect(log.octets[0].count + log.gaps.values.reduce(0, +) == request.count)
        var position = 0
        for (start, length) in zip(log.chunks[0], log.lengths) {
            let isEqual = request[start..<(start + length)] == log.octets[0][position..<(position + length)]
            #expect(isEqual, "the chunk at \(start)")
            position += length
        }
        let buffered = tap.table.bufferedOctets
        #expect(buffered == 0)
    }

    @Test(
        "no sequence of segments traps, overfills the budget, or leaves a flow unclosed",
        arguments: 0..<24 as Range<UInt64>
    )
    func hostile(seed: UInt64) {
        var generator = SeededGenerator(seed: seed ^ 0xDEAD)
        var limits = FlowLimits()
        limits.trackedFlows = 24
        limits.reassemblingFlows = 6
        limits.directionBuffer = 5_000
        limits.tableBuffer = 12_000
        limits.reviewInterval = 200
        var tap = Tap(limits)
        tap.recorder.interests = [
            .both, .both, .toServerOnly, .both.wanted, .both, .toServerOnly.wanted, .both, .none, .none.wanted,
        ]
        if seed % 2 == 0 { tap.recorder.interests = [.both] }
        tap.recorder.keepsOctets = false
        let base = UInt32.random(in: 0...(.max), using: &generator)
        for _ in 0..<4_000 {
            tap.milliseconds += Int64.random(in: -3...30, using: &generator)
            if Int.random(in: 0..<400, using: &generator) == 0 { tap.milliseconds += 100_000 }
            tap.client = SocketAddress(tap.client.address, 40_000 + UInt16.random(in: 0..<40, using: &generator))
            let direction: Direction = Bool.random(using: &generator) ? .toServer : .toClient
            if Int.random(in: 0..<12, using: &generator) == 0 {
                tap.datagram(direction, [UInt8](repeating: 7, count: Int.random(in: 0...9, using: &generator)))
                continue
            }
            let isWild = Int.random(in: 0..<30, using: &generator) == 0
            let offset =
                isWild
                ? UInt32.random(in: 0...(.max), using: &generator) : UInt32.random(in: 0...6_000, using: &generator)
            var flags: TCPFlags = []
            if Int.random(in: 0..<12, using: &generator) == 0 {
                flags = TCPFlags(rawValue: .random(in: 0...255, using: &generator))
            }
            let count = Int.random(in: 0..<6, using: &generator) == 0 ? 0 : Int.random(in: 0...1_500, using: &generator)
            tap.send(
                TestSegment(
                    direction: direction,
                    sequence: base &+ offset,
                    acknowledgement: Bool.random(using: &generator)
                        ? base &+ UInt32.random(in: 0...7_000, using: &generator) : nil,
                    flags: flags,
                    payload: [UInt8](repeating: UInt8(truncatingIfNeeded: offset), count: count),
                    missing: Int.random(in: 0..<9, using: &generator) == 0
                        ? Int.random(in: -5...5_000, using: &generator) : 0
                )
            )
            let state = (tap.table.flowCount, tap.table.reassemblingCount, tap.table.bufferedOctets)
            guard state.0 <= 24, state.1 <= 6, state.2 <= 12_000 else {
                Issue.record("limits exceeded: \(state)")
                break
            }
        }
        tap.finish()
        let left = (tap.table.flowCount, tap.table.reassemblingCount, tap.table.bufferedOctets)
        #expect(left == (0, 0, 0))
        for log in tap.recorder.flows {
            #expect(log.events.count { $0.hasPrefix("closed") } == 1)
            #expect(log.events.last?.hasPrefix("closed") == true)
            if seed % 2 == 0, log.facts.transport == .tcp {
                #expect(log.reached[0] == log.totals?.toServerOctets)
                #expect(log.reached[1] == log.totals?.toClientOctets)
            }
        }
        let numbers = tap.recorder.numbers
        #expect(numbers == numbers.sorted())
    }
}
