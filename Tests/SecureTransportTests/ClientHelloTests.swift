import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("TLS ClientHello (RFC 8446 § 4.1.2)")
struct ClientHelloTests {
    private func hello(_ builder: HelloBuilder) throws -> ClientHello { try ClientHello(builder.body.span) }

    @Test("a browser's hello gives name, protocols, versions and ECH")
    func browser() throws {
        let fixture = try #require(ClientHelloFixture.all.first { $0.client == "Chromium" })
        let hello = try fixture.hello()
        #expect(hello.serverName?.description == "chatgpt.com")
        #expect(hello.rawServerName == "chatgpt.com")
        #expect(hello.alpn == ["h2", "http/1.1"])
        #expect(hello.highestVersion == .tls13)
        #expect(hello.legacyVersion == .tls12)
        #expect(hello.hasECH)
        #expect(hello.sessionID.count == 32 && hello.random.count == 32)
    }

    @Test("a TLS 1.2 hello has no ECH and its version in the old field")
    func old() throws {
        let fixture = try #require(ClientHelloFixture.all.first { $0.ja4.hasPrefix("t12") })
        let hello = try fixture.hello()
        #expect(hello.highestVersion == .tls12)
        #expect(!hello.hasECH)
    }

    @Test(
        "server names are normalised, and what is none is kept as text only",
        arguments: [
            ("API.OpenAI.com", "api.openai.com"), ("api.openai.com.", "api.openai.com"), ("192.0.2.1", "192.0.2.1"),
            ("x@api.openai.com", nil), ("api.openai.com:443", nil), ("[::1]", nil), ("2001:DB8::1", "2001:db8::1"),
            ("a b", nil),
            ("", nil), ("bücher.example", nil), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] as [(String, String?)]
    )
    func serverNames(name: String, expected: String?) throws {
        let hello = try hello(HelloBuilder(extensions: [HelloBuilder.serverName(name)]))
        #expect(hello.serverName?.description == expected)
        #expect(hello.rawServerName != nil)
        #expect(hello.ja4.dropFirst(3).first == "d")
    }

    @Test("a hostile name is printable and bounded")
    func hostileName() throws {
        let hello = try hello(
            HelloBuilder(extensions: [HelloBuilder.serverName("a\u{1B}[31m\\\n" + String(repeating: "b", count: 900))])
        )
        let raw = try #require(hello.rawServerName)
        #expect(raw.hasPrefix("a\\x1b[31m\\x5c\\x0abbb"))
        #expect(raw.utf8.count == 253)
        #expect(raw.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }

    @Test("of duplicate extensions the first wins, unknown ones are carried")
    func duplicates() throws {
        let hello = try hello(
            HelloBuilder(extensions: [
                HelloBuilder.serverName("first.example"), (0xABCD, [1, 2, 3]),
                HelloBuilder.serverName("second.example"),
                (43, [2, 3, 4]), (43, [2, 3, 3]),
            ])
        )
        #expect(hello.serverName?.description == "first.example")
        #expect(hello.supportedVersions == [.tls13])
        #expect(hello.extensions.map(\.rawValue) == [0, 0xABCD, 0, 43, 43])
    }

    @Test("without extensions a hello is whole")
    func noExtensions() throws {
        let hello = try hello(HelloBuilder())
        #expect(hello.serverName == nil && hello.rawServerName == nil && hello.extensions.isEmpty && !hello.isDamaged)
    }

    @Test("lengths within extensions that lie hide that extension only")
    func lies() throws {
        let hello = try hello(
            HelloBuilder(extensions: [
                (16, [0xFF, 0xFF, 9, 0x68]), (13, [1]), (43, []), HelloBuilder.serverName("a.example"),
            ])
        )
        #expect(hello.alpn.isEmpty)
        #expect(hello.serverName?.description == "a.example")
    }

    @Test("protocol names are bounded")
    func manyProtocols() throws {
        let list = HelloBuilder.vector([UInt8](repeating: 0, count: 30_000), width: 2)
        #expect(try hello(HelloBuilder(extensions: [(16, list)])).alpn.count == 64)
    }

    @Test("every prefix and every changed octet of a real hello is read or refused")
    func damage() throws {
        let fixture = try #require(ClientHelloFixture.all.last)
        let body = Array(try #require(Hex.octets(fixture.message))[4...])
        var refused = 0
        func read(_ octets: Span<UInt8>) {
            do throws(TLSError) { _ = try ClientHello(octets).ja4 } catch { refused += 1 }
        }
        Torture.everyPrefix(of: body) { read($0) }
        Torture.everyChangedOctet(of: body) { read($0) }
        #expect(refused > 40)
    }

    @Test("the name is read where the hello begins a stream, as soon as it has come", arguments: ClientHelloFixture.all)
    func leadingName(fixture: ClientHelloFixture) throws {
        let message = try #require(Hex.octets(fixture.message))
        let stream = HelloBuilder.records(message)
        let expected = try fixture.hello().rawServerName
        var first: Int?
        for count in 0...stream.count {
            let octets = Array(stream[..<count])
            let isWhole = TLSHandshakeReader.wholeClientHello(octets.span) != nil
            #expect(isWhole == (count == stream.count))
            guard let name = TLSHandshakeReader.leadingServerName(octets.span) else {
                #expect(first == nil)
                continue
            }
            first = first ?? count
            #expect(String(decoding: octets[name], as: UTF8.self) == expected)
        }
        #expect((first != nil) == (expected != nil))
    }

    @Test("a hello that goes on in another record is left to the reader")
    func fragmented() throws {
        let fixture = try #require(ClientHelloFixture.all.first)
        let message = try #require(Hex.octets(fixture.message))
        let stream = HelloBuilder.records(message, size: 100)
        let isWhole = TLSHandshakeReader.wholeClientHello(stream.span) != nil
        let name = TLSHandshakeReader.leadingServerName(stream.span)
        #expect(!isWhole)
        #expect(name == nil)
    }
}
