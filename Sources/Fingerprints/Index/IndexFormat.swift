/// The layout of an index file, version 4: no promise is made that a later weir reads it.
///
/// ```
/// word  0  "WEIRIDX\0"
///       1  version (low 32 bits), words in the header (high)
///       2  octets in the file
///       3  checksum of the header, this word counted as zero
///       4  checksum of the checksums of the blocks
///       5  flags: 1 keyed
///       6  words in a gram, grams in a window, tokens in a gram of shape, such grams in a window: 16 bits each
///       7  key check: the seal of word 6, zero when unkeyed
///       8  log2 of the octets in a block
///       9  files
///      10  words of all files, each file's rounded up to an even number
///      11  keys
///      12  slots of further postings
///      13  keys that were taken out
///      14  widths in bits, an octet each: of a position, of the bucket of a key, of that of a key taken out, of a reason
///      15  log2 of the positions for each of which the files are guided to
///      16  sections
///      17  offset and length of each section, in octets
///      60  words of each of the four bands of half the filter, see `FilterBands`
/// ```
///
/// Words are 64 bits, least significant octet first; fields narrower than an octet's multiple are laid end to end, low bits
/// first. Sections begin at multiples of 64 octets, in the order of `Section`, the first behind the header's 512. What
/// lies between the header and the checksums is cut into blocks, each with a checksum of its own, so that nothing need be
/// read whole: a block is checked when something in it is first read.
///
/// What is stored of a gram is 40 bits, see `GramSeal`, two of them its rank: where there are 150 million keys one in three
/// thousand grams that are not in has the same as one that is, and the filter in front lets one in eight hundred of those pass.
enum IndexFormat {
    static let magic: UInt64 = 0x0058_4449_5249_4557
    static let version = 4
    static let headerWords = 64
    static let bandsWord = 60
    static let alignment = 64
    static let keyedFlag: UInt64 = 1

    /// Words of one file's record.
    static let fileWords = 5
    /// Bits of a gram that are stored.
    static let storedBits = 40
    /// Bits of a posting's span, of what a fingerprint is, and of what a further posting is besides.
    static let spanBits = 6
    static let kindBits = 5
    static let slotBits = 2
    /// Octets in a block, at least, and blocks in a file, at most: larger files have larger blocks.
    static let leastBlockShift = 12
    static let blockLimit = 1 << 19
    /// Bits of an ordinal of a key or a file in the tables that guide to them.
    static let guideBits = 32

    /// The most files, words of all files, words of a gram and sources of subtraction that a posting or key can number.
    static let fileLimit = 1 << 31
    static let positionLimit = 1 << 40
    static let keyLimit = 1 << 32
    static let spanLimit = 1 << 12
    static let sourceLimit = 1 << 12

    /// What a section holds.
    enum Section: Int, CaseIterable {
        /// Names and counts, see `IndexMetadata`.
        case metadata
        /// A record of five words a file, see `FileRecord`, and one more that tells where all ends.
        case files
        /// For equal stretches of positions the ordinal of the file in which each begins.
        case guide
        /// The files' paths, end to end.
        case paths
        /// For each line of each file the number of words that begin in it, see `LineMap`.
        case lines
        /// For each word of each file four bits to check it by.
        case checks
        /// The keys, see `KeyTable`: where groups of buckets begin, how many keys each bucket has, the keys' low bits.
        case keyGroups, keyBuckets, keyRests
        /// For each key what it is, see `KeyKind`, and its posting or where its postings begin.
        case details
        /// The postings of keys that have several.
        case slots
        /// The keys that were taken out, laid out as the others, and why.
        case outGroups, outBuckets, outRests, outReasons
        /// What an update remembers for the next, see `FileOrigins`; empty where there was none.
        case origins
        /// The filter over the keys, see `GramFilter`.
        case filter
        /// The checksum of every block.
        case checksums
    }

    /// The numbers that describe grams and windows.
    static var parameters: UInt64 {
        let numbers = [Winnower.gramLength, Winnower.window, ShapeRoller.gramLength, ShapeRoller.window]
        return numbers.reversed().reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// `count` octets rounded up to whole alignment units.
    static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    /// The octets in which `count` fields of `width` bits and a word behind them lie, so that a field may be read by two words.
    static func octets(_ count: Int, of width: Int) -> Int { ((count * width + 63) / 64 + 1) * 8 }

    /// The bits that tell numbers up to `value` apart; at least one.
    static func width(of value: Int) -> Int { max(1, Int.bitWidth - max(value, 0).leadingZeroBitCount) }
}

/// What a fingerprint is made of, and how much of it is rare.
struct KeyKind: Equatable {
    /// Whether it is twenty tokens, rather than eight words.
    var isShape: Bool
    /// The number of its parts that public code was not seen to have.
    var rareParts: Int

    /// The five bits that stand for it.
    var packed: UInt64 { UInt64(truncatingIfNeeded: rareParts & 15) | (isShape ? 16 : 0) }

    /// A fingerprint's kind.
    init(isShape: Bool, rareParts: Int) {
        self.isShape = isShape
        self.rareParts = rareParts
    }

    /// Reads the five bits; more parts than there are read as all.
    init(packed: UInt64) {
        isShape = packed & 16 != 0
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

    /// The words of the file that it covers.
    var words: Range<Int> { position..<(position + span) }
}

/// Why a fingerprint was taken out of an index.
package enum SuppressionReason: Sendable, Equatable {
    /// More than `IndexBuilder.commonLimit` of the indexed files hold it.
    case common
    /// It was in files that have been made public.
    case madePublic
    /// Public code has it: the source of this ordinal among `IndexInfo.subtracted`.
    case publicCode(source: Int)

    /// The number that stands for it; zero stands for none.
    var packed: UInt64 {
        switch self {
        case .common: 1
        case .madePublic: 2
        case .publicCode(let source): 3 + UInt64(truncatingIfNeeded: source)
        }
    }

    /// Reads the number; nil for none.
    init?(packed: UInt64) {
        switch packed {
        case 0: return nil
        case 1: self = .common
        case 2: self = .madePublic
        default: self = .publicCode(source: Int(truncatingIfNeeded: packed - 3))
        }
    }
}

/// What an index knows of a file.
struct FileRecord: Equatable {
    /// Where its path stands among the paths' octets.
    var path: Range<Int>
    /// The position of its first word among the words of all files, an even number.
    var firstWord: Int
    /// The number of its words.
    var words: Int
    /// The number of its lines.
    var lines: Int
    /// Where its line counts stand among those of all files, in octets.
    var lineCounts: Range<Int>
    /// The number of its octets, up to 2³² − 1.
    var octets: Int
    /// The keyed digest of its contents: what changed between two generations is told by it.
    var digest: UInt64
    /// The ordinal of its collection.
    var collection: Int
    /// Whether it is a former version of another file, or of one that is gone: see `VersionGroup`.
    var isVersion = false

    /// A number that makes equal words of different files have different check bits.
    var salt: UInt32 { UInt32(truncatingIfNeeded: digest) }

    /// Positions that it takes: one is left free behind an odd number of words.
    var positions: Int { words + words & 1 }

    /// The record's words, behind which the next file's tell where this one ends.
    var packed: [UInt64] {
        [
            UInt64(path.lowerBound),
            UInt64(firstWord) | UInt64(words & 1) << 40 | (isVersion ? 1 << 41 : 0) | UInt64(collection) << 48,
            UInt64(lineCounts.lowerBound),
            UInt64(lines) | UInt64(min(octets, Int(UInt32.max))) << 32,
            digest,
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
