import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("TLS sessions whose secrets are known")
struct TLSSessionTests {
    private typealias Turn = TLSReading.Turn

    private static let body = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    /// The octets of a message without its record and its own header.
    private func body(_ message: [UInt8]) -> [UInt8] { Array(message.dropFirst(4)) }

    private func read(
        _ talk: TLSTalk,
        _ turns: [Turn],
        keyLog: String? = nil,
        offersEarlyData: Bool = false,
        resumes: Bool = false,
        greets: Bool = true,
        pieces: ([UInt8]) -> [ArraySlice<UInt8>] = { [$0[...]] }
    ) throws -> TLSReading {
        let (reading, isBalanced) = try TLSReading.read(
            turns,
            hello: body(talk.clientHelloMessage(offersEarlyData: offersEarlyData)),
            greeting: greets ? body(talk.serverHelloMessage(resumes: resumes)) : nil,
            keyLog: keyLog ?? talk.keyLog(),
            pieces: pieces
        )
        #expect(isBalanced, "\(reading)")
        return reading
    }

    /// The client's and the server's octets behind their hellos, with some data.
    private func turns(_ talk: TLSTalk, _ data: [UInt8], size: Int = 16_384) throws -> [Turn] {
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        var server = talk.writer("SERVER_TRAFFIC_SECRET_0")
        let opening = try talk.opening(&client).dropFirst(talk.clientHello().count)
        let flight = try talk.greeting(&server)
        // In TLS 1.2 the hello's record goes on with the certificate.
        let greeting = talk.version == 0x0304 ? flight.dropFirst(talk.serverHello().count) : flight[...]
        return [
            .server(Array(greeting)), .client(Array(opening)), .client(try client.records(data, size: size)),
            .server(try server.records(Array("answer".utf8))),
        ]
    }

    @Test("every suite of TLS 1.3 opens", arguments: TLSWriter.Cipher.allCases.filter { $0.suite13 != nil })
    func tls13(cipher: TLSWriter.Cipher) throws {
        let talk = TLSTalk(cipher)
        let reading = try read(talk, turns(talk, Self.body))
        #expect(reading.client == Self.body)
        #expect(String(decoding: reading.server, as: UTF8.self) == "answer")
        #expect(reading.lost == [] && reading.failure == nil)
    }

    @Test(
        "every suite of TLS 1.2 and before opens, authenticated before or after encryption",
        arguments: TLSWriter.Cipher.allCases,
        [(0x0303, false), (0x0303, true), (0x0302, false), (0x0302, true), (0x0301, false), (0x0301, true)]
            as [(UInt16, Bool)]
    )
    func tls12(cipher: TLSWriter.Cipher, manner: (UInt16, Bool)) throws {
        let (version, encryptsThenMACs) = manner
        let isChained = [.cbcSHA1, .cbcSHA256, .cbc256SHA384].contains(cipher)
        // Before TLS 1.2 there is CBC with SHA-1 only; other ciphers authenticate by themselves.
        guard isChained ? version == 0x0303 || cipher == .cbcSHA1 : version == 0x0303 && !encryptsThenMACs else {
            return
        }
        let talk = TLSTalk(cipher, version: version, encryptsThenMACs: encryptsThenMACs)
        let reading = try read(talk, turns(talk, Self.body))
        #expect(reading.client == Self.body)
        #expect(String(decoding: reading.server, as: UTF8.self) == "answer")
        #expect(reading.lost == [] && reading.failure == nil)
    }

    @Test("tiny and maximal records, empty ones and padding", arguments: [1, 2, 100, 16_384])
    func sizes(size: Int) throws {
        let talk = TLSTalk()
        var writer = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        let data = Array(Self.body.prefix(max(size, 300)))
        var octets = Array(try talk.opening(&writer).dropFirst(talk.clientHello().count))
        octets += try writer.record([], padding: 40)
        for start in stride(from: 0, to: data.count, by: size) {
            octets += try writer.record(Array(data[start..<min(start + size, data.count)]), padding: start % 5)
        }
        octets += try writer.record([1, 0], type: 21)
        #expect(try read(talk, [.client(octets)]).client == data)
    }

    @Test(
        "cuts change nothing",
        arguments: [TLSTalk(), TLSTalk(.aes256GCM, version: 0x0303), TLSTalk(.cbcSHA1, version: 0x0303)]
    )
    func cuts(talk: TLSTalk) throws {
        let turns = try turns(talk, Array(Self.body.prefix(500)), size: 120)
        let whole = try read(talk, turns)
        for size in [1, 2, 5, 33, 1_000] {
            #expect(try read(talk, turns, pieces: { Torture.chunks(of: $0, size: size) }) == whole)
        }
    }

    @Test("a one-way tap of TLS 1.3 is read without the server's greeting")
    func oneWay() throws {
        let talk = TLSTalk(.aes256GCM)
        let turns = try turns(talk, Self.body).filter { if case .client = $0 { true } else { false } }
        #expect(try read(talk, turns, greets: false).client == Self.body)
    }

    @Test("keys change with KeyUpdate, on each side by itself")
    func keyUpdate() throws {
        let talk = TLSTalk(.chaCha20)
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        var octets = Array(try talk.opening(&client).dropFirst(talk.clientHello().count))
        var expected: [UInt8] = []
        for round in 0..<4 {
            let data = [UInt8](repeating: UInt8(round), count: 100)
            expected += data
            octets += try client.record(data)
            octets += try client.record(talk.keyUpdate, type: 22)
            client.update()
        }
        octets += try client.record([9])
        #expect(try read(talk, [.client(octets)]).client == expected + [9])
    }

    @Test("early data is read, and what the client says again when it was refused")
    func earlyData() throws {
        let talk = TLSTalk()
        let request = Array("early request".utf8)
        var early = talk.writer("CLIENT_EARLY_TRAFFIC_SECRET")
        var handshake = talk.writer("CLIENT_HANDSHAKE_TRAFFIC_SECRET")
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        let first = talk.changeCipherSpec + (try early.record(request))
        let accepted =
            try early.record(talk.endOfEarlyData, type: 22) + handshake.record(talk.finished, type: 22)
            + client.record([1, 2, 3])
        let taken = try read(talk, [.client(first + accepted)], offersEarlyData: true, resumes: true)
        #expect(taken.client == request + [1, 2, 3] && taken.restarts == 0)

        var again = talk.writer("CLIENT_HANDSHAKE_TRAFFIC_SECRET")
        var data = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        let refused = try again.record(talk.finished, type: 22) + data.record(request + [7])
        let log = talk.keyLog()
        let retold = try read(talk, [.client(first + refused)], keyLog: log, offersEarlyData: true)
        #expect(retold.restarts == 1 && retold.client == request + [7])

        // Without its secret early data is passed over, and what follows is read.
        let late = talk.keyLog(Array(talk.labels.dropFirst()))
        let passed = try read(talk, [.client(first + refused)], keyLog: late, offersEarlyData: true)
        #expect(passed.client == request + [7] && passed.lost == [])
        let missed = try read(
            talk,
            [.client(first + accepted)],
            keyLog: late,
            offersEarlyData: true,
            resumes: true
        )
        #expect(missed.client == [1, 2, 3] && missed.lost.count == 1 && missed.lost[0].hasSuffix("noKey"))
    }

    @Test("a second hello after a HelloRetryRequest belongs to the same session")
    func retry() throws {
        let talk = TLSTalk()
        var turns = try turns(talk, [1, 2, 3])
        turns.insert(.client(talk.changeCipherSpec + talk.clientHello()), at: 0)
        #expect(try read(talk, turns).client == [1, 2, 3])
    }

    @Test("a negotiation within TLS 1.2 changes keys; without the new secret what follows is lost")
    func renegotiation() throws {
        let old = TLSTalk(.aes128GCM, version: 0x0303, seed: 1)
        let new = TLSTalk(.aes128GCM, version: 0x0303, seed: 50)
        var client = old.writer("CLIENT")
        var server = old.writer("SERVER")
        var turns: [Turn] = [
            .server(try old.greeting(&server)),
            .client(Array(try old.opening(&client).dropFirst(old.clientHello().count)) + (try client.record([1]))),
            .client(try client.record(new.clientHelloMessage(), type: 22)),
            .server(try server.record(new.serverHelloMessage(), type: 22)),
            .client(try client.record([1], type: 20)),
        ]
        var renewed = new.writer("CLIENT")
        turns.append(.client(try renewed.record(new.finished, type: 22) + renewed.record([2, 3])))
        let reading = try read(old, turns, keyLog: old.keyLog() + new.keyLog())
        #expect(reading.client == [1, 2, 3] && reading.lost == [])
        let without = try read(old, turns)
        #expect(without.client == [1] && without.lost.allSatisfy { $0.hasSuffix("noKey") } && !without.lost.isEmpty)
    }

    @Test("secrets of another session, or cut short, open nothing and say so")
    func wrongKeys() throws {
        let talk = TLSTalk()
        let other = TLSTalk(seed: 9)
        let turns = try turns(talk, Self.body, size: 1_000)
        let borrowed = talk.labels.map {
            "\($0) \(Hex.text(talk.clientRandom)) \(Hex.text(other.secret($0).reversed()))\n"
        }
        let reading = try read(talk, turns, keyLog: borrowed.joined())
        #expect(reading.failure == .noKey)
        #expect(reading.client == [] && reading.overhead == 0 && reading.lost == [])
        #expect(throws: TLSSessionError(loss: .noKey)) { try read(talk, turns, keyLog: other.keyLog()) }
        let old = TLSTalk(.aes128GCM, version: 0x0303)
        #expect(throws: TLSSessionError(loss: .midstream)) { try read(old, turns, greets: false) }
    }

    @Test("what no suite here protects is said to be so")
    func unknownSuite() throws {
        let talk = TLSTalk(.aes128GCM, version: 0x0303)
        var greeting = body(talk.serverHelloMessage())
        greeting[35] = 0
        greeting[36] = 5
        #expect(throws: TLSSessionError(loss: .cipher)) {
            try TLSReading.read(
                [],
                hello: body(talk.clientHelloMessage()),
                greeting: greeting,
                keyLog: talk.keyLog()
            )
        }
    }

    @Test("of TLS 1.3 the application secrets alone suffice")
    func partialLog() throws {
        let talk = TLSTalk()
        let reading = try read(talk, turns(talk, Self.body), keyLog: talk.keyLog(["CLIENT_TRAFFIC_SECRET_0"]))
        #expect(reading.client == Self.body)
    }
}
