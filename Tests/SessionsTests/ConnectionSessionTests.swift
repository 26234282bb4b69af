import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: TLS, streams joined midway, and what is not read")
struct ConnectionSessionTests {
    private static let post = "POST /p HTTP/1.1\r\nHost: in.ai\r\nContent-Length: 4\r\n\r\nbody"

    @Test("a TLS connection to no service is shunted at once")
    func shunted() {
        let result = FlowScript([
            .client(Greeting.client("www.example.org")), .server(Greeting.server), .client(Greeting.data(500)),
        ]).play()
        #expect(result.faults == [])
        #expect(result.lastInterest == .none)
        #expect(result.serverRead == 0)
        #expect(result.counters.shuntedOctets == result.counters.clientOctets)
        #expect(result.declined == ["tls:www.example.org"])
    }

    @Test("a hello is read however it is cut, and the server's before it as well")
    func cuts() {
        let hello = Greeting.client("api.x.ai")
        Torture.everySplit(of: hello) { pieces in
            let pieces = pieces.filter { !$0.isEmpty }.map { FlowScript.Step.client(Array($0)) }
            let result = FlowScript(pieces + [.server(Greeting.server)]).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.connectionOctets) == [hello.count])
            #expect(result.entries.map(\.greetings) == [1])
            let early = FlowScript([.server(Greeting.server)] + pieces).play()
            #expect(early.faults == [])
            #expect(early.entries.map(\.greetings) == [1])
            #expect(early.lastInterest == .none.wanted)
        }
    }

    @Test("a hello with a hole, or that ends early, still names its service", arguments: 0..<3)
    func partialHello(variant: Int) {
        let hello = Greeting.client("api.x.ai", padding: 400)
        var script = FlowScript([.client(Array(hello[..<200]))])
        switch variant {
        case 0: script.steps += [.clientGap(100), .client(Array(hello[300...]))]
        case 1: script.steps += [.clientEnd()]
        default: script.end = .captureEnd
        }
        let result = script.play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.host) == ["api.x.ai"])
        #expect(result.entries.map(\.hasHello) == [false])
        #expect(result.entries.map(\.connectionOctets) == [variant == 0 ? hello.count : 200])
        #expect(result.counters.unnamedConnections == 1)
    }

    @Test("nobody waits for ever for a server's greeting")
    func noGreeting() {
        let hello = Greeting.client("api.x.ai")
        let alert: [UInt8] = [21, 3, 3, 0, 2, 1, 0]
        let talkative = FlowScript(
            [.client(hello)] + (0..<10).map { _ in .server((0..<300).flatMap { _ in alert }) }
        ).play()
        #expect(talkative.lastInterest == .none.wanted)
        #expect(talkative.serverRead < 20_000)
        let silent = FlowScript([.client(hello)] + (0..<200).map { _ in .client(Greeting.data(1_000)) }).play()
        #expect(silent.lastInterest == .none.wanted)
        let holed = FlowScript([.client(hello), .serverGap(10)]).play()
        #expect(holed.lastInterest == .none.wanted)
        #expect((talkative.faults, silent.faults, holed.faults) == ([], [], []))
    }

    @Test("a hello that never ends is given up")
    func endlessHello() {
        let alert: [UInt8] = [21, 3, 3, 0, 2, 1, 0]
        let hello = Array(Greeting.client("api.x.ai").prefix(30))
        let result = FlowScript(
            [.client(hello)] + (0..<200).map { _ in .client((0..<200).flatMap { _ in alert }) }
        ).play()
        #expect(result.faults == [])
        #expect(result.lastInterest == .none)
    }

    @Test("in a stream joined midway requests are found where packets begin, also in pieces")
    func midstream() {
        for lead in ["tail of a body", "{\"a\": 1}", "abc def ghi", "ab", "\u{1}\u{2}", "GET lost"] {
            Torture.everySplit(of: Array(Self.post.utf8)) { pieces in
                let pieces = pieces.filter { !$0.isEmpty }.map { FlowScript.Step.client(Array($0)) }
                let result = FlowScript([FlowScript.client(lead)] + pieces, isMidstream: true).play()
                // Where one octet alone is told, what comes before it and after it cannot be told apart.
                guard pieces.count == 1 || pieces.count == 2 else { return #expect(result.faults == []) }
                #expect(result.faults == [])
                #expect(result.entries.map(\.text) == ["body"], "\(lead) \(pieces)")
                #expect(result.entries.map(\.began) == [2])
            }
        }
    }

    @Test("a stream whose beginning is lost is read like one joined midway")
    func lostBeginning() {
        let result = FlowScript([.clientGap(1_000), FlowScript.client("rest"), FlowScript.client(Self.post)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["body"])
        #expect(result.counters.unreadableOctets == 1_004)
        let encrypted = FlowScript([.clientGap(1_000), .client(Greeting.data(9)), FlowScript.client(Self.post)]).play()
        #expect(encrypted.faults == [])
        #expect(encrypted.lastInterest == .none)
        #expect(encrypted.counters.unreadableOctets == 1_000)
    }

    @Test("a stream joined midway is given up when no request comes")
    func patience() {
        let block = FlowScript.Step.client([UInt8](repeating: 0x7B, count: 1 << 20))
        let result = FlowScript(Array(repeating: block, count: 10), isMidstream: true).play()
        #expect(result.faults == [])
        #expect(result.lastInterest == .none)
        let lost = FlowScript([.clientGap(1)] + Array(repeating: block, count: 10)).play()
        #expect(lost.lastInterest == .none)
    }

    @Test("a flow joined midway is turned round when its server turns out to ask", arguments: ["", "{\"x\"}", "ab"])
    func reversed(lead: String) {
        let result = FlowScript(
            [
                FlowScript.client(lead), FlowScript.server("end of something"), FlowScript.server(Self.post),
                FlowScript.client("HTTP/1.1 200 OK\r\n\r\n"), FlowScript.server(Self.post),
            ],
            isMidstream: true
        ).play()
        #expect(result.entries.map(\.text) == ["body", "body"])
        #expect(result.counters.reversals == 1)
    }

    @Test("a flow with its handshake is never turned round")
    func notReversed() {
        let result = FlowScript([FlowScript.server(Self.post), FlowScript.client(Self.post)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["body"])
        #expect(result.counters.reversals == 0)
    }

    @Test("a server that speaks alone is soon not read any more")
    func serverAlone() {
        let result = FlowScript(
            (0..<100).map { _ in .server([UInt8](repeating: 0x41, count: 1_000)) } + [FlowScript.client(Self.post)]
        ).play()
        #expect(result.faults == [])
        #expect(result.serverRead < 20_000)
        #expect(result.entries.map(\.text) == ["body"])
    }

    @Test("UDP is counted once, by its flow's totals")
    func datagrams() {
        var script = FlowScript([.client([1, 2, 3]), .server([4, 5])])
        script.transport = .udp
        let result = script.play()
        #expect(result.faults == [])
        #expect(result.counters.datagramOctets == 3)
        #expect(result.counters.serverOctets == 2)
    }
}
