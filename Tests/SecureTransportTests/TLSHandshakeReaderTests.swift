import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("TLS handshakes across segments and records (RFC 8446 § 5.1)")
struct TLSHandshakeReaderTests {
    /// What a reader tells, as words.
    private func told(_ chunks: [ArraySlice<UInt8>], _ direction: Direction = .toServer) -> [String] {
        var reader = TLSHandshakeReader(direction: direction)
        var words: [String] = []
        for chunk in chunks {
            var offset = 0
            repeat {
                let step = reader.consume(chunk.span, from: &offset)
                let word: String
                switch step {
                case .needMore: continue
                case .clientHello(let hello): word = "client \(hello.serverName?.description ?? "-")"
                case .serverHello(let hello):
                    word = "server \(hello.version) \(hello.alpn ?? "-")\(hello.isHelloRetryRequest ? " retry" : "")"
                case .encrypted: word = "encrypted"
                case .failed(let error): word = "failed: \(error)"
                }
                if words.last != word || step.isHello { words.append(word) }
            } while offset < chunk.count
        }
        return words
    }

    private static let message = HelloBuilder(extensions: [HelloBuilder.serverName("api.openai.com"), (43, [2, 3, 4])])
        .message
    private static let changeCipherSpec: [UInt8] = [20, 3, 3, 0, 1, 1]
    private static let encrypted: [UInt8] = [23, 3, 3, 0, 3, 9, 9, 9]

    @Test(
        "one record, many, and records of one octet each give the same, however the segments fall",
        arguments: [16_384, 40, 3, 1]
    )
    func records(size: Int) {
        let stream = HelloBuilder.records(Self.message, size: size) + Self.changeCipherSpec + Self.encrypted
        Torture.everySplit(of: stream) { chunks in
            #expect(told(chunks) == ["client api.openai.com", "encrypted"])
        }
    }

    @Test("real hellos survive every cut", arguments: [ClientHelloFixture.all[0]])
    func realHello(fixture: ClientHelloFixture) throws {
        let stream = HelloBuilder.records(try #require(Hex.octets(fixture.message)), size: 300)
        let expected = told([stream[...]])
        Torture.everySplit(of: stream) { chunks in #expect(told(chunks) == expected) }
    }

    @Test("alerts and ChangeCipherSpec between the pieces of a hello are passed over")
    func interleaved() {
        let head = HelloBuilder.records(Array(Self.message[..<20]))
        let tail = HelloBuilder.records(Array(Self.message[20...]))
        let stream = head + [21, 3, 3, 0, 2, 1, 0] + tail
        #expect(told([stream[...]]) == ["client api.openai.com"])
        let again = Self.changeCipherSpec + head + Self.changeCipherSpec + tail
        #expect(told([again[...]]) == ["client api.openai.com"])
    }

    @Test("after a HelloRetryRequest both second hellos are read")
    func retry() throws {
        let client =
            HelloBuilder.records(Self.message) + Self.changeCipherSpec + HelloBuilder.records(Self.message)
            + Self.encrypted
        #expect(told([client[...]]) == ["client api.openai.com", "client api.openai.com", "encrypted"])
        let random = try #require(Hex.octets("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"))
        func hello(_ random: [UInt8]) -> [UInt8] {
            let body = [3, 3] + random + [0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]
            return HelloBuilder.records([2] + HelloBuilder.vector(body, width: 3))
        }
        let server = hello(random) + Self.changeCipherSpec + hello([UInt8](repeating: 1, count: 32)) + Self.encrypted
        #expect(told([server[...]], .toClient) == ["server TLS 1.3 - retry", "server TLS 1.3 -", "encrypted"])
    }

    @Test("a TLS 1.2 server's choice of protocol is in clear")
    func serverHello() throws {
        let message = try #require(
            Hex.octets(
                """
                020000620303616bbfd6dc65f07c87b0ea05216c44980f02784ce86312ea444f574e47524401202dc2fb5780d0025a30659ac533
                """
            )
        )
        // The extensions of `tls12-ecdhe-ecdsa-aes128gcm`'s ServerHello behind fields of our own.
        let extensions = try #require(Hex.octets("001aff01000100000b00040300010200100005000302683200170000"))
        let body = Array(message[4..<38]) + [0, 0xC0, 0x2B, 0] + extensions
        let stream = HelloBuilder.records([2] + HelloBuilder.vector(body, width: 3))
        Torture.everySplit(of: stream) { chunks in #expect(told(chunks, .toClient).first == "server TLS 1.2 h2") }
        Torture.everything(of: stream) { chunks in _ = told(chunks, .toClient) }
    }

    @Test("other messages are passed over by their length; encrypted ones end the reading")
    func otherMessages() {
        let keyExchange = [16] + HelloBuilder.vector([UInt8](repeating: 5, count: 70), width: 3)
        let finished: [UInt8] = [22, 3, 3, 0, 4, 0, 0, 0, 0]
        let stream = HelloBuilder.records(Self.message + keyExchange, size: 60) + Self.changeCipherSpec + finished
        #expect(told([stream[...]]) == ["client api.openai.com", "encrypted"])
    }

    @Test(
        "what is no handshake fails once and stays failed",
        arguments: [
            ([0x80, 0x2E, 1, 3, 1, 0, 0x15], "failed: no TLS record"), ([22, 2, 0, 0, 4, 1], "failed: no TLS record"),
            ([22, 3, 1, 0xFF, 0xFF], "failed: no TLS record"),
            ([22, 3, 1, 0, 4, 1, 0, 0, 0], "failed: truncated TLS hello"),
            ([22, 3, 1, 0, 4, 11, 0, 0, 9], "failed: TLS handshake without a hello"),
            ([22, 3, 1, 0, 4, 1, 1, 0, 1], "failed: TLS handshake too large"), ([23, 3, 3, 0, 1, 0], "encrypted"),
        ] as [([UInt8], String)]
    )
    func failures(octets: [UInt8], word: String) {
        Torture.everySplit(of: octets) { chunks in
            let words = told(chunks)
            #expect(words == [word])
        }
    }

    @Test("a hello beyond the cap, empty records and empty messages without end stay bounded")
    func floods() {
        let huge = [1] + HelloBuilder.vector([UInt8](repeating: 0, count: 70_000), width: 3)
        #expect(told([HelloBuilder.records(huge)[...]]) == ["failed: TLS handshake too large"])
        let empty = Array([[UInt8]](repeating: [22, 3, 1, 0, 0], count: 50_000).joined())
        #expect(told([empty[...]]).isEmpty)
        let requests = HelloBuilder.records([UInt8](repeating: 0, count: 70_000))
        #expect(told([requests[...]]) == ["failed: TLS handshake too large"])
    }

    @Test("a hole before the hello fails, one behind it does not")
    func holes() {
        var reader = TLSHandshakeReader(direction: .toServer)
        let stream = HelloBuilder.records(Self.message)
        _ = reader.consume(stream.span.extracting(0..<30))
        reader.gap(4)
        guard case .failed(.gap) = reader.consume([0].span) else { return #expect(Bool(false)) }
        var later = TLSHandshakeReader(direction: .toServer)
        guard case .clientHello = later.consume(stream.span) else { return #expect(Bool(false)) }
        later.gap(4)
        guard case .encrypted = later.consume([0].span) else { return #expect(Bool(false)) }
    }

    @Test("of a hello that is cut off, the name that had come is kept")
    func partial() throws {
        let padded = HelloBuilder(extensions: [
            HelloBuilder.serverName("api.openai.com"), (21, [UInt8](repeating: 0, count: 900)),
        ])
        let stream = HelloBuilder.records(padded.message)
        for (count, expected) in [(500, "api.openai.com"), (70, nil), (30, nil)] as [(Int, String?)] {
            var reader = TLSHandshakeReader(direction: .toServer)
            guard case .needMore = reader.consume(stream.span.extracting(0..<count)) else {
                return #expect(Bool(false))
            }
            reader.gap(1)
            let name = reader.partialHello?.serverName?.description
            #expect(name == expected)
        }
    }

    @Test("records without a hello say that the capture began midstream")
    func midstream() {
        var reader = TLSHandshakeReader(direction: .toServer)
        guard case .encrypted = reader.consume(Self.encrypted.span) else { return #expect(Bool(false)) }
        let isMidstream = reader.isMidstream
        #expect(isMidstream)
    }

    @Test("damage never traps")
    func damage() {
        let stream = HelloBuilder.records(Self.message, size: 30) + Self.changeCipherSpec + Self.encrypted
        Torture.everything(of: stream) { chunks in _ = told(chunks) }
    }

    @Test(
        "the probe knows a ClientHello, a connection under way, and neither",
        arguments: [
            ([22, 3, 1, 2, 0, 1, 0], TLSProbe.Verdict.yes), ([22, 3, 1, 0, 1, 1, 22], .yes), ([22, 3, 1], .needMore),
            ([], .needMore),
            ([23, 3, 3, 0, 9, 1], .encryptedMidstream), ([22, 3, 3, 0, 40, 0x77], .encryptedMidstream),
            ([20, 3, 3, 0, 1, 1], .encryptedMidstream), ([20, 3, 3, 0, 2, 1], .no), ([22, 2, 0, 0, 9, 1], .no),
            ([22, 3, 9], .no),
            ([0x80, 0x2E, 1, 3, 1, 0], .no), ([0x47, 0x45], .no), ([22, 3, 1, 0xFF, 0, 1], .no),
            ([23, 3, 3, 0, 0, 1], .no),
        ] as [([UInt8], TLSProbe.Verdict)]
    )
    func probe(octets: [UInt8], verdict: TLSProbe.Verdict) {
        #expect(TLSProbe.looksLikeClientHello(octets.span) == verdict)
    }
}

extension TLSHandshakeReader.Step {
    fileprivate var isHello: Bool {
        switch self {
        case .clientHello, .serverHello: true
        case .needMore, .encrypted, .failed: false
        }
    }
}
