internal import BasicContainers

/// The flows of a table, found by key, each in one list; entries are used again, and their indices are stable.
struct FlowSlab: ~Copyable {
    private struct Ends {
        var newest = FlowEntry.none
        var oldest = FlowEntry.none
        var count = 0
    }

    private var entries = UniqueArray<FlowEntry>()
    private var free = FlowEntry.none
    private var ends = InlineArray<16, Ends>(repeating: Ends())
    private var buckets = FlowBuckets()
    private let seed: UInt64

    /// No flows; `seed` is that of their keys' hashes.
    init(seed: UInt64) {
        self.seed = seed
    }

    /// How many flows there are.
    var count: Int { buckets.count }

    /// The flow at an index that `find`, `insert` or `oldest` gave and that was not removed since.
    subscript(index: Int) -> FlowEntry {
        _read { yield entries[index] }
        _modify { yield &entries[index] }
    }

    /// The cursor of one of a flow's streams, in place.
    subscript(index: Int, side: FlowKey.Side) -> StreamCursor {
        _read { yield entries[index].streams[side.rawValue] }
        _modify { yield &entries[index].streams[side.rawValue] }
    }

    /// How many flows are in a list.
    func count(of list: FlowList) -> Int { ends[Int(list.rawValue)].count }

    /// The flow of a list that was seen the longest time ago; nil when the list is empty.
    func oldest(of list: FlowList) -> Int? {
        let index = ends[Int(list.rawValue)].oldest
        return index == FlowEntry.none ? nil : Int(index)
    }

    /// The flow of the same list that was seen next after `index`; nil when `index` was seen last.
    func successor(of index: Int) -> Int? {
        let newer = entries[index].newer
        return newer == FlowEntry.none ? nil : Int(newer)
    }

    /// Whether the flow at an index is the one that began with that packet.
    func isCurrent(_ index: Int, first: PacketStamp) -> Bool {
        index < entries.count && entries[index].isLive && entries[index].first == first
    }

    /// The flow with that key; nil when there is none.
    ///
    /// `mutating` so that the slab is passed by its address: passed as borrowed, it is copied to the stack first.
    mutating func find(_ key: FlowKey) -> Int? {
        buckets.find(key.hash(seed: seed)) { entries[$0].key == key }
    }

    /// Enters a flow whose key is not there, at the newer end of its list; the caller has made room.
    mutating func insert(_ entry: consuming FlowEntry) -> Int {
        let hash = entry.key.hash(seed: seed)
        let index: Int
        if free == FlowEntry.none {
            index = entries.count
            entries.append(entry)
        } else {
            index = Int(free)
            free = entries[index].older
            entries[index] = entry
        }
        buckets.insert(hash, UInt32(truncatingIfNeeded: index))
        link(index)
        return index
    }

    /// Removes a flow; its index may be given to another.
    mutating func remove(_ index: Int) {
        unlink(index)
        buckets.remove(entries[index].key.hash(seed: seed), UInt32(truncatingIfNeeded: index))
        entries[index].older = free
        entries[index].isLive = false
        free = UInt32(truncatingIfNeeded: index)
    }

    /// Puts a flow at the newer end of a list.
    mutating func move(_ index: Int, to list: FlowList, tick: UInt32) {
        unlink(index)
        entries[index].list = list
        entries[index].tick = tick
        link(index)
    }

    private mutating func link(_ index: Int) {
        let list = Int(entries[index].list.rawValue)
        let newest = ends[list].newest
        entries[index].older = newest
        entries[index].newer = FlowEntry.none
        ends[list].newest = UInt32(truncatingIfNeeded: index)
        if newest == FlowEntry.none {
            ends[list].oldest = UInt32(truncatingIfNeeded: index)
        } else {
            entries[Int(newest)].newer = UInt32(truncatingIfNeeded: index)
        }
        ends[list].count += 1
    }

    private mutating func unlink(_ index: Int) {
        let list = Int(entries[index].list.rawValue)
        let newer = entries[index].newer
        let older = entries[index].older
        if newer == FlowEntry.none { ends[list].newest = older } else { entries[Int(newer)].older = older }
        if older == FlowEntry.none { ends[list].oldest = newer } else { entries[Int(older)].newer = newer }
        ends[list].count -= 1
    }
}
