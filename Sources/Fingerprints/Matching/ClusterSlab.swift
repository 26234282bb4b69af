/// The clusters of one index that are open, or passed and wait to be resolved: in place, found by their file.
///
/// Everything lies in a few arrays that grow with what is found, and is linked by numbers, so that a hit copies, counts and
/// allocates nothing. A place in a list is a number, `none` for the end.
struct ClusterSlab {
    /// The end of a list.
    static let none: Int32 = -1
    private static let buckets = 256
    /// The evidence of a rare fingerprint.
    private static let proof = 1.0

    /// A cluster and where it stands in the lists.
    struct Entry {
        /// The file's ordinal, and its record.
        var file: Int
        var record: FileRecord
        /// How many were begun before it.
        let order: Int
        /// The score, once it has passed the threshold: the highest it had.
        var score: Double?
        /// Whether hits may still be added.
        var isOpen = true
        /// The ordinal after the last word of the last hit, and the positions of the hits in the file.
        var lastText: Int
        var lowFile: Int
        var highFile: Int
        /// How far the numbers of the text's lines are the file's.
        var lines = LineAgreement()
        /// Words up to the last hit that only repeat others.
        var repeated = 0
        /// What the fingerprints counted come to, and the number of those remembered.
        var evidence = ClusterEvidence()
        var keys = 0
        /// Whether a run has become the longest since the cluster was judged.
        var hasGrown = false
        /// Whether there is more evidence than of common shape.
        fileprivate(set) var isProven = false
        /// The number of its runs, the newest, and the newest of those that hits may join, of words and of shape.
        var runCount = 0
        var lastRun = none
        var words = none
        var shapes = none
        /// The number of its tags, the first and the last.
        var tagCount = 0
        var firstTag = none
        var lastTag = none
        /// Neighbours in the list of all open ones by their last hit, and the next of its bucket.
        fileprivate var earlier = none
        fileprivate var later = none
        fileprivate var next = none

        /// Whether a hit at these places belongs to the cluster.
        @inline(__always)
        func takes(file other: Int, text: Int, position: Int) -> Bool {
            file == other && text - lastText <= MatchScore.textGap && position >= lowFile - MatchScore.fileGap
                && position <= highFile + MatchScore.fileGap
        }
    }

    /// A run of a cluster, the one before it, and the one before it that hits may join.
    struct Run {
        var run: SharedRun
        var before: Int32
        var joinable: Int32
    }

    /// What a leaf added to the evidence of a cluster.
    private struct Tag {
        var tag: Int
        var evidence: Double
        var next: Int32
    }

    /// The clusters by their place; those that are free are in `free`.
    var entries: [Entry] = []
    /// The runs of all clusters; those that are free are linked from `freeRun`.
    var runs: [Run] = []
    /// The number that are open, that of those whose evidence is a rare fingerprint's or more, and the places of those that wait.
    private(set) var open = 0
    private(set) var proven = 0
    private(set) var waiting: [Int32] = []
    private var free: [Int32] = []
    private var freeRun = none
    private var tags: [Tag] = []
    private var freeTag = none
    private var heads: [Int32] = []
    private var earliest = none
    private var latest = none
    private var keys = SeenKeys()

    /// No clusters.
    init() {}

    /// Whether there are none.
    var isEmpty: Bool { open == 0 && waiting.isEmpty }
    /// The number of all.
    var count: Int { open + waiting.count }

    /// Octets of memory that its arrays take.
    var octets: Int {
        entries.count * MemoryLayout<Entry>.stride + runs.count * MemoryLayout<Run>.stride
            + tags.count * MemoryLayout<Tag>.stride + heads.count * MemoryLayout<Int32>.stride + keys.octets
    }

    /// The open cluster that a hit belongs to, the first begun where there are several; `none` where there is no such.
    @inline(__always)
    func taking(file: Int, text: Int, position: Int) -> Int32 {
        guard open > 0 else { return Self.none }
        var place = heads[Self.bucket(file)]
        while place != Self.none {
            let entry = entries.span
            if entry[Int(place)].takes(file: file, text: text, position: position) { return place }
            place = entry[Int(place)].next
        }
        return Self.none
    }

    /// Begins a cluster and gives its place.
    mutating func begin(file: Int, _ record: FileRecord, order: Int, text: Int, position: Int) -> Int32 {
        if heads.isEmpty { heads = [Int32](repeating: Self.none, count: Self.buckets) }
        let entry = Entry(
            file: file,
            record: record,
            order: order,
            lastText: text,
            lowFile: position,
            highFile: position
        )
        let place: Int32
        if let again = free.popLast() {
            place = again
            entries[Int(again)] = entry
        } else {
            place = Int32(truncatingIfNeeded: entries.count)
            entries.append(entry)
        }
        open += 1
        // In the order in which they were begun.
        let bucket = Self.bucket(file)
        var before = Self.none
        var after = heads[bucket]
        while after != Self.none, entries[Int(after)].order < order {
            before = after
            after = entries[Int(after)].next
        }
        entries[Int(place)].next = after
        if before == Self.none { heads[bucket] = place } else { entries[Int(before)].next = place }
        append(place)
        return place
    }

    /// Notes that a hit ends at `text`, the latest of all so far.
    mutating func touch(_ place: Int32, text: Int, position: Int) {
        entries[Int(place)].lastText = text
        entries[Int(place)].lowFile = min(entries[Int(place)].lowFile, position)
        entries[Int(place)].highFile = max(entries[Int(place)].highFile, position)
        guard latest != place else { return }
        unlink(place)
        append(place)
    }

    /// The open cluster whose last hit ended first, if it ended before `text`.
    func stale(before text: Int) -> Int32 {
        earliest != Self.none && entries[Int(earliest)].lastText < text ? earliest : Self.none
    }

    /// Closes a cluster: it waits where it has a score, and is forgotten where it has none.
    mutating func close(_ place: Int32) {
        guard entries[Int(place)].isOpen else { return }
        entries[Int(place)].isOpen = false
        open -= 1
        if entries[Int(place)].isProven { proven -= 1 }
        unlink(place)
        let bucket = Self.bucket(entries[Int(place)].file)
        if heads[bucket] == place {
            heads[bucket] = entries[Int(place)].next
        } else {
            var before = heads[bucket]
            while before != Self.none, entries[Int(before)].next != place { before = entries[Int(before)].next }
            if before != Self.none { entries[Int(before)].next = entries[Int(place)].next }
        }
        if entries[Int(place)].score == nil { forget(place) } else { waiting.append(place) }
    }

    /// The places of the open clusters, in no order.
    func forEachOpen(_ body: (Int32) -> Void) {
        var place = earliest
        while place != Self.none {
            body(place)
            place = entries[Int(place)].later
        }
    }

    /// The open cluster of least evidence, the first begun of several; `none` where none is open.
    var weakest: Int32 {
        var least = Self.none
        forEachOpen { place in
            guard least != Self.none else { return least = place }
            let (one, other) = (entries[Int(place)], entries[Int(least)])
            if (one.evidence.sum, one.order) < (other.evidence.sum, other.order) { least = place }
        }
        return least
    }

    /// Takes out the clusters that wait, in the order in which they were begun.
    mutating func takeWaiting() -> [Cluster] {
        let places = waiting.sorted { entries[Int($0)].order < entries[Int($1)].order }
        waiting.removeAll(keepingCapacity: true)
        return places.map { place in
            defer { forget(place) }
            return cluster(place)
        }
    }

    /// All clusters that have a score, in the order in which they were begun.
    func scored() -> [Cluster] {
        var places = waiting
        forEachOpen { if entries[Int($0)].score != nil { places.append($0) } }
        return places.sorted { entries[Int($0)].order < entries[Int($1)].order }.map(cluster)
    }

    /// Counts a fingerprint for a cluster; false where it has been counted.
    mutating func count(_ key: Int, in place: Int32) -> Bool {
        let (order, count) = (entries[Int(place)].order, entries[Int(place)].keys)
        if keys.needsRoom { keys.makeRoom(orders: entries.map { $0.lastText < 0 ? -1 : $0.order }) }
        let counted = keys.insert(key, of: Int(place), order: order, isFull: count >= SeenKeys.limit)
        if counted { entries[Int(place)].keys = count + 1 }
        return counted
    }

    /// Notes that a fingerprint of shape of an open cluster stands at these words of the text.
    @inline(__always)
    mutating func cover(_ text: Range<Int>, in place: Int32) { entries[Int(place)].evidence.cover(text) }

    /// Adds to the evidence of an open cluster.
    mutating func weigh(_ kind: KeyKind, weight: Double, isVerbatim: Bool, in place: Int32) {
        entries[Int(place)].evidence.add(kind, weight: weight, isVerbatim: isVerbatim)
        prove(place)
    }

    /// Notes the length of a run of an open cluster.
    mutating func note(length: Int, isVerbatim: Bool, in place: Int32) {
        let evidence = entries[Int(place)].evidence
        guard length > (isVerbatim ? evidence.longestRun : evidence.longestShapeRun) else { return }
        if isVerbatim {
            entries[Int(place)].evidence.longestRun = length
        } else {
            entries[Int(place)].evidence.longestShapeRun = length
        }
        entries[Int(place)].hasGrown = true
        prove(place)
    }

    /// Notes whether there is more evidence than of common shape.
    private mutating func prove(_ place: Int32) {
        let entry = entries[Int(place)]
        guard !entry.isProven, entry.isOpen,
            entry.evidence.wordHits > 0 || entry.evidence.longestRun > 0 || entry.evidence.sum >= Self.proof
        else { return }
        entries[Int(place)].isProven = true
        proven += 1
    }

    /// Adds to what a leaf has added to a cluster, up to `limit` leaves.
    mutating func add(_ evidence: Double, tag: Int, to place: Int32, limit: Int) {
        let last = entries[Int(place)].lastTag
        if last != Self.none, tags[Int(last)].tag == tag { return tags[Int(last)].evidence += evidence }
        guard entries[Int(place)].tagCount < limit else { return }
        let new = Tag(tag: tag, evidence: evidence, next: Self.none)
        var number = freeTag
        if number == Self.none {
            number = Int32(truncatingIfNeeded: tags.count)
            tags.append(new)
        } else {
            freeTag = tags[Int(number)].next
            tags[Int(number)] = new
        }
        entries[Int(place)].tagCount += 1
        entries[Int(place)].lastTag = number
        if last == Self.none { entries[Int(place)].firstTag = number } else { tags[Int(last)].next = number }
    }

    /// Adds a run to a cluster.
    mutating func add(_ run: SharedRun, to place: Int32) {
        let joinable = run.isVerbatim ? entries[Int(place)].words : entries[Int(place)].shapes
        let new = Run(run: run, before: entries[Int(place)].lastRun, joinable: joinable)
        var number = freeRun
        if number == Self.none {
            number = Int32(truncatingIfNeeded: runs.count)
            runs.append(new)
        } else {
            freeRun = runs[Int(number)].before
            runs[Int(number)] = new
        }
        entries[Int(place)].runCount += 1
        entries[Int(place)].lastRun = number
        if run.isVerbatim { entries[Int(place)].words = number } else { entries[Int(place)].shapes = number }
    }

    /// What is told of a cluster when it is resolved.
    func cluster(_ place: Int32) -> Cluster {
        let entry = entries[Int(place)]
        var cluster = Cluster(file: entry.file, score: entry.score, lines: entry.lines)
        var run = entry.lastRun
        while run != Self.none {
            cluster.runs.append(runs[Int(run)].run)
            run = runs[Int(run)].before
        }
        cluster.runs.reverse()
        var tag = entry.firstTag
        while tag != Self.none {
            cluster.tags.append((tags[Int(tag)].tag, tags[Int(tag)].evidence))
            tag = tags[Int(tag)].next
        }
        return cluster
    }

    /// Frees what a closed cluster took.
    private mutating func forget(_ place: Int32) {
        let entry = entries[Int(place)]
        var run = entry.lastRun
        while run != Self.none {
            let before = runs[Int(run)].before
            runs[Int(run)].before = freeRun
            freeRun = run
            run = before
        }
        if entry.lastTag != Self.none {
            tags[Int(entry.lastTag)].next = freeTag
            freeTag = entry.firstTag
        }
        entries[Int(place)].lastRun = Self.none
        entries[Int(place)].lastText = -1
        free.append(place)
    }

    private mutating func append(_ place: Int32) {
        entries[Int(place)].earlier = latest
        entries[Int(place)].later = Self.none
        if latest == Self.none { earliest = place } else { entries[Int(latest)].later = place }
        latest = place
    }

    private mutating func unlink(_ place: Int32) {
        let (earlier, later) = (entries[Int(place)].earlier, entries[Int(place)].later)
        if earlier == Self.none { earliest = later } else { entries[Int(earlier)].later = later }
        if later == Self.none { latest = earlier } else { entries[Int(later)].earlier = earlier }
    }

    @inline(__always)
    private static func bucket(_ file: Int) -> Int { LoneHits.scatter(file) & (buckets &- 1) }
}
