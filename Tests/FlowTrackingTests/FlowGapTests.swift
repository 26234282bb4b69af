import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("Holes in streams")
struct FlowGapTests {
    @Test("a hole that the peer acknowledged stays open for the grace, in case the segment is merely late")
    func acknowledged() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        tap.send(.toClient, 5_001, ack: 1_007)
        tap.wait(200)
        #expect(tap.recorder.flows.isEmpty)
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        #expect(tap.events() == ["> 3", "> 3"])
        tap.send(.toServer, 1_010, ack: 5_001, .psh, "jkl")
        tap.send(.toClient, 5_001, ack: 1_013)
        for _ in 0..<50 { tap.wait(50) }
        #expect(tap.events() == ["> 3", "> 3", "> gap 3 lost", "> 3"])
        tap.send(.toServer, 1_007, ack: 5_001, .psh, "ghi")
        tap.finish()
        #expect(tap.text() == "abcdefjkl")
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 12)
        #expect(tap.table.counters.lostOctets == 3)
    }

    @Test("many acknowledged holes are declared together, not one grace after another")
    func together() {
        var tap = Tap()
        tap.open()
        for index in 1...20 { tap.send(.toServer, 1_001 + UInt32(index) * 10, ack: 5_001, .psh, "abcde") }
        tap.send(.toClient, 5_001, ack: 1_206)
        for _ in 0..<50 { tap.wait(50) }
        #expect(tap.recorder.flows[0].reached[0] == 205)
        #expect(tap.recorder.flows[0].gaps == [.lost: 105])
    }

    @Test("a hole that the peer has not acknowledged is waited for, as it will be sent again")
    func unacknowledged() {
        var tap = Tap()
        tap.open()
        tap.send(.toClient, 5_001, ack: 1_001, .psh, "hi")
        tap.send(.toServer, 1_004, ack: 5_003, .psh, "def")
        tap.send(.toClient, 5_003, ack: 1_001)
        for _ in 0..<60 {
            tap.wait(1_000)
            tap.send(.toClient, 5_003, ack: 1_001)
        }
        #expect(tap.text() == "")
        tap.send(.toServer, 1_001, ack: 5_003, .psh, "abc")
        #expect(tap.text() == "abcdef")
    }

    @Test("where nothing is ever acknowledged, patience ends")
    func oneWay() {
        var tap = Tap()
        tap.send(.toServer, 1_000, .syn)
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        tap.wait(4_000)
        #expect(tap.recorder.flows.isEmpty)
        tap.wait(2_000)
        #expect(tap.events() == ["> gap 3 lost", "> 3"])
    }

    @Test("what exceeds the direction's buffers makes a hole, and nothing is lost beyond it")
    func directionBudget() {
        var limits = FlowLimits()
        limits.directionBuffer = 10_000
        var tap = Tap(limits)
        tap.open()
        let block = String(repeating: "x", count: 1_000)
        for index in 0..<20 { tap.send(.toServer, 1_101 + UInt32(index) * 1_000, ack: 5_001, .psh, block) }
        let log = tap.recorder.flows[0]
        #expect(log.gaps == [.budget: 100])
        #expect(log.reached[0] == 20_100)
        #expect(tap.table.bufferedOctets == 0)
    }

    @Test("when the table's buffers are full, who has waited the longest gives up")
    func tableBudget() {
        var limits = FlowLimits()
        limits.tableBuffer = 30_000
        var tap = Tap(limits)
        let block = String(repeating: "x", count: 1_400)
        for port in 0..<20 as Range<UInt16> {
            tap.client = SocketAddress(tap.client.address, 50_000 + port)
            tap.open()
            tap.send(.toServer, 1_011, ack: 5_001, .psh, block)
        }
        let used = tap.table.bufferedOctets
        #expect(used <= 30_000)
        let given = tap.recorder.flows.map(\.facts.client.port)
        #expect(given == Array(50_000..<(50_000 + UInt16(given.count))))
        #expect(given.count > 3 && given.count < 20)
        #expect(tap.recorder.flows.allSatisfy { $0.gaps == [.budget: 10] && $0.reached[0] == 1_410 })
    }

    @Test("a segment greater than all buffers makes its own hole")
    func nothingFits() {
        var limits = FlowLimits()
        limits.tableBuffer = 100
        var tap = Tap(limits)
        tap.open()
        tap.send(.toServer, 1_011, ack: 5_001, .psh, "0123456789")
        #expect(tap.events() == ["> gap 10 budget", "> 10"])
    }

    @Test("a stream whose start was searched when buffers ran out loses nothing of the segment that came then")
    func heldStartWithoutRoom() {
        var limits = FlowLimits()
        limits.directionBuffer = 700
        var tap = Tap(limits)
        let text = (0..<3_000).map { String(UnicodeScalar(UInt8(0x21 + $0 % 90))) }.joined()
        let piece = { (range: Range<Int>) in String(Array(text)[range]) }
        tap.send(.toServer, 2_300, ack: 5_001, .psh, piece(1_300..<1_400))
        tap.send(.toServer, 2_100, ack: 5_001, .psh, piece(1_100..<2_600))
        tap.send(.toServer, 3_600, ack: 5_001, .psh, piece(2_600..<3_000))
        tap.finish()
        #expect(tap.recorder.flows.count == 1)
        #expect(tap.recorder.flows.first?.octets[0] == Array(piece(1_100..<3_000).utf8))
        #expect(tap.recorder.flows.first?.gaps == [:])
    }

    @Test("the snap length's loss is told after the octets that were captured", arguments: [false, true])
    func snapLength(reordered: Bool) {
        var tap = Tap()
        tap.open()
        let segments: [(UInt32, String, Int)] = [(1_001, "abc", 7), (1_011, "", 10), (1_021, "xyz", 0)]
        for (sequence, text, missing) in reordered ? segments.reversed() : segments {
            tap.send(.toServer, sequence, ack: 5_001, .psh, text, missing: missing)
        }
        #expect(tap.events() == ["> 3", "> gap 7 snaplen", "> gap 10 snaplen", "> 3"])
        #expect(tap.table.counters.snapLengthOctets == 17)
    }

    @Test("at the end of the capture all that waits is handed on, and the acknowledged rest declared")
    func captureEnd() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_010, ack: 5_001, .psh, "jkl")
        tap.send(.toClient, 5_001, ack: 1_033)
        tap.finish()
        #expect(tap.events() == ["> 3", "> gap 6 lost", "> 3", "> gap 20 lost", "closed captureEnd"])
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 32)
    }

    @Test("an acknowledged FIN that was not captured is not taken for an octet")
    func phantom() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toClient, 5_001, ack: 1_005)
        tap.finish()
        #expect(tap.events() == ["> 3", "closed captureEnd"])
    }

    @Test("a lost end before a FIN is declared when the flow closes")
    func beforeFin() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_011, ack: 5_001, .fin)
        tap.send(.toClient, 5_001, ack: 1_012, .fin)
        tap.wait(4_000)
        #expect(tap.events() == ["> 3", "< fin"])
        tap.wait(2_000)
        #expect(tap.events() == ["> 3", "< fin", "> gap 7 lost", "> fin", "closed finished"])
    }

    @Test("differing data is counted, and the first to come wins")
    func conflict() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_005, ack: 5_001, .psh, "first")
        tap.send(.toServer, 1_005, ack: 5_001, .psh, "First")
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "and FIRST and more")
        #expect(tap.text() == "and first and more")
        #expect(tap.table.counters.overlapConflicts == 2)
    }

    @Test("a segment far from all others is ignored, four of one neighbourhood are believed")
    func outOfWindow() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 0x5000_0000, ack: 5_001, .psh, "junk")
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.text() == "abcdef")
        #expect(tap.table.counters.outOfWindow == 1)
        for index in 0..<5 as Range<UInt32> { tap.send(.toServer, 0x6000_0000 + index * 3, ack: 5_001, .psh, "ghi") }
        tap.finish()
        #expect(tap.events() == ["> 3", "> 3", "> gap 0 lost", "> 3", "> 3", "closed captureEnd"])
        #expect(tap.table.counters.resynchronised == 1)
    }

    @Test("a segment out of the window after long silence begins another flow")
    func quiet() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.wait(61_000)
        tap.send(.toServer, 0x5000_0000, ack: 7, .psh, "anew")
        tap.finish()
        #expect(tap.events() == ["> 3", "closed timeout"])
        #expect(tap.text(flow: 1) == "anew")
        #expect(tap.recorder.flows[1].facts.midstream)
    }
}
