import Payloads
import Wire

/// Leaves of a message that are held back while they are what an earlier message had: they are scanned once they are not.
///
/// A class, so that a message that is dropped gives back what it took of the cap.
final class HeldLeaves {
    /// Octets that one message may hold back.
    private static let limit = 2 * PrefixPlaces.farthest
    /// Octets of memory that anything but text takes, about.
    private static let eventOctets = 128

    /// What came, in order; text by its place in `text`.
    enum Event {
        case leafBegan(Provenance)
        case text(Range<Int>)
        case leafEnded(truncated: Bool)
        case groupResolved(Int, Segment)
        case mark
    }

    private let cache: PrefixCache
    private(set) var events: [Event] = []
    private var text: [UInt8] = []
    private var octets = 0

    /// Nothing held back.
    init(_ cache: PrefixCache) {
        self.cache = cache
    }

    deinit { cache.release(octets) }

    /// Octets of text.
    var count: Int { text.count }

    /// Whether no more may be held back.
    private(set) var isFull = false

    /// Holds back what is not text.
    func append(_ event: Event) {
        _ = take(Self.eventOctets)
        events.append(event)
    }

    /// Holds back text; false where no more may be held back, and nothing of it is.
    func append(_ piece: Span<UInt8>) -> Bool {
        guard take(piece.count + Self.eventOctets) else { return false }
        let start = text.count
        text.append(copying: piece)
        events.append(.text(start..<text.count))
        return true
    }

    /// Text that is held back.
    func withText(_ range: Range<Int>, _ body: (Span<UInt8>) -> Void) {
        let text = text
        body(text.span.extracting(range))
    }

    /// Forgets what was held back.
    func removeAll() {
        cache.release(octets)
        octets = 0
        isFull = false
        events.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
    }

    /// Takes so many octets of the caps; false where that is too many.
    private func take(_ more: Int) -> Bool {
        guard octets + more <= Self.limit, cache.hold(more) else {
            isFull = true
            return false
        }
        octets += more
        return true
    }
}
