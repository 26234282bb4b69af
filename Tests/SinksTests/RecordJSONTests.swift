import Detection
import Incidents
import Payloads
import Sinks
import Telemetry
import Testing
import Wire

@Suite("records as JSON")
struct RecordJSONTests {
    private func line(_ object: JSONObject) -> String {
        let line = JSONWriter.line(object)
        #expect(JSONCheck.fault(inLine: line) == nil)
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    @Test("an incident has the contract's fields")
    func incident() throws {
        let incident = try Sample.incident(
            leaks: [Sample.leak("src/a.c", [1...5]), Sample.leak("src/yield/defect.c", [120...188, 300...322])],
            rules: [
                Sample.hit("pem", redacted: nil, kind: .privateKey),
                Sample.hit("aws-access-token", redacted: "AKIA…3Q"),
            ]
        )
        let expected =
            #"{"community_id":"1:5KD50e7JJaLv+nVuCnZN+8+1AfA=","dest_ip":"203.0.113.7","dest_port":443,"#
            + #""event_type":"incident","flow_id":9007199254740991,"incident":{"actor":{"credential":"hmac-sha256:1f0c","#
            + #""ip":"10.1.2.3","tool":"claude-code"},"class":"secret.private_key","classes":["secret.private_key","#
            + #""secret.credential","source_code.verbatim"],"first_seen":"2026-11-22T20:34:01.123456+0000","#
            + #""generation":"rules:9f2c index:41aa","last_seen":"2026-11-22T20:35:01.123456+0000","leaks":["#
            + #"{"collection":"engine","coverage":0.18,"decode_chain":["gzip","json"],"kind":"verbatim","#
            + #""lines":[[120,188],[300,322]],"matched_lines":92,"path":"src/yield/defect.c","segment":"tool_result"},"#
            + #"{"collection":"engine","coverage":0.0098,"decode_chain":["gzip","json"],"kind":"verbatim","lines":[[1,5]],"#
            + #""matched_lines":5,"path":"src/a.c","segment":"tool_result"}],"requests":2,"rules":[{"count":1,"#
            + #""id":"aws-access-token","redacted":"AKIA…3Q","segment":"user","severity":"high"},{"count":1,"id":"pem","#
            + #""segment":"user","severity":"high"}],"sanctioned":false,"score":82,"service":"anthropic-api","#
            + #""severity":"high","state":"closed","uid":"\#(incident.uid)"},"pcap_filename":"a.pcap","proto":"TCP","#
            + #""src_ip":"10.1.2.3","src_port":51234,"timestamp":"2026-11-22T20:35:01.123456+0000"}"#
        #expect(line(RecordJSON.object(incident)) == expected)
    }

    @Test("an llm record has the contract's fields, and its figures balance")
    func llm() throws {
        var record = try Sample.record(ledger: Sample.ledger(inspected: 46_763, [(.gap, 1_448)]))
        record.envelope.origin = .interface("eth0")
        record.envelope.vlan = [120, 7]
        record.envelope.appProtocol = "http"
        record.envelope.tls = TLSFacts(
            serverName: "api.anthropic.com",
            version: "TLS 1.3",
            ja4: "t13d1516h2_8daaf6152771_02713d6af862",
            clientALPNs: ["h2", "http/1.1"]
        )
        record.envelope.http = HTTPFacts(
            hostname: "api.anthropic.com",
            port: 8080,
            url: "/v1/messages?beta=true",
            method: "POST",
            userAgent: "claude-cli/2.1.3",
            requestContentType: "application/json"
        )
        record.isPartial = true
        let expected =
            #"{"app_proto":"http","community_id":"1:5KD50e7JJaLv+nVuCnZN+8+1AfA=","dest_ip":"203.0.113.7","dest_port":443,"#
            + #""event_type":"llm","flow_id":9007199254740991,"http":{"hostname":"api.anthropic.com","http_method":"POST","#
            + #""http_port":8080,"http_user_agent":"claude-cli/2.1.3","request_content_type":"application/json","#
            + #""url":"/v1/messages?beta=true"},"in_iface":"eth0","llm":{"channel":"coding_agent","client":{"#
            + #""tool":"claude-code","version":"2.1.3"},"confidence":"high","evidence":["sni","host","path"],"#
            + #""host":"api.anthropic.com","inspected_bytes":46763,"kind":"api","model":"claude-sonnet","opaque":[{"#
            + #""bytes":1448,"reason":"gap"}],"operation":"messages","partial":true,"request_bytes":48211,"#
            + #""sanctioned":false,"service":"anthropic-api","vendor":"Anthropic","visibility":"plaintext"},"proto":"TCP","#
            + #""src_ip":"10.1.2.3","src_port":51234,"timestamp":"2026-11-22T20:34:01.123456+0000","tls":{"client_alpns":["#
            + #""h2","http/1.1"],"ja4":"t13d1516h2_8daaf6152771_02713d6af862","sni":"api.anthropic.com","version":"TLS 1.3"},"#
            + #""vlan":[120,7]}"#
        #expect(line(RecordJSON.object(record)) == expected)
    }

    @Test("whatever the ledger counted, request_bytes is inspected_bytes and the sum of opaque")
    func invariant() throws {
        for reason in OpaqueReason.allCases {
            let ledger = Sample.ledger(inspected: 17, [(reason, 5), (.gap, 3), (reason, -9)])
            let text = line(RecordJSON.object(try Sample.record(ledger: ledger)))
            #expect(text.contains(#""inspected_bytes":17"#))
            #expect(text.contains(#""request_bytes":25"#))
        }
    }

    @Test("a stats record lists what was dropped and what was not looked at")
    func stats() {
        var counters = Counters()
        counters.packets = 120
        counters.bytes = 48_000
        counters.flows = 3
        counters.llmRequests = 2
        counters.resentBytes = 70_000
        counters.opaqueBytes.add(1_448, to: "gap")
        counters.opaqueBytes.add(9_000, to: "encrypted")
        counters.drops.add(2, to: "kernel")
        counters.keys.sessionsWithout = 1
        let record = StatsRecord(timestamp: Timestamp(seconds: 0, fraction: 0), counters: counters)
        let expected =
            #"{"event_type":"stats","stats":{"bytes":48000,"drops":{"filter":0,"interface":0,"kernel":2},"errors":{},"flows":3,"#
            + #""gaps":0,"incidents":0,"inspected_bytes":0,"keys":{"read":0,"sessions_without":1,"used":0},"limits":{},"#
            + #""llm_requests":2,"opaque_bytes":{"encrypted":9000,"gap":1448},"packets":120,"request_bytes":0,"#
            + #""resent_bytes":70000,"skipped_bytes":{}},"timestamp":"1970-01-01T00:00:00.000000+0000"}"#
        #expect(line(RecordJSON.object(record)) == expected)
        let none = line(RecordJSON.object(StatsRecord(timestamp: nil, counters: Counters())))
        #expect(!none.contains("timestamp"))
    }

    @Test("a checked text answers with its id, leaks and rules, though nothing was found")
    func check() {
        let nothing = RecordJSON.check(id: "a\u{1B}b.txt", finding: Finding(leaks: [], rules: []))
        #expect(line(nothing) == #"{"id":"a\u001bb.txt","leaks":[],"rules":[]}"#)
        let finding = Finding(leaks: [], rules: [Sample.hit("aws-access-token", redacted: "AKIA…3Q", values: [1, 2])])
        let found = RecordJSON.check(id: "-", finding: finding)
        let expected =
            #"{"id":"-","leaks":[],"rules":[{"count":2,"id":"aws-access-token","redacted":"AKIA…3Q","segment":"user","#
            + #""severity":"high"}]}"#
        #expect(line(found) == expected)
        #expect(line(RecordJSON.checkError("line 3: not JSON")) == #"{"error":"line 3: not JSON","id":null}"#)
    }

    @Test("as EVE an incident is an alert")
    func eve() throws {
        let text = line(EVE.object(try Sample.incident(leaks: [Sample.leak("a.c", [1...30])])))
        #expect(text.contains(#""event_type":"alert""#))
        let alert =
            #"{"alert":{"action":"allowed","category":"Potential Corporate Privacy Violation","gid":1,"metadata":{"#
            + #""weir_class":["source_code.verbatim"],"weir_service":["anthropic-api"],"weir_severity":["high"],"#
        #expect(text.hasPrefix(alert))
        #expect(
            text.contains(
                #""rev":1,"severity":1,"signature":"WEIR source_code.verbatim to anthropic-api","signature_id":1940004}"#
            )
        )
    }
}
