import Detection
import Fingerprints
import Incidents
import Payloads
import Testing
import Wire

/// Records for the tests of their forms.
enum Sample {
    static func envelope(origin: Envelope.Origin = .capture("a.pcap")) throws -> Envelope {
        Envelope(
            origin: origin,
            flowID: 9_007_199_254_740_991,
            client: SocketAddress(try #require(IPAddress("10.1.2.3")), 51_234),
            server: SocketAddress(try #require(IPAddress("203.0.113.7")), 443),
            transport: .tcp
        )
    }

    static func leak(_ path: String, _ lines: [ClosedRange<Int>], segment: Segment = .toolResult) -> Leak {
        Leak(
            collection: "engine",
            path: path,
            totalLines: 511,
            lines: LineSet(lines),
            isVerbatim: true,
            strength: 7,
            segment: segment,
            codings: DecodeChain([.gzip, .json])
        )
    }

    static func hit(_ id: String, redacted: String?, kind: FindingClass = .credential, values: Set<UInt64> = [1])
        -> RuleHit
    {
        RuleHit(
            id: id,
            severity: .high,
            findingClass: kind,
            redacted: redacted,
            segment: .user,
            codings: DecodeChain(),
            values: values
        )
    }

    static func incident(
        leaks: [Leak],
        rules: [RuleHit] = [],
        tool: String? = "claude-code",
        envelope: Envelope? = nil,
        requests: UInt64 = 2
    ) throws -> Incident {
        var folder = IncidentFolder()
        for number in 0..<requests {
            let sighting = Sighting(
                request: RequestNumber(file: 0, packet: 5 + number, flowID: 1, request: number),
                timestamp: Timestamp(seconds: 1_795_379_641 + Int64(number) * 60, fraction: 123_456_789),
                envelope: try envelope ?? Sample.envelope(),
                service: "anthropic-api",
                isSanctioned: false,
                tool: tool,
                credential: "hmac-sha256:1f0c",
                finding: Finding(leaks: leaks, rules: rules),
                generation: "rules:9f2c index:41aa",
                isLast: true
            )
            _ = folder.fold(sighting)
        }
        return try #require(folder.close().first)
    }

    static func record(
        ledger: OctetLedger,
        visibility: LLMRecord.Visibility = .plaintext,
        host: String = "api.anthropic.com"
    ) throws -> LLMRecord {
        LLMRecord(
            timestamp: Timestamp(seconds: 1_795_379_641, fraction: 123_456_789),
            envelope: try envelope(),
            service: ServiceFacts(
                id: "anthropic-api",
                vendor: "Anthropic",
                kind: "api",
                isSanctioned: false,
                channel: "coding_agent",
                evidence: ["sni", "host", "path"],
                confidence: "high"
            ),
            host: host,
            operation: "messages",
            model: "claude-sonnet",
            client: ClientFacts(tool: "claude-code", version: "2.1.3"),
            visibility: visibility,
            ledger: ledger
        )
    }

    static func ledger(inspected: Int, _ opaque: [(OpaqueReason, Int)] = []) -> OctetLedger {
        var ledger = OctetLedger()
        ledger.addInspected(inspected)
        for (reason, octets) in opaque { ledger.addOpaque(octets, reason) }
        return ledger
    }
}
