internal import CTextScan
import Payloads

/// A digest of how a message began: of its leaves so far, their places and their text.
///
/// Two hashers of the standard library (SipHash-1-3, 64 bits each) read what is short, and of text the sums of
/// `ctextscan_digest`. All are keyed by what no sender knows, so that nobody can make two beginnings of which one is taken for
/// the other; by chance that happens to 2⁶⁴ beginnings.
@safe
struct PrefixDigest {
    /// What stands for a beginning.
    struct Value: Hashable {
        let first: Int
        let second: Int

        func hash(into hasher: inout Hasher) { hasher.combine(first) }
    }

    /// The secrets of a thread.
    struct Key {
        fileprivate let words: [UInt64]
        fileprivate let seeds: (UInt64, UInt64)

        /// New ones, at random.
        init() {
            var generator = SystemRandomNumberGenerator()
            words = (0..<Int(ctextscan_digest_words)).map { _ in generator.next() }
            seeds = (generator.next(), generator.next())
        }
    }

    private enum Event: UInt64 {
        case leaf = 1
        case text, end, truncatedEnd, group, textEnd
    }

    private let words: [UInt64]
    private var first = Hasher()
    private var second = Hasher()

    /// The digest of nothing.
    init(_ key: Key) {
        words = key.words
        first.combine(key.seeds.0)
        second.combine(key.seeds.1)
    }

    /// What stands for the beginning so far.
    var value: Value { Value(first: first.finalize(), second: second.finalize()) }

    /// The text is a body's of a request for this path, or this member of it.
    mutating func textBegan(path: [UInt8], member: UInt64) {
        first.combine(path)
        second.combine(path)
        add(member)
    }

    /// The text ends.
    mutating func textEnded() { add(.textEnd) }

    /// A leaf begins.
    mutating func leafBegan(_ provenance: borrowing Provenance) {
        add(.leaf)
        add(provenance.codings, provenance.segment, provenance.group)
        add(provenance.filename)
    }

    /// A leaf has this text.
    mutating func text(_ text: Span<UInt8>) {
        add(.text, UInt64(text.count))
        var start = 0
        while start < text.count {
            let end = min(start + Int(ctextscan_digest_octets), text.count)
            let sums = Self.sums(of: text.extracting(start..<end), words.span)
            for place in 0..<4 { add(sums[place]) }
            start = end
        }
    }

    /// A leaf ends.
    mutating func leafEnded(truncated: Bool) { add(truncated ? .truncatedEnd : .end) }

    /// The leaves of a group belong to a segment.
    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        add(.group, UInt64(truncatingIfNeeded: group))
        add(DecodeChain(), segment, group)
    }

    private mutating func add(_ event: Event, _ count: UInt64 = 0) { add(event.rawValue << 56 | count) }

    private mutating func add(_ codings: DecodeChain, _ segment: Segment, _ group: Int) {
        Self.add(codings, segment, group, to: &first)
        Self.add(codings, segment, group, to: &second)
    }

    private static func add(_ codings: DecodeChain, _ segment: Segment, _ group: Int, to hasher: inout Hasher) {
        hasher.combine(codings)
        hasher.combine(segment)
        hasher.combine(group)
    }

    private mutating func add(_ name: String?) {
        first.combine(name)
        second.combine(name)
    }

    private mutating func add(_ word: UInt64) {
        first.combine(word)
        second.combine(word)
    }

    private static func sums(of block: Span<UInt8>, _ key: Span<UInt64>) -> InlineArray<4, UInt64> {
        var sums = InlineArray<4, UInt64>(repeating: 0)
        guard block.count <= Int(ctextscan_digest_octets), key.count >= Int(ctextscan_digest_words) else { return sums }
        var output = sums.mutableSpan
        // The block is no longer than a digest covers, and the key as long as that takes; four sums are written.
        unsafe block.withUnsafeBufferPointer { text in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    guard let text = text.baseAddress, let key = key.baseAddress, let output = output.baseAddress
                    else { return }
                    unsafe ctextscan_digest(text, block.count, key, output)
                }
            }
        }
        return sums
    }
}
