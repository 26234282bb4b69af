import Incidents
import Testing
import Wire

@Suite("Community ID, version 1")
struct CommunityIDTests {
    @Test(
        "the specification's flows have the specification's identifiers, seen from either end",
        arguments: [
            ("128.232.110.120", 34855, "66.35.250.204", 80, 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            ("192.168.1.52", 54585, "8.8.8.8", 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
            (
                "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25, 6,
                "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="
            ),
            ("10.1.2.3", 1_000, "10.1.2.3", 999, 6, "1:/YAHkbiy88lTutO3/g5A9O/ITZ4="),
        ] as [(String, UInt16, String, UInt16, UInt8, String)]
    )
    func vectors(
        source: String,
        sourcePort: UInt16,
        destination: String,
        destinationPort: UInt16,
        number: UInt8,
        expected: String
    ) throws {
        let one = SocketAddress(try #require(IPAddress(source)), sourcePort)
        let other = SocketAddress(try #require(IPAddress(destination)), destinationPort)
        #expect(CommunityID.text(source: one, destination: other, protocol: number) == expected)
        #expect(CommunityID.text(source: other, destination: one, protocol: number) == expected)
    }
}

@Suite("credential digests")
struct CredentialDigestTests {
    @Test("the digest is HMAC-SHA-256, cut to 128 bits")
    func vector() throws {
        let digest = try #require(CredentialDigest(key: Array(0..<32)))
        #expect(digest.text("sk-ant-test") == "hmac-sha256:2b972fbe3e48936644e697510712d323")
    }

    @Test("another key gives another digest, and a key too short none")
    func keyed() throws {
        let one = try #require(CredentialDigest(key: Array(0..<32)))
        let other = try #require(CredentialDigest(key: Array(1..<33)))
        #expect(one.text("x") != other.text("x"))
        #expect(one.text("x") != one.text("y"))
        #expect(CredentialDigest(key: []) == nil)
        #expect(CredentialDigest(key: Array(0..<15)) == nil)
    }
}

@Suite("bounded text")
struct BoundedTextTests {
    @Test(
        "text is cut between characters and marked",
        arguments: [
            ("short", 10, "short"), ("exactly ten", 11, "exactly ten"), ("more than ten", 10, "more th…"),
            ("äöüäöü", 9, "äöü…"),
            ("🙂🙂🙂", 8, "🙂…"), ("abc", 2, "…"), ("abc", 0, "…"),
        ]
    )
    func cut(text: String, octets: Int, expected: String) {
        #expect(BoundedText.prefix(text, octets: octets) == expected)
    }
}

@Suite("envelopes")
struct EnvelopeTests {
    @Test(
        "TLS versions bear Suricata's names",
        arguments: [
            (0x0304, "TLS 1.3"), (0x0303, "TLS 1.2"), (0x0302, "TLS 1.1"), (0x0301, "TLSv1"), (0x0300, "SSLv3"),
            (0x7F1C, "0x7f1c"), (0x0001, "0x0001"),
        ] as [(UInt16, String)]
    )
    func versions(version: UInt16, name: String) {
        #expect(TLSFacts.versionName(version) == name)
    }

    @Test("header values are bounded")
    func bounded() {
        let long = String(repeating: "x", count: 100_000)
        let facts = HTTPFacts(url: long, method: long, userAgent: long, requestContentType: long)
        #expect(facts.userAgent?.utf8.count == HTTPFacts.maximumOctets)
        #expect(facts.url?.utf8.count == 4 * HTTPFacts.maximumOctets)
        #expect(facts.requestContentType?.utf8.count == HTTPFacts.maximumOctets)
        #expect(facts.method?.utf8.count == 32)
    }
}
