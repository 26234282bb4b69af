import Detection
import Incidents
import Payloads
import Sinks
import Telemetry
import Testing
import Wire

@Suite("text for people")
struct TextFormTests {
    private let form = TextForm(.plain)

    @Test("an incident is a block of lines whose columns line up")
    func incident() throws {
        let incident = try Sample.incident(
            leaks: [
                Sample.leak("src/a.c", [1...5, 9...9], segment: .user),
                Sample.leak("src/yield/defect.c", [120...188, 300...322]),
            ],
            rules: [
                Sample.hit("aws-access-token", redacted: "AKIA…3Q"),
                Sample.hit("pem", redacted: nil, kind: .privateKey),
            ]
        )
        let expected = """
            HIGH 82  private key → anthropic-api
                10.1.2.3 · claude-code · hmac-sha256:1f0c, 2 requests, 2026-11-22 20:34:01 – 20:35:01
                engine  src/yield/defect.c  92 of 511 lines (18 %)  verbatim  tool_result (gzip › json)  120–188, 300–322
                engine  src/a.c               6 of 511 lines (1 %)  verbatim  user (gzip › json)         1–5, 9
                rule  aws-access-token  high  ×1  user  AKIA…3Q
                rule  pem               high  ×1  user
                uid \(incident.uid)  rules:9f2c index:41aa

            """
        #expect(form.text(incident) == expected)
    }

    @Test("long lists are cut and say so")
    func long() throws {
        let leaks = (100..<150).map { Sample.leak("file\($0).c", [1...30]) }
        let text = form.text(try Sample.incident(leaks: leaks))
        #expect(text.contains("… and 30 more files; --format jsonl lists all\n"))
        #expect(text.split(separator: "\n").count == 4 + TextForm.maximumRows)
        let ranges = (0..<20).map { 10 * $0 + 1...10 * $0 + 3 }
        let many = form.text(try Sample.incident(leaks: [Sample.leak("a.c", ranges)]))
        #expect(many.contains("1–3, 11–13, 21–23, 31–33, 41–43, 51–53 and 14 more"))
    }

    @Test("nothing that a stranger wrote reaches the terminal as more than characters")
    func hostile() throws {
        let nasty = "a\u{1B}]0;owned\u{7}\u{9B}2J\u{202E}b\r\n\u{0}c"
        let incident = try Sample.incident(leaks: [Sample.leak(nasty, [1...9])], tool: nasty)
        var record = try Sample.record(ledger: Sample.ledger(inspected: 1), host: nasty)
        record.model = nasty
        record.operation = nasty
        record.client = ClientFacts(tool: nasty, version: nasty)
        let finding = Finding(leaks: [Sample.leak(nasty, [1...9])], rules: [Sample.hit(nasty, redacted: nasty)])
        for text in [
            form.text(incident), form.text(record), form.text(check: nasty, finding: finding),
            form.text(check: nasty, finding: Finding(leaks: [], rules: [])),
        ] {
            for scalar in text.unicodeScalars where scalar != "\n" { #expect(!PlainText.isHazardous(scalar)) }
            #expect(text.hasSuffix("\n"))
            #expect(text.contains("a\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}b\\u{d}\\u{a}\\u{0}c"))
        }
        #expect(form.text(record).split(separator: "\n").count == 1)
    }

    @Test("a request that was not looked at never reads like one in which nothing was found")
    func coverage() throws {
        let all = form.text(try Sample.record(ledger: Sample.ledger(inspected: 48_211)))
        #expect(
            all == "2026-11-22 20:34:01  10.1.2.3 → api.anthropic.com  anthropic-api  messages  claude-sonnet  "
                + "claude-code 2.1.3  48,211 B, all inspected\n"
        )
        let part = form.text(try Sample.record(ledger: Sample.ledger(inspected: 46_763, [(.gap, 1_448)])))
        #expect(part.hasSuffix("48,211 B, in part not looked at: gap 1,448 B\n"))
        let none = Sample.ledger(inspected: 0, [(.encrypted, 9_000)])
        #expect(
            form.text(try Sample.record(ledger: none, visibility: .metadataOnly))
                .hasSuffix("9,000 B, not looked at: encrypted 9,000 B\n")
        )
        #expect(
            form.text(try Sample.record(ledger: OctetLedger(), visibility: .metadataOnly)).hasSuffix("not looked at\n")
        )
    }

    @Test("the last line of the counters says what silence means")
    func conclusions() {
        var counters = Counters()
        #expect(form.conclusion(counters) == "No request to an LLM service was seen.")
        counters.llmRequests = 3
        counters.inspectedBytes = 48_211
        #expect(form.conclusion(counters) == "Nothing found: all 48,211 B sent to LLM services were inspected.")
        counters.opaqueBytes.add(1_448, to: "gap")
        #expect(
            form.conclusion(counters)
                == "Nothing found in the 48,211 B that were inspected; 1,448 B were not looked at (gap)."
        )
        counters.incidents = 2
        counters.drops.add(7, to: "kernel")
        #expect(
            form.conclusion(counters)
                == "2 incidents in the 48,211 B that were inspected; 1,448 B were not looked at (gap). 7 packets were never seen."
        )
        counters.incidents = 0
        counters.inspectedBytes = 0
        counters.drops = CounterGroup()
        #expect(
            form.conclusion(counters)
                == "Not looked at: none of the 1,448 B sent to LLM services could be inspected (gap)."
        )
    }

    @Test("the counters are a table")
    func stats() {
        var counters = Counters()
        counters.packets = 1_234_567
        counters.llmRequests = 2
        counters.requestBytes = 48_211
        counters.inspectedBytes = 46_763
        counters.opaqueBytes.add(1_448, to: "gap")
        let expected = """
            packets                   1,234,567
            octets on the wire                0  B
            flows                             0
            requests to LLM services          2
                octets                   48,211  B
                inspected                46,763  B
                not looked at: gap        1,448  B
            incidents                         0
            Nothing found in the 46,763 B that were inspected; 1,448 B were not looked at (gap).

            """
        #expect(form.text(StatsRecord(timestamp: nil, counters: counters)) == expected)
    }

    @Test("colours are for terminals whose user did not refuse them")
    func colours() throws {
        #expect(TextStyle.chosen(isTerminal: true, environment: ["TERM": "xterm"]) == .coloured)
        #expect(TextStyle.chosen(isTerminal: true, environment: ["NO_COLOR": ""]) == .coloured)
        #expect(TextStyle.chosen(isTerminal: true, environment: ["NO_COLOR": "1"]) == .plain)
        #expect(TextStyle.chosen(isTerminal: true, environment: ["TERM": "dumb"]) == .plain)
        #expect(TextStyle.chosen(isTerminal: false, environment: [:]) == .plain)
        let incident = try Sample.incident(leaks: [Sample.leak("a.c", [1...30])])
        let coloured = TextForm(.coloured).text(incident)
        #expect(coloured.contains("\u{1B}[31mHIGH 75\u{1B}[0m") || coloured.contains("\u{1B}[31mHIGH 73\u{1B}[0m"))
        var plain = ""
        var isEscape = false
        for scalar in coloured.unicodeScalars {
            if scalar == "\u{1B}" { isEscape = true }
            if !isEscape { plain.unicodeScalars.append(scalar) }
            if isEscape, scalar == "m" { isEscape = false }
        }
        #expect(plain == form.text(incident))
    }
}
