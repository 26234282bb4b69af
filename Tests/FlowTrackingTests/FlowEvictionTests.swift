import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("Making room")
struct FlowEvictionTests {
    private func limits(_ tracked: Int, _ reassembling: Int) -> FlowLimits {
        var limits = FlowLimits()
        limits.trackedFlows = tracked
        limits.reassemblingFlows = reassembling
        return limits
    }

    private func address(_ number: Int) -> SocketAddress {
        SocketAddress(IPAddress(ipv4: 0x0A00_0000 + UInt32(number)), 40_000)
    }

    @Test("a SYN flood from many sources leaves memory bounded and real connections alone")
    func flood() {
        var tap = Tap(limits(4_096, 256))
        var victims: [SocketAddress] = []
        for number in 0..<100 {
            tap.client = SocketAddress(IPAddress(ipv4: 0xC0A8_0000 + UInt32(number)), 50_000)
            victims.append(tap.client)
            tap.open()
            tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        }
        for number in 0..<100_000 {
            tap.client = address(number)
            tap.send(.toServer, 1, .syn)
        }
        let count = tap.table.flowCount
        #expect(count == 4_096)
        #expect(tap.recorder.flows.count == 100)
        for victim in victims {
            tap.client = victim
            tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        }
        #expect(tap.recorder.flows.count == 100)
        #expect(tap.recorder.flows.allSatisfy { $0.reached[0] == 6 && $0.end == nil })
        #expect(tap.table.counters.droppedEmbryonic > 90_000)
    }

    @Test("forged data without answers does not displace connections that have both sides")
    func forged() {
        var tap = Tap(limits(4_096, 64))
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        let real = tap.client
        for number in 0..<2_000 {
            tap.client = address(number)
            tap.send(.toServer, 1, ack: 1, .psh, "forged")
        }
        let reading = tap.table.reassemblingCount
        #expect(reading <= 64)
        tap.client = real
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.recorder.flows[0].end == nil)
        #expect(tap.recorder.flows[0].reached[0] == 6)
    }

    @Test("flows that are not read go first, those that are wanted last")
    func order() {
        var tap = Tap(limits(8, 8))
        let interests: [Interest] = [.none, .both, .both.wanted, .none.wanted]
        for number in 0..<8 {
            tap.recorder.interests = [interests[number % 4]]
            tap.client = address(number)
            tap.open()
            tap.send(.toServer, 1_001, ack: 5_001, .psh, "\(number)")
            tap.milliseconds += 1_000
        }
        tap.recorder.interests = [.both.wanted]
        var order: [String] = []
        for number in 8..<16 {
            let before = tap.recorder.flows.map(\.end)
            tap.client = address(number)
            tap.open()
            tap.send(.toServer, 1_001, ack: 5_001, .psh, "\(number)")
            tap.milliseconds += 1_000
            for (flow, log) in tap.recorder.flows.enumerated() where log.end == .evicted {
                if flow >= before.count || before[flow] == nil { order.append("\(flow)") }
            }
        }
        #expect(order == ["0", "4", "1", "5", "3", "7", "2", "6"])
        #expect(tap.table.counters.evicted == 8)
    }

    @Test("the number of flows that are read is capped by itself")
    func reassembling() {
        var tap = Tap(limits(1_000, 10))
        for number in 0..<50 {
            tap.client = address(number)
            tap.open()
            tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
            tap.send(.toServer, 1_009, ack: 5_001, .psh, "waits")
        }
        let state = (tap.table.reassemblingCount, tap.table.flowCount)
        #expect(state == (10, 10))
        #expect(tap.recorder.flows.prefix(40).allSatisfy { $0.end == .evicted })
        #expect(tap.recorder.flows.prefix(40).allSatisfy { $0.reached[0] == 13 })
        tap.finish()
        let left = (tap.table.reassemblingCount, tap.table.flowCount, tap.table.bufferedOctets)
        #expect(left == (0, 0, 0))
    }

    @Test("so is that of UDP flows")
    func datagrams() {
        var tap = Tap(limits(1_000, 10))
        for number in 0..<50 {
            tap.client = address(number)
            tap.datagram(.toServer, [1])
        }
        #expect(tap.recorder.flows.count { $0.end == nil } == 10)
    }

    @Test("a share of the limits is never too small to work with")
    func shares() {
        let share = FlowLimits().divided(by: 64)
        #expect(share.trackedFlows == 4_096)
        #expect(share.reassemblingFlows == 256)
        #expect(share.tableBuffer == 1 << 20)
        #expect(FlowLimits().divided(by: .max).trackedFlows == 16)
        #expect(FlowLimits().divided(by: 0) == FlowLimits())
    }
}
