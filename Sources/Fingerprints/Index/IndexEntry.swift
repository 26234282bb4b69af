/// A fingerprint at a place, or one known only by why it was taken out, while an index is built.
///
/// Entries are ordered by stored value, then by place; those of one file lie together among those of one value.
struct IndexEntry: Equatable, Sendable {
    /// At most 42 bits of the stored value, one that says whether the file has it here first, 16 of a reason, five of the kind.
    private(set) var head: UInt64
    /// 40 bits of the position among the words of all files, twelve of the span.
    private(set) var place: UInt64

    /// A fingerprint of stored value `stored` that stands at `position`.
    init(
        stored: UInt64,
        kind: KeyKind,
        reason: SuppressionReason? = nil,
        position: Int,
        span: Int,
        isFirstInFile: Bool = false
    ) {
        head =
            stored << 22 | (isFirstInFile ? 1 << 21 : 0) | ((reason?.packed ?? 0) & 0xFFFF) << 5 | kind.packed
        place = UInt64(truncatingIfNeeded: position) << 12 | UInt64(truncatingIfNeeded: span & 0xFFF)
    }

    /// A fingerprint that was taken out for `reason`.
    init(stored: UInt64, reason: SuppressionReason) {
        self.init(stored: stored, kind: KeyKind(packed: 0), reason: reason, position: 0, span: 0)
    }

    /// The entry whose two words these are.
    init(head: UInt64, place: UInt64) {
        self.head = head
        self.place = place
    }

    /// What is stored of the gram.
    var stored: UInt64 { head >> 22 }
    /// What the fingerprint is.
    var kind: KeyKind { KeyKind(packed: head & 31) }
    /// Why it is to be taken out.
    var reason: SuppressionReason? { SuppressionReason(packed: head >> 5 & 0xFFFF) }
    /// The number of the reason; zero for none.
    var reasonNumber: UInt64 { head >> 5 & 0xFFFF }
    /// Whether its file has it here first.
    var isFirstInFile: Bool {
        get { head & 1 << 21 != 0 }
        set { head = head & ~(1 << 21) | (newValue ? 1 << 21 : 0) }
    }
    /// The position among the words of all files.
    var position: Int { Int(truncatingIfNeeded: place >> 12) }
    /// Words from first to last.
    var span: Int { Int(truncatingIfNeeded: place & 0xFFF) }

    /// The entry `positions` farther on.
    func moved(by positions: Int) -> IndexEntry {
        IndexEntry(head: head, place: place &+ UInt64(truncatingIfNeeded: positions) << 12)
    }

    /// Whether it comes before another.
    @inline(__always)
    static func comesFirst(_ one: IndexEntry, _ other: IndexEntry) -> Bool {
        one.stored != other.stored ? one.stored < other.stored : one.place < other.place
    }
}

/// Sorts entries that come file by file, each file's in order, by stored value.
enum EntrySorter {
    private static let digitBits = 11
    private static let few = 4096

    /// Sorts `entries`, of which those of equal stored values are in order of place, unless it is to be done `byPlace` too.
    static func sort(_ entries: inout [IndexEntry], byPlace: Bool = false) {
        guard entries.count > few else { return entries.sort(by: IndexEntry.comesFirst) }
        var scratch = [IndexEntry](repeating: IndexEntry(head: 0, place: 0), count: entries.count)
        if byPlace {
            for digit in stride(from: 0, to: 52, by: digitBits) {
                distribute(entries, by: UInt64(digit), into: &scratch) { $0.place }
                swap(&entries, &scratch)
            }
        }
        for digit in stride(from: 0, to: IndexFormat.storedBits, by: digitBits) {
            distribute(entries, by: UInt64(22 + digit), into: &scratch) { $0.head }
            swap(&entries, &scratch)
        }
    }

    /// Puts entries in the order of one digit, those of equal digits as they were.
    @inline(__always)
    private static func distribute(
        _ entries: [IndexEntry],
        by shift: UInt64,
        into output: inout [IndexEntry],
        of word: (IndexEntry) -> UInt64
    ) {
        let mask = 1 << UInt64(digitBits) - 1 as UInt64
        var places = [Int](repeating: 0, count: 1 << digitBits)
        let input = entries.span
        for index in input.indices { places[Int(truncatingIfNeeded: word(input[index]) >> shift & mask)] += 1 }
        var sum = 0
        for digit in places.indices {
            let count = places[digit]
            places[digit] = sum
            sum += count
        }
        var target = output.mutableSpan
        for index in input.indices {
            let digit = Int(truncatingIfNeeded: word(input[index]) >> shift & mask)
            target[places[digit]] = input[index]
            places[digit] += 1
        }
    }
}
