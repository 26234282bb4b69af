/// A fingerprint index, opened: immutable, mapped, shared by every thread.
///
/// Opening reads its header and the checksums of its blocks; a block is checked when something in it is first read. What is
/// damaged reads as absent, and `damage` tells of it: whoever asks the index asks that too before believing an answer.
package final class FingerprintIndex: Sendable {
    /// The version of the file format that this program writes and reads.
    package static var formatVersion: Int { IndexFormat.version }

    /// The path it was opened at.
    package let path: String
    /// The hash of its contents, sixteen hexadecimal digits: the same contents under the same key give the same.
    package let generation: String
    /// The names of its collections.
    package let collections: [String]

    let layout: IndexLayout
    /// The key it is opened with; nil where it is not keyed.
    package let key: IndexKey?
    /// What makes stored values of grams.
    let seal: GramSeal
    /// What the index says of itself.
    let metadata: IndexMetadata
    private let file: IndexFile
    private let filterCopy: FilterCopy?

    /// Opens the index at `path`.
    ///
    /// A keyed index opened without `key` looks for the key in `path` with `.key` behind it. Takes as long whatever its size,
    /// but for the checksums: two octets a thousand.
    ///
    /// - Throws: `IndexError` when there is no such file, its header is damaged or of another version, or the key is
    ///   missing or another's.
    package static func open(path: String, key: IndexKey? = nil) throws(IndexError) -> FingerprintIndex {
        try FingerprintIndex(path: path, key: key)
    }

    private init(path: String, key given: IndexKey?) throws(IndexError) {
        let file = try IndexFile(path: path)
        let outcome: Result<(IndexLayout, [UInt8]), IndexError> = file.withWords { words in
            do throws(IndexError) {
                let layout = try IndexLayout(words, octets: file.octets, path: path)
                return .success((layout, layout.octets(of: .metadata, in: words)))
            } catch {
                return .failure(error)
            }
        }
        let (layout, octets) = try outcome.get()
        guard let metadata = IndexMetadata(octets), !metadata.collections.isEmpty else {
            let offset = layout.firstWord(of: .metadata) * 8
            throw .damaged(path: path, offset: offset, reason: "names and counts are damaged")
        }
        var key = given
        if key == nil, layout.isKeyed {
            let beside = IndexKey.path(beside: path)
            do throws(IndexError) {
                key = try IndexKey(path: beside)
            } catch .noInput {
                throw .keyMissing(path: path, expected: beside)
            }
        }
        if !layout.isKeyed { key = nil }
        guard layout.matches(key) else { throw .wrongKey(path: path) }
        let digits = String(layout.checksum, radix: 16)
        self.path = path
        self.layout = layout
        self.key = key
        seal = GramSeal(key)
        self.metadata = metadata
        self.file = file
        filterCopy = FilterCopy(count: layout.filterWords)
        collections = metadata.collections.map(\.name)
        generation = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What is damaged, once something that is has been read: no answer given since is to be believed.
    package var damage: IndexError? {
        layout.blocks.damage.map {
            .damaged(path: path, offset: $0, reason: "checksum does not match the block that begins there")
        }
    }

    /// Whether something that is damaged has been read.
    @inline(__always)
    var isDamaged: Bool { layout.blocks.damage != nil }

    /// What scatters grams over the filter.
    var filterKey: FilterKey { seal.filterKey }

    /// What `weir index info` tells.
    package var info: IndexInfo {
        IndexInfo(
            path: path,
            version: IndexFormat.version,
            generation: generation,
            isKeyed: layout.isKeyed,
            collections: collections,
            about: metadata.collections,
            files: layout.fileCount,
            lines: metadata.lines,
            words: metadata.words,
            fingerprints: layout.keyCount,
            postings: metadata.postings,
            octets: file.octets,
            gramLength: Winnower.gramLength,
            window: Winnower.window,
            subtracted: metadata.subtracted,
            common: metadata.common,
            madePublic: metadata.madePublic
        )
    }

    /// The paths of its files, in order.
    package var paths: [String] { (0..<layout.fileCount).map { name(of: $0).path } }

    /// Gives `body` the words of the file, for `layout` to read.
    @inline(__always)
    func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result { file.withWords(body) }

    /// What an update remembered for the next.
    var origins: FileOrigins {
        withWords { words in
            let section = layout.header.section(.origins)
            var origins: [UInt64] = []
            for place in (section.lowerBound / 8)..<(section.upperBound / 8) {
                guard let word = layout.blocks.word(place, in: words) else { return FileOrigins() }
                origins.append(word)
            }
            return FileOrigins(origins)
        }
    }

    /// What is known of the collection of a file; nil when there is no such file.
    func about(_ ordinal: Int) -> CollectionInfo? {
        withWords { words in
            guard let record = layout.file(ordinal, in: words),
                metadata.collections.indices.contains(record.collection)
            else { return nil }
            return metadata.collections[record.collection]
        }
    }

    /// Gives `body` the filter, out of the words of the file or from a copy that can be asked sooner.
    @inline(__always)
    func withFilter<Result>(_ words: Span<UInt64>, _ body: (Span<UInt64>) -> Result) -> Result {
        if let filterCopy, filterCopy.isWhole { return filterCopy.withWords(body) }
        let start = layout.firstWord(of: .filter)
        let filter = words.extracting(start..<(start + layout.filterWords))
        filterCopy?.copyOn(filter) { range in
            layout.blocks.holds((start + range.lowerBound)..<(start + range.upperBound), in: words)
        }
        return body(filter)
    }

    /// The stored value of a gram.
    func stored(_ gram: UInt64) -> UInt64 { seal.stored(gram: gram) }

    /// The collection and the path of a file; empty when there is no such file.
    func name(of ordinal: Int) -> (collection: String, path: String) {
        withWords { words in
            guard let record = layout.file(ordinal, in: words) else { return ("", "") }
            let path = layout.octets(record.path, of: .paths, in: words)
            let collection = collections.indices.contains(record.collection) ? collections[record.collection] : ""
            return (collection, String(decoding: path, as: UTF8.self))
        }
    }

    /// The number of lines of a file and where its words stand on them.
    func lineMap(of ordinal: Int) -> (lines: Int, map: LineMap) {
        withWords { words in
            guard let record = layout.file(ordinal, in: words) else {
                return (0, LineMap(counts: [], lines: 0, words: 0))
            }
            let counts = layout.octets(record.lineCounts, of: .lines, in: words)
            return (record.lines, LineMap(counts: counts, lines: record.lines, words: record.words))
        }
    }
}
