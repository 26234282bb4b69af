import Testing

extension EndToEnd {
    @Suite("What is true of real captures")
    struct TruthTests {
        @Test("the fixtures are there")
        func fixtures() {
            #expect(Fixtures.truths.count == 48)
        }

        @Test("each capture gives its incidents, services and exit status", arguments: Fixtures.truths)
        func capture(truth: Fixtures.Truth) throws {
            let scan = try Weir.scan(truth.path)
            #expect(scan.outcome.status == (truth.isIncident ? 1 : 0), "\(scan.outcome.diagnostics)")
            #expect(scan.incidents.isEmpty != truth.isIncident)
            expectLeaks(scan, truth)
            expectRequests(scan, truth)
            #expect(scan.records("stats").count == 1)
            for request in scan.requests { expectBalance(request) }
        }

        private func expectLeaks(_ scan: Scan, _ truth: Fixtures.Truth) {
            let wanted = truth.isIncident ? truth.leaked : []
            let named = Set(scan.leaks.compactMap { $0["path"].string })
            let allowed = Set(wanted.map(\.file)).union(truth.incidental)
            #expect(named.isSubset(of: allowed), "named \(named.sorted()), true is \(allowed.sorted())")
            for leaked in wanted {
                let lines = scan.lines(of: leaked.file)
                let truly = Set(leaked.lines[0]...leaked.lines[1])
                let missed = truly.subtracting(lines).sorted()
                // All of them are whole files; a line or two may hold nothing that identifies it.
                #expect(lines.isSubset(of: truly))
                #expect(missed.count * 20 <= truly.count, "\(leaked.file): lines \(missed) were not found")
            }
            for leak in scan.leaks {
                let lines = scan.lines(of: leak["path"].string ?? "")
                #expect(leak["collection"].string == "corpus")
                #expect(leak["matched_lines"].integer == lines.count)
                #expect((leak["coverage"].double ?? -1) > 0)
                #expect((leak["coverage"].double ?? 2) <= 1)
                #expect(leak["kind"].string == "verbatim")
            }
        }

        private func expectRequests(_ scan: Scan, _ truth: Fixtures.Truth) {
            guard let expected = truth.expect else {
                #expect(scan.requests.isEmpty, "no record was due: \(scan.outcome.output)")
                return
            }
            let matching = scan.requests.filter {
                $0["host"].string == expected.host && $0["service"].string == expected.service
            }
            let seen = scan.requests.map { "\($0["host"].string ?? "-") \($0["service"].string ?? "-")" }
            #expect(!matching.isEmpty, "wanted \(expected.host) \(expected.service), got \(seen)")
            if truth.isEncrypted {
                #expect(matching.allSatisfy { $0["visibility"].string == "metadata_only" })
                #expect(matching.allSatisfy { $0["inspected_bytes"].integer == 0 })
                #expect(matching.allSatisfy { $0["opaque"].array.allSatisfy { $0["reason"].string == "encrypted" } })
            } else {
                #expect(matching.allSatisfy { $0["visibility"].string == "plaintext" })
                let tools = matching.compactMap { $0["client"]["tool"].string }
                if let tool = expected.tool { #expect(tools.contains(tool), "wanted \(tool), got \(tools)") }
            }
        }

        @Test(
            "how a leak went is told by its segment and its codings",
            arguments: [
                ("mirror-sdk-openai-chat", "user", ["json"]),
                ("mirror-sdk-anthropic-toolresult", "tool_result", ["json"]),
                ("mirror-claude-code-read-c", "tool_result", ["json"]),
                ("mirror-curl-h1-chunked-gzip", "user", ["chunked", "gzip", "json"]),
                ("mirror-curl-h1-deflate", "user", ["deflate", "json"]),
                ("net-clear-odd-h1", "user", ["chunked", "json"]),
                ("mirror-curl-multipart-file", "file", ["multipart"]),
                ("mirror-sdk-gemini-file", "file", []),
                ("mirror-sdk-openai-responses-inputfile-text", "file", ["json", "base64"]),
                ("clear-ollama-gzip", "user", ["gzip", "json"]),
                ("mirror-curl-h1-zstd", "user", ["zstd", "json"]),
                ("mirror-sdk-openai-responses", "user", ["json"]),
                ("grpc-xai-sdk", "body", ["grpc", "protobuf"]),
                ("mirror-sdk-anthropic-doc-pdf", "file", ["json", "base64", "pdf"]),
                ("mirror-sdk-gemini-generate", "user", ["json"]),
                ("mirror-sdk-cohere-chat", "user", ["json"]),
                ("clear-h2c-prior", "user", ["json"]),
                ("mirror-sdk-ws-fragmented", "user", ["websocket", "json"]),
                ("ws-python-deflate", "tool_result", ["websocket", "deflate", "json"]),
                ("ws-python-h2", "user", ["websocket", "deflate", "json"]),
            ] as [(String, String, [String])]
        )
        func provenance(name: String, segment: String, codings: [String]) throws {
            let leak = try #require(try Weir.scan(Fixtures.capture(name)).leaks.first)
            #expect(leak["segment"].string == segment)
            #expect(leak["decode_chain"].strings == codings)
        }

        @Test("the model is told by the body, or by the path where that names it")
        func models() throws {
            for (name, model) in [("mirror-sdk-openai-responses", "gpt"), ("mirror-sdk-gemini-generate", "gemini")] {
                let models = try Weir.scan(Fixtures.capture(name)).requests.compactMap { $0["model"].string }
                #expect(models.contains { $0.hasPrefix(model) }, "\(name): \(models)")
            }
        }

        @Test("an incident is folded over all files of a scan")
        func folding() throws {
            let captures = ["mirror-sdk-openai-chat", "mirror-curl-h1-chat-c"].map(Fixtures.capture)
            let apart = try captures.map { try Weir.scan($0) }
            let together = try Weir.scan(captures)
            let actors = Set(apart.flatMap(\.incidents).map { $0["src_ip"].string })
            #expect(together.incidents.count == actors.count)
            #expect(together.requests.count == apart.map(\.requests.count).reduce(0, +))
            let found = together.incidents.compactMap { $0["incident"]["requests"].integer }.reduce(0, +)
            #expect(found == 2)
        }

        @Test("tagged traffic says so")
        func tags() throws {
            let scan = try Weir.scan(Fixtures.capture("net-vlan"))
            #expect(scan.records("llm").first?["vlan"] == .list([.number(120)]))
        }

        @Test("a TLS connection is described by its hello")
        func hello() throws {
            let record = try #require(try Weir.scan(Fixtures.capture("curl-h2-chat-py")).records("llm").first)
            #expect(record["app_proto"].string == "tls")
            #expect(record["tls"]["sni"].string == "api.openai.com")
            #expect(record["tls"]["version"].string == "TLS 1.3")
            #expect(record["tls"]["client_alpns"].strings == ["h2", "http/1.1"])
            // ja4.tsv, by FoxIO's own implementation.
            #expect(record["tls"]["ja4"].string == "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6")
        }
    }
}

/// Every octet of a request is inspected or has a reason.
func expectBalance(_ request: JSON, sourceLocation: SourceLocation = #_sourceLocation) {
    let opaque = request["opaque"].array.compactMap { $0["bytes"].integer }
    let reasons = request["opaque"].array.compactMap { $0["reason"].string }
    let (total, inspected) = (request["request_bytes"].integer ?? -1, request["inspected_bytes"].integer ?? -1)
    #expect(total == inspected + opaque.reduce(0, +), "\(request)", sourceLocation: sourceLocation)
    #expect(inspected >= 0 && opaque.allSatisfy { $0 > 0 }, sourceLocation: sourceLocation)
    #expect(Set(reasons).count == reasons.count, sourceLocation: sourceLocation)
    #expect(Set(reasons).isSubset(of: opaqueReasons), sourceLocation: sourceLocation)
}

/// The contract's reasons for octets that were not inspected.
let opaqueReasons: Set<String> = [
    "encrypted", "no_key", "cipher", "midstream", "gap", "snaplen", "coding", "damaged", "document", "media",
    "expansion",
    "nesting", "inspect_limit", "headers", "buffer", "overload",
]
