/// Decides which files the clusters of a text speak for, and gathers their lines.
///
/// Where files share text, the file that explains most of it is named, and another only for what it explains besides.
struct MatchResolver {
    /// Words that a file must explain by itself to be named beside one that explains part of the same; a gram of shape may have
    /// fewer.
    private static let leastWords = Winnower.gramLength

    private struct Found {
        var words = IntervalSet()
        var sameWords = IntervalSet()
        var score = 0.0
        var tags: [Int: Double] = [:]
    }

    private var found: [Int: Found] = [:]

    /// Nothing found.
    init() {}

    /// Octets of memory that what was found takes, about.
    var octets: Int {
        found.values.reduce(0) { octets, found in
            let intervals = found.words.intervals.count + found.sameWords.intervals.count
            return octets + MemoryLayout<Found>.stride
                + intervals * MemoryLayout<Range<Int>>.stride + found.tags.count * 2 * MemoryLayout<Double>.stride
        }
    }

    /// Adds what the clusters that passed the threshold show.
    mutating func resolve(_ clusters: [Cluster]) {
        var byFile: [Int: [Cluster]] = [:]
        for cluster in clusters where cluster.score != nil { byFile[cluster.file, default: []].append(cluster) }
        let ranked = byFile.map { (file: $0.key, clusters: $0.value, rank: Self.rank(of: $0.value)) }
            .sorted { ($1.rank, $0.file) < ($0.rank, $1.file) }
        var claimed = IntervalSet()
        for candidate in ranked {
            let runs = candidate.clusters.flatMap(\.runs).sorted {
                ($1.length, $0.text, $0.file) < ($0.length, $1.text, $1.file)
            }
            var own = IntervalSet()
            var accepted: [SharedRun] = []
            let isFirst = runs.allSatisfy { claimed.overlap($0.textRange) == 0 }
            for run in runs {
                let taken = max(claimed.overlap(run.textRange), own.overlap(run.textRange))
                guard taken * 2 <= run.length else { continue }
                own.insert(run.textRange)
                accepted.append(run)
            }
            let words = accepted.reduce(0) { $0 + $1.length }
            guard words >= (isFirst ? 1 : Self.leastWords) else { continue }
            for run in accepted {
                claimed.insert(run.textRange)
                found[candidate.file, default: Found()].words.insert(run.fileRange)
                if run.isVerbatim { found[candidate.file, default: Found()].sameWords.insert(run.fileRange) }
            }
            for cluster in candidate.clusters {
                let best = max(found[candidate.file]?.score ?? 0, cluster.score ?? 0)
                found[candidate.file, default: Found()].score = best
                for (tag, evidence) in cluster.tags {
                    found[candidate.file, default: Found()].tags[tag, default: 0] += evidence
                }
            }
        }
    }

    /// The files found: most lines first, then by collection and path.
    func matches(in index: FingerprintIndex) -> [CodeMatch] {
        var matches: [CodeMatch] = []
        for (file, found) in found {
            let name = index.name(of: file)
            let about = index.about(file)
            let (total, map) = index.lineMap(of: file)
            let isSame = { (word: Int) in found.sameWords.overlap(word..<(word + 1)) > 0 }
            let lines = LineSet(found.words.intervals.compactMap { map.lines(of: map.trimmed($0, where: isSame)) })
            guard !lines.isEmpty else { continue }
            let strongest = found.tags.min { ($1.value, $0.key) < ($0.value, $1.key) }
            matches.append(
                CodeMatch(
                    collection: name.collection,
                    owner: about.flatMap { $0.owner.isEmpty ? nil : $0.owner },
                    classification: about.flatMap { $0.classification.isEmpty ? nil : $0.classification },
                    path: name.path,
                    lines: lines,
                    matchedLines: lines.count,
                    totalLines: total,
                    coverage: Double(lines.count) / Double(max(total, 1)),
                    kind: found.sameWords.count * 2 >= found.words.count ? .verbatim : .renamed,
                    score: found.score,
                    strongestTag: strongest?.key ?? 0
                )
            )
        }
        return matches.sorted(by: CodeMatch.comesFirst)
    }

    /// What decides between files: the words of the text that they explain; where these are about as many the numbers of
    /// lines, and the names of files. (A word too many is explained by chance, since four bits of each are compared.)
    private static func rank(of clusters: [Cluster]) -> Int {
        let sameLines = clusters.reduce(0) { max($0, $1.lines.same) }
        let named = clusters.reduce(0) { max($0, $1.named) }
        return extent(of: clusters) + 2 * min(sameLines, 4) + 2 * min(named, 3)
    }

    /// The number of words of the text that the clusters cover.
    private static func extent(of clusters: [Cluster]) -> Int {
        var words = IntervalSet()
        for cluster in clusters {
            for run in cluster.runs { words.insert(run.textRange) }
        }
        return words.count
    }
}

extension CodeMatch {
    /// The order of matches: most lines first, then by collection and path.
    static func comesFirst(_ first: CodeMatch, _ second: CodeMatch) -> Bool {
        if first.matchedLines != second.matchedLines { return first.matchedLines > second.matchedLines }
        if first.collection != second.collection { return first.collection < second.collection }
        return first.path.utf8.lexicographicallyPrecedes(second.path.utf8)
    }
}
