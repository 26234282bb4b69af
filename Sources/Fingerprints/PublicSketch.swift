/// What public code has, in hashes: its grams, and the parts by which the rarity of others is told.
///
/// A gram of eight words or twenty tokens that public code has is not worth protecting; of one that it has in part only, the
/// part that it has weighs nothing. Both are asked of an approximate set: of what public code does not have, one gram in a
/// thousand and one part in thirty is taken for public. Grams that winnowing nearly never chooses, those of the greatest
/// hashes, are not held: of the fingerprints of public code itself, some 2 in 100 are therefore not known as grams, but
/// all their parts are, so that they weigh nothing.
///
/// Immutable, and asked by any number of threads at a time; a question takes no memory.
package final class PublicSketch: Sendable {
    /// Grams whose hashes are greater are not held.
    static let gramLimit: UInt64 = 7 << 60
    /// Bits kept of a gram and of a part.
    static let gramWidth = 10
    static let partWidth = 5

    /// By what name its subtractions are counted.
    package let name: String
    private let grams: FuseFilter
    private let parts: FuseFilter
    private let words: [UInt64]
    private let partsBase: Int

    fileprivate init(name: String, grams: (FuseFilter, [UInt64]), parts: (FuseFilter, [UInt64])) {
        self.name = name
        (self.grams, self.parts) = (grams.0, parts.0)
        words = grams.1 + parts.1
        partsBase = grams.1.count
    }

    /// Whether public code has a gram of this hash.
    package func contains(gram: UInt64) -> Bool {
        guard gram <= Self.gramLimit else { return false }
        return withWords { grams.contains(Self.key(ofGram: gram), in: $0, at: 0) }
    }

    /// Whether public code has a part of this hash.
    package func contains(part: UInt32) -> Bool {
        withWords { parts.contains(Self.key(ofPart: part), in: $0, at: partsBase) }
    }

    @inline(__always)
    private func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result {
        let words = words
        return body(words.span)
    }

    fileprivate static func key(ofGram gram: UInt64) -> UInt64 { HashMixing.spread(gram) }
    fileprivate static func key(ofPart part: UInt32) -> UInt64 { HashMixing.gram(UInt64(part)) }
}

/// Makes a `PublicSketch` of files.
struct PublicSketchBuilder {
    private var grams = KeySpool()
    private var parts = KeySpool()

    /// Takes what a file has.
    mutating func add(_ source: SourceText) {
        source.forEachGram(where: { $0 <= PublicSketch.gramLimit }) { grams.append(PublicSketch.key(ofGram: $0)) }
        source.forEachPart { parts.append(PublicSketch.key(ofPart: $0)) }
    }

    /// Ends the adding and gives the sketch, `name` being that of its source.
    mutating func finish(name: String) throws(IndexError) -> PublicSketch {
        grams.sort()
        parts.sort()
        guard let grams = grams.filter(width: PublicSketch.gramWidth),
            let parts = parts.filter(width: PublicSketch.partWidth)
        else { throw .tooLarge(path: name, limit: "a sketch can hold") }
        return PublicSketch(name: name, grams: grams, parts: parts)
    }
}
