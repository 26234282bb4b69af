import TestSupport
import Testing
import Wire

@Suite("Host names as compared and reported")
struct HostnameTests {
    @Test(
        "an authority is lower-cased and loses its port, user and trailing dot",
        arguments: [
            ("API.OpenAI.com", "api.openai.com"), ("api.openai.com.:443", "api.openai.com"),
            ("u:p@host.example:80", "host.example"),
            ("[2001:DB8::1]:443", "2001:db8::1"), ("192.0.2.1:8000", "192.0.2.1"), ("_dmarc.example", "_dmarc.example"),
            ("2001:db8::1", "2001:db8::1"), ("localhost", "localhost"),
        ]
    )
    func normalised(text: String, expected: String) {
        #expect(Hostname(text)?.description == expected)
    }

    @Test(
        "what no name or address holds is refused",
        arguments: [
            "", ".", ":443", "a b", "a/b", "[::1", "[]", "[x]", "ho\u{301}st", "a:b:c",
            String(repeating: "a", count: 254),
        ]
    )
    func refused(text: String) {
        #expect(Hostname(text) == nil)
    }

    @Test("no octets at all can make it trap")
    func torture() {
        let name = Array("user@[2001:db8::1]:443".utf8)
        Torture.everyPrefix(of: name) { _ = Hostname(authority: $0) }
        Torture.everyChangedOctet(of: name) { _ = Hostname(authority: $0) }
    }
}
