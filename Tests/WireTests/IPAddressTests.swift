import Testing
import Wire

@Suite("IP addresses (RFC 5952)")
struct IPAddressTests {
    @Test(
        "text is read and written in canonical form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
            ("1::", "1::"),
            ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("[2001:db8::1]", "2001:db8::1"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:0:2::3", "1:0:0:2::3"), ("fe80::1:2:3:0", "fe80::1:2:3:0"),
        ]
    )
    func canonical(text: String, expected: String) {
        #expect(IPAddress(text)?.description == expected)
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.-4", ":", ":::", "1:2", "1::2::3", "12345::",
            "::g",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "[::1", "::1.2.3", "1:", ":1", "1:2:3:4:5:6:7:",
        ]
    )
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("octets come in network byte order")
    func octets() {
        #expect(IPAddress("10.1.2.3")?.octets == [10, 1, 2, 3])
        #expect(IPAddress("2001:db8::ff")?.octets == [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff])
    }

    @Test(
        "a prefix holds its addresses and no other",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "203.0.113.9", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false), ("::/0", "::1", true),
            ("::/0", "1.2.3.4", false), ("2001:db8::/65", "2001:db8:0:0:8000::", false),
            ("192.0.2.7", "192.0.2.7", true),
        ]
    )
    func prefixes(prefix: String, address: String, held: Bool) throws {
        let prefix = try #require(IPPrefix(prefix))
        let address = try #require(IPAddress(address))
        #expect(prefix.contains(address) == held)
    }

    @Test(
        "malformed prefixes are refused",
        arguments: ["10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "x/8"]
    )
    func badPrefix(text: String) {
        #expect(IPPrefix(text) == nil)
    }
}
