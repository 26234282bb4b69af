/// The streams that one side of a connection sends: what is in order of each, what waits, and which are over.
struct QUICStreams: Sendable {
    /// Octets of memory that wait for others, in all streams.
    private(set) var heldOctets = 0
    /// Octets that were taken and have been neither handed on nor given up.
    private(set) var owedOctets = 0
    private var streams: [UInt64: Stream] = [:]
    private var closed: [ClosedStreams]
    private let limits: QUICLimits

    private struct Stream: Sendable {
        var buffer = QUICStreamBuffer()
        /// Where it ends, once that is known.
        var finalSize: UInt64?
        var isReset = false

        var isOver: Bool { finalSize.map { buffer.next >= $0 } ?? false }
    }

    /// What becomes of a piece of a stream.
    enum Taken: Equatable {
        /// So many of its octets are new; those in `ready` are the stream's next.
        case accepted(Int, ready: Range<Int>)
        /// There are too many streams: it is not read.
        case refused
        /// It lies farther ahead than any receiver permits.
        case outOfWindow
    }

    init(limits: QUICLimits) {
        self.limits = limits
        closed = Array(repeating: ClosedStreams(limit: limits.closedRuns), count: 4)
    }

    /// Whether more waits than may.
    var isCrowded: Bool { heldOctets > limits.connectionOctets }

    /// How many are open.
    var count: Int { streams.count }

    /// Takes a piece of a stream.
    mutating func take(
        _ octets: Span<UInt8>,
        at offset: UInt64,
        isFinal: Bool,
        stream id: UInt64
    ) -> Taken {
        guard !isClosed(id) else { return .accepted(0, ready: 0..<0) }
        guard open(id) else { return .refused }
        guard var stream = streams[id] else { return .refused }
        streams[id] = nil
        defer { streams[id] = stream }
        let end = offset &+ UInt64(octets.count)
        guard end <= stream.buffer.next + limits.window else { return .outOfWindow }
        // An end before what has come is none.
        if isFinal, stream.finalSize == nil, end >= stream.buffer.reach { stream.finalSize = end }
        // Nothing lies behind a stream's end (RFC 9000 § 4.5, Stream Final Size).
        guard end <= stream.finalSize ?? end else { return .accepted(0, ready: 0..<0) }
        let before = stream.buffer.heldOctets
        let taken = stream.buffer.take(octets, at: offset)
        heldOctets += stream.buffer.heldOctets - before
        owedOctets += taken.accepted - taken.ready.count
        return .accepted(taken.accepted, ready: taken.ready)
    }

    /// Notes that the sender gave up a stream; what is under way of it may still come.
    mutating func reset(_ id: UInt64, finalSize: UInt64) {
        guard !isClosed(id), open(id) else { return }
        streams[id]?.isReset = true
        guard let stream = streams[id], stream.finalSize == nil else { return }
        guard finalSize >= stream.buffer.reach, finalSize <= stream.buffer.next + limits.window else { return }
        streams[id]?.finalSize = finalSize
    }

    /// The next octets of a stream that waited and are due.
    mutating func popReady(_ id: UInt64) -> [UInt8]? {
        guard let before = streams[id]?.buffer.heldOctets, before > 0 else { return nil }
        guard let octets = streams[id]?.buffer.popReady() else { return nil }
        heldOctets += (streams[id]?.buffer.heldOctets ?? before) - before
        owedOctets -= octets.count
        return octets
    }

    /// Closes a stream if all of it has been handed on; whether it came to its end, nil while it has not.
    mutating func close(ifOver id: UInt64) -> Bool? {
        guard let stream = streams[id], stream.isOver else { return nil }
        remove(id)
        return !stream.isReset
    }

    /// The stream that holds most, whose first hole is to be given up.
    func mostHeld() -> UInt64? {
        streams.filter { $0.value.buffer.hasHeld }
            .max { ($0.value.buffer.heldOctets, $1.key) < ($1.value.buffer.heldOctets, $0.key) }?.key
    }

    /// Gives up the first hole of a stream; how many octets it has.
    mutating func skipHole(_ id: UInt64) -> Int? { streams[id]?.buffer.skipHole() }

    /// Gives up what is missing of a stream up to the end that it is known to have.
    mutating func skipTail(_ id: UInt64) -> Int? {
        guard let stream = streams[id], let finalSize = stream.finalSize else { return nil }
        return streams[id]?.buffer.skip(to: finalSize)
    }

    /// Forgets a stream; what comes of it later is not read.
    mutating func remove(_ id: UInt64) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        heldOctets -= stream.buffer.heldOctets
        closed[Int(id & 3)].insert(id >> 2)
    }

    /// The open streams, in the order in which they were begun.
    var open: [UInt64] { streams.keys.sorted() }

    /// Forgets all streams as though none had been; how many octets of them had been taken and not handed on.
    mutating func restart() -> Int {
        let owed = owedOctets
        self = QUICStreams(limits: limits)
        return owed
    }

    private func isClosed(_ id: UInt64) -> Bool { closed[Int(id & 3)].contains(id >> 2) }

    /// Whether a stream is open or could be opened.
    private mutating func open(_ id: UInt64) -> Bool {
        if streams[id] != nil { return true }
        guard streams.count < limits.streams else {
            closed[Int(id & 3)].insert(id >> 2)
            return false
        }
        streams[id] = Stream()
        return true
    }
}

/// Which streams of one kind are over, as runs of their numbers.
private struct ClosedStreams: Sendable {
    private var runs: [ClosedRange<UInt64>] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func contains(_ number: UInt64) -> Bool {
        let place = place(of: number)
        return place < runs.count && runs[place].contains(number)
    }

    /// Adds one; beyond the limit the first two runs become one, with the numbers between them.
    mutating func insert(_ number: UInt64) {
        let place = place(of: number)
        if place < runs.count, runs[place].contains(number) { return }
        let joinsBefore = place > 0 && runs[place - 1].upperBound &+ 1 == number
        let joinsBehind = place < runs.count && runs[place].lowerBound == number &+ 1
        switch (joinsBefore, joinsBehind) {
        case (true, true):
            runs[place - 1] = runs[place - 1].lowerBound...runs[place].upperBound
            runs.remove(at: place)
        case (true, false): runs[place - 1] = runs[place - 1].lowerBound...number
        case (false, true): runs[place] = number...runs[place].upperBound
        case (false, false): runs.insert(number...number, at: place)
        }
        guard runs.count > limit, runs.count > 1 else { return }
        runs[1] = runs[0].lowerBound...runs[1].upperBound
        runs.removeFirst()
    }

    /// The first run that ends at `number` or behind it.
    private func place(of number: UInt64) -> Int {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].upperBound >= number { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
