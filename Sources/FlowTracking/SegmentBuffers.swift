internal import BasicContainers
internal import Wire

/// Out-of-order data that waits, piece by piece.
struct StoredSegment: ~Copyable {
    /// Where the piece begins, in octets from the start of its stream.
    var offset: Int
    /// The captured octets, after `skipped` ones that are no longer part of the piece.
    var octets: UniqueArray<UInt8>
    /// How many octets at the front of `octets` were cut off again.
    var skipped = 0
    /// Octets that follow the captured ones on the wire but were cut off by the snap length.
    var missing: Int
    /// When the piece came, in ticks of the packet clock.
    var arrived: UInt32

    /// A piece of nothing.
    init() {
        self.init(offset: 0, octets: UniqueArray(), missing: 0, arrived: 0)
    }

    /// Joins the parts.
    init(offset: Int, octets: consuming UniqueArray<UInt8>, missing: Int, arrived: UInt32) {
        self.offset = offset
        self.octets = octets
        self.missing = missing
        self.arrived = arrived
    }

    /// Octets captured.
    var captured: Int { octets.count - skipped }

    /// The offset after the piece.
    var end: Int { offset + captured + missing }

    /// The memory that the piece is charged with, in octets.
    var charge: Int { octets.capacity + SegmentBuffers.overhead }

    /// The captured octets.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { octets.span.extracting(skipped..<octets.count) }
    }

    /// Copies the captured octets to the end of `buffer`.
    func append(to buffer: inout [UInt8]) {
        buffer.append(copying: span)
    }

    /// Cuts everything before `start` off.
    mutating func trim(to start: Int) {
        let excess = min(max(0, start - offset), end - offset)
        let cut = min(excess, captured)
        skipped += cut
        missing -= excess - cut
        offset += excess
    }
}

/// The memory of a table's out-of-order data: a budget, and buffers to use again.
///
/// Buffers are charged by capacity, so that the budget bounds what is truly held. The size that an Ethernet segment
/// needs is kept for reuse (at most 512 KiB of it beyond the budget); others go back to the allocator.
struct SegmentBuffers: ~Copyable {
    /// Octets charged for a piece besides its buffer.
    static let overhead = 96

    /// Octets that unused buffers may take beyond the budget.
    static let spareOctets = spareLimit * standard

    private static let small = 512
    private static let standard = 2_048
    private static let spareLimit = 256

    /// Octets that may be in use.
    let limit: Int
    /// Octets in use.
    private(set) var used = 0

    private var spare = UniqueArray<UniqueArray<UInt8>>()

    /// An empty pool that hands out at most `limit` octets at a time.
    init(limit: Int) {
        self.limit = limit
    }

    /// What a piece of `count` captured octets will be charged.
    static func charge(for count: Int) -> Int { capacity(for: count) + overhead }

    /// Whether a piece of `count` captured octets can be had.
    func fits(_ count: Int) -> Bool { SegmentBuffers.charge(for: count) <= limit - used }

    /// A piece with a copy of `octets`, charged to the budget.
    mutating func store(_ octets: Span<UInt8>, missing: Int, at offset: Int, tick: UInt32) -> StoredSegment {
        let capacity = SegmentBuffers.capacity(for: octets.count)
        var buffer = UniqueArray<UInt8>()
        if capacity == SegmentBuffers.standard, let old = spare.popLast() {
            buffer = old
        } else if capacity > 0 {
            buffer = UniqueArray(minimumCapacity: capacity)
        }
        buffer.append(copying: octets)
        let segment = StoredSegment(offset: offset, octets: buffer, missing: missing, arrived: tick)
        used += segment.charge
        return segment
    }

    /// Takes a piece back.
    mutating func recycle(_ segment: consuming StoredSegment) {
        used -= segment.charge
        guard segment.octets.capacity == SegmentBuffers.standard, spare.count < SegmentBuffers.spareLimit else {
            return
        }
        var buffer = UniqueArray<UInt8>()
        swap(&buffer, &segment.octets)
        buffer.removeAll(keepingCapacity: true)
        spare.append(buffer)
    }

    private static func capacity(for count: Int) -> Int {
        if count == 0 { return 0 }
        if count <= small { return small }
        return max(count, standard)
    }
}
