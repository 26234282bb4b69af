internal import BasicContainers

/// What a table keeps besides the `FlowEntry` for a flow whose streams it puts in order.
struct Reassembly: ~Copyable {
    /// The flow's index; of an unused one, the next unused one.
    var flow = FlowEntry.none
    /// The flow's first packet, which the consumer is told when the flow is announced.
    private(set) var first: PacketStamp
    /// The two streams, by the side that sends.
    var streams: InlineArray<2, StreamReassembler>
    /// Whether data of the flow waits, and the neighbours among those of which that is true.
    fileprivate(set) var isWaiting = false
    fileprivate(set) var earlier = FlowEntry.none
    fileprivate(set) var later = FlowEntry.none

    fileprivate init(first: PacketStamp) {
        self.first = first
        streams = InlineArray { _ in StreamReassembler() }
    }

    /// Begins anew for another flow, in place; what waited has been taken out.
    fileprivate mutating func renew(first: PacketStamp) {
        self.first = first
        streams[0].renew()
        streams[1].renew()
    }
}

/// The reassemblies of a table: indices are stable, unused ones are used again, and those that wait are in a list.
///
/// What only reads is `mutating`, too, for the reason that `FlowSlab` gives.
struct ReassemblySlab: ~Copyable {
    private var items = UniqueArray<Reassembly>()
    private var free = FlowEntry.none
    /// How many are in use.
    private(set) var count = 0
    private var longest = FlowEntry.none
    private var latest = FlowEntry.none

    /// The reassembly at an index, in place.
    subscript(index: Int) -> Reassembly {
        @inline(__always)
        mutating _read { yield items[index] }
        @inline(__always)
        _modify { yield &items[index] }
    }

    /// One of its streams, in place.
    subscript(index: Int, side: FlowKey.Side) -> StreamReassembler {
        @inline(__always)
        mutating _read { yield items[index].streams[side.rawValue] }
        @inline(__always)
        _modify { yield &items[index].streams[side.rawValue] }
    }

    /// The one that has had data waiting the longest; nil when none has.
    var longestWaiting: Int? { longest == FlowEntry.none ? nil : Int(longest) }

    /// The one that has had data waiting next to the longest.
    mutating func nextWaiting(after index: Int) -> Int? {
        let next = items[index].later
        return next == FlowEntry.none ? nil : Int(next)
    }

    /// A reassembly for a flow.
    mutating func insert(_ flow: Int, first: PacketStamp) -> Int {
        count += 1
        let owner = UInt32(truncatingIfNeeded: flow)
        if free != FlowEntry.none {
            let index = Int(free)
            free = items[index].flow
            items[index].renew(first: first)
            items[index].flow = owner
            return index
        }
        var item = Reassembly(first: first)
        item.flow = owner
        items.append(item)
        return items.count - 1
    }

    /// Frees a reassembly and what waits in it.
    mutating func remove(_ index: Int, buffers: inout SegmentBuffers) {
        items[index].streams[0].store.removeAll(buffers: &buffers)
        items[index].streams[1].store.removeAll(buffers: &buffers)
        updateWaiting(index)
        items[index].flow = free
        free = UInt32(truncatingIfNeeded: index)
        count -= 1
    }

    /// Enters a reassembly into the list of those that wait, or takes it out, as its streams are now.
    mutating func updateWaiting(_ index: Int) {
        let waits = !(items[index].streams[0].store.isEmpty && items[index].streams[1].store.isEmpty)
        guard waits != items[index].isWaiting else { return }
        items[index].isWaiting = waits
        let own = UInt32(truncatingIfNeeded: index)
        if waits {
            items[index].earlier = latest
            items[index].later = FlowEntry.none
            if latest == FlowEntry.none { longest = own } else { items[Int(latest)].later = own }
            latest = own
        } else {
            let earlier = items[index].earlier
            let later = items[index].later
            if earlier == FlowEntry.none { longest = later } else { items[Int(earlier)].later = later }
            if later == FlowEntry.none { latest = earlier } else { items[Int(later)].earlier = earlier }
        }
    }
}
