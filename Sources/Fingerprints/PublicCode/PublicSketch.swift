/// What public code has, in hashes: its grams, and the parts by which the rarity of others is told.
///
/// A gram of eight words or twenty tokens that public code has is not worth protecting; of one that it has in part only, the
/// part that it has weighs nothing. Both are asked of an approximate set: of what public code does not have, one gram in a
/// thousand and one part in 250 is taken for public. Grams that winnowing nearly never chooses, those of the greatest
/// hashes, are not held: of the fingerprints of public code itself, not 2 in 100 are therefore not known as grams, but
/// all their parts are, so that they weigh nothing.
///
/// Immutable, and asked by any number of threads at a time; a question takes no memory.
package final class PublicSketch: Sendable {
    /// Grams whose hashes are greater are not held.
    static let gramLimit = UInt64.max >> 1
    /// Bits kept of a gram and of a part.
    static let gramWidth = 10
    static let partWidth = 8

    /// What it says of itself.
    package let info: SketchInfo
    private let layout: SketchLayout
    private let storage: Storage

    /// The words of a sketch: those of a file, or made here.
    private enum Storage: ~Copyable, Sendable {
        case file(IndexFile)
        case words([UInt64])
    }

    /// What a sketch says of how code is read, in its fifth word: this program asks those only that say the same.
    package static var dialect: UInt64 { SketchFormat.dialect }

    /// By what name its subtractions are counted.
    package var name: String { info.name }

    /// Opens the sketch at `path`, reading it whole once for its checksum.
    ///
    /// - Throws: `IndexError` when there is no such file, it is none or damaged, or another weir made it.
    package static func open(path: String) throws(IndexError) -> PublicSketch {
        let file = try map(path)
        let outcome: Result<(SketchLayout, SketchMetadata), IndexError> = file.withWords { words in
            do throws(IndexError) {
                return .success(try SketchLayout.read(words, octets: file.octets, path: path))
            } catch {
                return .failure(error)
            }
        }
        let (layout, metadata) = try outcome.get()
        let octets = file.octets
        return PublicSketch(path: path, metadata, layout, .file(file), octets: octets)
    }

    private static func map(_ path: String) throws(IndexError) -> IndexFile {
        do throws(IndexError) {
            return try IndexFile(path: path, least: SketchFormat.headerWords * 8)
        } catch .damaged(_, let offset, let reason) {
            throw .damagedSketch(path: path, offset: offset, reason: reason)
        }
    }

    /// Whether the file at `path` begins as a sketch does, whatever follows.
    package static func isSketch(path: String) -> Bool {
        guard (try? FileTree.status(of: path, followingLinks: true))?.kind == .file,
            let head = try? FileTree.read(path, limit: 8)
        else { return false }
        return head == (0..<8).map { UInt8(truncatingIfNeeded: SketchFormat.magic >> UInt64(8 * $0)) }
    }

    /// A sketch in memory, `words` being those of its file.
    init(_ metadata: SketchMetadata, _ layout: SketchLayout, words: [UInt64]) {
        self.layout = layout
        info = Self.info("", metadata, layout, octets: words.count * 8)
        storage = .words(words)
    }

    private init(
        path: String,
        _ metadata: SketchMetadata,
        _ layout: SketchLayout,
        _ storage: consuming Storage,
        octets: Int
    ) {
        self.layout = layout
        info = Self.info(path, metadata, layout, octets: octets)
        self.storage = storage
    }

    private static func info(
        _ path: String,
        _ metadata: SketchMetadata,
        _ layout: SketchLayout,
        octets: Int
    ) -> SketchInfo {
        SketchInfo(
            path: path,
            version: SketchFormat.version,
            name: metadata.name,
            note: metadata.note,
            sources: metadata.sources,
            grams: layout.grams.keys,
            parts: layout.parts.keys,
            octets: octets
        )
    }

    /// Whether public code has a gram of this hash.
    package func contains(gram: UInt64) -> Bool {
        guard gram <= layout.gramLimit else { return false }
        return withWords { layout.grams.contains(Self.key(ofGram: gram), in: $0, at: layout.gramsBase) }
    }

    /// Whether public code has a part of this hash.
    package func contains(part: UInt32) -> Bool {
        withWords { layout.parts.contains(Self.key(ofPart: part), in: $0, at: layout.partsBase) }
    }

    /// Writes the sketch to `path`, which appears whole or not at all.
    func write(to path: String) throws(IndexError) {
        let file = try AtomicFile(path: path)
        var start = 0
        while start < info.octets / 8 {
            let octets = withWords { words in
                var octets: [UInt8] = []
                octets.reserveCapacity(1 << 18)
                for word in start..<min(start + 1 << 15, words.count) {
                    for shift in stride(from: UInt64(0), to: 64, by: 8) {
                        octets.append(UInt8(truncatingIfNeeded: words[word] &>> shift))
                    }
                }
                return octets
            }
            try file.write(octets)
            start += octets.count / 8
        }
        try file.commit()
    }

    @inline(__always)
    private func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result {
        switch storage {
        case .file(let file): return file.withWords(body)
        case .words(let words): return body(words.span)
        }
    }

    static func key(ofGram gram: UInt64) -> UInt64 { HashMixing.spread(gram) }
    static func key(ofPart part: UInt32) -> UInt64 { HashMixing.gram(UInt64(part)) }
}
