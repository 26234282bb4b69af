/// Turns what was found into 0…100.
///
/// | found | score |
/// | --- | --- |
/// | code, fewer than 5 lines | 20–36 |
/// | code, 5–19 lines | 47–68 |
/// | code, 20 lines or more; or 10 and half of the file | 70–89, rising to 320 lines and with coverage |
/// | the same, with its names changed | 10 less |
/// | code, to a sanctioned service | 30 less: one severity lower |
/// | a rule of low, medium, high, critical severity | 25, 55, 80, 95; up to 4 more for more than one distinct value |
///
/// An incident has the highest score of its parts. A secret is no smaller for going to a sanctioned service.
package enum Score {
    /// The score of leaked code.
    package static func leak(matchedLines: Int, coverage: Double, isVerbatim: Bool, isSanctioned: Bool) -> Int {
        var score = substance(matchedLines: matchedLines, coverage: coverage)
        if !isVerbatim { score -= 10 }
        if isSanctioned { score -= 30 }
        return max(1, min(89, score))
    }

    /// The score of a rule that hit `count` distinct values.
    package static func rule(_ severity: Severity, count: Int) -> Int {
        let base =
            switch severity {
            case .low: 25
            case .medium: 55
            case .high: 80
            case .critical: 95
            }
        return base + max(0, min(4, count - 1))
    }

    private static func substance(matchedLines lines: Int, coverage: Double) -> Int {
        let share = coverage.isFinite ? max(0, min(1, coverage)) : 0
        if lines >= 20 || lines >= 10 && share >= 0.5 {
            return 70 + min(19, Int((growth(lines) + 8 * share).rounded(.toNearestOrAwayFromZero)))
        }
        return lines >= 5 ? 40 + lines * 3 / 2 : 20 + 4 * max(0, lines)
    }

    /// Points for size: 0 at 20 lines, 5 more for each doubling at first.
    ///
    /// Straight lines between steps, not a logarithm, whose last digit may differ between machines.
    private static func growth(_ lines: Int) -> Double {
        let steps: [(lines: Int, points: Double)] = [(20, 0), (40, 5), (80, 10), (160, 14), (320, 19)]
        guard lines > 20 else { return 0 }
        for (lower, upper) in zip(steps, steps.dropFirst()) where lines <= upper.lines {
            let part = Double(lines - lower.lines) / Double(upper.lines - lower.lines)
            return lower.points + part * (upper.points - lower.points)
        }
        return 19
    }
}
