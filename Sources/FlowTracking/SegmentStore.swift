internal import BasicContainers

/// The out-of-order data of one stream: pieces in order of their offsets, none overlapping another.
///
/// What comes first wins: later data fills only the places between. A piece that continues the one before it is
/// appended to that one's buffer where it has room, so that many small segments do not become many pieces. Finding the
/// place takes time logarithmic in the number of pieces, inserting moves those behind it.
struct SegmentStore: ~Copyable {
    /// Why not all of a segment was stored.
    enum Refusal {
        /// The stream holds as much as it may.
        case directionFull
        /// All streams together do.
        case tableFull
    }

    /// Memory charged for the pieces, in octets.
    private(set) var charge = 0

    private var segments = UniqueArray<StoredSegment>()
    /// Pieces before this index have been taken; what is left of them is empty.
    private var head = 0

    /// Whether nothing waits.
    var isEmpty: Bool { head == segments.count }

    /// How many pieces wait.
    var count: Int { segments.count - head }

    /// Where the first piece begins; nil when nothing waits.
    var firstOffset: Int? { isEmpty ? nil : segments[head].offset }

    /// When the first piece came; nil when nothing waits.
    var firstArrival: UInt32? { isEmpty ? nil : segments[head].arrived }

    /// The offset after the last piece; nil when nothing waits.
    var end: Int? { isEmpty ? nil : segments[segments.count - 1].end }

    /// What became of a segment.
    struct Outcome {
        /// The offset up to which it is dealt with.
        var upTo: Int
        /// How many of its octets waited already.
        var repeated = 0
        /// Why that is not its end; nil when it is.
        var refusal: Refusal?
    }

    /// Copies what is new of a segment that begins at `offset`, has these captured octets, and ends with `missing`
    /// octets that were not captured; the stream may be charged `limit` octets in all.
    mutating func insert(
        _ octets: Span<UInt8>,
        missing: Int,
        at offset: Int,
        tick: UInt32,
        limit: Int,
        buffers: inout SegmentBuffers
    ) -> Outcome {
        let capturedEnd = offset + octets.count
        let end = capturedEnd + missing
        var position = offset
        var repeated = 0
        var index = firstIndex(endingAfter: offset)
        while position < end {
            if index < segments.count, segments[index].offset <= position {
                repeated += max(0, min(end, segments[index].end) - position)
                position = min(end, max(position, segments[index].end))
                index += 1
                continue
            }
            let pieceEnd = index < segments.count ? min(end, segments[index].offset) : end
            let cut = min(max(position, capturedEnd), pieceEnd)
            let piece = octets.extracting((min(position, capturedEnd) - offset)..<(min(cut, capturedEnd) - offset))
            if index > head, extend(index - 1, by: piece, missing: pieceEnd - cut, at: position) {
                position = pieceEnd
                continue
            }
            guard SegmentBuffers.charge(for: piece.count) <= limit - charge else {
                return Outcome(upTo: position, repeated: repeated, refusal: .directionFull)
            }
            guard buffers.fits(piece.count) else {
                return Outcome(upTo: position, repeated: repeated, refusal: .tableFull)
            }
            let segment = buffers.store(piece, missing: pieceEnd - cut, at: position, tick: tick)
            charge += segment.charge
            segments.insert(segment, at: index)
            position = pieceEnd
            index += 1
        }
        return Outcome(upTo: end, repeated: repeated)
    }

    /// Takes the first piece, which the caller gives back to the buffers; nil when nothing waits.
    mutating func popFirst() -> StoredSegment? {
        guard !isEmpty else { return nil }
        var segment = StoredSegment()
        swap(&segment, &segments[head])
        head += 1
        charge -= segment.charge
        if head == segments.count {
            segments.removeAll(keepingCapacity: segments.capacity <= 64)
            head = 0
        } else if head >= 32, head * 2 >= segments.count {
            segments.removeSubrange(0..<head)
            head = 0
        }
        return segment
    }

    /// Whether an octet of a segment differs from one that waits at the same place.
    func conflicts(with octets: Span<UInt8>, at offset: Int) -> Bool {
        let end = offset + octets.count
        var index = firstIndex(endingAfter: offset)
        while index < segments.count, segments[index].offset < end {
            let start = max(offset, segments[index].offset)
            let comparable = min(end, segments[index].offset + segments[index].captured)
            if start < comparable {
                let other = octets.extracting((start - offset)..<(comparable - offset))
                if !segments[index].equals(other, from: start) { return true }
            }
            index += 1
        }
        return false
    }

    /// How many of the octets from `offset` to `end` wait already.
    func overlap(from offset: Int, to end: Int) -> Int {
        var index = firstIndex(endingAfter: offset)
        var count = 0
        while index < segments.count, segments[index].offset < end {
            count += min(end, segments[index].end) - max(offset, segments[index].offset)
            index += 1
        }
        return count
    }

    /// Counts all offsets from `origin` on, and drops what lies before it; returns the number of octets dropped.
    mutating func rebase(to origin: Int, buffers: inout SegmentBuffers) -> Int {
        var dropped = 0
        while let first = firstOffset, first < origin, var segment = popFirst() {
            let before = segment.offset
            segment.trim(to: origin)
            dropped += segment.offset - before
            if segment.captured + segment.missing == 0 {
                buffers.recycle(segment)
            } else {
                charge += segment.charge
                segments.insert(segment, at: head)
            }
        }
        for index in head..<segments.count { segments[index].offset -= origin }
        return dropped
    }

    /// Drops everything.
    mutating func removeAll(buffers: inout SegmentBuffers) {
        guard segments.capacity > 0 else { return }
        while let segment = popFirst() { buffers.recycle(segment) }
        segments = UniqueArray()
    }

    private mutating func extend(_ index: Int, by piece: Span<UInt8>, missing: Int, at position: Int) -> Bool {
        guard segments[index].missing == 0, segments[index].end == position,
            piece.count <= segments[index].octets.freeCapacity
        else { return false }
        segments[index].octets.append(copying: piece)
        segments[index].missing = missing
        return true
    }

    private func firstIndex(endingAfter offset: Int) -> Int {
        var low = head
        var high = segments.count
        while low < high {
            let middle = low + (high - low) / 2
            if segments[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension StoredSegment {
    /// Whether the octets equal those that the piece has from `start` on.
    fileprivate func equals(_ other: Span<UInt8>, from start: Int) -> Bool {
        let mine = span
        let shift = start - offset
        guard shift >= 0, shift + other.count <= mine.count else { return false }
        for index in other.indices where mine[shift + index] != other[index] { return false }
        return true
    }
}
