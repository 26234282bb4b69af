import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: tunnels and switched protocols")
struct TunnelSessionTests {
    private static let connect = "CONNECT api.x.ai:443 HTTP/1.1\r\nHost: api.x.ai:443\r\n\r\n"
    private static let granted = "HTTP/1.1 200 Connection established\r\n\r\n"
    private static let denied = "HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nauth"
    private static let post = "POST /p HTTP/1.1\r\nHost: in.ai\r\nContent-Length: 4\r\n\r\nbody"
    private static let upgrade =
        "GET /ws HTTP/1.1\r\nHost: ws.ai\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    private static let switched = "HTTP/1.1 101 Switching Protocols\r\n\r\n"
    private static let frame: [UInt8] = [0x81, 0x85, 1, 2, 3, 4, 9, 9, 9, 9, 9]

    @Test("TLS inside a CONNECT is watched with its own octets only, and greeted")
    func tlsInConnect() {
        let hello = Greeting.client("api.x.ai")
        let result = FlowScript([
            FlowScript.client(Self.connect), FlowScript.server(Self.granted), .client(hello), .server(Greeting.server),
            .client(Greeting.data(100)),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.count == 1)
        let entry = result.entries.first
        #expect(entry?.isConnection == true && entry?.hasHello == true && entry?.isMismatch == false)
        #expect(entry?.tunnel == "api.x.ai:443")
        #expect(entry?.connectionOctets == hello.count + 105)
        #expect(entry?.greetings == 1)
        #expect(result.lastInterest == .none.wanted)
        #expect(result.counters.requests == 1)
    }

    @Test("a tunnel is found whether the answer is seen, late, joined or missing", arguments: 0..<5)
    func answers(variant: Int) {
        let hello = Greeting.client("api.x.ai")
        let steps: [[FlowScript.Step]] = [
            [FlowScript.client(Self.connect), .client(hello)],
            [
                FlowScript.client(Self.connect), .client(hello), FlowScript.server(Self.granted),
                .server(Greeting.server),
            ],
            [.client(Array(Self.connect.utf8) + hello), .server(Array(Self.granted.utf8) + Greeting.server)],
            [FlowScript.client(Self.connect), .server(Array(Self.granted.utf8) + Greeting.server), .client(hello)],
            [
                FlowScript.server(Self.granted), FlowScript.client(Self.connect), .client(hello),
                .server(Greeting.server),
            ],
        ]
        let script = FlowScript(steps[variant])
        for script in [
            script, script.cut { Torture.chunks(of: $0, size: 1) }, script.cut { Torture.chunks(of: $0, size: 7) },
        ] {
            let result = script.play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.connectionOctets) == [hello.count])
            #expect(result.entries.map(\.tunnel) == ["api.x.ai:443"])
            if variant > 0, variant < 4 { #expect(result.entries.map(\.greetings) == [1]) }
        }
    }

    @Test("octets sent before the answer are the tunnel's, also when the answer comes amid a word")
    func optimisticPiece() {
        for cut in 1..<Self.post.utf8.count {
            let inner = Array(Self.post.utf8)
            let result = FlowScript([
                FlowScript.client(Self.connect), .client(Array(inner[..<cut])), FlowScript.server(Self.granted),
                .client(Array(inner[cut...])),
            ]).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["body"])
            #expect(result.entries.map(\.tunnel) == ["api.x.ai:443"])
            #expect(result.entries.map(\.began) == [2])
            #expect(result.entries.map(\.end) == [.complete])
        }
    }

    @Test("a refused CONNECT is tried again, as often as it takes", arguments: [1, 2, 5])
    func refusals(count: Int) {
        var steps: [FlowScript.Step] = []
        for _ in 0..<count { steps += [FlowScript.client(Self.connect), FlowScript.server(Self.denied)] }
        steps += [
            FlowScript.client(Self.connect), FlowScript.server(Self.granted), .client(Greeting.client("api.x.ai")),
        ]
        let result = FlowScript(steps + [.server(Greeting.server)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.host) == ["api.x.ai"])
        #expect(result.entries.map(\.greetings) == [1])
        #expect(result.counters.tunnels == 1)
        let blind = FlowScript(steps.filter { if case .client = $0 { true } else { false } }).play()
        #expect(blind.faults == [])
        #expect(blind.entries.map(\.host) == ["api.x.ai"])
    }

    @Test("behind a refused CONNECT ordinary requests go on, and answers are no longer read")
    func refusedThenPlain() {
        let absolute = "POST http://in.ai/p HTTP/1.1\r\nHost: in.ai\r\nContent-Length: 4\r\n\r\nbody"
        let result = FlowScript([
            FlowScript.client(Self.connect), FlowScript.server(Self.denied), FlowScript.client(absolute),
            FlowScript.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), FlowScript.client(absolute),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.tunnel) == [nil, nil])
        #expect(result.entries.map(\.number) == [1, 2])
        #expect(result.serverRead == Self.denied.utf8.count)
        #expect(result.counters.tunnels == 0)
    }

    @Test("a tunnel whose content is not recognised is watched for its target's sake")
    func opaqueTunnel() {
        let result = FlowScript([
            FlowScript.client(Self.connect), FlowScript.server(Self.granted), .client([0, 1, 2, 3]), .client([4]),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.connectionOctets) == [5])
        #expect(result.entries.map(\.isEncrypted) == [false])
        let short = FlowScript([
            FlowScript.client(Self.connect), FlowScript.server(Self.granted), .client([5]), .clientEnd(),
        ])
        .play()
        #expect(short.faults == [])
        #expect(short.entries.map(\.connectionOctets) == [1])
    }

    @Test("a CONNECT whose target cannot be read is a tunnel all the same")
    func badTarget() {
        let result = FlowScript([
            FlowScript.client("CONNECT [bad HTTP/1.1\r\n\r\n"), FlowScript.server(Self.granted),
            .client(Greeting.client("api.x.ai")),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.host) == ["api.x.ai"])
    }

    @Test("SOCKS names its target in each version, and optimistic data is read", arguments: [true, false])
    func socks(isOptimistic: Bool) {
        let name = Array("api.x.ai".utf8)
        let dialects: [(client: [[UInt8]], server: [[UInt8]])] = [
            ([[5, 1, 0], [5, 1, 0, 3, 8] + name + [1, 187]], [[5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]]),
            (
                [[5, 2, 0, 2], [1, 1, 65, 1, 66], [5, 1, 0, 3, 8] + name + [1, 187]],
                [[5, 2], [1, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
            ),
            ([[4, 1, 1, 187, 0, 0, 0, 1, 65, 0] + name + [0]], [[0, 90, 0, 0, 0, 0, 0, 0]]),
        ]
        let hello = Greeting.client("api.x.ai")
        for dialect in dialects {
            var steps: [FlowScript.Step] = []
            if isOptimistic {
                steps = [.client(Array(dialect.client.joined()) + hello)] + dialect.server.map { .server($0) }
            } else {
                for (client, server) in zip(dialect.client, dialect.server) {
                    steps += [.client(client), .server(server)]
                }
                steps.append(.client(hello))
            }
            let script = FlowScript(steps + [.server(Greeting.server)])
            for script in [script, script.cut { Torture.chunks(of: $0, size: 1) }] {
                let result = script.play()
                #expect(result.faults == [])
                #expect(result.entries.map(\.tunnel) == ["api.x.ai:443"])
                #expect(result.entries.map(\.connectionOctets) == [hello.count])
                #expect(result.entries.map(\.greetings) == [1])
            }
        }
        let address = FlowScript([.client([4, 1, 0, 80, 192, 0, 2, 9, 0]), FlowScript.client(Self.post)]).play()
        #expect(address.faults == [])
        #expect(address.entries.map(\.tunnel) == ["192.0.2.9:80"])
    }

    @Test("tunnels lie in each other up to four deep, in one chunk or octet by octet", arguments: 1...6)
    func nested(depth: Int) {
        let outer = (0..<depth).map { "CONNECT hop\($0).ai:443 HTTP/1.1\r\n\r\n" }
        let hello = Greeting.client("api.x.ai")
        // The answers are seen: without them a second CONNECT is the first one's repetition.
        let asked = FlowScript(
            outer.flatMap { [FlowScript.client($0), FlowScript.server(Self.granted)] } + [
                .client(hello), .server(Greeting.server),
            ]
        )
        for script in [asked, asked.cut { Torture.chunks(of: $0, size: 1) }] {
            let result = script.play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.isEncrypted) == [depth <= 4])
            #expect(result.entries.map(\.host) == [depth <= 4 ? "api.x.ai" : "hop4.ai"])
            #expect(result.counters.tunnels == min(depth, 5))
        }
        let name = Array("hop.ai".utf8)
        let hop: [UInt8] = [5, 1, 0, 5, 1, 0, 3, 6] + name + [1, 187]
        let socks = [UInt8](Array(repeating: hop, count: depth).joined())
        let blind = FlowScript([.client(socks + hello)]).play()
        #expect(blind.faults == [])
        #expect(blind.entries.map(\.isEncrypted) == [depth <= 4])
    }

    @Test("a protocol that is not read stays its request's until the flow closes")
    func otherProtocol() {
        let upgrade = Self.upgrade.replacing("websocket", with: "other/1")
        let script = FlowScript([
            FlowScript.client(upgrade), FlowScript.server(Self.switched), .client(Self.frame), .clientGap(4),
            FlowScript.client("POST / HTTP/1.1\r\n\r\n"), .server(Self.frame), .client(Self.frame),
        ])
        let result = script.play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.lost) == [[.protocolSwitched: 41, .gap: 4]])
        #expect(result.entries.map(\.end) == [.complete])
        #expect(result.entries.map(\.ended) == [8])
        #expect(result.serverRead == Self.switched.utf8.count)
        let blind = FlowScript([FlowScript.client(upgrade), .client(Self.frame), .client(Self.frame)]).play()
        #expect(blind.faults == [])
        #expect(blind.entries.map(\.lost) == [[.protocolSwitched: 22]])
    }

    @Test("a refused Upgrade is an ordinary request")
    func refusedUpgrade() {
        let result = FlowScript([
            FlowScript.client(Self.upgrade), FlowScript.server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
            FlowScript.client(Self.post), FlowScript.server("HTTP/1.1 200 OK\r\n\r\n"),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.end) == [.complete, .complete])
        #expect(result.entries.map(\.ended) == [2, 3])
        #expect(result.serverRead < 60)
    }

    @Test("an Upgrade that is answered before its body is over keeps its body", arguments: [true, false])
    func earlyAnswer(isRefused: Bool) {
        let head = "POST /u HTTP/1.1\r\nHost: a.ai\r\nUpgrade: other/1\r\nContent-Length: 10\r\n\r\n01234"
        let result = FlowScript([
            FlowScript.client(head), FlowScript.server(isRefused ? "HTTP/1.1 200 OK\r\n\r\n" : Self.switched),
            FlowScript.client("56789"), FlowScript.client(Self.post),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.first?.text == "0123456789")
        #expect(result.entries.first?.end == .complete)
        #expect(result.entries.first?.lost == (isRefused ? [:] : [.protocolSwitched: Self.post.utf8.count]))
        #expect(result.entries.count == (isRefused ? 2 : 1))
    }

    @Test("an Upgrade that nobody wants is shunted once it is granted")
    func unwantedUpgrade() {
        let result = FlowScript([
            FlowScript.client(Self.upgrade.replacing("ws.ai", with: "ws.org")), FlowScript.server(Self.switched),
            .client(Self.frame),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.isEmpty)
        #expect(result.lastInterest == .none)
        #expect(result.counters.unrecognisedOctets == Self.frame.count)
    }
}
