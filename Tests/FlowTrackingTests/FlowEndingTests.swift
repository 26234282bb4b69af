import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("How flows end")
struct FlowEndingTests {
    @Test("octets that come after the FIN that follows them are still in order")
    func finWithData() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_004, ack: 5_001, [.fin, .psh], "def")
        tap.send(.toClient, 5_001, ack: 1_008, .fin)
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        #expect(tap.events() == ["> 3", "> 3", "> fin", "closed finished"])
    }

    @Test("data beyond a FIN is ignored and counted")
    func afterFin() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, [.fin, .psh], "abc")
        tap.send(.toServer, 1_003, ack: 5_001, .psh, "cdef")
        tap.send(.toServer, 1_002, ack: 5_001, .fin)
        #expect(tap.events() == ["> 3", "> fin"])
        #expect(tap.table.counters.afterEndOctets == 3)
        #expect(tap.table.counters.finsIgnored == 1)
    }

    @Test("a FIN before data that was seen already is not believed")
    func falseFin() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_005, ack: 5_001, .psh, "efgh")
        tap.send(.toServer, 1_003, ack: 5_001, .fin)
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abcd")
        #expect(tap.events() == ["> 4", "> 4"])
        #expect(tap.table.counters.finsIgnored == 1)
    }

    @Test("a FIN of an otherwise silent direction ends it")
    func silentDirection() {
        var tap = Tap()
        tap.open()
        tap.send(.toClient, 5_001, ack: 1_001, .fin)
        tap.send(.toServer, 1_001, ack: 5_002, .psh, "abc")
        tap.send(.toServer, 1_004, ack: 5_002, .fin)
        #expect(tap.events() == ["> 3", "< fin", "> fin", "closed finished"])
    }

    @Test("a reset is believed near the expected number only")
    func blindReset() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 0x4000_0000, .rst)
        tap.send(.toClient, 0x4000_0000, .rst)
        tap.wait(6_000)
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.text() == "abcdef")
        #expect(tap.table.counters.resetsIgnored == 2)
    }

    @Test("after a reset, what is late still comes, then the flow closes")
    func reset() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_010, ack: 5_001, [.rst])
        tap.wait(8)
        tap.send(.toServer, 1_007, ack: 5_001, .psh, "ghi")
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.text() == "abcdefghi")
        tap.wait(6_000)
        #expect(tap.events() == ["> 3", "> 3", "> 3", "> reset", "< reset", "closed reset"])
    }

    @Test("a reset that overtakes the first data does not hide it")
    func earlyReset() {
        var tap = Tap()
        tap.open()
        tap.send(.toClient, 5_001, ack: 1_001, .rst)
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.wait(6_000)
        #expect(tap.events() == ["> 3", "> reset", "< reset", "closed reset"])
    }

    @Test("a reset after which data goes on for long was false")
    func falseReset() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_004, .rst)
        for index in 0..<10 as Range<UInt32> {
            tap.wait(1_000)
            tap.send(.toServer, 1_004 + index * 3, ack: 5_001, .psh, "def")
        }
        tap.finish()
        #expect(tap.recorder.flows.count == 1)
        #expect(tap.recorder.flows[0].reached[0] == 33)
        #expect(tap.events().last == "closed captureEnd")
    }

    @Test("a port used anew after FIN or RST is another flow", arguments: [TCPEnding.fin, .reset, .silence])
    func reuse(ending: TCPEnding) {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        switch ending {
        case .fin:
            tap.send(.toServer, 1_004, ack: 5_001, .fin)
            tap.send(.toClient, 5_001, ack: 1_005, .fin)
        case .reset:
            tap.send(.toClient, 5_001, ack: 1_004, .rst)
        case .silence:
            tap.wait(301_000)
        }
        tap.open(client: 700_000, server: 800_000)
        tap.send(.toServer, 700_001, ack: 800_001, .psh, "second")
        tap.finish()
        #expect(tap.recorder.flows.count == 2)
        #expect(tap.text() == "abc")
        #expect(tap.text(flow: 1) == "second")
        let ends: [TCPEnding: FlowEnd] = [.fin: .finished, .reset: .reset, .silence: .timeout]
        #expect(tap.recorder.flows[0].end == ends[ending])
        #expect(!tap.recorder.flows[1].facts.midstream)
        #expect(tap.recorder.flows[0].facts.id != tap.recorder.flows[1].facts.id)
    }

    @Test("a SYN inside a living connection counts only when something follows it")
    func doubtfulSYN() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 90_000, .syn)
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.text() == "abcdef")
        #expect(tap.table.counters.synsIgnored == 1)
        tap.send(.toServer, 90_001, ack: 77, .psh, "new")
        tap.finish()
        #expect(tap.text() == "abcdef")
        #expect(tap.text(flow: 1) == "new")
        #expect(!tap.recorder.flows[1].facts.midstream)
        #expect(tap.recorder.flows[0].end == .timeout)
    }

    @Test("of a tap that sees one way only, FIN ends the flow after the linger")
    func oneWay() {
        var tap = Tap()
        tap.send(.toServer, 1_000, .syn)
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_004, ack: 5_001, .fin)
        tap.wait(6_000)
        #expect(tap.events() == ["> 3", "> fin", "closed finished"])
    }

    @Test("silence closes a flow, sooner when it brought nothing, later when it is wanted")
    func timeouts() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.client = SocketAddress(tap.client.address, 50_001)
        tap.open()
        tap.recorder.interests = [.both.wanted]
        tap.client = SocketAddress(tap.client.address, 50_002)
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.wait(31_000)
        let afterHandshake = tap.table.flowCount
        #expect(afterHandshake == 2)
        tap.wait(270_000)
        #expect(tap.recorder.flows.map(\.end) == [.timeout, nil])
        tap.wait(3_400_000)
        #expect(tap.recorder.flows.map(\.end) == [.timeout, .timeout])
        let left = tap.table.flowCount
        #expect(left == 0)
        #expect(tap.table.counters.timedOut == 2)
    }

    @Test("finishing twice, or an empty table, does nothing")
    func finishing() {
        var tap = Tap()
        tap.finish()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.finish()
        tap.finish()
        #expect(tap.events() == ["> 3", "closed captureEnd"])
    }
}

/// How a test's first connection ends.
enum TCPEnding: Sendable {
    case fin
    case reset
    case silence
}
