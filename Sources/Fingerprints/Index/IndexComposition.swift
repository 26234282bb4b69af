/// Puts an index together: of files that other indexes of the same key hold, which need not be read again, and of new ones.
///
/// Memory is bounded by what an `IndexAssembly` takes, and eight octets for each file of the indexes.
struct IndexComposition: ~Copyable {
    /// Entries handed on at once.
    private static let batch = 1 << 14

    private var assembly: IndexAssembly
    private let indexes: [FingerprintIndex]
    /// For each index and each of its files the position of its first word in the new index; -1 where it is left out.
    private var firsts: [[Int]]
    /// For each index what its sources of subtraction are called here.
    private let sources: [[Int]]

    /// The number of files taken.
    var files: Int { assembly.files }
    /// Names and counts; the counts of fingerprints are right once it is written.
    var metadata: IndexMetadata { assembly.metadata }

    /// An index without files yet.
    ///
    /// - Parameters:
    ///   - output: Where it goes.
    ///   - key: What keys it, and all of `indexes`.
    ///   - collections: Its collections.
    ///   - sources: The names of public code; those of `indexes` must be among them.
    ///   - indexes: What files are taken over from.
    ///   - entriesInMemory: See `IndexBuilder`.
    /// - Throws: `IndexError` when the output's folder cannot be written.
    init(
        output: String,
        key: IndexKey?,
        collections: [CollectionInfo],
        sources: [String],
        indexes: [FingerprintIndex],
        entriesInMemory: Int
    ) throws(IndexError) {
        assembly = try IndexAssembly(
            output: output,
            key: key,
            collections: collections,
            sources: sources,
            entriesInMemory: entriesInMemory,
            isOrdered: false
        )
        self.indexes = indexes
        firsts = indexes.map { [Int](repeating: -1, count: $0.layout.fileCount) }
        self.sources = indexes.map { index in
            index.metadata.subtracted.map { sources.firstIndex(of: $0.source) ?? 0 }
        }
    }

    /// Takes over a file of an index, under a name that may be another than before.
    ///
    /// - Parameters:
    ///   - ordinal: The file's ordinal in the index.
    ///   - number: The index, by its place among the indexes.
    ///   - name: The path under which it is indexed from now on.
    ///   - collection: The ordinal of its collection here.
    ///   - group: What it is a former version of; nil for none.
    /// - Throws: `IndexError` when the file is damaged, or there are too many.
    mutating func keep(
        _ ordinal: Int,
        of number: Int,
        name: [UInt8],
        collection: Int,
        versionOf group: VersionGroup? = nil
    ) throws(IndexError) {
        let index = indexes[number]
        guard var draft = index.draft(of: ordinal) else {
            throw index.damage(in: .files, "file \(ordinal) points outside its sections")
        }
        draft.name = name
        draft.collection = collection
        firsts[number][ordinal] = assembly.positions
        try assembly.add(draft, versionOf: group)
    }

    /// Takes a file that was read.
    mutating func add(_ draft: FileDraft, versionOf group: VersionGroup? = nil) throws(IndexError) {
        try assembly.add(draft, versionOf: group)
    }

    /// Takes fingerprints that are known and tell nothing.
    mutating func suppress(_ entries: [IndexEntry]) throws(IndexError) { try assembly.add(entries) }

    /// Writes the index.
    ///
    /// - Parameter origins: What is remembered for the next update.
    /// - Returns: Its length in octets, and the number of its fingerprints.
    /// - Throws: `IndexError` when one of the indexes is damaged, or this one cannot be written.
    mutating func finish(origins: FileOrigins) throws(IndexError) -> (octets: Int, fingerprints: Int) {
        for number in indexes.indices {
            try forwardKeys(of: number)
            try forwardSuppressed(of: number)
            if let damage = indexes[number].damage { throw damage }
        }
        assembly.origins = origins
        return try assembly.finish()
    }

    private mutating func forwardKeys(of number: Int) throws(IndexError) {
        let index = indexes[number]
        let firsts = firsts[number]
        let count = try forward(index.layout.keys, of: index) { key, stored, words, entries in
            Self.entries(of: key, stored, index, firsts, words, &entries)
        }
        guard count == index.layout.keyCount else { throw index.damage(in: .keyBuckets, "keys are cut") }
    }

    /// Adds what `entries` appends for each key of a table, by its ordinal and stored value; gives the number of keys.
    private mutating func forward(
        _ keys: KeyTable,
        of index: FingerprintIndex,
        _ entries: (Int, UInt64, Span<UInt64>, inout [IndexEntry]) -> Void
    ) throws(IndexError) -> Int {
        var cursor = KeyCursor(keys)
        var isDone = false
        while !isDone {
            var batch: [IndexEntry] = []
            index.withWords { words in
                while batch.count < Self.batch {
                    guard let stored = cursor.next(index.layout.blocks, in: words) else {
                        isDone = true
                        return
                    }
                    entries(cursor.ordinal - 1, stored, words, &batch)
                }
            }
            try assembly.add(batch)
        }
        return cursor.ordinal
    }

    /// Appends a key's places in the files that are taken over.
    private static func entries(
        of key: Int,
        _ stored: UInt64,
        _ index: FingerprintIndex,
        _ firsts: [Int],
        _ words: Span<UInt64>,
        _ entries: inout [IndexEntry]
    ) {
        let kind = index.layout.kind(of: key, in: words)
        var last = -1
        for ordinal in index.layout.postings(of: key, in: words) {
            guard let posting = index.layout.posting(ordinal, in: words) else { continue }
            let isFirst = posting.file != last
            last = posting.file
            guard firsts.indices.contains(posting.file), firsts[posting.file] >= 0 else { continue }
            entries.append(
                IndexEntry(
                    stored: stored,
                    kind: kind,
                    position: firsts[posting.file] + posting.position,
                    span: posting.span,
                    isFirstInFile: isFirst
                )
            )
        }
    }

    private mutating func forwardSuppressed(of number: Int) throws(IndexError) {
        let index = indexes[number]
        let sources = sources[number]
        let count = try forward(index.layout.out, of: index) { key, stored, words, entries in
            guard var reason = index.layout.reason(ofOut: key, in: words) else { return }
            if case .publicCode(let source) = reason {
                reason = .publicCode(source: sources.indices.contains(source) ? sources[source] : 0)
            }
            entries.append(IndexEntry(stored: stored, reason: reason))
        }
        guard count == index.layout.out.count else { throw index.damage(in: .outBuckets, "keys are cut") }
    }
}

/// What the versions of one file have in common: of a fingerprint that several of them hold, the first alone counts.
///
/// So an old version adds what it alone has, and a file with a long history does not make its own text common.
struct VersionGroup: Hashable {
    /// The ordinal of the group's first file.
    var file: Int
}

extension FingerprintIndex {
    /// What the index holds of a file, its fingerprints left out; nil when it is damaged.
    func draft(of ordinal: Int) -> FileDraft? {
        withWords { words in
            guard let record = layout.file(ordinal, in: words) else { return nil }
            let checks = (record.firstWord / 2)..<(record.firstWord / 2 + (record.words + 1) / 2)
            let draft = FileDraft(
                record,
                name: layout.octets(record.path, of: .paths, in: words),
                lineCounts: layout.octets(record.lineCounts, of: .lines, in: words),
                checks: layout.octets(checks, of: .checks, in: words)
            )
            let isWhole =
                draft.name.count == record.path.count && draft.lineCounts.count == record.lineCounts.count
                && draft.checks.count == checks.count
            return isWhole ? draft : nil
        }
    }

    /// What is known to be damaged, else that something in a section is.
    func damage(in section: IndexFormat.Section, _ reason: String) -> IndexError {
        damage ?? .damaged(path: path, offset: layout.firstWord(of: section) * 8, reason: reason)
    }

    /// The name of a file, in octets; nil when it is damaged.
    func octetsOfName(_ ordinal: Int) -> (record: FileRecord, name: [UInt8])? {
        withWords { words in
            guard let record = layout.file(ordinal, in: words) else { return nil }
            return (record, layout.octets(record.path, of: .paths, in: words))
        }
    }
}

extension FileDraft {
    /// A file as an index has it, without fingerprints.
    init(_ record: FileRecord, name: [UInt8], lineCounts: [UInt8], checks: [UInt8]) {
        self.name = name
        collection = record.collection
        octets = record.octets
        lines = record.lines
        words = record.words
        digest = record.digest
        self.lineCounts = lineCounts
        self.checks = checks
        entries = []
    }
}

/// The order of files in an index of one collection: by path, folder by folder, as they are found in a tree.
enum PathOrder {
    /// Whether a path comes before another: at the first octet that differs, `/` is the least.
    static func comesFirst(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.lexicographicallyPrecedes(other) { ($0 == 0x2F ? 0 : $0) < ($1 == 0x2F ? 0 : $1) }
    }
}
