/// An index in the making.
struct IndexContents {
    /// A fingerprint at a place.
    private struct Entry {
        var gram: UInt64
        var posting: UInt64
        /// See `KeyKind`.
        var kind: UInt8
    }

    /// What becomes of a gram.
    private enum Fate {
        case kept, common
    }

    /// The octets of all files added.
    private(set) var octets = 0
    /// The number of files added.
    var fileCount: Int { records.count }

    private let key: IndexKey?
    private let filterKey: FilterKey
    private var metadata = IndexMetadata()
    private var records: [FileRecord] = []
    private var names: [UInt8] = []
    private var lineCounts: [UInt8] = []
    private var checks: [UInt8] = []
    private var entries: [Entry] = []
    /// After sorting: the distinct grams, ascending, where their entries begin, and what becomes of them.
    private var grams: [UInt64] = []
    private var starts: [Int] = []
    private var fates: [Fate] = []
    /// What public code has, and for each sketch the fingerprints it took out, some more than once.
    private let sketches: [PublicSketch]
    private var taken: [[UInt64]]

    /// No files yet; what `sketches` have is not taken in.
    init(collection: String, key: IndexKey?, sketches: [PublicSketch]) {
        metadata.collections = [collection]
        self.sketches = sketches
        taken = [[UInt64]](repeating: [], count: sketches.count)
        self.key = key
        filterKey = FilterKey(key)
    }

    /// Adds a file of `count` octets.
    mutating func add(_ source: SourceText, name: [UInt8], octets count: Int) throws(IndexError) {
        let path = String(decoding: name, as: UTF8.self)
        guard records.count < IndexFormat.fileLimit - 1 else {
            throw .tooLarge(path: path, limit: "\(IndexFormat.fileLimit) files")
        }
        guard source.words.count < IndexFormat.wordLimit else {
            throw .tooLarge(path: path, limit: "\(IndexFormat.wordLimit) words")
        }
        let file = records.count
        let counts = LineMap.encode(source.wordsInLine)
        let salt = UInt32(truncatingIfNeeded: source.words.reduce(0) { HashMixing.rotate($0, 7) &+ $1 } >> 16)
        records.append(
            FileRecord(
                path: names.count..<(names.count + name.count),
                lines: source.wordsInLine.count,
                words: source.words.count,
                lineCounts: lineCounts.count..<(lineCounts.count + counts.count),
                checks: checks.count,
                salt: salt,
                collection: 0
            )
        )
        names += name
        lineCounts += counts
        for (position, word) in source.words.enumerated() {
            let bits = WordCheck.bits(of: word, at: position, salt: salt, key: key)
            if position & 1 == 0 { checks.append(bits) } else { checks[checks.count - 1] |= bits << 4 }
        }
        octets += count
        metadata.lines += source.wordsInLine.count
        metadata.words += source.words.count
        source.forEachFingerprint { add($0, of: file) }
        source.forEachShape { chosen in
            if chosen.position + chosen.span <= source.words.count { add(chosen, of: file) }
        }
    }

    private mutating func add(_ chosen: Fingerprint, of file: Int) {
        if let source = sketches.firstIndex(where: { $0.contains(gram: chosen.gram) }) {
            taken[source].append(chosen.gram)
            return
        }
        var rare = 0
        for part in 0..<(chosen.isShape ? ShapeRoller.parts : GramRoller.parts)
        where !sketches.contains(where: { $0.contains(part: chosen.parts[part]) }) {
            rare += 1
        }
        let posting = Posting(file: file, position: chosen.position, span: chosen.span)
        let kind = KeyKind(isShape: chosen.isShape, rareParts: rare)
        entries.append(Entry(gram: chosen.gram, posting: posting.packed, kind: kind.packed))
    }

    /// Ends the adding of files: sorts, and takes out the fingerprints that more than `commonLimit` files hold and,
    /// of one file, the places after the first `placeLimit`.
    mutating func sortFingerprints(commonLimit: Int, placeLimit: Int) {
        entries.sort { ($0.gram, $0.posting) < ($1.gram, $1.posting) }
        var kept = 0
        var index = 0
        while index < entries.count {
            let gram = entries[index].gram
            let start = kept
            var (files, places, last) = (0, 0, -1)
            while index < entries.count, entries[index].gram == gram {
                let entry = entries[index]
                index += 1
                if kept > start, entries[kept - 1].posting == entry.posting { continue }
                let file = Posting(packed: entry.posting).file
                if file != last { (files, places, last) = (files + 1, 0, file) }
                places += 1
                guard places <= placeLimit else { continue }
                entries[kept] = entry
                kept += 1
            }
            grams.append(gram)
            starts.append(start)
            fates.append(files > commonLimit ? .common : .kept)
            if files > commonLimit { metadata.common += 1 }
        }
        entries.removeLast(entries.count - kept)
        starts.append(kept)
        for (sketch, grams) in zip(sketches, taken) {
            let subtraction = IndexInfo.Subtraction(source: sketch.name, fingerprints: Set(grams).count)
            metadata.subtracted.append(subtraction)
        }
        taken.removeAll()
    }

    /// Writes the index and gives what it came to.
    func write(to output: String, skipped: SkippedFiles) throws(IndexError) -> IndexSummary {
        var order: [(stored: UInt64, ordinal: Int)] = []
        for ordinal in grams.indices where fates[ordinal] == .kept {
            order.append((key?.seal(grams[ordinal]) ?? HashMixing.spread(grams[ordinal]), ordinal))
        }
        order.sort { $0 < $1 }
        var filter = [UInt64](repeating: 0, count: GramFilter.wordCount(keys: order.count))
        var places: [UInt64] = []
        var firsts: [UInt8] = []
        for (_, ordinal) in order {
            GramFilter.insert(filterKey.address(of: HashMixing.state(ofGram: grams[ordinal])), into: &filter)
            Self.append(places.count, to: &firsts)
            for entry in entries[starts[ordinal]..<starts[ordinal + 1]] { places.append(entry.posting) }
        }
        Self.append(places.count, to: &firsts)
        var writer = IndexWriter(key: key)
        writer.add(metadata.encoded, as: .metadata)
        writer.add(records.flatMap(\.packed), as: .files)
        writer.add(names, as: .paths)
        writer.add(lineCounts, as: .lines)
        writer.add(checks, as: .checks)
        writer.add(order.map(\.stored), as: .keys)
        writer.add(order.map { entries[starts[$0.ordinal]].kind }, as: .kinds)
        writer.add(firsts, as: .starts)
        writer.add(places, as: .postings)
        writer.add(filter, as: .filter)
        return IndexSummary(
            collection: metadata.collections.first ?? "",
            files: records.count,
            lines: metadata.lines,
            words: metadata.words,
            octets: octets,
            fingerprints: order.count,
            postings: places.count,
            subtracted: metadata.subtracted,
            common: metadata.common,
            skipped: skipped,
            indexOctets: try writer.write(to: output)
        )
    }

    /// Appends 32 bits, least significant octet first; more postings than that do not fit into memory.
    private static func append(_ value: Int, to octets: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) { octets.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
