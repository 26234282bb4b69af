internal import BasicContainers

/// The flows of a table, found by key, each in one list; entries are used again, and their indices are stable.
///
/// What only reads is `mutating`, too, so that the slab is passed by its address: passed as borrowed, all of it is copied
/// to the stack first, several times a packet.
struct FlowSlab: ~Copyable {
    private struct Ends {
        var newest = FlowEntry.none
        var oldest = FlowEntry.none
        var count = 0
    }

    private var entries = UniqueArray<FlowEntry>()
    private var free = FlowEntry.none
    private var ends = InlineArray<16, Ends>(repeating: Ends())
    private var buckets = IndexBuckets()
    private var addresses = Pool<AddressPair>()
    private var origins = Pool<PacketStamp>()
    /// The secret of the keys' hashes.
    let secret: HashSecret

    /// No flows; `seed` is that of their keys' hashes.
    init(seed: UInt64) {
        secret = HashSecret(seed: seed)
    }

    /// How many flows there are.
    var count: Int { buckets.count }

    /// The flow at an index that `find`, `insert` or `oldest` gave and that was not removed since.
    subscript(index: Int) -> FlowEntry {
        @inline(__always)
        mutating _read { yield entries[index] }
        @inline(__always)
        _modify { yield &entries[index] }
    }

    /// The cursor of one of a flow's streams, in place.
    subscript(index: Int, side: FlowKey.Side) -> StreamCursor {
        @inline(__always)
        mutating get { entries[index][side] }
        @inline(__always)
        _modify {
            var cursor = entries[index][side]
            yield &cursor
            entries[index][side] = cursor
        }
    }

    /// How many flows are in a list.
    mutating func count(of list: FlowList) -> Int { ends[Int(list.rawValue)].count }

    /// The flow of a list that was seen the longest time ago; nil when the list is empty.
    mutating func oldest(of list: FlowList) -> Int? {
        let index = ends[Int(list.rawValue)].oldest
        return index == FlowEntry.none ? nil : Int(index)
    }

    /// The flow of the same list that was seen next after `index`; nil when `index` was seen last.
    mutating func successor(of index: Int) -> Int? {
        let newer = entries[index].newer
        return newer == FlowEntry.none ? nil : Int(newer)
    }

    /// Whether the flow at an index is the one that had that generation of its entry.
    mutating func isCurrent(_ index: Int, generation: UInt8) -> Bool {
        index < entries.count && entries[index].generation == generation
    }

    /// Where the first packet of a flow passed; nil when that is no longer kept here.
    mutating func origin(of index: Int) -> PacketStamp? { entries[index].origin.map { origins[$0] } }

    /// Forgets the first packet of a flow.
    mutating func forgetOrigin(of index: Int) {
        guard let origin = entries[index].origin else { return }
        origins.remove(origin)
        entries[index].forgetPlace()
    }

    /// The key of a flow.
    mutating func key(of index: Int) -> FlowKey {
        let stored = entries[index].key
        return FlowKey(stored, stored.isIPv4 ? nil : addresses[stored.lower])
    }

    /// The flow with that key; nil when there is none.
    mutating func find(_ route: FlowRoute) -> Int? {
        let key = route.key
        let hash = route.hash
        let stored = key.stored(addressesAt: 0)
        guard let long = key.longAddresses else { return buckets.find(hash) { entries[$0].key == stored } }
        return buckets.find(hash) {
            let other = entries[$0].key
            return other.equalsButForAddresses(stored) && addresses[other.lower] == long
        }
    }

    /// Enters a flow whose key is not there, at the newer end of its list; the caller has made room.
    mutating func insert(
        _ route: FlowRoute,
        at stamp: PacketStamp,
        tick: UInt32,
        flags: FlowFlags = [],
        list: FlowList = .embryonic
    ) -> Int {
        let key = route.key
        let place = key.longAddresses.map { addresses.insert($0) } ?? 0
        var entry = FlowEntry(key: key.stored(addressesAt: place), tick: tick, origin: origins.insert(stamp))
        entry.flags = flags
        entry.list = list
        let index: Int
        if free == FlowEntry.none {
            index = entries.count
            // Odd while the entry is in use.
            entry.generation = 1
            entries.append(entry)
        } else {
            index = Int(free)
            free = entries[index].older
            entry.generation = entries[index].generation &+ 1
            entries[index] = entry
        }
        buckets.insert(route.hash, UInt32(truncatingIfNeeded: index))
        link(index)
        return index
    }

    /// Removes a flow; its index may be given to another.
    mutating func remove(_ index: Int) {
        unlink(index)
        forgetOrigin(of: index)
        buckets.remove(key(of: index).hash(secret), UInt32(truncatingIfNeeded: index))
        let stored = entries[index].key
        if !stored.isIPv4 { addresses.remove(stored.lower) }
        entries[index].older = free
        entries[index].generation &+= 1
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
