import AppProtocols
import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: QUIC")
struct QUICFlowTests {
    private typealias Step = FlowScript.Step

    private static func post(_ body: String, host: String = "api.a.ai") -> [UInt8] {
        HTTP3Writer.post(host, Array(body.utf8))
    }

    /// A connection that sends `streams` as the requests 0, 4, 8 …, each in one packet.
    private static func steps(_ talk: inout QUICTalk, _ streams: [[UInt8]]) throws -> [Step] {
        var steps: [Step] = [.client(try talk.opening()), .server(try talk.answer())]
        let control = QUICWriter.stream(2, [0, 4, 0])
        steps.append(.client(try talk.closing(control)))
        steps.append(.server(try talk.serverShort(QUICWriter.stream(3, [0, 4, 0]))))
        for (number, octets) in streams.enumerated() {
            steps.append(.client(try talk.short(QUICWriter.stream(UInt64(4 * number), octets, isFinal: true))))
        }
        return steps
    }

    private static func script(_ talk: QUICTalk, _ steps: [Step], keyLog: String? = nil) -> FlowScript {
        var script = FlowScript(steps)
        script.transport = .udp
        script.keyLog = keyLog ?? talk.keyLog()
        return script
    }

    @Test("requests are judged by their heads and handed on", arguments: [1, 0x6B33_43CF] as [UInt32])
    func requests(version: UInt32) throws {
        var talk = QUICTalk(.aes256GCM, version: version)
        let steps = try Self.steps(&talk, [Self.post("hello"), Self.post("no", host: "b.org"), Self.post("again")])
        let result = Self.script(talk, steps).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["hello", "again"])
        #expect(result.entries.allSatisfy { $0.isDecrypted && $0.end == .complete && $0.version == .http3 })
        #expect(result.entries.allSatisfy { $0.serverName == "api.a.ai" && $0.alpn == "h3" })
        #expect(result.declined == ["b.org#1"] && result.keysUsed == 4)
        #expect(result.counters.unreadableOctets == 0 && result.counters.clientHellos == 1)
    }

    @Test("without a source of secrets a service's connection is watched, any other shunted")
    func withoutKeys() throws {
        for (name, isWanted) in [("api.a.ai", true), ("www.b.org", false)] {
            var talk = QUICTalk(name: name)
            var script = Self.script(talk, try Self.steps(&talk, [Self.post("hello")]))
            script.keyLog = nil
            let result = script.play()
            #expect(result.faults == [])
            #expect(result.lastInterest == (isWanted ? Interest.none.wanted : .none))
            #expect(result.entries.map(\.host) == (isWanted ? [name] : []))
            #expect(result.entries.allSatisfy { $0.unread == .encrypted && $0.hasHello && $0.greetings == 1 })
            #expect(result.counters.watchedOctets == (isWanted ? script.clientOctets : 0))
            #expect(result.counters.shuntedOctets == (isWanted ? 0 : script.clientOctets))
        }
    }

    @Test("secrets that come late open what was held, within their time and room")
    func lateKeys() throws {
        var talk = QUICTalk()
        let steps = try Self.steps(&talk, [Self.post("hello"), Self.post("again")])
        let late = steps.dropLast() + [.pause(500), .keys(talk.keyLog()), steps[steps.count - 1]]
        var script = Self.script(talk, Array(late), keyLog: "")
        script.keysMayGrow = true
        let result = script.play()
        #expect(result.faults == [] && result.entries.map(\.text) == ["hello", "again"])
        var tooLate = Self.script(
            talk,
            steps.dropLast() + [.pause(3_000), steps[steps.count - 1], .keys(talk.keyLog())],
            keyLog: ""
        )
        tooLate.keysMayGrow = true
        let missed = tooLate.play()
        #expect(missed.faults == [] && missed.entries.map(\.unread) == [.noKey])
        #expect(missed.counters.watchedOctets == tooLate.clientOctets)
        var short = Self.script(talk, steps + [.keys(talk.keyLog())], keyLog: "")
        short.keysMayGrow = true
        #expect(short.play().entries.map(\.text) == ["hello", "again"])
    }

    @Test("packets in any order, the server's before its client's too, give the same requests")
    func anyOrder() throws {
        var talk = QUICTalk()
        let body = String(repeating: "0123456789", count: 400)
        let octets = Self.post(body)
        var steps: [Step] = [.client(try talk.opening()), .server(try talk.answer()), .client(try talk.closing())]
        for start in stride(from: 0, to: octets.count, by: 500) {
            let end = min(octets.count, start + 500)
            let frame = QUICWriter.stream(0, octets[start..<end], at: start, isFinal: end == octets.count)
            steps.append(.client(try talk.short(frame)))
        }
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<30 {
            let shuffled = steps.prefix(3).shuffled(using: &generator) + steps.dropFirst(3).shuffled(using: &generator)
            let result = Self.script(talk, shuffled + [steps[4]]).play()
            #expect(result.faults == [] && result.entries.map(\.text) == [body])
            #expect(result.entries.allSatisfy { $0.lost.isEmpty && $0.end == .complete })
        }
    }

    @Test("a client that the flow table took for the server is found out")
    func reversed() throws {
        var talk = QUICTalk()
        let steps = try Self.steps(&talk, [Self.post("hello")]).map { step -> Step in
            switch step {
            case .client(let octets): .server(octets)
            case .server(let octets): .client(octets)
            default: step
            }
        }
        let result = Self.script(talk, steps).play()
        #expect(result.faults == [] && result.entries.map(\.text) == ["hello"])
        #expect(result.counters.reversals == 1)
    }

    @Test("a packet that never comes is a gap in the request, told at the connection's end")
    func gap() throws {
        var talk = QUICTalk()
        let octets = Self.post(String(repeating: "x", count: 1_000))
        var steps: [Step] = [.client(try talk.opening()), .server(try talk.answer()), .client(try talk.closing())]
        for start in stride(from: 0, to: octets.count, by: 300) {
            let end = min(octets.count, start + 300)
            let frame = QUICWriter.stream(0, octets[start..<end], at: start, isFinal: end == octets.count)
            let packet = try talk.short(frame)
            if start != 300 { steps.append(.client(packet)) }
        }
        let result = Self.script(talk, steps).play()
        #expect(result.faults == [] && result.entries.map(\.body.count) == [700])
        #expect(result.entries.first?.lost == [.gap: 300] && result.entries.first?.end == .complete)
        #expect(result.counters.quicHoleOctets == 300 && result.counters.gaps == 1)
    }

    @Test("another connection between the same ends is read as one of its own")
    func another() throws {
        var (one, two) = (QUICTalk(), QUICTalk(.chaCha20, name: "b.ai", seed: 7))
        let first = try Self.steps(&one, [Self.post("hello")])
        let second = try Self.steps(&two, [Self.post("again", host: "b.ai")])
        let result = Self.script(one, first + second, keyLog: one.keyLog() + two.keyLog()).play()
        #expect(result.faults == [] && result.entries.map(\.text) == ["hello", "again"])
        #expect(result.entries.map(\.serverName) == ["api.a.ai", "b.ai"])
        #expect(result.counters.clientHellos == 2)
    }

    @Test("other protocols over QUIC are named, not read")
    func otherProtocol() throws {
        var talk = QUICTalk(alpn: "doq")
        let result = Self.script(talk, try Self.steps(&talk, [Self.post("hello")])).play()
        #expect(result.faults == [] && result.entries.map(\.unread) == [.unknownProtocol])
    }

    @Test("with secrets of others the reason is that there is no key")
    func otherKeys() throws {
        var talk = QUICTalk()
        let other = QUICTalk(seed: 9)
        let steps = try Self.steps(&talk, (0..<12).map { Self.post("hello \($0)") })
        let without = Self.script(talk, steps, keyLog: other.keyLog()).play()
        #expect(without.faults == [] && without.entries.map(\.unread) == [.noKey])
        let random = Hex.text(talk.tls.clientRandom)
        let wrong = other.keyLog().replacing(Hex.text(other.tls.clientRandom), with: random)
        let script = Self.script(talk, steps, keyLog: wrong)
        let result = script.play()
        #expect(result.faults == [] && result.entries.map(\.unread) == [.noKey])
        #expect(result.counters.watchedOctets == script.clientOctets)
    }

    @Test("what looks like QUIC and is none is counted as UDP; damaged and cut datagrams keep the books")
    func damaged() throws {
        var talk = QUICTalk()
        let steps = try Self.steps(&talk, [Self.post("hello"), Self.post("again")])
        var generator = SeededGenerator(seed: 3)
        for round in 0..<300 {
            let changed = steps.map { step -> Step in
                guard case .client(var octets) = step, Bool.random(using: &generator) else { return step }
                if Bool.random(using: &generator) {
                    octets.removeLast(Int.random(in: 0..<octets.count, using: &generator))
                }
                octets[Int.random(in: octets.indices, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
                return .client(octets)
            }
            var script = Self.script(talk, changed)
            if round % 3 == 0 { script.keyLog = nil }
            if round % 5 == 0 { script.keysMayGrow = true }
            #expect(script.play().faults == [])
        }
    }
}
