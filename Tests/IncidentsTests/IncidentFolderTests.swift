import Detection
import Fingerprints
import Incidents
import Payloads
import TestSupport
import Testing
import Wire

/// Makes leaks, hits and sightings for the tests of folding.
enum Sample {
    static func leak(
        _ path: String,
        _ lines: [ClosedRange<Int>],
        of total: Int = 500,
        verbatim: Bool = true,
        strength: Double = 3,
        segment: Segment = .user
    ) -> Leak {
        Leak(
            collection: "engine",
            path: path,
            totalLines: total,
            lines: LineSet(lines),
            isVerbatim: verbatim,
            strength: strength,
            segment: segment,
            codings: DecodeChain([.json])
        )
    }

    static func hit(
        _ id: String = "aws-access-token",
        values: Set<UInt64>,
        severity: Severity = .critical,
        kind: FindingClass = .credential,
        segment: Segment = .user,
        redacted: String? = "AKIA…3Q"
    ) -> RuleHit {
        RuleHit(
            id: id,
            severity: severity,
            findingClass: kind,
            redacted: redacted,
            segment: segment,
            codings: DecodeChain([.json]),
            values: values
        )
    }

    static func sighting(
        _ number: UInt64,
        from client: String = "10.1.2.3",
        service: String = "anthropic-api",
        leaks: [Leak] = [],
        rules: [RuleHit] = [],
        tool: String? = "claude-code",
        credential: String? = nil,
        isSanctioned: Bool = false,
        isLast: Bool = true
    ) throws -> Sighting {
        let source = SocketAddress(try #require(IPAddress(client)), 51_234)
        let destination = SocketAddress(try #require(IPAddress("203.0.113.7")), 443)
        return Sighting(
            request: RequestNumber(file: 0, packet: number, flowID: 77, request: number),
            timestamp: Timestamp(seconds: 1_700_000_000 + Int64(number), fraction: 123_456_000),
            envelope: Envelope(
                origin: .capture("a.pcap"),
                flowID: 77,
                client: source,
                server: destination,
                transport: .tcp
            ),
            service: service,
            isSanctioned: isSanctioned,
            tool: tool,
            credential: credential,
            finding: Finding(leaks: leaks, rules: rules),
            generation: "rules:0011223344556677",
            isLast: isLast
        )
    }
}

@Suite("folding")
struct IncidentFolderTests {
    private func folded(_ sightings: [Sighting], limits: IncidentLimits = IncidentLimits()) -> [Incident] {
        var folder = IncidentFolder(limits: limits)
        for sighting in sightings { _ = folder.fold(sighting) }
        return folder.close()
    }

    @Test("a client and a service make one incident, another of either another")
    func key() throws {
        let leak = Sample.leak("a.c", [1...30])
        let incidents = folded([
            try Sample.sighting(1, leaks: [leak]), try Sample.sighting(2, leaks: [leak]),
            try Sample.sighting(3, from: "10.1.2.4", leaks: [leak]),
            try Sample.sighting(4, service: "openai-api", leaks: [leak]),
        ])
        #expect(incidents.map(\.requests) == [2, 1, 1])
        #expect(Set(incidents.map(\.uid)).count == 3)
        #expect(incidents.allSatisfy { $0.state == .closed })
        #expect(incidents.map(\.firstSeen) == incidents.map(\.firstSeen).sorted())
    }

    @Test("lines of one file are united, and counted once")
    func lines() throws {
        let incidents = folded([
            try Sample.sighting(1, leaks: [Sample.leak("a.c", [120...150], verbatim: false, strength: 2)]),
            try Sample.sighting(
                2,
                leaks: [
                    Sample.leak("a.c", [140...188, 300...322], strength: 9, segment: .toolResult),
                    Sample.leak("b.c", [1...5]),
                ]
            ),
            try Sample.sighting(3, leaks: [Sample.leak("a.c", [120...122], strength: 1, segment: .system)]),
        ])
        let leaks = try #require(incidents.first?.leaks)
        #expect(leaks.map(\.path) == ["a.c", "b.c"])
        #expect(leaks[0].lines.ranges == [120...188, 300...322])
        #expect(leaks[0].matchedLines == 92)
        #expect(leaks[0].coverage == 92.0 / 500)
        #expect(leaks[0].isVerbatim)
        #expect(leaks[0].segment == .toolResult)
        #expect(incidents[0].score == 82)
        #expect(incidents[0].severity == .high)
    }

    @Test("several findings of one request are one request, whether or not it ends with one")
    func requests() throws {
        let one = [Sample.leak("a.c", [1...10])]
        let two = [Sample.leak("a.c", [1...20])]
        let incidents = folded([
            try Sample.sighting(1, leaks: one, isLast: false), try Sample.sighting(1, leaks: two, isLast: false),
            try Sample.sighting(2, leaks: one, isLast: false), try Sample.sighting(1, leaks: two, isLast: true),
            try Sample.sighting(2, isLast: true), try Sample.sighting(3, leaks: one),
        ])
        #expect(incidents.first?.requests == 3)
        #expect(incidents.first?.leaks.first?.matchedLines == 20)
    }

    @Test("a secret that every turn of a conversation repeats counts once")
    func repeatedSecret() throws {
        let incidents = folded([
            try Sample.sighting(1, rules: [Sample.hit(values: [1])]),
            try Sample.sighting(2, rules: [Sample.hit(values: [1], segment: .toolResult, redacted: "other")]),
            try Sample.sighting(3, rules: [Sample.hit(values: [1, 2])]),
        ])
        let rule = try #require(incidents.first?.rules.first)
        #expect(rule.count == 2)
        #expect(rule.segment == .user)
        #expect(rule.redacted == "AKIA…3Q")
        #expect(incidents.first?.requests == 3)
        #expect(incidents.first?.severity == .critical)
    }

    @Test("a role that comes after the content moves what was reported before")
    func lateRole() throws {
        let incidents = folded([
            try Sample.sighting(
                1,
                leaks: [Sample.leak("a.c", [1...9], segment: .body)],
                rules: [Sample.hit(values: [1], segment: .body)],
                isLast: false
            ),
            try Sample.sighting(
                1,
                leaks: [Sample.leak("a.c", [1...9], segment: .assistant)],
                rules: [Sample.hit(values: [1], segment: .assistant)]
            ),
            try Sample.sighting(
                2,
                leaks: [Sample.leak("a.c", [1...9], segment: .system)],
                rules: [Sample.hit(values: [1], segment: .system)]
            ),
        ])
        #expect(incidents.first?.leaks.first?.segment == .assistant)
        #expect(incidents.first?.rules.first?.segment == .assistant)
    }

    @Test("classes are the contract's, the first names the incident")
    func classes() throws {
        let incidents = folded([
            try Sample.sighting(
                1,
                leaks: [Sample.leak("a.c", [1...9], verbatim: false)],
                rules: [
                    Sample.hit("marking", values: [5], severity: .medium, kind: .markedDocument, redacted: nil),
                    Sample.hit("pem", values: [6], severity: .high, kind: .privateKey, redacted: nil),
                    Sample.hit(values: [7]),
                ]
            )
        ])
        let names = incidents.first?.classes.map(\.rawValue)
        #expect(names == ["secret.private_key", "secret.credential", "source_code.renamed", "document.marked"])
        #expect(incidents.first?.rules.map(\.id) == ["aws-access-token", "pem", "marking"])
    }

    @Test("a sanctioned service lowers code but no secret")
    func sanctioned() throws {
        let code = folded([try Sample.sighting(1, leaks: [Sample.leak("a.c", [1...92])], isSanctioned: true)])
        #expect(code.first?.severity == .medium)
        let secret = folded([try Sample.sighting(1, rules: [Sample.hit(values: [1])], isSanctioned: true)])
        #expect(secret.first?.severity == .critical)
    }

    @Test("the actor is the first that is known")
    func actor() throws {
        let leak = Sample.leak("a.c", [1...9])
        let incidents = folded([
            try Sample.sighting(1, leaks: [leak], tool: nil),
            try Sample.sighting(2, leaks: [leak], tool: "curl", credential: "hmac-sha256:aa"),
            try Sample.sighting(3, leaks: [leak], tool: "codex", credential: "hmac-sha256:bb"),
        ])
        #expect(incidents.first?.actor.tool == "curl")
        #expect(incidents.first?.actor.credential == "hmac-sha256:aa")
        #expect(incidents.first?.actor.address.description == "10.1.2.3")
    }

    @Test("folding says when an incident opens and when it truly grows")
    func outcomes() throws {
        var folder = IncidentFolder()
        let leak = Sample.leak("a.c", [1...9])
        let nothing = folder.fold(try Sample.sighting(1))
        let first = folder.fold(try Sample.sighting(2, leaks: [leak]))
        let again = folder.fold(try Sample.sighting(3, leaks: [leak]))
        let more = folder.fold(try Sample.sighting(4, leaks: [Sample.leak("a.c", [1...12])]))
        #expect(nothing == nil)
        #expect(first?.state == .opened)
        #expect(again == nil)
        #expect(more?.state == .updated)
        #expect(more?.uid == first?.uid)
        #expect(folder.count == 1)
    }

    @Test("names come from the content: the same again is the same, a moved file too, another place is another")
    func uid() throws {
        let leak = Sample.leak("a.c", [1...9])
        let name = { (sighting: Sighting) in folded([sighting]).first?.uid }
        let base = try Sample.sighting(1, leaks: [leak])
        var moved = base
        moved.envelope.origin = .capture("/elsewhere/b.pcap")
        #expect(name(base) == name(base))
        #expect(name(base) == name(moved))
        #expect(name(base) != name(try Sample.sighting(2, leaks: [leak])))
        #expect(name(base)?.utf8.count == 32)
        #expect(name(base) == "4119139ece38244eccc254b5242d3186")
    }

    @Test("what is found does not depend on the order of requests, only names and places do")
    func orderOfLines() throws {
        var generator = SeededGenerator(seed: 11)
        var sightings: [Sighting] = []
        for number in 0..<60 {
            let start = Int.random(in: 1...400, using: &generator)
            let path = ["a.c", "b.c", "dir/c.py"].randomElement(using: &generator) ?? "a.c"
            let leak = Sample.leak(path, [start...(start + 20)], verbatim: number % 3 == 0, strength: Double(number))
            let hit = Sample.hit(values: [UInt64(number % 7)])
            sightings.append(try Sample.sighting(UInt64(number), leaks: [leak], rules: number % 5 == 0 ? [hit] : []))
        }
        let expected = try #require(folded(sightings).first)
        for _ in 0..<20 {
            sightings.shuffle(using: &generator)
            let found = try #require(folded(sightings).first)
            #expect(found.leaks == expected.leaks)
            #expect(found.rules == expected.rules)
            #expect(found.requests == 60)
            #expect(found.score == expected.score)
            #expect((found.firstSeen, found.lastSeen) == (expected.firstSeen, expected.lastSeen))
        }
    }

    @Test("a flood of clients or files is refused and counted, not stored")
    func limits() throws {
        var limits = IncidentLimits()
        limits.incidents = 2
        limits.leaks = 3
        var folder = IncidentFolder(limits: limits)
        for number in 1...5 {
            let leaks = (0..<5).map { Sample.leak("\($0).c", [1...9]) }
            _ = folder.fold(try Sample.sighting(UInt64(number), from: "10.0.0.\(number)", leaks: leaks))
        }
        #expect(folder.count == 2)
        #expect(folder.refused == 3)
        let incidents = folder.close()
        #expect(incidents.map(\.leaks.count) == [3, 3])
        #expect(incidents.map(\.leaksRefused) == [2, 2])
    }
}
