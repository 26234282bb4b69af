/// Where a stream stands: what of it has been handed on or counted.
struct StreamCursor {
    /// Octets of the stream so far, gaps included: the offset of the next one.
    var octets = 0
    /// The sequence number of the next octet.
    var next = SequenceNumber(0)

    /// The sequence number of the stream's first octet.
    var initial: SequenceNumber { next.advanced(by: -octets) }

    /// The offset in the stream of the octet with that sequence number.
    func offset(of number: SequenceNumber) -> Int { octets + next.distance(to: number) }

    /// Moves on by `count` octets.
    mutating func advance(by count: Int) {
        octets += count
        next = next.advanced(by: count)
    }
}

/// What is left to do of a segment that has just come.
struct Arrival {
    /// Where the rest begins, in octets from the start of its stream.
    var offset: Int
    /// Where the rest begins in the packet's payload.
    var start: Int
    /// Captured octets of the rest.
    var captured: Int
    /// Octets after those that the snap length cut off.
    var missing: Int

    /// Nothing.
    static let none = Arrival(offset: 0, start: 0, captured: 0, missing: 0)

    /// The offset after the segment.
    var end: Int { offset + captured + missing }

    /// Whether nothing is left.
    var isEmpty: Bool { captured == 0 && missing == 0 }

    /// Passes over everything before `position`; returns how many octets that were.
    mutating func trim(to position: Int) -> Int {
        let excess = min(max(0, position - offset), captured + missing)
        let cut = min(excess, captured)
        start += cut
        captured -= cut
        missing -= excess - cut
        offset += excess
        return excess
    }

    /// Cuts everything from `position` on off; returns how many octets that were.
    mutating func cut(at position: Int) -> Int {
        let excess = min(max(0, end - position), captured + missing)
        let cut = min(excess, missing)
        missing -= cut
        captured -= excess - cut
        return excess
    }
}

/// Puts one direction of a TCP connection in order.
///
/// It is asked for steps until there is none: data that can be handed on from the packet itself (borrowed), data that
/// waited (moved out), or a hole. **When a hole is declared:** a segment that is merely late, here or at the sender, must
/// not be given up; one that the receiver has and the capture has not will never come again. So a hole is kept open until
/// * the receiver's acknowledgement has covered it for `gapGrace`: it is lost to us alone;
/// * or nothing was ever acknowledged (a tap that sees one way only) and data behind it has waited for `holePatience`;
/// * or what waits behind it has filled the buffers of the direction or the table;
/// * or the flow ends.
/// While acknowledgements are seen and the hole is not covered, the sender will send it again, and we wait.
///
/// A direction whose SYN was not seen first *holds* its data for `midstreamGrace`: the SYN, or earlier data, may be late.
struct StreamReassembler: ~Copyable {
    /// What to do next.
    enum Step: ~Copyable {
        /// Nothing more for now.
        case done
        /// Hand on this range of the packet's payload.
        case packet(Range<Int>)
        /// Hand on what waited, then give it back to the buffers.
        case stored(StoredSegment)
        /// Tell of a hole.
        case gap(Int, GapReason)
        /// The table's buffers are full: make room and ask again.
        case tableFull
    }

    /// Data that waits.
    var store = SegmentStore()
    /// The offset at which the sender said FIN; nil before.
    var finOffset: Int?
    /// Whether the consumer was told of the end.
    var hasEnded = false
    /// Whether the start of the stream is still to be found.
    private(set) var isHolding = false
    /// Where a segment out of the window ended, or a doubtful SYN would begin; nil when there is none.
    var candidate: SequenceNumber?
    /// Segments that followed one another from the candidate on; of a SYN, −1.
    var candidateRun = 0

    private var holdingSince: UInt32 = 0
    private var pendingMissing = 0
    private var acknowledged: SequenceNumber?
    /// What was acknowledged at `stageTick`, to become `covered` when it is `gapGrace` old.
    private var staged: SequenceNumber?
    private var stageTick: UInt32 = 0
    private var covered: SequenceNumber?

    /// Begins anew for another stream; what waited has been taken out.
    mutating func renew() {
        finOffset = nil
        hasEnded = false
        isHolding = false
        holdingSince = 0
        pendingMissing = 0
        stageTick = 0
        resynchronised()
    }

    /// The next step with a segment that has come, given to `step` anew until it is empty.
    mutating func step(
        _ arrival: inout Arrival,
        _ payload: Span<UInt8>,
        _ cursor: inout StreamCursor,
        tick: UInt32,
        limit: Int,
        counters: inout FlowCounters,
        buffers: inout SegmentBuffers
    ) -> Step {
        if isHolding { return hold(&arrival, payload, tick: tick, limit: limit, &counters, &buffers) }
        if pendingMissing > 0 {
            let missing = pendingMissing
            pendingMissing = 0
            cursor.advance(by: missing)
            return .gap(missing, .snaplen)
        }
        if let first = store.firstOffset, first <= cursor.octets { return takeFirst(&cursor, &counters) }
        if arrival.isEmpty { return .done }
        if arrival.offset < cursor.octets {
            counters.repeatedOctets &+= UInt64(arrival.trim(to: cursor.octets))
            if arrival.isEmpty { return .done }
        }
        guard arrival.offset == cursor.octets else {
            return keep(&arrival, payload, &cursor, tick: tick, limit: limit, &counters, &buffers)
        }
        let room = (store.firstOffset ?? Int.max) - arrival.offset
        if arrival.captured > 0 {
            let count = min(arrival.captured, room)
            let range = arrival.start..<(arrival.start + count)
            arrival.start += count
            arrival.captured -= count
            arrival.offset += count
            cursor.advance(by: count)
            return .packet(range)
        }
        let count = min(arrival.missing, room)
        arrival.missing -= count
        arrival.offset += count
        cursor.advance(by: count)
        return .gap(count, .snaplen)
    }

    /// Gives the first hole up, if data waits behind it; the steps that follow hand that data on.
    mutating func declareHole(_ cursor: inout StreamCursor) -> Int {
        guard let first = store.firstOffset, first > cursor.octets else { return 0 }
        let count = first - cursor.octets
        cursor.advance(by: count)
        return count
    }

    /// Gives up what is missing before `offset`, or before what waits if that is earlier; returns how many octets.
    mutating func skip(to offset: Int, _ cursor: inout StreamCursor) -> Int {
        let count = max(0, min(store.firstOffset ?? offset, offset) - cursor.octets)
        cursor.advance(by: count)
        return count
    }

    /// Forgets numbers that have lost their meaning.
    mutating func resynchronised() {
        candidate = nil
        candidateRun = 0
        acknowledged = nil
        staged = nil
        covered = nil
        finOffset = nil
    }

    /// Begins to hold, the segment at `number` being the first that was seen of the stream.
    mutating func beginHolding(at number: SequenceNumber, _ cursor: inout StreamCursor, tick: UInt32) {
        isHolding = true
        holdingSince = tick
        cursor.next = number
        cursor.octets = 0
    }

    /// Ends holding: the stream begins at `start`, or where nil at the earliest octet that was seen.
    ///
    /// Returns how many octets lay before `start`.
    mutating func endHolding(
        at start: SequenceNumber? = nil,
        _ cursor: inout StreamCursor,
        buffers: inout SegmentBuffers
    ) -> Int {
        guard isHolding else { return 0 }
        isHolding = false
        let origin = start.map { cursor.offset(of: $0) } ?? min(store.firstOffset ?? 0, finOffset ?? 0)
        cursor.next = cursor.next.advanced(by: origin)
        if let fin = finOffset { finOffset = fin >= origin ? fin - origin : nil }
        return store.rebase(to: origin, buffers: &buffers)
    }

    /// Notes that the receiver has everything before `number`.
    mutating func acknowledge(_ number: SequenceNumber, tick: UInt32) {
        guard let known = acknowledged else {
            acknowledged = number
            return
        }
        if known.distance(to: number) > 0 { acknowledged = number }
        if !store.isEmpty, staged == nil {
            staged = acknowledged
            stageTick = tick
        }
    }

    /// Whether the first hole, or the search for the start, has been waited for long enough.
    mutating func isDue(_ cursor: StreamCursor, clock: PacketClock, limits: FlowLimits) -> Bool {
        guard let first = store.firstOffset, let arrival = store.firstArrival else {
            staged = nil
            covered = nil
            return isHolding && clock.milliseconds(since: holdingSince) >= limits.midstreamGrace
        }
        if isHolding {
            return clock.milliseconds(since: holdingSince) >= limits.midstreamGrace
                || store.charge > limits.midstreamHold
        }
        guard let acknowledged else { return clock.milliseconds(since: arrival) >= limits.holePatience }
        if let current = staged {
            if clock.milliseconds(since: stageTick) >= limits.gapGrace {
                covered = current
                staged = acknowledged
                stageTick = clock.tick
            }
        } else {
            staged = acknowledged
            stageTick = clock.tick
        }
        return covered.map { cursor.offset(of: $0) >= first } ?? false
    }

    /// Octets at the end that the receiver acknowledged and nobody captured; for use when the flow closes.
    ///
    /// One octet more than was seen is no proof: a FIN that the capture has not got takes a number too.
    func lostTail(_ cursor: StreamCursor, window: Int) -> Int {
        if let finOffset { return max(0, finOffset - cursor.octets) }
        guard let acknowledged else { return 0 }
        let ahead = cursor.next.distance(to: acknowledged)
        return ahead > 1 && ahead <= window ? ahead : 0
    }

    /// Drops all that waits, and moves on to its end; returns how many octets waited and how many they lacked.
    mutating func abandon(_ cursor: inout StreamCursor, buffers: inout SegmentBuffers) -> (waiting: Int, holes: Int) {
        var waiting = pendingMissing
        cursor.advance(by: pendingMissing)
        pendingMissing = 0
        var holes = 0
        while let segment = store.popFirst() {
            let hole = max(0, segment.offset - cursor.octets)
            waiting += segment.captured + segment.missing
            holes += hole
            cursor.advance(by: hole + segment.captured + segment.missing)
            buffers.recycle(segment)
        }
        store.removeAll(buffers: &buffers)
        return (waiting, holes)
    }

    private mutating func takeFirst(_ cursor: inout StreamCursor, _ counters: inout FlowCounters) -> Step {
        guard var segment = store.popFirst() else { return .done }
        counters.repeatedOctets &+= UInt64(max(0, min(cursor.octets, segment.end) - segment.offset))
        segment.trim(to: cursor.octets)
        pendingMissing = segment.missing
        cursor.advance(by: segment.captured)
        return .stored(segment)
    }

    private mutating func keep(
        _ arrival: inout Arrival,
        _ payload: Span<UInt8>,
        _ cursor: inout StreamCursor,
        tick: UInt32,
        limit: Int,
        _ counters: inout FlowCounters,
        _ buffers: inout SegmentBuffers
    ) -> Step {
        let octets = payload.extracting(arrival.start..<(arrival.start + arrival.captured))
        let outcome = store.insert(
            octets,
            missing: arrival.missing,
            at: arrival.offset,
            tick: tick,
            limit: limit,
            buffers: &buffers
        )
        _ = arrival.trim(to: outcome.upTo)
        counters.repeatedOctets &+= UInt64(outcome.repeated)
        switch outcome.refusal {
        case nil:
            counters.outOfOrder &+= 1
            return .done
        case .tableFull:
            return .tableFull
        case .directionFull:
            return .gap(skip(to: arrival.offset, &cursor), .budget)
        }
    }

    private mutating func hold(
        _ arrival: inout Arrival,
        _ payload: Span<UInt8>,
        tick: UInt32,
        limit: Int,
        _ counters: inout FlowCounters,
        _ buffers: inout SegmentBuffers
    ) -> Step {
        guard !arrival.isEmpty else { return .done }
        let octets = payload.extracting(arrival.start..<(arrival.start + arrival.captured))
        let outcome = store.insert(
            octets,
            missing: arrival.missing,
            at: arrival.offset,
            tick: tick,
            limit: limit,
            buffers: &buffers
        )
        _ = arrival.trim(to: outcome.upTo)
        counters.repeatedOctets &+= UInt64(outcome.repeated)
        return outcome.refusal == nil ? .done : .tableFull
    }
}
