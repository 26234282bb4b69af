/// The layout of an index file, version 2: no promise is made that a later weir reads it.
///
/// ```
/// word  0  "WEIRIDX\0"
///       1  version (low 32 bits), words in the header (high)
///       2  octets in the file
///       3  checksum of all words, this one counted as zero
///       4  key check: the seal of word 6, zero when unkeyed
///       5  flags: 1 keyed
///       6  words in a gram, grams in a window, tokens in a gram of shape, such grams in a window: 16 bits each
///       7  sections
///       8  offset and length of each section, in octets
/// ```
///
/// Words are 64 bits, least significant octet first. Sections begin at multiples of 64 octets, in the order of
/// `Section`; the file is padded to such a multiple.
enum IndexFormat {
    static let magic: UInt64 = 0x0058_4449_5249_4557
    static let version = 2
    static let headerWords = 32
    static let alignment = 64
    static let keyedFlag: UInt64 = 1

    /// Words of one file's record.
    static let fileWords = 6

    /// The most files, words a file and words a gram that a posting can number.
    static let fileLimit = 1 << 24
    static let wordLimit = 1 << 28
    static let spanLimit = 1 << 12

    /// What a section holds.
    enum Section: Int, CaseIterable {
        /// Names and counts, see `IndexMetadata`.
        case metadata
        /// A record of six words a file, see `FileRecord`.
        case files
        /// The files' paths, end to end.
        case paths
        /// For each line of each file the number of words that begin in it, as a variable-length integer.
        case lines
        /// For each word of each file four bits to check it by.
        case checks
        /// The stored values of the fingerprints, ascending.
        case keys
        /// For each key an octet: what it is, see `KeyKind`.
        case kinds
        /// For each key the ordinal of its first posting, 32 bits, and the number of postings at the end.
        case starts
        /// The postings, see `Posting`.
        case postings
        /// The filter over the keys, see `GramFilter`.
        case filter
    }

    /// The numbers that describe grams and windows.
    static var parameters: UInt64 {
        let numbers = [Winnower.gramLength, Winnower.window, ShapeRoller.gramLength, ShapeRoller.window]
        return numbers.reversed().reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// `count` octets rounded up to whole alignment units.
    static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}

/// What a fingerprint is made of, and how much of it is rare.
struct KeyKind: Equatable {
    /// Whether it is twenty tokens, rather than eight words.
    var isShape: Bool
    /// The number of its parts that public code was not seen to have.
    var rareParts: Int

    /// The octet that stands for it.
    var packed: UInt8 { UInt8(truncatingIfNeeded: rareParts & 15) | (isShape ? 0x80 : 0) }

    /// A fingerprint's kind.
    init(isShape: Bool, rareParts: Int) {
        self.isShape = isShape
        self.rareParts = rareParts
    }

    /// Reads the octet; more parts than there are read as all.
    init(packed: UInt8) {
        isShape = packed & 0x80 != 0
        rareParts = min(Int(packed & 15), isShape ? ShapeRoller.parts : GramRoller.parts)
    }
}

/// One place of a fingerprint: a file, a word, and how many words it spans there.
///
/// Of a fingerprint of words more than eight are spanned where comments stand between them; one of shape spans any number.
struct Posting: Equatable {
    /// The file's ordinal.
    var file: Int
    /// The position of the gram's first word among the file's words.
    var position: Int
    /// Words from the first to the last of the gram, both counted.
    var span: Int

    /// The posting in one word, ordered by file, then position.
    var packed: UInt64 {
        UInt64(truncatingIfNeeded: file) << 40 | UInt64(truncatingIfNeeded: position) << 12
            | UInt64(truncatingIfNeeded: span)
    }

    /// A posting of a file, a position and a span below the format's limits.
    init(file: Int, position: Int, span: Int) {
        self.file = file
        self.position = position
        self.span = span
    }

    /// Reads a posting.
    init(packed: UInt64) {
        file = Int(truncatingIfNeeded: packed >> 40)
        position = Int(truncatingIfNeeded: packed >> 12 & 0xFFF_FFFF)
        span = Int(truncatingIfNeeded: packed & 0xFFF)
    }
}

/// What an index knows of a file.
struct FileRecord {
    /// Where its path stands among the paths' octets.
    var path: Range<Int>
    /// The number of its lines.
    var lines: Int
    /// The number of its words.
    var words: Int
    /// Where its line counts stand among those of all files, in octets.
    var lineCounts: Range<Int>
    /// Where its words' check bits begin among those of all files, in octets.
    var checks: Int
    /// A number that makes equal words of different files have different check bits.
    var salt: UInt32
    /// The ordinal of its collection.
    var collection: Int

    /// The record's six words.
    var packed: [UInt64] {
        [
            UInt64(path.lowerBound), UInt64(path.count) | UInt64(lines) << 32, UInt64(words) | UInt64(salt) << 32,
            UInt64(lineCounts.lowerBound), UInt64(lineCounts.count) | UInt64(collection) << 32, UInt64(checks),
        ]
    }
}

/// The four bits by which a word of an indexed file can be checked.
enum WordCheck {
    /// The bits of the word with `hash` at `position` of a file with `salt`; what they tell without the key is nothing.
    static func bits(of hash: UInt64, at position: Int, salt: UInt32, key: IndexKey?) -> UInt8 {
        let place = UInt64(salt) << 32 | UInt64(truncatingIfNeeded: position)
        let mixed = hash ^ HashMixing.gram(place &+ HashMixing.wordSeed)
        return UInt8(truncatingIfNeeded: (key?.seal(mixed) ?? HashMixing.gram(mixed)) >> 60)
    }
}
