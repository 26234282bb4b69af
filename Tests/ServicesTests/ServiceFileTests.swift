import Services
import TOMLSource
import Testing

@Suite("Catalogue files")
struct ServiceFileTests {
    private static let table: [(text: String, message: String)] = [
        ("[[services]]", "a.toml:1: unknown key services; did you mean service?"),
        ("[[client]]\nid = 'c'\nname = 'C'\nkind = 'sdk'", "services: the catalogue has no [[service]]"),
        (entry("ID"), "a.toml:2: id \"ID\" must have 1 to 64 of a-z, 0-9, - and _"),
        (
            entry("x", kind: "apis"),
            "a.toml:5: kind = \"apis\" is none of api, gateway, web, assistant, "
                + "agent, telemetry, upload, hub, self_hosted"
        ),
        (
            entry("x", hosts: "{ exact = 'X.org', role = 'prompt' }"),
            "a.toml:6: exact = \"X.org\" is not a host name in lower case"
        ),
        (
            entry("x", hosts: "{ glob = 'x.org', role = 'prompt' }"),
            "a.toml:6: glob = \"x.org\" is not a host name in lower case with * in some labels"
        ),
        (
            entry("x", hosts: "{ exact = '*.org', role = 'prompt' }"),
            "a.toml:6: exact = \"*.org\" is not a host name in lower case"
        ),
        (
            entry("x", hosts: "{ exact = '10.0.0.1', role = 'prompt' }"),
            "a.toml:6: exact = \"10.0.0.1\" is not a host name in lower case"
        ),
        (entry("x", hosts: "{ role = 'prompt' }"), "a.toml:6: a host has one of exact, suffix and glob"),
        (
            entry("x", hosts: "{ exact = 'x.org', suffix = 'x.org', role = 'prompt' }"),
            "a.toml:6: a host has one of exact, suffix and glob"
        ),
        (entry("x", hosts: "{ exact = 'x.org' }"), "a.toml:6: role is missing"),
        (
            entry("x", hosts: "\n{ exact = 'x.org', role = 'web' },\n{ exact = 'x.org', role = 'web' }"),
            "a.toml:8: host x.org is also at a.toml:7"
        ),
        (entry("x", hosts: ""), "a.toml:1: hosts is missing; an entry for any host says any_host = true"),
        (entry("x", more: "any_host = true"), "a.toml:6: an entry for any host has no hosts"),
        (
            entry("x", more: "paths = [{ method = 'POST', path = 'v1', channel = 'chat' }]"),
            "a.toml:7: path = \"v1\" must begin with / or **, and have at most 512 octets"
        ),
        (
            entry("x", more: "paths = [{ method = 'Post', path = '/', channel = 'chat' }]"),
            "a.toml:7: method = \"Post\" is none of POST, PUT, GET, PATCH, DELETE, WS, ANY"
        ),
        (
            entry("x", more: "paths = [\n{ method = 'POST', path = '/', channel = 'chat', on = ['y.org'] }]"),
            "a.toml:8: on names y.org, which is no host of this service"
        ),
        (
            entry("x", more: "paths = [{ method = 'POST', path = '/', chanel = 'chat' }]"),
            "a.toml:7: unknown key chanel; did you mean channel?"
        ),
        (
            entry("x") + entry("x", hosts: "{ exact = 'y.org', role = 'web' }"),
            "a.toml:8: service x is also at a.toml:1"
        ),
        (
            entry("x") + entry("y"),
            "a.toml:12: host x.org is also at a.toml:6; one of them must say owner = true"
        ),
        (
            entry("x") + "[[client]]\nid = 'c'\nname = 'C'\nkind = 'sdk'\nuser_agent = ['*']",
            "a.toml:11: user_agent holds a pattern that fits everything"
        ),
        (
            entry("x") + "[[client]]\nid = 'c'\nname = 'C'\nkind = 'sdk'\nservices = ['z']",
            "a.toml:11: services names z, which is no service"
        ),
        (
            entry("x") + "[[client]]\nid = 'c'\nname = 'C'\nkind = 'sdk'\nheaders = [\n'a',\n': b']",
            "a.toml:13: headers holds \": b\"; write a field's name, or name: beginning of its value"
        ),
    ]

    @Test(
        "a mistake is named with its file and line, and what would be right",
        arguments: ServiceFileTests.table
    )
    func mistakes(text: String, message: String) {
        let error = #expect(throws: TOMLError.self) {
            try ServiceCatalogue(sources: [TOMLSource(text: text, name: "a.toml")])
        }
        #expect(error?.description == message)
    }

    @Test("two owners of one host are named with both places")
    func owners() throws {
        let host = "{ exact = 'x.org', role = 'prompt', owner = true }"
        let one = try TOMLSource(text: Self.entry("x", hosts: host), name: "one.toml")
        let two = try TOMLSource(text: Self.entry("y", hosts: host), name: "two.toml")
        let error = #expect(throws: TOMLError.self) { try ServiceCatalogue(sources: [one, two]) }
        #expect(error?.description == "two.toml:6: host x.org is owned at one.toml:6 already")
    }

    @Test("an entry for any host needs paths and its kind")
    func anyHost() {
        let start = "[[service]]\nid = 'x'\nname = 'X'\nvendor = 'V'\nany_host = true\n"
        for (text, message) in [
            (start + "kind = 'api'", "a.toml:6: an entry for any host is of kind self_hosted"),
            (start + "kind = 'self_hosted'", "a.toml:1: paths is missing; an entry for any host is known by them"),
        ] {
            let error = #expect(throws: TOMLError.self) {
                try ServiceCatalogue(sources: [TOMLSource(text: text, name: "a.toml")])
            }
            #expect(error?.description == message)
        }
    }

    @Test("a folder that is not there is an error")
    func missing() {
        let error = #expect(throws: TOMLError.self) { try ServiceCatalogue(paths: ["/nonexistent/services"]) }
        #expect(error?.description == "/nonexistent/services: no such file or folder")
    }

    private static func entry(
        _ id: String,
        kind: String = "api",
        hosts: String = "{ exact = 'x.org', role = 'prompt' }",
        more: String = ""
    ) -> String {
        "[[service]]\nid = '\(id)'\nname = 'X'\nvendor = 'V'\nkind = '\(kind)'\nhosts = [\(hosts)]\n\(more)"
            + (more.isEmpty ? "" : "\n")
    }
}
