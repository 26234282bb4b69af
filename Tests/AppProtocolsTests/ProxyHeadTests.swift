import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("The PROXY protocol")
struct ProxyHeadTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    private static let tcp4 =
        signature + [0x21, 0x11, 0, 19, 192, 0, 2, 7, 198, 51, 100, 2, 0x9C, 0x40, 1, 0xBB] + [4, 0, 4, 1, 2, 3, 4]
    private static let tcp6 =
        signature + [0x21, 0x21, 0, 36, 0x20, 1, 13, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
        + [0x20, 1, 13, 0xB8] + [UInt8](repeating: 0, count: 11) + [2, 0x9C, 0x40, 1, 0xBB]

    private static func source(_ text: String, _ port: UInt16) -> SocketAddress? {
        IPAddress(text).map { SocketAddress($0, port) }
    }

    @Test(
        "version 1 is a line (§ 2.1)",
        arguments: [
            ("PROXY TCP4 192.0.2.7 198.51.100.2 40000 443\r\n", "192.0.2.7"),
            ("PROXY TCP6 2001:db8::7 2001:db8::2 40000 443\r\n", "2001:db8::7"),
            ("PROXY UNKNOWN\r\n", nil), ("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", nil),
        ] as [(String, String?)]
    )
    func version1(line: String, address: String?) {
        let octets = Array((line + "GET / HTTP/1.1\r\n").utf8)
        let head = ProxyHead(source: address.flatMap { Self.source($0, 40_000) }, length: line.utf8.count)
        #expect(ProxyHead.verdict(octets.span) == .head(head))
        for count in 0..<line.utf8.count {
            #expect(ProxyHead.verdict(octets.span.extracting(first: count)) == .needMore)
        }
    }

    @Test("version 2 is binary, and what it adds is counted with it (§ 2.2)")
    func version2() {
        let four = ProxyHead(source: Self.source("192.0.2.7", 40_000), length: 35)
        #expect(ProxyHead.verdict(Self.tcp4.span) == .head(four))
        let six = ProxyHead(source: Self.source("2001:db8::7", 40_000), length: 52)
        #expect(ProxyHead.verdict(Self.tcp6.span) == .head(six))
        // LOCAL, and a family that is no internet's.
        for octets in [[0x20, 0, 0, 0], [0x20, 0x11, 0, 12], [0x21, 0x31, 0, 216], [0x21, 0x11, 0, 3]] as [[UInt8]] {
            let head = ProxyHead(source: nil, length: 16 + Int(octets[3]))
            #expect(ProxyHead.verdict((Self.signature + octets).span) == .head(head))
        }
    }

    @Test(
        "anything else is none",
        arguments: [
            "POST / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "PROXY TCP4 x 198.51.100.2 40000 443\r\n",
            "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 99999\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
            "PROXY \u{1}\r\n", "PROXY " + String(repeating: "x", count: 200), "\r\n\r\n\0\r\nQUIX\n",
        ]
    )
    func others(text: String) {
        #expect(ProxyHead.verdict(Array(text.utf8).span) == .none)
    }

    @Test("no prefix and no changed octet traps")
    func torture() {
        for octets in [Self.tcp4, Self.tcp6, Array("PROXY TCP4 192.0.2.7 198.51.100.2 40000 443\r\n".utf8)] {
            Torture.everyPrefix(of: octets) { _ = ProxyHead.verdict($0) }
            Torture.everyChangedOctet(of: octets) { _ = ProxyHead.verdict($0) }
        }
    }
}

@Suite("Forwarded (RFC 7239) and X-Forwarded-For")
struct ForwardedAddressesTests {
    private func addresses(_ fields: String) throws -> ForwardedAddresses {
        let octets = Array("GET / HTTP/1.1\r\n\(fields)\r\n\r\n".utf8)
        let head = HTTP1RequestHead(octets.span)
        return ForwardedAddresses(RequestHead(try #require(head)))
    }

    @Test(
        "the nearest address that is no trusted proxy's is the sender's",
        arguments: [
            ("X-Forwarded-For: 203.0.113.9", "203.0.113.9"), ("X-Forwarded-For: 6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("X-Forwarded-For: 203.0.113.9, 10.0.0.1,10.0.0.2", "203.0.113.9"),
            ("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.1", "203.0.113.9"),
            ("X-Forwarded-For: 203.0.113.9:4711", "203.0.113.9"), ("X-Forwarded-For: [2001:db8::9]:99", "2001:db8::9"),
            ("X-Forwarded-For: 2001:db8::9", "2001:db8::9"), ("X-Forwarded-For: ::ffff:203.0.113.9", "203.0.113.9"),
            ("X-Forwarded-For: 10.0.0.3, 10.0.0.1", "10.0.0.3"), ("X-Forwarded-For: 6.6.6.6, unknown", nil),
            ("X-Forwarded-For: 6.6.6.6, what, 10.0.0.1", nil), ("X-Forwarded-For: ,, ,", nil),
            ("X-Other: 1.1.1.1", nil),
            ("Forwarded: for=203.0.113.9", "203.0.113.9"),
            ("Forwarded: For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            (
                "Forwarded: for=6.6.6.6, proto=https;by=10.0.0.9; FOR = \"203.0.113.9:80\" ;host=\"a,b;for=7.7.7.7\"",
                "203.0.113.9"
            ),
            ("Forwarded: for=203.0.113.9, for=10.0.0.1", "203.0.113.9"),
            ("Forwarded: for=6.6.6.6, for=_hidden", nil), ("Forwarded: for=6.6.6.6, for=unknown, for=10.0.0.1", nil),
            ("Forwarded: proto=http", nil), ("Forwarded: for=203.0.113.9\r\nX-Forwarded-For: 6.6.6.6", "203.0.113.9"),
            ("Forwarded: for=\"203.0.113.9", nil),
        ] as [(String, String?)]
    )
    func origins(fields: String, origin: String?) throws {
        let trusted = try #require(IPPrefix("10.0.0.0/8"))
        #expect(try addresses(fields).origin { trusted.contains($0) }?.description == origin)
    }

    @Test("long lists are read from their end, and only so far")
    func long() throws {
        let fields = "X-Forwarded-For: " + String(repeating: "10.0.0.1, ", count: 5_000) + "203.0.113.9"
        let found = try addresses(fields)
        #expect(found.nearestFirst.count == ForwardedAddresses.memberLimit)
        #expect(found.origin { $0.description == "10.0.0.1" }?.description == "203.0.113.9")
    }
}
