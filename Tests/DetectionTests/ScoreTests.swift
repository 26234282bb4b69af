import Detection
import Testing

@Suite("scores and severities")
struct ScoreTests {
    @Test(
        "leaked code scores by its lines and its share of the file",
        arguments: [
            (1, 0.01, 24, Severity.low), (4, 0.04, 36, .low), (4, 1, 36, .low), (5, 0.05, 47, .medium),
            (19, 0.1, 68, .medium), (10, 0.5, 74, .high), (9, 0.5, 53, .medium), (20, 0, 70, .high),
            (92, 0.18, 82, .high), (115, 1, 89, .high), (100_000, 0.01, 89, .high), (0, 0, 20, .low),
            (-3, .nan, 20, .low),
        ] as [(Int, Double, Int, Severity)]
    )
    func verbatim(lines: Int, coverage: Double, score: Int, severity: Severity) {
        let found = Score.leak(matchedLines: lines, coverage: coverage, isVerbatim: true, isSanctioned: false)
        #expect(found == score)
        #expect(Severity(score: found) == severity)
    }

    @Test("more lines never score less")
    func monotone() {
        for coverage in [0, 0.2, 0.5, 1] {
            var last = 0
            for lines in 0..<1_000 {
                let score = Score.leak(matchedLines: lines, coverage: coverage, isVerbatim: true, isSanctioned: false)
                #expect(score >= last)
                last = score
            }
        }
    }

    @Test("renamed code is worth ten less, and code to a sanctioned service one severity")
    func lowered() {
        for lines in 1..<500 {
            let full = Score.leak(matchedLines: lines, coverage: 0.1, isVerbatim: true, isSanctioned: false)
            let renamed = Score.leak(matchedLines: lines, coverage: 0.1, isVerbatim: false, isSanctioned: false)
            let sanctioned = Score.leak(matchedLines: lines, coverage: 0.1, isVerbatim: true, isSanctioned: true)
            #expect(renamed == full - 10)
            #expect(Severity(score: sanctioned) == Severity(score: full).lowered)
        }
    }

    @Test("a rule's score lies in the band of its severity, however many values it found")
    func rules() {
        for severity in Severity.allCases {
            for count in [1, 2, 3, 1_000] {
                #expect(Severity(score: Score.rule(severity, count: count)) == severity)
            }
            #expect(Score.rule(severity, count: 2) > Score.rule(severity, count: 1))
        }
    }

    @Test("classes sort in the contract's order")
    func classes() {
        let names = [
            "canary", "secret.private_key", "secret.credential", "source_code.verbatim", "source_code.renamed",
            "source_code.fragmented", "document.marked", "policy.unsanctioned_service", "policy.bulk_upload",
            "policy.shadow_endpoint",
        ]
        #expect(FindingClass.allCases.sorted().map(\.rawValue) == names)
    }
}
