import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("UDP flows")
struct FlowDatagramTests {
    @Test("datagrams are handed on as they come, both ways")
    func datagrams() {
        var tap = Tap()
        tap.datagram(.toServer, [1, 2, 3])
        tap.datagram(.toClient, [4, 5], missing: 9)
        tap.datagram(.toServer, [1, 2, 3])
        tap.finish()
        #expect(tap.events() == ["> 3+0", "< 2+9", "> 3+0", "closed captureEnd"])
        let log = tap.recorder.flows[0]
        #expect(log.facts.transport == .udp)
        #expect(!log.facts.midstream)
        #expect(log.totals?.toClientOctets == 11)
        #expect(log.totals?.toServerOctets == 6)
    }

    @Test("an answer from a well-known port does not make its sender the client")
    func answerFirst() {
        var tap = Tap()
        tap.datagram(.toClient, [4])
        tap.finish()
        #expect(tap.events() == ["< 1+0", "closed captureEnd"])
    }

    @Test("a flow without payload is not announced, one that is declined only counted")
    func declined() {
        var tap = Tap()
        tap.datagram(.toServer, [])
        #expect(tap.recorder.flows.isEmpty)
        tap.recorder.interests = [.none]
        for _ in 0..<3 { tap.datagram(.toServer, [1]) }
        tap.finish()
        #expect(tap.events() == ["> 1+0", "closed captureEnd"])
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 3)
    }

    @Test("silence makes another flow")
    func timeout() {
        var tap = Tap()
        tap.datagram(.toServer, [1])
        tap.wait(31_000)
        tap.datagram(.toServer, [2])
        tap.finish()
        #expect(tap.recorder.flows.map(\.end) == [.timeout, .captureEnd])
    }

    @Test("TCP and UDP between the same endpoints are two flows")
    func transports() {
        var tap = Tap()
        tap.datagram(.toServer, [1])
        tap.send(.toServer, 1_000, .syn, "x")
        tap.finish()
        #expect(tap.recorder.flows.map(\.facts.transport) == [.udp, .tcp])
    }
}
