/// Gathers the hits of one index into clusters, and finds how far text and files agree around them.
///
/// State is bounded: at most `clusterLimit` clusters are kept, and one that ends below the threshold is forgotten. So is
/// work: see `Effort`.
struct EvidenceTracker {
    /// Clusters kept at once; past it the weakest is forgotten.
    static let clusterLimit = 256
    /// Words that a run is followed back before its first hit.
    static let backward = 256

    /// Words of a hit of shape that are compared one by one.
    static let longestCheck = 64
    private static let tagLimit = 64
    /// What a hit of shape must weigh to be looked at where nothing is proven: less than in eight files it never does.
    private static let leastWeight = 0.05

    /// The clusters that are open, or passed the threshold and wait to be resolved.
    var slab = ClusterSlab()
    /// Hits that wait for a second one of their file.
    private var lone = LoneHits()
    /// Where the last of those ended.
    private var lastLone = Int.min / 2
    /// How many clusters and lone hits have been begun.
    private var begun = 0
    /// The work that hits may make.
    private(set) var effort = Effort()
    /// What was resolved.
    private var resolved = MatchResolver()
    /// Whether a cluster has passed the threshold since this was last set to false.
    var hasNewFinding = false

    let index: FingerprintIndex
    /// The index's layout, since asking the index for it copies it.
    let layout: IndexLayout
    /// For each collection the score from which its code is a finding, and the least of them.
    private let thresholds: [Double]
    private let leastThreshold: Double
    /// The places of a hit.
    private var located: [Located] = []
    /// The paths that the text names.
    var names = FileNames()
    /// Words of the text so far that only repeat others.
    var repeated = 0
    /// The lines of the file whose lines were asked for last.
    private var lineMap: (file: Int, map: LineMap)?
    /// What notes the way to the decision; nil but for `weir explain`.
    private let trace: MatchTrace?
    /// The index's place among the matcher's, for the trace.
    private let indexOrdinal: Int

    /// No evidence yet.
    init(_ index: FingerprintIndex, thresholds: [Double], ordinal: Int = 0, trace: MatchTrace? = nil) {
        self.index = index
        layout = index.layout
        self.thresholds = thresholds
        leastThreshold = min(thresholds.min() ?? MatchScore.threshold, MatchScore.threshold)
        indexOrdinal = ordinal
        self.trace = trace
    }

    /// The files found so far.
    func matches() -> [CodeMatch] {
        var resolver = resolved
        resolver.resolve(named(slab.scored()))
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
        let (all, files) = layout.spread(of: key, in: words)
        guard files > 0 else { return }
        let places = all.prefix(IndexBuilder.commonLimit * IndexBuilder.placeLimit)
        let kind = layout.kind(of: key, in: words)
        trace?.hit(.init(index: indexOrdinal, key: key, kind: kind, files: files, text: text))
        var most = ClusterEvidence()
        most.add(kind, weight: MatchScore.weight(kind, files: files, places: 1))
        // What many files share is worth the walk only beside what proves more.
        if kind.isShape, most.sum < Self.leastWeight, slab.proven == 0 { return }
        let share = effort.share(of: places.count, files: files, at: text.upperBound)
        guard share != .none else { return }
        // A hit of shape proves something by itself only at the beginning of a text.
        most.longestShapeRun = text.count
        most.cover(text)
        let mayBeLone =
            kind.isShape
            && MatchScore.score(most, words: text.upperBound - repeated) + LineAgreement.weight < leastThreshold
        locate(places, share, words)
        var hit = Hit(
            key: key,
            text: text,
            tag: tag,
            line: line,
            kind: kind,
            files: files,
            weight: 0,
            isLone: mayBeLone
        )
        for number in located.indices {
            let isFirst = number == 0 || located[number].posting.file != located[number - 1].posting.file
            if isFirst { hit.weight = MatchScore.weight(kind, files: files, places: count(from: number)) }
            take(hit, at: located[number], isFirst, window, words)
        }
    }

    /// Looks the places of a hit up: all, or the first of each file.
    private mutating func locate(_ places: Range<Int>, _ share: Effort.Share, _ words: Span<UInt64>) {
        located.removeAll(keepingCapacity: true)
        for ordinal in places {
            guard let (posting, record) = layout.located(ordinal, in: words) else { continue }
            if share == .first, posting.file == located.last?.posting.file { continue }
            located.append(Located(ordinal: ordinal, posting: posting, record: record))
        }
    }

    /// The number of places of one file from this one on.
    private func count(from number: Int) -> Int {
        var last = number
        while last + 1 < located.count, located[last + 1].posting.file == located[number].posting.file,
            located[last + 1].ordinal == located[last].ordinal + 1
        {
            last += 1
        }
        return last - number + 1
    }

    private mutating func take(
        _ hit: Hit,
        at located: Located,
        _ isFirst: Bool,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let posting = located.posting
        guard let place = place(of: hit, posting, located.record, isFirst, window, words) else { return }
        compare(hit.line, with: posting, of: place)
        let isSame = hit.kind.isShape && isVerbatim(posting, hit.text, of: place, window, words)
        count(hit, isVerbatim: isSame, in: place)
        if hit.kind.isShape {
            coverShape(posting, text: hit.text, isVerbatim: isSame, of: place, window, words)
        } else {
            cover(posting, text: hit.text.lowerBound, of: place, window, words)
        }
    }

    /// Judges what is open once more, since no more than these `words` of text come.
    mutating func endText(words: Int) {
        var places: [Int32] = []
        slab.forEachOpen { places.append($0) }
        for place in places {
            judge(place, words: min(words, slab.entries[Int(place)].lastText + MatchScore.lookAhead))
            end(place)
        }
    }

    /// Octets of memory that a copy takes once everything has changed, about.
    var octets: Int { MemoryLayout<Self>.size + slab.octets + lone.octets + resolved.octets + names.octets }

    /// Whether there are clusters whose runs may go on.
    var isFollowing: Bool { !slab.isEmpty }

    /// Follows the open runs over the words that have come since.
    mutating func extendRuns(in window: TextWindow, _ words: Span<UInt64>) {
        var places: [Int32] = []
        slab.forEachOpen { place in
            let entry = slab.entries[Int(place)]
            if entry.words != ClusterSlab.none || entry.hasGrown { places.append(place) }
        }
        for place in places { extendRuns(of: place, upTo: window.end, window, words) }
    }
}

/// A key that occurs in the text.
private struct Hit {
    let key: Int
    /// The words of the text.
    let text: Range<Int>
    let tag: Int
    /// The number that the text gives the line.
    let line: Int?
    let kind: KeyKind
    /// The number of files that hold it, and what it counts for in one of them.
    let files: Int
    var weight: Double
    /// Whether it proves nothing by itself.
    let isLone: Bool
}

/// A place of a key, and the record of its file.
private struct Located {
    let ordinal: Int
    let posting: Posting
    let record: FileRecord
}

extension EvidenceTracker {
    /// The cluster that a posting of a hit belongs to, begun if need be; nil where there is none, or the hit is kept as a lone
    /// one.
    private mutating func place(
        of hit: Hit,
        _ posting: Posting,
        _ record: FileRecord,
        _ isFirst: Bool,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) -> Int32? {
        let end = hit.text.upperBound
        var place = slab.taking(file: posting.file, text: end, position: posting.position)
        if place != ClusterSlab.none { extendRuns(of: place, upTo: end, window, words) }
        if let other = lone.taking(file: posting.file, text: end, position: posting.position),
            place == ClusterSlab.none || lone[other].order < slab.entries[Int(place)].order
        {
            if lone[other].key == hit.key, lone[other].text == hit.text,
                !isVerbatim(posting, hit.text, record, window, words)
            {
                // Another place of the same hit.
                lone[other].lowFile = min(lone[other].lowFile, posting.position)
                lone[other].highFile = max(lone[other].highFile, posting.position)
                return nil
            }
            makeRoom(upTo: end, window, words)
            place = begin(lone.take(other), record, words)
        }
        if place == ClusterSlab.none {
            guard isFirst else { return nil }
            if hit.isLone, !isVerbatim(posting, hit.text, record, window, words) {
                keep(hit, posting)
                return nil
            }
            makeRoom(upTo: end, window, words)
            begun += 1
            place = slab.begin(
                file: posting.file,
                record,
                order: begun,
                text: end,
                position: posting.position
            )
        }
        slab.touch(place, text: end, position: posting.position)
        slab.entries[Int(place)].repeated = repeated
        return place
    }

    /// Keeps a hit until there is a second one.
    private mutating func keep(_ hit: Hit, _ posting: Posting) {
        begun += 1
        lastLone = hit.text.upperBound
        lone.keep(
            LoneHits.Hit(
                file: posting.file,
                key: hit.key,
                text: hit.text,
                lowFile: posting.position,
                highFile: posting.position,
                tag: hit.tag,
                line: hit.line,
                weight: hit.weight,
                repeated: repeated,
                order: begun
            )
        )
    }

    /// Begins the cluster that a lone hit would have begun.
    private mutating func begin(_ hit: LoneHits.Hit, _ record: FileRecord, _ words: Span<UInt64>) -> Int32 {
        let place = slab.begin(
            file: hit.file,
            record,
            order: hit.order,
            text: hit.text.upperBound,
            position: hit.lowFile
        )
        slab.entries[Int(place)].highFile = hit.highFile
        slab.entries[Int(place)].repeated = hit.repeated
        let kind = layout.kind(of: hit.key, in: words)
        let later = trace?.last
        if let trace {
            let files = layout.spread(of: hit.key, in: words).files
            trace.hit(.init(index: indexOrdinal, key: hit.key, kind: kind, files: files, text: hit.text))
        }
        count(
            Hit(
                key: hit.key,
                text: hit.text,
                tag: hit.tag,
                line: hit.line,
                kind: kind,
                files: 0,
                weight: hit.weight,
                isLone: true
            ),
            isVerbatim: false,
            in: place
        )
        if let later { trace?.last = later }
        for ordinal in layout.postings(of: hit.key, in: words)
            .prefix(IndexBuilder.commonLimit * IndexBuilder.placeLimit)
        {
            guard let posting = layout.posting(ordinal, in: words), posting.file == hit.file,
                posting.position >= hit.lowFile, posting.position <= hit.highFile
            else { continue }
            compare(hit.line, with: posting, of: place)
            addShape(posting, text: hit.text, to: place)
        }
        return place
    }

    /// Counts a fingerprint for a cluster, unless it has been.
    private mutating func count(_ hit: Hit, isVerbatim: Bool, in place: Int32) {
        if hit.kind.isShape { slab.cover(hit.text, in: place) }
        guard slab.count(hit.key, in: place) else { return }
        slab.weigh(hit.kind, weight: hit.weight, isVerbatim: isVerbatim, in: place)
        let file = slab.entries[Int(place)].file
        trace?.counted(in: number(place), of: file, weight: hit.weight, isVerbatim: isVerbatim)
        slab.add(hit.weight, tag: hit.tag, to: place, limit: Self.tagLimit)
        judge(place, words: hit.text.upperBound + MatchScore.lookAhead)
    }

    /// Judges the evidence of a cluster by the length of its text.
    mutating func judge(_ place: Int32, words: Int) {
        slab.entries[Int(place)].hasGrown = false
        let entry = slab.entries[Int(place)]
        let words = words - entry.repeated
        let score = MatchScore.score(entry.evidence, words: words) + entry.lines.evidence
        let collection = entry.record.collection
        let threshold = thresholds.indices.contains(collection) ? thresholds[collection] : MatchScore.threshold
        trace?.judged(number(place), entry.evidence, score: score, threshold: threshold, words: words)
        guard score >= threshold, MatchScore.isEnough(entry.evidence) else { return }
        if slab.entries[Int(place)].score == nil { hasNewFinding = true }
        slab.entries[Int(place)].score = max(slab.entries[Int(place)].score ?? 0, score)
    }

    /// Closes the clusters that no later hit can join, and resolves what has passed once nothing is open.
    private mutating func expire(before text: Int, _ window: TextWindow, _ words: Span<UInt64>) {
        while case let place = slab.stale(before: text - MatchScore.textGap), place != ClusterSlab.none {
            extendRuns(of: place, upTo: text, window, words)
            close(place)
        }
        guard slab.open == 0, !slab.waiting.isEmpty, text - lastLone > MatchScore.textGap else { return }
        resolved.resolve(named(slab.takeWaiting()))
    }

    /// Makes sure that there is room for one more cluster.
    private mutating func makeRoom(upTo end: Int, _ window: TextWindow, _ words: Span<UInt64>) {
        guard slab.count >= Self.clusterLimit else { return }
        resolved.resolve(named(slab.takeWaiting()))
        guard slab.open >= Self.clusterLimit else { return }
        let weakest = slab.weakest
        guard weakest != ClusterSlab.none else { return }
        extendRuns(of: weakest, upTo: end, window, words)
        close(weakest)
        resolved.resolve(named(slab.takeWaiting()))
    }

    private mutating func close(_ place: Int32) {
        end(place)
        slab.close(place)
    }

    /// Compares the number of a hit's line in the text with that in the file.
    private mutating func compare(_ line: Int?, with posting: Posting, of place: Int32) {
        guard let line, slab.entries[Int(place)].lines.isOpen else { return }
        if lineMap?.file != posting.file { lineMap = (posting.file, index.lineMap(of: posting.file).map) }
        guard let map = lineMap?.map else { return }
        slab.entries[Int(place)].lines.compare(line, with: map.line(of: posting.position))
    }

    /// The clusters that passed, with what the text's names say of their files.
    private func named(_ clusters: [Cluster]) -> [Cluster] {
        guard !names.isEmpty else { return clusters }
        return clusters.map { cluster in
            var named = cluster
            named.named = names.agreement(with: index.name(of: cluster.file).path)
            return named
        }
    }

    /// What tells the clusters of a message apart, for a trace.
    private func number(_ place: Int32) -> Int { indexOrdinal << 40 | slab.entries[Int(place)].order }

    /// Tells the trace how far a cluster has come.
    private func end(_ place: Int32) {
        if let trace { trace.ended(number(place), runs: slab.cluster(place).runs) }
    }
}
