/// Hits of shape that prove nothing by themselves, each the only one of its file so far: kept as little as a note until a
/// second one is near.
///
/// Text of common shape has many; a cluster for each would cost more than all else. The room is fixed: of the hits of files
/// that fall into one set the oldest is forgotten.
struct LoneHits {
    /// A hit that waits for a second.
    struct Hit {
        /// The file's ordinal, and the fingerprint's.
        var file: Int
        var key: Int
        /// The words of the text.
        var text: Range<Int>
        /// The least and the greatest of the positions in the file that a cluster would have.
        var lowFile: Int
        var highFile: Int
        /// The leaf's tag.
        var tag: Int
        /// The number that the text gives the line.
        var line: Int?
        /// The weight of the fingerprint.
        var weight: Double
        /// Words of the text before it that only repeat others.
        var repeated = 0
        /// How many clusters and hits were begun before it.
        var order: Int

        /// Whether a hit at these places belongs to the same cluster.
        @inline(__always)
        func takes(file other: Int, text end: Int, position: Int) -> Bool {
            file == other && end - text.upperBound <= MatchScore.textGap && position >= lowFile - MatchScore.fileGap
                && position <= highFile + MatchScore.fileGap
        }
    }

    private static let sets = 64
    private static let ways = 4
    private static let nobody = Hit(
        file: -1,
        key: 0,
        text: 0..<0,
        lowFile: 0,
        highFile: 0,
        tag: 0,
        weight: 0,
        order: 0
    )

    private var hits: [Hit] = []

    /// None.
    init() {}

    /// Octets of memory that the room takes.
    var octets: Int { hits.count * MemoryLayout<Hit>.stride }

    /// The place of the hit that another belongs to; nil where there is none.
    @inline(__always)
    func taking(file: Int, text: Int, position: Int) -> Int? {
        guard !hits.isEmpty else { return nil }
        let first = Self.first(file)
        let hits = hits.span
        for place in first..<(first + Self.ways)
        where hits[place].takes(file: file, text: text, position: position) {
            return place
        }
        return nil
    }

    /// The hit at a place.
    subscript(place: Int) -> Hit {
        get { hits[place] }
        set { hits[place] = newValue }
    }

    /// Keeps a hit, in the place of the oldest of its set.
    mutating func keep(_ hit: Hit) {
        if hits.isEmpty { hits = [Hit](repeating: Self.nobody, count: Self.sets * Self.ways) }
        let first = Self.first(hit.file)
        var oldest = first
        for place in first..<(first + Self.ways) {
            if hits[place].file < 0 {
                oldest = place
                break
            }
            if hits[place].order < hits[oldest].order { oldest = place }
        }
        hits[oldest] = hit
    }

    /// Takes a hit out.
    mutating func take(_ place: Int) -> Hit {
        defer { hits[place] = Self.nobody }
        return hits[place]
    }

    private static func first(_ file: Int) -> Int { (scatter(file) & (sets - 1)) * ways }

    /// A number of which the low bits are even, whatever the files' ordinals.
    @inline(__always)
    static func scatter(_ file: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: file) &* 0x9E37_79B9_7F4A_7C15) &>> 40)
    }
}
