import Testing
import Wire

@testable import Services

@Suite("The trie of host names")
struct HostnameTrieTests {
    @Test(
        "the most exact pattern wins",
        arguments: [
            ("api.example.com", "exact"), ("example.com", "suffix"), ("www.example.com", "suffix"),
            ("a.b.example.com", "suffix"), ("x.api.example.com", "deeper suffix"), ("eu.region.example.com", "glob"),
            ("eu-west.region.example.com", "closer glob"), ("a.eu.region.example.com", "suffix"),
            ("one.two.example.net", "double glob"), ("two.example.net", nil), ("com", nil), ("xexample.com", nil),
            ("10.0.0.1", nil),
        ] as [(String, String?)]
    )
    func ranks(host: String, expected: String?) throws {
        let patterns: [(String, HostPattern.Form, String)] = [
            ("example.com", .suffix, "suffix"), ("api.example.com", .exact, "exact"),
            ("api.example.com", .suffix, "deeper suffix"), ("*.region.example.com", .glob, "glob"),
            ("*-west.region.example.com", .glob, "closer glob"), ("*.*.example.net", .glob, "double glob"),
        ]
        var trie = HostnameTrie()
        for (index, entry) in patterns.enumerated() {
            let pattern = try #require(HostPattern(entry.0, form: entry.1))
            trie.insert(pattern, value: index)
            #expect(trie.value(of: pattern) == index)
        }
        let found = trie.find(try #require(Hostname(host)))
        #expect(found.map { patterns[$0].2 } == expected)
        // What the short way denies, the long one does not know.
        for name in [host, host.uppercased(), host + "."] {
            let may = trie.mayKnow(Array(name.utf8).span)
            #expect(may || found == nil, "\(name)")
        }
    }

    @Test(
        "a name that no pattern comes near to is denied",
        arguments: ["www.elsewhere.org", "xexample.com", "", "."]
    )
    func denied(host: String) throws {
        var trie = HostnameTrie()
        trie.insert(try #require(HostPattern("example.com", form: .suffix)), value: 0)
        trie.insert(try #require(HostPattern("*.region.example.net", form: .glob)), value: 1)
        let may = trie.mayKnow(Array(host.utf8).span)
        #expect(!may)
    }
}
