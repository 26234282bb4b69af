/// A stretch that text and file share: words that are the same, one for one, or code of the same shape.
struct SharedRun: Equatable {
    /// Ordinal in the text of its first word.
    var text: Int
    /// Position in the file of its first word.
    var file: Int
    /// Its length in words of the text.
    var length: Int
    /// Its length in words of the file: the same for words that are the same.
    var fileLength: Int
    /// Whether the words are the same, rather than the shape.
    var isVerbatim: Bool
    /// Whether what follows may still belong to it.
    var isOpen: Bool

    /// The words of the text.
    var textRange: Range<Int> { text..<(text + length) }
    /// The words of the file.
    var fileRange: Range<Int> { file..<(file + fileLength) }
}

/// Hits of one file that lie near each other in text and file.
struct Cluster {
    /// The file's ordinal.
    var file = 0
    /// The file's record.
    var record: FileRecord
    /// The stretches that are shared.
    var runs: [SharedRun] = []
    /// The score, once it has passed the threshold: the highest it had.
    var score: Double?
    /// What each leaf added to the evidence, in order of appearance.
    var tags: [(tag: Int, evidence: Double)] = []
    /// Whether hits may still be added.
    var isOpen = true
    /// What tells the clusters of a message apart, for a trace.
    var number = 0
    /// How far the numbers of the text's lines are the file's.
    var lines = LineAgreement()
    /// How much of the file's path the text names.
    var named = 0

    /// The ordinal after the last word of the last hit.
    fileprivate var lastText = 0
    /// Words up to there that only repeat others.
    fileprivate var repeated = 0
    fileprivate var lowFile = 0
    fileprivate var highFile = 0
    fileprivate var evidence = ClusterEvidence()
    /// The fingerprints counted, up to `seenLimit`.
    fileprivate var seen: [Int] = []

    fileprivate static let seenLimit = 128
    fileprivate static let runLimit = 512
    fileprivate static let tagLimit = 64

    /// The evidence, with how far it continues.
    fileprivate var extendedEvidence: ClusterEvidence {
        var whole = evidence
        for run in runs {
            if run.isVerbatim {
                whole.longestRun = max(whole.longestRun, run.length)
            } else {
                whole.longestShapeRun = max(whole.longestShapeRun, run.length)
            }
        }
        return whole
    }

    /// Whether a hit at these places belongs to the cluster.
    fileprivate func takes(file other: Int, text: Int, position: Int) -> Bool {
        isOpen && file == other && text - lastText <= MatchScore.textGap
            && position >= lowFile - MatchScore.fileGap && position <= highFile + MatchScore.fileGap
    }
}

/// A stretch of the text's words, by ordinal: what can be compared with files.
struct TextWindow {
    /// The hashes of the words.
    let words: [UInt64]
    /// The number of `words` that are in use.
    let count: Int
    /// The ordinal of the first; below zero where the text is shorter.
    let first: Int

    /// The ordinal after the last word.
    var end: Int { first + count }

    /// The hash of a word; nil outside.
    func word(_ ordinal: Int) -> UInt64? {
        ordinal >= max(first, 0) && ordinal < end ? words[ordinal - first] : nil
    }
}

/// Gathers the hits of one index into clusters, and finds how far text and files agree around them.
///
/// State is bounded: at most `clusterLimit` clusters are open, and one that ends below the threshold is forgotten.
struct EvidenceTracker {
    /// Clusters kept at once; past it the weakest is forgotten.
    static let clusterLimit = 256
    /// Words that a run is followed back before its first hit.
    static let backward = 256

    /// Words of a hit of shape that are compared one by one.
    private static let longestCheck = 64

    /// The clusters that are open, or passed the threshold and wait to be resolved.
    private(set) var clusters: [Cluster] = []
    /// What was resolved.
    private var resolved = MatchResolver()
    /// Whether a cluster has passed the threshold since this was last set to false.
    var hasNewFinding = false

    /// The paths that the text names.
    var names = FileNames()
    /// Words of the text so far that only repeat others.
    var repeated = 0

    private let index: FingerprintIndex
    /// For each collection the score from which its code is a finding.
    private let thresholds: [Double]
    /// What notes the way to the decision; nil but for `weir explain`.
    private let trace: MatchTrace?
    /// The index's place among the matcher's, and the clusters begun: both for the trace.
    private let indexOrdinal: Int
    private var begun = 0
    /// The lines of the file whose lines were asked for last.
    private var lineMap: (file: Int, map: LineMap)?

    /// No evidence yet.
    init(_ index: FingerprintIndex, thresholds: [Double], ordinal: Int = 0, trace: MatchTrace? = nil) {
        self.index = index
        self.thresholds = thresholds
        indexOrdinal = ordinal
        self.trace = trace
    }

    /// The files found so far.
    func matches() -> [CodeMatch] {
        var resolver = resolved
        resolver.resolve(named(clusters))
        return resolver.matches(in: index)
    }

    /// Takes a hit: the key `ordinal` occurs in the text at the words `text`, on the line that the text says is `line`.
    mutating func hit(
        _ key: Int,
        in text: Range<Int>,
        tag: Int,
        line: Int?,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        expire(before: text.upperBound, window, words)
        let places = index.layout.postings(of: key, in: words)
            .prefix(IndexBuilder.commonLimit * IndexBuilder.placeLimit)
        let files = index.layout.fileCount(of: places, in: words)
        guard files > 0 else { return }
        let kind = index.layout.kind(of: key, in: words)
        trace?.hit(.init(index: indexOrdinal, key: key, kind: kind, files: files, text: text))
        var (last, weight) = (-1, 0.0)
        for ordinal in places {
            guard let posting = index.layout.posting(ordinal, in: words) else { continue }
            let isFirst = posting.file != last
            if isFirst {
                let here = count(of: posting.file, in: ordinal..<places.upperBound, words)
                weight = MatchScore.weight(kind, files: files, places: here)
            }
            last = posting.file
            guard let place = place(of: posting, isFirst: isFirst, text: text, words) else { continue }
            if let line, clusters[place].lines.isOpen { compare(line, with: posting, of: place) }
            count(key, kind, weight: weight, text: text, tag: tag, in: place)
            if kind.isShape {
                coverShape(posting, text: text, of: place, window, words)
            } else {
                cover(posting, text: text.lowerBound, of: place, window, words)
            }
        }
    }

    /// The number of postings of a file that stand at the front of `places`.
    private func count(of file: Int, in places: Range<Int>, _ words: Span<UInt64>) -> Int {
        var count = 0
        for ordinal in places {
            guard let posting = index.layout.posting(ordinal, in: words), posting.file == file else { break }
            count += 1
        }
        return count
    }

    /// Judges what is open once more, since no more than these `words` of text come.
    mutating func endText(words: Int) {
        for ordinal in clusters.indices where clusters[ordinal].isOpen {
            judge(ordinal, words: min(words, clusters[ordinal].lastText + MatchScore.lookAhead))
        }
        if let trace { clusters.forEach { trace.ended($0.number, runs: $0.runs) } }
    }

    /// Whether there are clusters whose runs may go on.
    var isFollowing: Bool { !clusters.isEmpty }

    /// Follows the open runs over the words that have come since.
    mutating func extendRuns(in window: TextWindow, _ words: Span<UInt64>) {
        for ordinal in clusters.indices where clusters[ordinal].isOpen { extendRuns(of: ordinal, window, words) }
    }
}

extension EvidenceTracker {
    /// The cluster that a hit belongs to, begun if need be.
    private mutating func place(of posting: Posting, isFirst: Bool, text: Range<Int>, _ words: Span<UInt64>) -> Int? {
        let last = text.upperBound
        var place = clusters.firstIndex { $0.takes(file: posting.file, text: last, position: posting.position) }
        if place == nil {
            guard isFirst || !clusters.contains(where: { $0.isOpen && $0.file == posting.file }),
                let record = index.layout.file(posting.file, in: words)
            else { return nil }
            var cluster = Cluster(record: record)
            cluster.file = posting.file
            cluster.lowFile = posting.position
            cluster.highFile = posting.position
            begun += 1
            cluster.number = indexOrdinal << 40 | begun
            makeRoom()
            clusters.append(cluster)
            place = clusters.count - 1
        }
        guard let place else { return nil }
        clusters[place].lastText = last
        clusters[place].repeated = repeated
        clusters[place].lowFile = min(clusters[place].lowFile, posting.position)
        clusters[place].highFile = max(clusters[place].highFile, posting.position)
        return place
    }

    /// Counts a fingerprint for a cluster, unless it has been.
    private mutating func count(
        _ key: Int,
        _ kind: KeyKind,
        weight: Double,
        text: Range<Int>,
        tag: Int,
        in place: Int
    ) {
        guard !clusters[place].seen.contains(key) else { return }
        if clusters[place].seen.count < Cluster.seenLimit { clusters[place].seen.append(key) }
        clusters[place].evidence.add(kind, weight: weight)
        trace?.counted(in: clusters[place].number, of: clusters[place].file, weight: weight)
        if let last = clusters[place].tags.indices.last, clusters[place].tags[last].tag == tag {
            clusters[place].tags[last].evidence += weight
        } else if clusters[place].tags.count < Cluster.tagLimit {
            clusters[place].tags.append((tag, weight))
        }
        judge(place, words: text.upperBound + MatchScore.lookAhead)
    }

    /// Compares the number of a hit's line in the text with that in the file.
    private mutating func compare(_ line: Int, with posting: Posting, of place: Int) {
        if lineMap?.file != posting.file { lineMap = (posting.file, index.lineMap(of: posting.file).map) }
        guard let map = lineMap?.map else { return }
        clusters[place].lines.compare(line, with: map.line(of: posting.position))
    }

    /// The clusters that passed, with what the text's names say of their files.
    private func named(_ clusters: [Cluster]) -> [Cluster] {
        guard !names.isEmpty else { return clusters }
        return clusters.map { cluster in
            guard cluster.score != nil else { return cluster }
            var named = cluster
            named.named = names.agreement(with: index.name(of: cluster.file).path)
            return named
        }
    }

    /// Judges the evidence of a cluster by the length of its text.
    private mutating func judge(_ place: Int, words: Int) {
        let words = words - clusters[place].repeated
        let evidence = clusters[place].extendedEvidence
        let score = MatchScore.score(evidence, words: words) + clusters[place].lines.evidence
        let collection = clusters[place].record.collection
        let threshold = thresholds.indices.contains(collection) ? thresholds[collection] : MatchScore.threshold
        trace?.judged(clusters[place].number, evidence, score: score, threshold: threshold, words: words)
        guard score >= threshold, MatchScore.isEnough(evidence) else { return }
        if clusters[place].score == nil { hasNewFinding = true }
        clusters[place].score = max(clusters[place].score ?? 0, score)
    }

    /// Adds the words of a hit to the cluster's runs, and what agrees before and after them.
    private mutating func cover(
        _ posting: Posting,
        text: Int,
        of place: Int,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let length = Winnower.gramLength
        if posting.span == length {
            extend(text: text, file: posting.position, known: length, of: place, window, words)
        } else {
            // The gram skips a comment: its head and its tail lie on different diagonals.
            extend(text: text, file: posting.position, known: 1, of: place, window, words)
            let tail = posting.position + posting.span - 1
            extend(text: text + length - 1, file: tail, known: 1, of: place, window, words)
        }
    }

    /// Adds the stretch of a hit of shape: as a run of words where they are the same, else as it is.
    private mutating func coverShape(
        _ posting: Posting,
        text: Range<Int>,
        of place: Int,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let record = clusters[place].record
        let file = posting.position
        if posting.span == text.count, posting.span <= Self.longestCheck {
            var same = 0
            while same < text.count, agrees(text.lowerBound + same, file + same, record, window, words) { same += 1 }
            if same == text.count {
                return extend(text: text.lowerBound, file: file, known: same, of: place, window, words)
            }
        }
        let end = text.upperBound
        let fileEnd = file + posting.span
        for run in clusters[place].runs.indices.reversed() where !clusters[place].runs[run].isVerbatim {
            let known = clusters[place].runs[run]
            guard known.text <= text.lowerBound, known.textRange.upperBound >= text.lowerBound, known.file <= file,
                known.fileRange.upperBound >= file
            else { continue }
            clusters[place].runs[run].length = max(known.length, end - known.text)
            clusters[place].runs[run].fileLength = max(known.fileLength, fileEnd - known.file)
            return
        }
        guard clusters[place].runs.count < Cluster.runLimit else { return }
        clusters[place].runs.append(
            SharedRun(
                text: text.lowerBound,
                file: file,
                length: text.count,
                fileLength: posting.span,
                isVerbatim: false,
                isOpen: false
            )
        )
    }

    /// Makes sure that a run of the cluster covers the `known` words from these places.
    private mutating func extend(
        text: Int,
        file: Int,
        known: Int,
        of place: Int,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let diagonal = file - text
        for run in clusters[place].runs.indices.reversed() where clusters[place].runs[run].isOpen {
            guard clusters[place].runs[run].file - clusters[place].runs[run].text == diagonal else { continue }
            follow(run, of: place, upTo: text, window, words)
            let end = clusters[place].runs[run].text + clusters[place].runs[run].length
            guard end >= text else { continue }
            let length = max(end, text + known) - clusters[place].runs[run].text
            clusters[place].runs[run].length = length
            clusters[place].runs[run].fileLength = length
            return
        }
        guard clusters[place].runs.count < Cluster.runLimit else { return }
        let record = clusters[place].record
        var floor = max(0, text - Self.backward, text - file)
        for run in clusters[place].runs where run.isVerbatim && run.file - run.text == diagonal {
            floor = max(floor, run.text + run.length)
        }
        var first = text
        while first > floor, agrees(first - 1, first - 1 + diagonal, record, window, words) { first -= 1 }
        let length = text + known - first
        clusters[place].runs.append(
            SharedRun(
                text: first,
                file: first + diagonal,
                length: length,
                fileLength: length,
                isVerbatim: true,
                isOpen: true
            )
        )
    }

    /// Follows the runs of a cluster as far as words have come, and no farther than hits may still join it: so the
    /// outcome is the same wherever the text was cut.
    private mutating func extendRuns(of place: Int, _ window: TextWindow, _ words: Span<UInt64>) {
        let limit = min(window.end, clusters[place].lastText + MatchScore.textGap)
        for run in clusters[place].runs.indices where clusters[place].runs[run].isOpen {
            follow(run, of: place, upTo: limit, window, words)
        }
        if clusters[place].score == nil { judge(place, words: clusters[place].lastText + MatchScore.lookAhead) }
    }

    /// Follows a run up to `limit`, or to the first word that differs, which ends it.
    private mutating func follow(
        _ run: Int,
        of place: Int,
        upTo limit: Int,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let record = clusters[place].record
        let start = clusters[place].runs[run]
        var length = start.length
        while start.text + length < limit {
            guard agrees(start.text + length, start.file + length, record, window, words) else {
                clusters[place].runs[run].isOpen = false
                break
            }
            length += 1
        }
        clusters[place].runs[run].length = length
        clusters[place].runs[run].fileLength = length
    }

    /// Whether a word of the text and a word of the file are the same, as far as four bits tell.
    private func agrees(
        _ text: Int,
        _ position: Int,
        _ record: FileRecord,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) -> Bool {
        guard let hash = window.word(text), let bits = index.layout.check(position, of: record, in: words) else {
            return false
        }
        return WordCheck.bits(of: hash, at: position, salt: record.salt, key: index.key) == bits
    }

    /// Closes the clusters that no later hit can join, and resolves what has passed once nothing is open.
    private mutating func expire(before text: Int, _ window: TextWindow, _ words: Span<UInt64>) {
        var open = 0
        var kept = 0
        for ordinal in clusters.indices {
            if clusters[ordinal].isOpen, text - clusters[ordinal].lastText > MatchScore.textGap {
                extendRuns(of: ordinal, window, words)
                clusters[ordinal].isOpen = false
                trace?.ended(clusters[ordinal].number, runs: clusters[ordinal].runs)
            }
            guard clusters[ordinal].isOpen || clusters[ordinal].score != nil else { continue }
            if clusters[ordinal].isOpen { open += 1 }
            if kept != ordinal { clusters.swapAt(kept, ordinal) }
            kept += 1
        }
        clusters.removeLast(clusters.count - kept)
        guard open == 0, kept > 0 else { return }
        resolved.resolve(named(clusters))
        clusters.removeAll(keepingCapacity: true)
    }

    /// Makes sure that there is room for one more cluster.
    private mutating func makeRoom() {
        guard clusters.count >= Self.clusterLimit else { return }
        resolved.resolve(named(clusters.filter { !$0.isOpen }))
        clusters.removeAll { !$0.isOpen }
        guard clusters.count >= Self.clusterLimit else { return }
        let weakest = clusters.indices.min { clusters[$0].evidence.sum < clusters[$1].evidence.sum }
        guard let weakest else { return }
        let forgotten = clusters.remove(at: weakest)
        trace?.ended(forgotten.number, runs: forgotten.runs)
        if forgotten.score != nil { resolved.resolve(named([forgotten])) }
    }
}
