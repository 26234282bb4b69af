internal import Glibc
internal import Synchronization

/// A copy of a large filter in huge pages: there a question waits for memory once, in a file's small ones mostly twice.
///
/// Made bit by bit by the threads that ask, each of which copies a stretch on its way, so that no one waits for it: after some
/// five megabytes of text for a filter of 150. Until it is whole the file is asked.
@safe
final class FilterCopy: Sendable {
    /// Octets below which the caches of processors hold a filter, and its pages too.
    static let leastOctets = 4 << 20
    /// Words that are copied at a time.
    private static let stretch = 1 << 13
    private static let hugePage = 2 << 20

    /// The number of the filter's words.
    let count: Int
    private let mapping: UInt
    private let mapped: Int
    /// The next stretch to copy, and the number of those that have been.
    private let next = Atomic(0)
    private let done = Atomic(0)

    /// Room for `count` words; nil when that is too few to be worth it, or there is no memory.
    init?(count: Int, leastOctets: Int = FilterCopy.leastOctets) {
        guard count > 0, count * 8 >= leastOctets else { return nil }
        mapped = (count * 8 / Self.hugePage + 2) * Self.hugePage
        // A new private mapping of a length above zero; the kernel chooses where.
        let start = unsafe mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else { return nil }
        // Where there are no huge pages the copy is no worse than the file.
        unsafe madvise(start, mapped, MADV_HUGEPAGE)
        mapping = UInt(bitPattern: start)
        self.count = count
    }

    deinit {
        // The mapping was made by `init` with this length and nothing else unmaps it.
        _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: mapping), mapped)
    }

    /// Whether all has been copied.
    @inline(__always)
    var isWhole: Bool { done.load(ordering: .acquiring) == stretches }

    /// Copies the next stretch of `filter`, unless it is not `sound`.
    func copyOn(_ filter: Span<UInt64>, where sound: (Range<Int>) -> Bool) {
        guard filter.count == count else { return }
        let ordinal = next.add(1, ordering: .relaxed).oldValue
        guard ordinal >= 0, ordinal < stretches else { return }
        let range = (ordinal * Self.stretch)..<min((ordinal + 1) * Self.stretch, count)
        guard sound(range) else { return }
        // The stretch lies in the mapping, and no other thread was given it; nobody reads it before `done` tells of it.
        unsafe filter.extracting(range).withUnsafeBytes { octets in
            guard let source = octets.baseAddress else { return }
            let target = unsafe UnsafeMutableRawPointer(bitPattern: address + UInt(range.lowerBound * 8))
            unsafe target?.copyMemory(from: source, byteCount: octets.count)
        }
        done.add(1, ordering: .releasing)
    }

    /// Gives `body` the copy, which must be whole.
    @inline(__always)
    func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result {
        // The mapping holds so many words from there on and stays until `deinit`; `self` is borrowed meanwhile.
        let start = unsafe UnsafePointer<UInt64>(bitPattern: address)
        let words = unsafe UnsafeBufferPointer(start: start, count: count)
        return unsafe body(Span(_unsafeElements: words))
    }

    /// Where the words begin: at a huge page.
    @inline(__always)
    private var address: UInt { (mapping + UInt(Self.hugePage) - 1) / UInt(Self.hugePage) * UInt(Self.hugePage) }

    private var stretches: Int { (count + Self.stretch - 1) / Self.stretch }
}
