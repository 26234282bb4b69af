import TestSupport
import Testing

extension EndToEnd {
    @Suite("Whom a trusted proxy forwards for")
    struct TrustedProxyTests {
        private static let line = Array("PROXY TCP4 203.0.113.70 198.51.100.2 40000 443\r\n".utf8)

        /// A capture of requests that each leak a file, all of them from 192.0.2.1.
        private func scan(_ requests: [[UInt8]], trusted: String?) throws -> Scan {
            let folder = try TemporaryFolder()
            let text = trusted.map { "[capture]\ntrusted_proxies = [\"\($0)\"]\n" } ?? ""
            let settings = try folder.write(Array(text.utf8), to: "weir.toml")
            let frames = requests.enumerated().flatMap { Prompt.frames($1, port: 49_152 + UInt16($0)) }
            let capture = try folder.write(CaptureFile.pcap(frames), to: "proxy.pcap")
            return try Scan(
                Weir.run(
                    ["scan", "--config", settings, "--index", try Fixtures.index(), "--format", "jsonl"]
                        + ["--events", "incident,llm,stats", capture]
                )
            )
        }

        private func leak(_ name: String, fields: [String] = []) throws -> [UInt8] {
            Prompt.post(Prompt.chat(try Fixtures.source(name)), fields: fields)
        }

        @Test("incidents are its clients', folded by them, and the flow stays the proxy's")
        func folding() throws {
            let requests = [
                try leak("foc_observer.c", fields: ["X-Forwarded-For: 6.6.6.6, 203.0.113.70"]),
                try leak("berth_pricing.py", fields: ["Forwarded: for=\"203.0.113.71:9\", for=192.0.2.9"]),
                Self.line + (try leak("reefbus_arbiter.v")),
            ]
            let scan = try scan(requests, trusted: "192.0.2.0/24")
            #expect(scan.incidents.allSatisfy { $0["src_ip"].string == "192.0.2.1" })
            let found = scan.incidents.map { $0["incident"] }
            #expect(found.map { $0["actor"]["ip"].string } == ["203.0.113.70", "203.0.113.71"])
            #expect(found.map { $0["requests"].integer } == [2, 1])
            #expect(
                scan.requests.map { $0["client"]["ip"].string } == ["203.0.113.70", "203.0.113.71", "203.0.113.70"]
            )
            expectLedger(try #require(scan.records("stats").last)["stats"])
        }

        @Test("what others say of themselves changes nothing", arguments: [nil, "198.51.100.0/24"])
        func untrusted(range: String?) throws {
            let requests = [
                try leak("foc_observer.c", fields: ["X-Forwarded-For: 6.6.6.6"]),
                Self.line + (try leak("reefbus_arbiter.v", fields: ["Forwarded: for=6.6.6.6"])),
            ]
            let scan = try scan(requests, trusted: range)
            #expect(scan.incidents.map { $0["incident"]["actor"]["ip"].string } == ["192.0.2.1"])
            #expect(scan.incidents.first?["incident"]["requests"].integer == 2)
            #expect(scan.requests.allSatisfy { $0["client"]["ip"] == .null })
        }

        @Test("a range that is none is an error with its place")
        func badRange() throws {
            let folder = try TemporaryFolder()
            let settings = try folder.write(
                Array("[capture]\ntrusted_proxies = [\n  \"10.0.0.0/8\",\n  \"10.0.0.0/99\",\n]\n".utf8),
                to: "weir.toml"
            )
            let outcome = try Weir.run("config", "check", settings)
            #expect(outcome.status == 78)
            #expect(outcome.diagnostics.contains(":4: capture.trusted_proxies holds \"10.0.0.0/99\""))
        }
    }
}
