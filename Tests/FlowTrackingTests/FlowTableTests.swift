import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("The table of flows")
struct FlowTableTests {
    @Test("a connection is told as it was spoken")
    func conversation() {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "hello")
        tap.send(.toClient, 5_001, ack: 1_006, .psh, "world!")
        tap.send(.toServer, 1_006, ack: 5_007, .fin)
        tap.send(.toClient, 5_007, ack: 1_007, .fin)
        tap.send(.toServer, 1_007, ack: 5_008)
        let events = tap.events()
        let log = tap.recorder.flows[0]
        #expect(events == ["> 5", "< 6", "> fin", "< fin", "closed finished"])
        #expect(log.facts.client.description == "192.0.2.1:49152")
        #expect(log.facts.server.description == "198.51.100.2:80")
        #expect(!log.facts.midstream)
        #expect(log.facts.firstPacket == 1)
        #expect(log.totals?.toServerOctets == 5)
        #expect(log.totals?.toClientOctets == 6)
        let counters = tap.table.counters
        #expect(counters.flows == 1 && counters.opened == 1 && counters.midstream == 0 && counters.gaps == 0)
    }

    @Test("a flow that is woken is looked at without a packet, and the answer counts; one that is gone is not")
    func wake() {
        var tap = Tap()
        tap.recorder.interests = [.both, .toServerOnly, .none]
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "hello")
        let route = tap.recorder.flows[0].facts.key.route(HashSecret(seed: 1))
        let time = Timestamp(nanoseconds: Tap.epoch + 5_000_000_000)
        tap.table.wake(route, at: time, consumer: &tap.recorder)
        tap.send(.toClient, 5_001, ack: 1_006, .psh, "world!")
        tap.table.wake(route, at: time, consumer: &tap.recorder)
        tap.send(.toServer, 1_006, ack: 5_007, .psh, "more")
        // It is declined by now, and later over.
        tap.table.wake(route, at: time, consumer: &tap.recorder)
        tap.finish()
        let events = tap.events()
        #expect(events == ["> 5", "woken", "woken", "closed captureEnd"])
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 9)
        tap.table.wake(route, at: time, consumer: &tap.recorder)
        #expect(tap.recorder.flows.count == 1)
    }

    @Test("scans and bare acknowledgements are never announced")
    func scan() {
        var tap = Tap()
        tap.send(.toServer, 1, .syn)
        tap.send(.toClient, 0, ack: 2, .rst)
        tap.client = SocketAddress(tap.client.address, 50_001)
        tap.send(.toServer, 7, ack: 9)
        tap.client = SocketAddress(tap.client.address, 50_002)
        tap.send(.toServer, 7, ack: 9, .fin)
        tap.send(.toClient, 9, .rst)
        tap.finish()
        let counters = tap.table.counters
        #expect(tap.recorder.flows.isEmpty)
        #expect(counters.flows == 1 && counters.strays == 3)
        let left = tap.table.flowCount
        #expect(left == 0)
    }

    @Test("the client is who sent the SYN, or got the SYN-ACK, whatever the ports")
    func orientation() {
        var tap = Tap()
        tap.client = SocketAddress(tap.client.address, 80)
        tap.server = SocketAddress(tap.server.address, 50_000)
        tap.send(.toServer, 1, .syn)
        tap.send(.toServer, 2, .psh, "request")
        tap.finish()
        let first = tap.recorder.flows[0].facts
        #expect(first.client == tap.client)
        tap.client = SocketAddress(tap.client.address, 81)
        tap.send(.toClient, 9, ack: 100, .syn)
        tap.send(.toServer, 100, ack: 10, .psh, "request")
        tap.finish()
        let second = tap.recorder.flows[1].facts
        #expect(second.client == tap.client)
        #expect(!second.midstream)
    }

    @Test("a connection taken up midstream has the higher port as client and begins at its first octet")
    func midstream() {
        var tap = Tap()
        tap.send(.toClient, 900, ack: 70, .psh, "answer")
        tap.send(.toServer, 70, ack: 906, .psh, "request")
        #expect(tap.recorder.flows.isEmpty)
        tap.wait(200)
        tap.send(.toServer, 77, ack: 906, .psh, "!")
        tap.finish()
        #expect(tap.text() == "request!")
        #expect(tap.text(.toClient) == "answer")
        let log = tap.recorder.flows[0]
        #expect(log.facts.midstream)
        #expect(log.facts.client.port == 49_152)
        #expect(log.gaps.isEmpty)
        #expect(tap.table.counters.midstream == 1)
    }

    @Test("midstream, segments before the first one seen are still in time for a while, and counted afterwards")
    func midstreamReordered() {
        var tap = Tap()
        tap.send(.toServer, 105, ack: 1, .psh, "fghij")
        tap.send(.toServer, 100, ack: 1, .psh, "abcde")
        tap.wait(150)
        tap.send(.toServer, 95, ack: 1, .psh, "too late")
        tap.finish()
        #expect(tap.text() == "abcdefghij")
        let counters = tap.table.counters
        #expect(counters.beforeStartOctets == 5)
        #expect(counters.repeatedOctets == 3)
    }

    @Test("data that overtook its SYN still belongs to a whole connection")
    func lateSYN() {
        var tap = Tap()
        tap.send(.toServer, 1_006, ack: 5_001, .psh, "world")
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "hello")
        tap.send(.toClient, 5_000, ack: 1_001, .syn)
        tap.send(.toServer, 1_000, .syn)
        tap.finish()
        #expect(tap.text() == "helloworld")
        let log = tap.recorder.flows[0]
        #expect(!log.facts.midstream)
        #expect(log.facts.client == tap.client)
        #expect(tap.table.counters.synsIgnored == 0)
    }

    @Test("data on a SYN is the stream's first (RFC 7413)")
    func fastOpen() {
        var tap = Tap()
        tap.send(.toServer, 1_000, .syn, "GET /")
        tap.send(.toClient, 5_000, ack: 1_006, .syn)
        tap.send(.toServer, 1_006, ack: 5_001, [.psh, .fin], " HTTP")
        tap.finish()
        #expect(tap.text() == "GET / HTTP")
    }

    @Test("each packet twice yields nothing twice")
    func twice() {
        var tap = Tap()
        for _ in 0..<2 { tap.send(.toServer, 1_000, .syn) }
        for _ in 0..<2 { tap.send(.toClient, 5_000, ack: 1_001, .syn) }
        for _ in 0..<2 { tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc") }
        for _ in 0..<2 { tap.send(.toServer, 1_010, ack: 5_001, .psh, "xyz") }
        for _ in 0..<2 { tap.send(.toServer, 1_004, ack: 5_001, .psh, "defghi") }
        for _ in 0..<2 { tap.send(.toServer, 1_013, ack: 5_001, .fin) }
        for _ in 0..<2 { tap.send(.toClient, 5_001, ack: 1_014, .fin) }
        for _ in 0..<2 { tap.send(.toServer, 1_014, ack: 5_002) }
        #expect(tap.text() == "abcdefghixyz")
        #expect(tap.events().last == "closed finished")
        #expect(tap.recorder.flows.count == 1)
        let counters = tap.table.counters
        #expect(counters.repeatedOctets == 12 && counters.overlapConflicts == 0)
        #expect(counters.flows == 1)
    }

    @Test("keep-alive probes yield nothing", arguments: ["", "\0"])
    func keepAlive(payload: String) {
        var tap = Tap()
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_003, ack: 5_001, [], payload)
        tap.send(.toServer, 1_004, ack: 5_001, .psh, "def")
        #expect(tap.text() == "abcdef")
        #expect(tap.table.counters.keepAlives == UInt64(payload.utf8.count))
    }

    @Test("sequence numbers wrap without notice", arguments: [0xFFFF_FFFF, 0xFFFF_FFF0, 0xFFFF_FFFB] as [UInt32])
    func wrap(start: UInt32) {
        var tap = Tap()
        tap.open(client: start)
        for (index, text) in ["abcd", "efgh", "ijkl", "mnop", "qrst"].enumerated().reversed() {
            tap.send(.toServer, start &+ 1 &+ UInt32(index * 4), ack: 5_001, .psh, text)
        }
        tap.finish()
        #expect(tap.text() == "abcdefghijklmnopqrst")
    }

    @Test("a stream longer than the sequence space goes on")
    func long() {
        var tap = Tap()
        tap.open()
        tap.recorder.interests = [.none]
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "x")
        var sequence: UInt32 = 1_002
        let step = 50_000_000
        for _ in 0..<200 {
            sequence = sequence &+ UInt32(step)
            tap.send(.toServer, sequence, ack: 5_001, .psh, "y")
            sequence &+= 1
        }
        tap.finish()
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 1 + 200 * (step + 1))
    }

    @Test("VLANs separate flows that are equal otherwise")
    func vlans() {
        var tap = Tap()
        for tags in [[], [5], [5, 6]] as [[UInt16]] {
            tap.vlan = VLANTags(tags)
            tap.send(.toServer, 1_000, .syn)
            tap.send(.toServer, 1_001, ack: 1, .psh, "a")
        }
        tap.finish()
        let seen = tap.recorder.flows.map(\.facts.vlan.ids)
        #expect(Set(seen) == [[], [5], [5, 6]])
        #expect(Set(tap.recorder.flows.map(\.facts.id)).count == 3)
    }

    @Test("what is declined is counted, its buffers freed, its end told")
    func shunt() {
        var tap = Tap()
        tap.recorder.interests = [.both, .none]
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toServer, 1_010, ack: 5_001, .psh, "waits")
        let held = tap.table.bufferedOctets
        #expect(held > 0)
        tap.send(.toClient, 5_001, ack: 1_004, .psh, "12345")
        let freed = (tap.table.bufferedOctets, tap.table.reassemblingCount)
        #expect(freed == (0, 0))
        tap.send(.toServer, 1_004, ack: 5_006, .psh, "defghi")
        tap.send(.toServer, 1_015, ack: 5_006, .psh, "more")
        tap.send(.toServer, 1_015, ack: 5_006, .psh, "more")
        tap.send(.toServer, 1_019, ack: 5_006, .fin)
        tap.send(.toClient, 5_006, ack: 1_020, .fin)
        let log = tap.recorder.flows[0]
        #expect(log.events == ["> 3", "< 5", "closed finished"])
        #expect(log.totals?.toServerOctets == 18)
        #expect(log.totals?.toClientOctets == 5)
        #expect(tap.table.counters.shunted == 1)
    }

    @Test("the server's direction can be declined alone")
    func clientOnly() {
        var tap = Tap()
        tap.recorder.interests = [.toServerOnly]
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        tap.send(.toClient, 5_001, ack: 1_004, .psh, "12345")
        tap.send(.toServer, 1_004, ack: 5_006, .psh, "def")
        tap.send(.toServer, 1_007, ack: 5_006, .fin)
        tap.send(.toClient, 5_006, ack: 1_008, .fin)
        let log = tap.recorder.flows[0]
        #expect(log.events == ["> 3", "> 3", "> fin", "closed finished"])
        #expect(log.totals?.toClientOctets == 5)
    }

    @Test("the same packets give the same callbacks, whatever the hash seed")
    func determinism() {
        let logs = ([1, 99] as [UInt64]).map { seed in
            var tap = Tap(FlowLimits(), seed: seed)
            for port in 0..<300 as Range<UInt16> {
                tap.client = SocketAddress(tap.client.address, 40_000 + port)
                tap.open()
                tap.send(.toServer, 1_001, ack: 5_001, .psh, "\(port)")
                tap.milliseconds += 7
                tap.send(.toServer, 1_010, ack: 5_001, .psh, "\(port)")
            }
            tap.finish()
            return tap.recorder.flows.map { "\($0.facts) \($0.events) \(String(describing: $0.totals))" }
        }
        #expect(logs[0] == logs[1])
        #expect(logs[0].count == 300)
    }

    @Test("other protocols and fragments are counted")
    func untracked() {
        var tap = Tap()
        for transport in [
            Transport.other(protocol: 1),
            .fragment(FragmentFields(protocol: 6, identification: 1, offset: 8, hasMore: true)),
        ] {
            let packet = DecodedPacket(
                source: tap.client.address,
                destination: tap.server.address,
                transport: transport,
                payload: Span()
            )
            tap.table.process(packet, at: tap.stamp, consumer: &tap.recorder)
        }
        #expect(tap.table.counters.untracked == 2)
    }

    @Test("a wanted flow is reviewed at intervals, read or not")
    func reviews() {
        var tap = Tap()
        tap.recorder.interests = [Interest.none.wanted]
        tap.open()
        tap.send(.toServer, 1_001, ack: 5_001, .psh, "abc")
        for _ in 0..<12 {
            tap.wait(5_050)
            tap.send(.toServer, 1_004, ack: 5_001, .psh, "abc")
        }
        #expect(tap.recorder.flows[0].reviews == 6)
        #expect(tap.recorder.flows[0].totals?.toServerOctets == 6)
        tap.finish()
        #expect(tap.events().last == "closed captureEnd")
    }
}
