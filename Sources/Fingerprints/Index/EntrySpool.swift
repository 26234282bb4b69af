/// Entries in any number: kept in memory up to a limit, then sorted and written to a file without a name, run by run.
struct EntrySpool: ~Copyable {
    /// Entries that a run's reader holds in memory.
    private static let bufferSize = 1 << 14

    private var entries: [IndexEntry] = []
    private var file: SpillFile?
    /// Where in the file the runs end, in entries.
    private var ends: [Int] = []
    private let limit: Int
    private let path: String
    private let isOrdered: Bool

    /// No entries; `limit` are kept in memory, and the rest beside `path`.
    ///
    /// `isOrdered` says that those of one stored value come in order of place.
    init(beside path: String, limit: Int, isOrdered: Bool = true) {
        self.path = path
        self.isOrdered = isOrdered
        self.limit = max(limit, 16)
    }

    /// Takes entries.
    mutating func append(contentsOf more: [IndexEntry], movedBy positions: Int = 0) throws(IndexError) {
        for entry in more { entries.append(entry.moved(by: positions)) }
        if entries.count >= limit { try spill() }
    }

    private mutating func spill() throws(IndexError) {
        EntrySorter.sort(&entries, byPlace: !isOrdered)
        if file == nil { file = try SpillFile(beside: path) }
        var words: [UInt64] = []
        words.reserveCapacity(2 * Self.bufferSize)
        for start in stride(from: 0, to: entries.count, by: Self.bufferSize) {
            words.removeAll(keepingCapacity: true)
            for entry in entries[start..<min(start + Self.bufferSize, entries.count)] {
                words.append(entry.head)
                words.append(entry.place)
            }
            try file?.append(words)
        }
        ends.append((ends.last ?? 0) + entries.count)
        entries.removeAll(keepingCapacity: true)
    }

    /// Ends the taking: what is still in memory becomes the last run.
    mutating func finish() throws(IndexError) {
        if ends.isEmpty { EntrySorter.sort(&entries, byPlace: !isOrdered) } else if !entries.isEmpty { try spill() }
        if !ends.isEmpty { entries = [] }
        try file?.flush()
    }

    /// Calls `body` with the entries of each stored value, in order, those left out that `isTaken` refuses; of one that has more only the first `groupLimit`, and the
    /// number of files that have it.
    func forEachGroup(
        upTo groupLimit: Int,
        where isTaken: (IndexEntry) -> Bool = { _ in true },
        _ body: (_ entries: [IndexEntry], _ files: Int) throws(IndexError) -> Void
    ) throws(IndexError) {
        var group: [IndexEntry] = []
        var files = 0
        var reason: UInt64 = 0
        func close() throws(IndexError) {
            guard !group.isEmpty else { return }
            // The least of the reasons stands for all, wherever in the group it was.
            if reason != group[0].reasonNumber, let least = SuppressionReason(packed: reason) {
                group[0] = IndexEntry(
                    stored: group[0].stored,
                    kind: group[0].kind,
                    reason: least,
                    position: group[0].position,
                    span: group[0].span,
                    isFirstInFile: group[0].isFirstInFile
                )
            }
            try body(group, files)
        }
        try forEach { entry throws(IndexError) in
            guard isTaken(entry) else { return }
            if let first = group.first, first.stored != entry.stored {
                try close()
                group.removeAll(keepingCapacity: true)
                (files, reason) = (0, 0)
            }
            if entry.isFirstInFile { files += 1 }
            if entry.reasonNumber != 0 { reason = reason == 0 ? entry.reasonNumber : min(reason, entry.reasonNumber) }
            if group.count < groupLimit { group.append(entry) }
        }
        try close()
    }

    /// Calls `body` with every entry, in order.
    private func forEach(_ body: (IndexEntry) throws(IndexError) -> Void) throws(IndexError) {
        guard !ends.isEmpty else {
            for entry in entries { try body(entry) }
            return
        }
        var readers: [RunReader] = []
        var start = 0
        for end in ends {
            readers.append(RunReader(start: start, end: end))
            start = end
        }
        var queue = RunQueue()
        for run in readers.indices {
            if let entry = try readers[run].next(self) { queue.insert(entry, run) }
        }
        while let (entry, run) = queue.first {
            try body(entry)
            if let next = try readers[run].next(self) {
                queue.replaceFirst(by: next, run)
            } else {
                queue.removeFirst()
            }
        }
    }

    fileprivate func read(_ words: inout [UInt64], from entry: Int, _ count: Int) throws(IndexError) {
        try file?.read(&words, count: count * 2, at: entry * 16)
    }

    /// Reads one run, a buffer at a time.
    private struct RunReader {
        var start: Int
        let end: Int
        private var words: [UInt64] = []
        private var place = 0

        init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }

        mutating func next(_ spool: borrowing EntrySpool) throws(IndexError) -> IndexEntry? {
            if place == words.count {
                let count = min(EntrySpool.bufferSize, end - start)
                guard count > 0 else {
                    words = []
                    place = 0
                    return nil
                }
                try spool.read(&words, from: start, count)
                start += count
                place = 0
            }
            defer { place += 2 }
            return IndexEntry(head: words[place], place: words[place + 1])
        }
    }
}

/// The least entries of some runs, the least of all first: a heap.
private struct RunQueue {
    private var nodes: [(entry: IndexEntry, run: Int)] = []

    var first: (entry: IndexEntry, run: Int)? { nodes.first }

    mutating func insert(_ entry: IndexEntry, _ run: Int) {
        nodes.append((entry, run))
        var place = nodes.count - 1
        while place > 0, comesFirst(place, (place - 1) / 2) {
            nodes.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func replaceFirst(by entry: IndexEntry, _ run: Int) {
        nodes[0] = (entry, run)
        sink()
    }

    mutating func removeFirst() {
        let last = nodes.removeLast()
        guard !nodes.isEmpty else { return }
        nodes[0] = last
        sink()
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < nodes.count && comesFirst(child, least) {
                least = child
            }
            guard least != place else { return }
            nodes.swapAt(place, least)
            place = least
        }
    }

    /// Runs come in the order of files, so of equal entries the earlier run's is first.
    private func comesFirst(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (nodes[one], nodes[other])
        if IndexEntry.comesFirst(first.entry, second.entry) { return true }
        return first.run < second.run && !IndexEntry.comesFirst(second.entry, first.entry)
    }
}
