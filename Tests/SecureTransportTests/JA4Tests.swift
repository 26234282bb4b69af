import SecureTransport
import TestSupport
import Testing

@Suite("JA4 (FoxIO, TLS Client Fingerprinting)")
struct JA4Tests {
    @Test("real clients have the fingerprint that FoxIO's implementation gives them", arguments: ClientHelloFixture.all)
    func realClients(fixture: ClientHelloFixture) throws {
        let hello = try fixture.hello()
        #expect(hello.ja4 == fixture.ja4)
        #expect(!hello.isDamaged)
    }

    @Test("over QUIC the first letter differs and nothing else")
    func quic() throws {
        let fixture = try #require(ClientHelloFixture.all.first)
        let hello = try fixture.hello()
        #expect(JA4.fingerprint(of: hello, transport: .quic) == "q" + fixture.ja4.dropFirst())
    }

    @Test(
        "the specification's ALPN cases",
        arguments: [
            ("6832", "h2"), ("687474702f312e31", "h1"), ("68", "hh"), ("ab", "ab"), ("abcd", "ad"), ("30ab", "3b"),
            ("3031abcd", "3d"), ("30abcd31", "01"), ("0a0a", "0a"), ("", "00"),
        ]
    )
    func alpn(name: String, expected: String) throws {
        let name = try #require(Hex.octets(name))
        let list = HelloBuilder.vector(HelloBuilder.vector(name, width: 1), width: 2)
        let hello = try ClientHello(HelloBuilder(extensions: [(16, list)]).body.span)
        #expect(hello.ja4.dropFirst(8).prefix(2) == expected)
    }

    @Test("empty lists hash to zeros, and nothing is counted that is GREASE")
    func empty() throws {
        let bare = try ClientHello(HelloBuilder(suites: []).body.span)
        #expect(bare.ja4 == "t12i000000_000000000000_000000000000")
        let grease = HelloBuilder(suites: [0x0A0A, 0xFAFA], extensions: [(0x1A1A, []), (43, [4, 0xBA, 0xBA, 3, 4])])
        let hello = try ClientHello(grease.body.span)
        #expect(hello.ja4.hasPrefix("t13i000100_000000000000_"))
    }

    @Test("counts stop at 99")
    func counts() throws {
        let many = HelloBuilder(suites: (0..<200).map { $0 }, extensions: (100..<220).map { ($0, []) })
        #expect(try ClientHello(many.body.span).ja4.hasPrefix("t12i999900_"))
    }

    @Test(
        "versions have two characters each",
        arguments: [
            (0x0304, "13"), (0x0303, "12"), (0x0302, "11"), (0x0301, "10"), (0x0300, "s3"), (0x0002, "s2"),
            (0x7F1C, "00"),
        ] as [(UInt16, String)]
    )
    func versions(version: UInt16, expected: String) throws {
        let hello = try ClientHello(HelloBuilder(version: version).body.span)
        #expect(hello.ja4.dropFirst().prefix(2) == expected)
    }
}
