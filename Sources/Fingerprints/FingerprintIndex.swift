/// A fingerprint index, opened: immutable, mapped, shared by every thread.
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
    let key: IndexKey?
    /// What scatters grams over the filter.
    let filterKey: FilterKey
    private let file: IndexFile
    private let metadata: IndexMetadata

    /// Opens the index at `path`, reading it whole once for its checksum.
    ///
    /// A keyed index opened without `key` looks for the key in `path` with `.key` behind it.
    ///
    /// - Throws: `IndexError` when there is no such file, it is damaged or of another version, or the key is missing
    ///   or another's.
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
            throw .damaged(path: path, offset: offset, reason: "names and counts are cut")
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
        filterKey = FilterKey(key)
        self.metadata = metadata
        self.file = file
        collections = metadata.collections
        generation = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What `weir index info` tells.
    package var info: IndexInfo {
        IndexInfo(
            path: path,
            version: IndexFormat.version,
            generation: generation,
            isKeyed: layout.isKeyed,
            collections: collections,
            files: layout.fileCount,
            lines: metadata.lines,
            words: metadata.words,
            fingerprints: layout.keyCount,
            postings: layout.postingCount,
            octets: file.octets,
            gramLength: Winnower.gramLength,
            window: Winnower.window,
            subtracted: metadata.subtracted,
            common: metadata.common
        )
    }

    /// The paths of its files, in order.
    package var paths: [String] { (0..<layout.fileCount).map { name(of: $0).path } }

    /// Gives `body` the words of the file, for `layout` to read.
    @inline(__always)
    func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result { file.withWords(body) }

    /// The stored value of a gram.
    @inline(__always)
    func stored(_ gram: UInt64) -> UInt64 { key?.seal(gram) ?? HashMixing.spread(gram) }

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
