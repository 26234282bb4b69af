/// Finds the word that somebody probably meant.
package enum Spelling {
    /// The word of `known` that differs from `word` in the fewest letters; nil when none resembles it.
    ///
    /// A word resembles another if at most a third of its letters, and at least one, must change. Costs the
    /// product of the lengths for each known word; words over 64 letters resemble nothing.
    package static func nearest(to word: String, among known: [String]) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in known {
            let allowed = max(1, max(word.utf8.count, candidate.utf8.count) / 3)
            let distance = distance(Array(word.utf8), Array(candidate.utf8))
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= 64, right.count <= 64 else { return .max }
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
