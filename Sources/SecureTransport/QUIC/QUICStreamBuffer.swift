internal import Wire

/// Puts the octets of one stream in order that come in pieces, in any order, more than once, and overlapping.
///
/// Of octets that come twice the first stay. What is in order is not copied: only what waits is.
package struct QUICStreamBuffer: Sendable {
    /// What came of a piece.
    package struct Taken: Equatable, Sendable {
        /// Which of its octets are the stream's next.
        package let ready: Range<Int>
        /// How many of its octets were not known before.
        package let accepted: Int
    }

    /// Where the next octet that is due lies in the stream.
    package private(set) var next: UInt64 = 0
    /// The memory of what waits, overhead included.
    package private(set) var heldOctets = 0
    /// What waits: ascending, apart from each other, all behind `next`.
    private var pieces: [Piece] = []

    private struct Piece: Sendable {
        let offset: UInt64
        let octets: [UInt8]

        var end: UInt64 { offset &+ UInt64(octets.count) }
    }

    /// What a piece takes beside its octets.
    package static var pieceOverhead: Int { 64 }

    /// Starts before the first octet.
    package init() {}

    /// Whether octets wait for others before them.
    package var hasHeld: Bool { !pieces.isEmpty }

    /// How far the octets reach that have come.
    package var reach: UInt64 { pieces.last?.end ?? next }

    /// Takes octets of the stream from `offset` on; those that are in order must be used before anything else is asked.
    package mutating func take(_ octets: Span<UInt8>, at offset: UInt64) -> Taken {
        guard octets.count > 0, offset < 1 << 62 else { return Taken(ready: 0..<0, accepted: 0) }
        let end = offset &+ UInt64(octets.count)
        guard end > next else { return Taken(ready: 0..<0, accepted: 0) }
        var position = max(offset, next)
        var ready = 0..<0
        if position == next {
            let limit = min(end, pieces.first?.offset ?? end)
            ready = Int(position &- offset)..<Int(limit &- offset)
            next = limit
            position = limit
        }
        var accepted = ready.count
        var place = firstPiece(endingBehind: position)
        while position < end {
            if place < pieces.count, pieces[place].offset <= position {
                position = max(position, pieces[place].end)
                place += 1
                continue
            }
            let limit = place < pieces.count ? min(end, pieces[place].offset) : end
            let part = octets.extracting(Int(position &- offset)..<Int(limit &- offset))
            pieces.insert(Piece(offset: position, octets: Array(copying: part)), at: place)
            heldOctets += part.count + Self.pieceOverhead
            accepted += part.count
            place += 1
            position = limit
        }
        return Taken(ready: ready, accepted: accepted)
    }

    /// The next octets that waited, if they are due; nil when none are.
    package mutating func popReady() -> [UInt8]? {
        guard let first = pieces.first, first.offset <= next else { return nil }
        pieces.removeFirst()
        heldOctets -= first.octets.count + Self.pieceOverhead
        next = first.end
        return first.octets
    }

    /// Gives up what is missing before the octets that wait; how many they are, nil when nothing waits.
    package mutating func skipHole() -> Int? {
        guard let first = pieces.first, first.offset > next else { return nil }
        return skip(to: first.offset)
    }

    /// Gives up all that is missing before `offset`, where nothing waits; how many octets they are.
    package mutating func skip(to offset: UInt64) -> Int? {
        guard offset > next, offset <= pieces.first?.offset ?? offset else { return nil }
        let hole = Int(clamping: offset &- next)
        next = offset
        return hole
    }

    /// The first piece that ends behind `position`.
    private func firstPiece(endingBehind position: UInt64) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
