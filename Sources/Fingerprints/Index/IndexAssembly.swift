/// An index in the making: takes files in order, in bounded memory, and writes.
///
/// What is asked for only once, files, paths, lines and check bits, goes to files without names beside the output and is
/// copied in the end; so do fingerprints, sorted run by run, which are then merged twice: to count, and to write.
struct IndexAssembly: ~Copyable {
    /// Entries of one value that are looked at: more say no more.
    private static let groupLimit = (IndexBuilder.commonLimit + 1) * IndexBuilder.placeLimit

    /// Names and counts.
    private(set) var metadata = IndexMetadata()
    /// The number of files taken.
    private(set) var files = 0
    /// The octets of the files taken.
    private(set) var octets = 0

    private let output: String
    private let key: IndexKey?
    private let seal: GramSeal
    private var records: SpillFile
    private var paths: SpillFile
    private var lines: SpillFile
    private var checks: SpillFile
    private var spool: EntrySpool
    /// The positions of the files' first words.
    private var firstWords: [Int] = []
    /// The position that the next file's first word has.
    private(set) var positions = 0
    /// For each file that is a former version, by its ordinal, the first file of its group.
    private var versions: [Int: Int] = [:]
    /// What the next update is to remember.
    var origins = FileOrigins()
    private var header = IndexHeader()

    /// No files yet.
    ///
    /// - Parameters:
    ///   - output: Where the index goes.
    ///   - key: Keys what is stored; nil leaves it unkeyed.
    ///   - collections: What is known of its collections, which files name by their ordinals.
    ///   - sources: The names of public code, by which subtractions are counted.
    ///   - entriesInMemory: Fingerprints kept before they are sorted and written out.
    ///   - isOrdered: Whether fingerprints of one value come in order of place.
    /// - Throws: `IndexError` when the folder cannot be written, or there are too many sources.
    init(
        output: String,
        key: IndexKey?,
        collections: [CollectionInfo],
        sources: [String],
        entriesInMemory: Int,
        isOrdered: Bool = true
    ) throws(IndexError) {
        guard sources.count <= IndexFormat.sourceLimit else {
            throw .tooLarge(path: output, limit: "\(IndexFormat.sourceLimit) sources of public code")
        }
        let records = try SpillFile(beside: output)
        let paths = try SpillFile(beside: output)
        let lines = try SpillFile(beside: output)
        let checks = try SpillFile(beside: output)
        self.records = records
        self.paths = paths
        self.lines = lines
        self.checks = checks
        self.output = output
        self.key = key
        seal = GramSeal(key)
        metadata.collections = collections
        metadata.subtracted = sources.map { IndexInfo.Subtraction(source: $0, fingerprints: 0) }
        spool = EntrySpool(beside: output, limit: entriesInMemory, isOrdered: isOrdered)
    }

    /// Takes the next file; of a former version only what no file of its group has that came before.
    mutating func add(_ draft: FileDraft, versionOf group: VersionGroup? = nil) throws(IndexError) {
        guard files < IndexFormat.fileLimit - 1, positions < IndexFormat.positionLimit - draft.words - 2 else {
            throw .tooLarge(path: String(decoding: draft.name, as: UTF8.self), limit: "\(files) files")
        }
        let record = FileRecord(
            path: paths.octets..<(paths.octets + draft.name.count),
            firstWord: positions,
            words: draft.words,
            lines: draft.lines,
            lineCounts: lines.octets..<(lines.octets + draft.lineCounts.count),
            octets: draft.octets,
            digest: draft.digest,
            collection: draft.collection,
            isVersion: group != nil
        )
        if let group { versions[files] = group.file }
        try records.append(record.packed)
        try paths.append(draft.name)
        try lines.append(draft.lineCounts)
        try checks.append(draft.checks)
        try spool.append(contentsOf: draft.entries, movedBy: positions)
        firstWords.append(positions)
        positions += record.positions
        files += 1
        octets += draft.octets
        metadata.lines += draft.lines
        metadata.words += draft.words
    }

    /// Takes fingerprints that were taken out before, in any order.
    mutating func add(_ entries: [IndexEntry]) throws(IndexError) { try spool.append(contentsOf: entries) }

    /// Writes the index, and gives its length in octets and the number of its fingerprints.
    mutating func finish() throws(IndexError) -> (octets: Int, fingerprints: Int) {
        try spool.finish()
        try count()
        let encoded = metadata.encoded
        let lengths: [IndexFormat.Section: Int] = [
            .metadata: encoded.count, .paths: paths.octets, .lines: lines.octets, .origins: origins.packed.count * 8,
        ]
        let total = header.lay(lengths)
        let file = try AtomicFile(path: output)
        try file.setLength(total)
        try file.write(encoded, at: header.section(.metadata).lowerBound)
        let end = FileRecord(
            path: paths.octets..<paths.octets,
            firstWord: positions,
            words: 0,
            lines: 0,
            lineCounts: lines.octets..<lines.octets,
            octets: 0,
            digest: 0,
            collection: 0
        )
        try records.append(end.packed)
        try records.copy(to: file, at: header.section(.files).lowerBound)
        try paths.copy(to: file, at: header.section(.paths).lowerBound)
        try lines.copy(to: file, at: header.section(.lines).lowerBound)
        try checks.copy(to: file, at: header.section(.checks).lowerBound)
        try file.write(origins.packed, at: header.section(.origins).lowerBound)
        try writeGuide(to: file)
        try writeKeys(to: file)
        try IndexSealing.seal(file, header: header, octets: total)
        try file.commit()
        return (total, header.keys)
    }

    /// What becomes of the entries of one value.
    private static func reason(of group: [IndexEntry], files: Int) -> SuppressionReason? {
        group.first?.reason ?? (files > IndexBuilder.commonLimit ? .common : nil)
    }

    /// Slots that the postings of one value take.
    private static func slots(_ group: [IndexEntry]) -> Int {
        if group.count == 1, group[0].span < PackedPosting.wide { return 0 }
        return group.reduce(0) { $0 + ($1.span < PackedPosting.wide ? 1 : 2) }
    }

    /// Counts all that the header and the metadata tell.
    private mutating func count() throws(IndexError) {
        var header = IndexHeader()
        header.isKeyed = key != nil
        header.keyCheck = key?.seal(IndexFormat.parameters) ?? 0
        header.files = files
        header.words = positions
        var reasons: UInt64 = 3
        var ranks = SIMD4<Int>()
        var metadata = metadata
        try forEachGroup { group, files throws(IndexError) in
            guard let reason = Self.reason(of: group, files: files) else {
                header.keys += 1
                if let first = group.first { ranks[seal.address(ofStored: first.stored).rank] += 1 }
                header.slots += Self.slots(group)
                metadata.postings += group.count
                return
            }
            header.out += 1
            reasons = max(reasons, reason.packed)
            switch reason {
            case .common: metadata.common += 1
            case .madePublic: metadata.madePublic += 1
            case .publicCode(let source):
                if metadata.subtracted.indices.contains(source) { metadata.subtracted[source].fingerprints += 1 }
            }
        }
        guard header.keys < IndexFormat.keyLimit, header.out < IndexFormat.keyLimit, header.slots < 1 << 36 else {
            throw .tooLarge(path: output, limit: "\(IndexFormat.keyLimit) fingerprints")
        }
        header.positionBits = IndexFormat.width(of: max(positions, header.slots, IndexFormat.spanLimit))
        header.keyBucketBits = KeyTable.bucketBits(count: header.keys)
        header.outBucketBits = KeyTable.bucketBits(count: header.out)
        header.reasonBits = IndexFormat.width(of: Int(reasons))
        header.bands = FilterBands(keys: ranks)
        while positions >> header.guideShift > max(files, 1) { header.guideShift += 1 }
        self.header = header
        self.metadata = metadata
    }

    /// Calls `body` with the entries of each stored value; of a group of versions only the first file's.
    private func forEachGroup(
        _ body: (_ entries: [IndexEntry], _ files: Int) throws(IndexError) -> Void
    ) throws(IndexError) {
        guard !versions.isEmpty else { return try spool.forEachGroup(upTo: Self.groupLimit, body) }
        var (stored, file) = (UInt64.max, -1)
        var firsts: [Int] = []
        try spool.forEachGroup(
            upTo: Self.groupLimit,
            where: { entry in
                if entry.stored != stored {
                    (stored, file) = (entry.stored, -1)
                    firsts.removeAll(keepingCapacity: true)
                }
                // More files than this say no more, whosever versions they are.
                guard entry.span > 0, firsts.count <= IndexBuilder.commonLimit else { return true }
                let owner = fileOrdinal(at: entry.position)
                if owner == file { return true }
                let first = versions[owner] ?? owner
                guard !firsts.contains(first) else { return false }
                firsts.append(first)
                file = owner
                return true
            },
            body
        )
    }

    /// The file that has the word at a position.
    private func fileOrdinal(at position: Int) -> Int {
        var (low, high) = (0, firstWords.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if firstWords[middle] <= position { low = middle } else { high = middle }
        }
        return low
    }

    private func writeGuide(to file: borrowing AtomicFile) throws(IndexError) {
        var guide = FieldWriter(at: header.section(.guide).lowerBound)
        var ordinal = 0
        for stretch in 0..<header.guideCount {
            let start = stretch << header.guideShift
            while ordinal + 1 < firstWords.count, firstWords[ordinal + 1] <= start { ordinal += 1 }
            try guide.append(UInt64(ordinal), IndexFormat.guideBits, to: file)
        }
        try guide.finish(file)
    }

    private func writeKeys(to file: borrowing AtomicFile) throws(IndexError) {
        var kept = KeyWriter(count: header.keys, bucketBits: header.keyBucketBits, header, .keyGroups)
        var out = KeyWriter(count: header.out, bucketBits: header.outBucketBits, header, .outGroups)
        var reasons = FieldWriter(at: header.section(.outReasons).lowerBound)
        var details = FieldWriter(at: header.section(.details).lowerBound)
        var slots = SlotWriter(header)
        var filter = [UInt64](repeating: 0, count: header.section(.filter).count / 8)
        let place = IndexFormat.spanBits + header.positionBits
        let reasonBits = header.reasonBits
        try forEachGroup { group, files throws(IndexError) in
            guard let first = group.first else { return }
            if let reason = Self.reason(of: group, files: files) {
                try out.append(first.stored, to: file)
                try reasons.append(reason.packed, reasonBits, to: file)
                return
            }
            try kept.append(first.stored, to: file)
            GramFilter.insert(seal.address(ofStored: first.stored), header.bands, into: &filter)
            let posting: PackedPosting
            if Self.slots(group) == 0 {
                posting = PackedPosting(span: first.span, position: first.position)
            } else {
                posting = PackedPosting(span: 0, position: slots.count)
                try slots.append(group, to: file)
            }
            let detail = first.kind.packed | posting.packed << UInt64(IndexFormat.kindBits)
            try details.append(detail, IndexFormat.kindBits + place, to: file)
        }
        try kept.finish(file)
        try out.finish(file)
        try reasons.finish(file)
        try details.finish(file)
        try slots.finish(file)
        try file.write(filter, at: header.section(.filter).lowerBound)
    }
}
