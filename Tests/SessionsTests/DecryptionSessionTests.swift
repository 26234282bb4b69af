import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: what is inside TLS whose secrets are known")
struct DecryptionSessionTests {
    private typealias Step = FlowScript.Step

    private static func post(_ body: String, host: String = "api.a.ai") -> [UInt8] {
        Array("POST /v1 HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    /// A connection that sends `data`, in records of `size` octets.
    private static func steps(
        _ talk: TLSTalk,
        _ data: [UInt8],
        name: String = "api.a.ai",
        size: Int = 16_384,
        answer: [UInt8] = []
    ) throws -> [Step] {
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        var server = talk.writer("SERVER_TRAFFIC_SECRET_0")
        let opening = try talk.opening(&client, name: name)
        let hello = talk.clientHello(name).count
        let greeting = try talk.greeting(&server)
        var steps: [Step] = [
            .client(Array(opening[..<hello])), .server(greeting), .client(Array(opening[hello...])),
            .client(try client.records(data, size: size)),
        ]
        if !answer.isEmpty { steps.append(.server(try server.records(answer))) }
        return steps
    }

    private static func script(_ talk: TLSTalk, _ steps: [Step]) -> FlowScript {
        var script = FlowScript(steps)
        script.keyLog = talk.keyLog()
        return script
    }

    @Test("a request inside TLS is judged by its head and handed on", arguments: [0x0304, 0x0303] as [UInt16])
    func request(version: UInt16) throws {
        let talk = TLSTalk(.aes128GCM, version: version)
        let result = Self.script(talk, try Self.steps(talk, Self.post("hello") + Self.post("again"))).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["hello", "again"])
        #expect(result.entries.allSatisfy { $0.isDecrypted && $0.serverName == "api.a.ai" && !$0.isMismatch })
        #expect(result.entries.allSatisfy { $0.end == .complete && !$0.isConnection })
        if version == 0x0304 { #expect(result.entries.last?.alpn == "http/1.1") }
        #expect(result.counters.deliveredOctets == 10)
        #expect(result.keysUsed == (version == 0x0304 ? 3 : 1))
    }

    @Test("cuts of both directions change nothing", arguments: [1, 3, 50, 700])
    func cuts(size: Int) throws {
        let talk = TLSTalk(.aes256GCM)
        let steps = try Self.steps(talk, Self.post(String(repeating: "x", count: 3_000)), size: 999)
        let whole = Self.script(talk, steps).play()
        let cut = Self.script(
            talk,
            steps.flatMap { step -> [Step] in
                switch step {
                case .client(let octets): Torture.chunks(of: octets, size: size).map { .client(Array($0)) }
                case .server(let octets): Torture.chunks(of: octets, size: size).map { .server(Array($0)) }
                default: [step]
                }
            }
        ).play()
        #expect(cut.faults == [] && whole.faults == [])
        #expect(cut.entries.map(\.body) == whole.entries.map(\.body))
        #expect(cut.counters.framingOctets == whole.counters.framingOctets)
    }

    @Test("a host that matches no service by its name is still read, and its requests judged")
    func gateway() throws {
        let talk = TLSTalk()
        let data = Self.post("no", host: "x.org") + Self.post("yes", host: "inner.ai")
        let result = Self.script(talk, try Self.steps(talk, data, name: "gateway.org")).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["yes"])
        #expect(result.entries.first?.isMismatch == true)
        #expect(result.declined == ["x.org#0"])
        #expect(result.counters.skippedBodyOctets == 2)
    }

    @Test("without the session's secrets a connection is what it was, and says why")
    func withoutKeys() throws {
        let talk = TLSTalk()
        let steps = try Self.steps(talk, Self.post("hello"))
        let plain = FlowScript(steps).play()
        var other = Self.script(TLSTalk(seed: 9), steps)
        let unknown = other.play()
        other.keyLog = talk.labels.map { "\($0) \(Hex.text(talk.clientRandom)) \(String(repeating: "5", count: 64))\n" }
            .joined()
        let wrong = other.play()
        for result in [plain, unknown, wrong] {
            #expect(result.faults == [])
            #expect(result.entries.count == 1)
            #expect(result.entries.first?.connectionOctets == other.clientOctets)
        }
        #expect(plain.entries.first?.unread == .encrypted)
        #expect(unknown.entries.first?.unread == .noKey)
        #expect(wrong.entries.first?.unread == .noKey)
    }

    @Test("joined after its greeting, a connection with a source of secrets is midstream")
    func midstream() throws {
        let talk = TLSTalk()
        let result = Self.script(talk, [.client(Greeting.data(100))]).play()
        #expect(result.faults == [] && result.declined.count == 1)
    }

    @Test("what is inside but not known is named, its octets unread")
    func unknownProtocol() throws {
        let talk = TLSTalk()
        let data = Array("\u{1}\u{2}\u{3} no protocol at all\r\n\r\n".utf8)
        let result = Self.script(talk, try Self.steps(talk, data)).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.unread) == [.unknownProtocol])
        #expect(result.entries.first?.connectionOctets == data.count)
        #expect(result.entries.first?.host == "api.a.ai")
    }

    @Test("a hole in a body is charged to its request exactly, and the next request is read")
    func hole() throws {
        let talk = TLSTalk()
        let body = String(repeating: "0123456789", count: 2_000)
        var steps = try Self.steps(talk, Self.post(body) + Self.post("after"), size: 1_000)
        guard case .client(let octets) = steps.removeLast() else { return }
        steps += [
            .client(Array(octets[..<5_000])), .clientGap(4_000, .snaplen), .client(Array(octets[9_000...])),
        ]
        let result = Self.script(talk, steps).play()
        #expect(result.faults == [])
        #expect(result.entries.count == 2)
        let entry = try #require(result.entries.first)
        #expect(entry.lost.count == 1)
        #expect(entry.body.count + (entry.lost[.snapLength] ?? 0) == body.utf8.count)
        #expect(entry.end == .complete)
        #expect(result.entries.last?.text == "after")
    }

    @Test("the server's hello may come late, or never")
    func lateGreeting() throws {
        let talk = TLSTalk()
        let steps = try Self.steps(talk, Self.post("hello"))
        let late = Self.script(talk, [steps[0], steps[2], steps[3], steps[1]]).play()
        #expect(late.faults == [] && late.entries.map(\.text) == ["hello"])
        let never = Self.script(talk, [steps[0], steps[2], steps[3]]).play()
        #expect(never.faults == [] && never.entries.map(\.text) == ["hello"])
        let early = Self.script(talk, [steps[1], steps[0], steps[2], steps[3]]).play()
        #expect(early.faults == [] && early.entries.map(\.text) == ["hello"])
        let old = TLSTalk(.aes128GCM, version: 0x0303)
        let parts = try Self.steps(old, Self.post("hello"))
        let swapped = Self.script(old, [parts[0], parts[2], parts[3], parts[1]]).play()
        #expect(swapped.faults == [] && swapped.entries.map(\.text) == ["hello"])
        let lost = Self.script(old, [parts[0], parts[2], parts[3]]).play()
        #expect(lost.faults == [] && lost.entries.map(\.unread) == [.midstream])
    }

    @Test("secrets that come late are waited for, in time and octets")
    func lateKeys() throws {
        let talk = TLSTalk()
        let steps = try Self.steps(talk, Self.post("hello") + Self.post("more"))
        let lines = talk.keyLog()
        func play(_ steps: [Step]) -> FlowScript.Result {
            var script = FlowScript(steps)
            script.keyLog = ""
            script.keysMayGrow = true
            return script.play()
        }
        for place in 1...steps.count {
            var late = steps
            late.insert(.keys(lines), at: place)
            let result = play(late)
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["hello", "more"], "keys after \(place) steps")
        }
        // The handshake's secrets come before the application's.
        var parts = steps
        parts.insert(.keys(talk.keyLog(["SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET"])), at: 2)
        parts.insert(.keys(talk.keyLog(["CLIENT_TRAFFIC_SECRET_0"])), at: 4)
        #expect(play(parts).entries.map(\.text) == ["hello", "more"])
        // After the last moment they are not looked for any more.
        let tooLate = play(steps + [.pause(2_500), .client(Greeting.data(40)), .keys(lines)])
        #expect(tooLate.faults == [] && tooLate.entries.map(\.unread) == [.noKey])
        let tooMuch = play(steps + [.client([UInt8](repeating: 23, count: 300_000)), .keys(lines)])
        #expect(tooMuch.faults == [] && tooMuch.entries.map(\.unread) == [.noKey])
        #expect(play(steps).entries.map(\.unread) == [.noKey])
    }

    /// Plays steps with a key log that is empty at first.
    private static func playLate(_ steps: [Step]) -> FlowScript.Result {
        var script = FlowScript(steps)
        script.keyLog = ""
        script.keysMayGrow = true
        return script.play()
    }

    @Test("secrets that come after the last packet are found without another, before the flow ends")
    func lateKeysWake() throws {
        for version in [0x0304, 0x0303] as [UInt16] {
            let talk = TLSTalk(.aes128GCM, version: version)
            let steps = try Self.steps(talk, Self.post("hello"))
            let result = Self.playLate(
                steps + [.look, .pause(300), .look, .keys(talk.keyLog()), .look, .pause(9), .look, .pause(9), .look]
            )
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["hello"])
            // Once it is read nothing is a reason to wake it.
            #expect(result.looks == [[], [], [], [true], [true]] && result.wakes == 1)
        }
    }

    @Test("a flow that falls silent is given up when its time to wait is over, not at its end")
    func silentFlow() throws {
        let talk = TLSTalk()
        let steps = try Self.steps(talk, Self.post("hello"))
        let result = Self.playLate(steps + [.pause(1_900), .look, .pause(150), .look, .keys(talk.keyLog()), .look])
        #expect(result.faults == [])
        #expect(result.entries.map(\.unread) == [.noKey] && result.wakes == 1)
        #expect(result.looks == [[], [false], [false]])
        // Secrets of other sessions wake nobody.
        let other = Self.playLate(steps + [.pause(60), .look, .keys(TLSTalk(seed: 9).keyLog()), .pause(60), .look])
        #expect(other.faults == [] && other.wakes == 0)
    }

    @Test("the end of a client's stream that comes before the secrets is told behind what they open")
    func lateEnd() throws {
        let talk = TLSTalk()
        let steps = try Self.steps(
            talk,
            Array("POST /v1 HTTP/1.1\r\nHost: api.a.ai\r\nContent-Length: 9\r\n\r\nhalf".utf8)
        )
        let result = Self.playLate(
            steps + [.clientEnd(.fin), .pause(60), .look, .keys(talk.keyLog()), .pause(9), .look]
        )
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["half"] && result.looks == [[], [true]])
        #expect(result.entries.first?.end != .complete)
        let server = Self.playLate(
            steps + [.clientEnd(.fin), .keys(talk.keyLog()), .server(Greeting.data(20)), .look]
        )
        #expect(server.entries.map(\.text) == ["half"] && server.looks == [[true]])
    }

    @Test("with the secrets there, a server that is never seen is not waited for longer than they are")
    func unseenServer() throws {
        let talk = TLSTalk()
        var steps = try Self.steps(talk, Self.post("hello"))
        steps.remove(at: 1)
        let result = Self.playLate([.keys(talk.keyLog())] + steps + [.pause(60), .look, .pause(2_000), .look])
        #expect(result.faults == [])
        #expect(result.looks == [[], [true]] && result.entries.map(\.text) == ["hello"])
        // One that only thinks long is waited for: its client has not gone on.
        let old = TLSTalk(.aes128GCM, version: 0x0303)
        var slow = try Self.steps(old, Self.post("hello"))
        slow.insert(contentsOf: [.pause(2_500), .look, .look], at: 1)
        let late = Self.playLate([.keys(old.keyLog())] + slow)
        #expect(late.faults == [] && late.entries.map(\.text) == ["hello"])
    }

    @Test("TLS inside TLS, as through an HTTPS proxy, is read where both secrets are known")
    func nested() throws {
        let outer = TLSTalk(seed: 1)
        let inner = TLSTalk(.aes256GCM, seed: 60)
        var client = outer.writer("CLIENT_TRAFFIC_SECRET_0")
        var server = outer.writer("SERVER_TRAFFIC_SECRET_0")
        let connect = Array("CONNECT api.a.ai:443 HTTP/1.1\r\nHost: api.a.ai:443\r\n\r\n".utf8)
        let opening = try outer.opening(&client, name: "proxy.org")
        var steps: [Step] = [
            .client(outer.clientHello("proxy.org")), .server(try outer.greeting(&server)),
            .client(Array(opening.dropFirst(outer.clientHello("proxy.org").count))),
            .client(try client.records(connect)),
            .server(try server.records(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))),
        ]
        for step in try Self.steps(inner, Self.post("deep"), answer: Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) {
            switch step {
            case .client(let octets): steps.append(.client(try client.records(octets)))
            case .server(let octets): steps.append(.server(try server.records(octets)))
            default: break
            }
        }
        var script = FlowScript(steps)
        script.keyLog = outer.keyLog() + inner.keyLog()
        let both = script.play()
        #expect(both.faults == [])
        #expect(both.entries.map(\.text) == ["deep"])
        #expect(both.entries.first?.serverName == "api.a.ai")
        #expect(both.entries.first?.tunnel == "api.a.ai:443")
        script.keyLog = outer.keyLog()
        let one = script.play()
        #expect(one.faults == [])
        #expect(one.entries.map(\.unread) == [.noKey])
        #expect(one.entries.first?.host == "api.a.ai")
    }

    @Test("whatever is lost, torn or swapped, each octet stands in one counter", arguments: 0..<6)
    func ledger(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let talks = [TLSTalk(), TLSTalk(.aes128GCM, version: 0x0303), TLSTalk(.cbcSHA1, version: 0x0303)]
        for _ in 0..<150 {
            guard let talk = talks.randomElement(using: &generator) else { return }
            let data = Self.post(String(repeating: "y", count: 900)) + Self.post("z") + Self.post("no", host: "b.org")
            var steps: [Step] = []
            for step in try Self.steps(talk, data, size: 300) {
                guard case .client(let octets) = step else {
                    if Int.random(in: 0..<8, using: &generator) > 0 { steps.append(step) }
                    continue
                }
                var rest = octets[...]
                while !rest.isEmpty {
                    let part = Array(rest.prefix(Int.random(in: 1...400, using: &generator)))
                    rest = rest.dropFirst(part.count)
                    switch Int.random(in: 0..<20, using: &generator) {
                    case 0: steps.append(.clientGap(part.count))
                    case 1: steps.append(.clientGap(0))
                    case 2: steps.append(.client(part.map { $0 ^ 1 }))
                    case 3: steps += [.client(part), .serverGap(9)]
                    case 4: break
                    default: steps.append(.client(part))
                    }
                }
            }
            if Bool.random(using: &generator) { steps.append(.clientEnd(.fin)) }
            var script = Self.script(talk, steps)
            script.keysMayGrow = Bool.random(using: &generator)
            let result = script.play()
            #expect(result.faults == [], "\(script)")
            guard result.faults.isEmpty else { return }
        }
    }
}
