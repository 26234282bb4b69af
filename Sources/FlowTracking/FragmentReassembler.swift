internal import BasicContainers
package import PacketDecode
package import Wire

/// Puts IP packets together again from their fragments (RFC 791 § 3.2, Fragmentation and Reassembly; RFC 8200 § 4.5).
///
/// Decides as the receivers that matter here do, which are servers on Linux: fragments that contradict each other, or
/// overlap, discard their packet; repetitions are ignored. Holds at most `FragmentLimits.memory` octets, all overhead
/// included; for what finds no room the packet that waits longest goes. Reads no clock: time is that of the packets.
package struct FragmentReassembler: ~Copyable {
    /// What became of the fragments so far.
    package private(set) var counters = FragmentCounters()

    private let limits: FragmentLimits
    private let secret: HashSecret
    private let budget: Int
    private var packets = UniqueArray<FragmentedPacket>()
    private var free: [UInt32] = []
    private var buckets = IndexBuckets()
    private var oldest = FlowEntry.none
    private var newest = FlowEntry.none
    private var buffers = SegmentBuffers(limit: .max)
    private var clock = PacketClock()
    /// The packet that was completed last.
    private var whole = WholePacket()

    /// Nothing waits; `seed` is random for live traffic, fixed when a file is read.
    package init(limits: FragmentLimits = FragmentLimits(), seed: UInt64) {
        self.limits = limits
        secret = HashSecret(seed: seed)
        // Buffers that wait to be used again are not counted in what is used.
        budget = max(256 << 10, limits.memory - SegmentBuffers.spareOctets)
    }

    /// How many packets wait for fragments.
    package var waitingPackets: Int { buckets.count }

    /// Octets of memory that they are charged with.
    package var usedOctets: Int { buckets.count * FragmentedPacket.charge + buffers.used }

    /// Takes a fragment; true when it completes its packet, which `takeWhole()` then gives.
    package mutating func take(
        _ packet: borrowing DecodedPacket,
        _ fields: FragmentFields,
        at time: Timestamp
    ) -> Bool {
        counters.fragments &+= 1
        _ = clock.advance(to: time)
        expire()
        var length = packet.payload.count + max(0, packet.missing)
        if fields.hasMore, length % 8 != 0 {
            // RFC 8200 § 4.5 discards such a fragment; of IPv4 all receivers take whole units.
            guard packet.source.isIPv4 else {
                counters.malformed &+= 1
                return false
            }
            length -= length % 8
        }
        let captured = packet.payload.extracting(first: min(length, packet.payload.count))
        if isTiny(fields, length) { counters.tiny &+= 1 }
        let key = FragmentKey(packet, fields)
        makeRoom(FragmentedPacket.charge + SegmentBuffers.charge(for: captured.count))
        let index = find(key) ?? insert(key)
        guard accepts(fields, length, index, longest: packet.source.isIPv4 ? 65_515 : 65_535) else {
            discard(index, with: 1, \.malformed)
            return false
        }
        guard store(captured, missing: length - captured.count, fields, index) else { return false }
        guard packets[index].isComplete else { return false }
        assemble(index)
        return true
    }

    /// Takes away the packet that the last fragment completed.
    package mutating func takeWhole() -> WholePacket {
        var taken = WholePacket()
        swap(&taken, &whole)
        return taken
    }

    /// Takes back what `takeWhole()` gave, so that its buffer is used again.
    package mutating func reuse(_ taken: consuming WholePacket) {
        whole = taken
    }

    /// Gives up packets whose time is over at a moment at which no fragment came.
    package mutating func advance(to time: Timestamp) {
        guard oldest != FlowEntry.none, clock.advance(to: time) else { return }
        expire()
    }

    /// Gives up what waits: the capture is over, and another may follow.
    package mutating func finish() {
        while oldest != FlowEntry.none { discard(Int(oldest), with: 0, \.incomplete) }
        clock = PacketClock()
    }

    /// Whether no network would have made the fragment: it hides the transport header, or brings next to nothing.
    private func isTiny(_ fields: FragmentFields, _ length: Int) -> Bool {
        guard fields.hasMore else { return false }
        return length < FragmentLimits.tinyFragment
    }

    /// Whether the fragment's end agrees with what is known of its packet, which then knows of it.
    private mutating func accepts(_ fields: FragmentFields, _ length: Int, _ index: Int, longest: Int) -> Bool {
        guard length > 0, length <= longest, fields.offset <= longest - length else { return false }
        let end = fields.offset + length
        if let total = packets[index].total {
            guard fields.hasMore ? end <= total : end == total else { return false }
        } else if !fields.hasMore {
            guard end >= packets[index].reach else { return false }
            packets[index].total = end
        }
        packets[index].reach = max(packets[index].reach, end)
        return true
    }

    /// Keeps what is new of a fragment; false when nothing is, or when it costs its packet.
    private mutating func store(
        _ octets: Span<UInt8>,
        missing: Int,
        _ fields: FragmentFields,
        _ index: Int
    ) -> Bool {
        let length = octets.count + missing
        let known = packets[index].store.overlap(from: fields.offset, to: fields.offset + length)
        guard known < length else {
            counters.duplicate &+= 1
            return false
        }
        if known > 0, limits.overlaps == .discard {
            discard(index, with: 1, \.overlapping)
            return false
        }
        let outcome = packets[index].store.insert(
            octets,
            missing: missing,
            at: fields.offset,
            tick: clock.tick,
            limit: .max,
            buffers: &buffers
        )
        packets[index].covered += length - outcome.repeated
        packets[index].fragments += 1
        if fields.offset == 0 { packets[index].protocol = fields.protocol }
        guard packets[index].store.count <= limits.pieces else {
            discard(index, with: 0, \.crowded)
            return false
        }
        return true
    }

    /// Moves a complete packet to where `takeWhole()` takes it from.
    private mutating func assemble(_ index: Int) {
        whole.octets.removeAll(keepingCapacity: true)
        whole.missing = 0
        whole.protocol = packets[index].protocol
        whole.source = packets[index].key.source
        whole.destination = packets[index].key.destination
        whole.vlan = packets[index].key.vlan
        while let piece = packets[index].store.popFirst() {
            // Behind a hole nothing can be read as the transport would: it counts as missing, like the hole.
            if whole.missing == 0 {
                piece.append(to: &whole.octets)
                whole.missing = piece.missing
            } else {
                whole.missing += piece.captured + piece.missing
            }
            buffers.recycle(piece)
        }
        counters.packets &+= 1
        counters.reassembled &+= packets[index].fragments
        remove(index)
    }

    private mutating func expire() {
        while oldest != FlowEntry.none,
            clock.milliseconds(since: packets[Int(oldest)].started) > limits.timeout
        {
            discard(Int(oldest), with: 0, \.timedOut)
        }
    }

    private mutating func makeRoom(_ octets: Int) {
        while oldest != FlowEntry.none, usedOctets + octets > budget { discard(Int(oldest), with: 0, \.evicted) }
    }

    /// Forgets a packet; its fragments, and so many that are not stored, are counted by the reason.
    private mutating func discard(
        _ index: Int,
        with others: UInt64,
        _ reason: WritableKeyPath<FragmentCounters, UInt64>
    ) {
        counters[keyPath: reason] &+= packets[index].fragments + others
        packets[index].store.removeAll(buffers: &buffers)
        remove(index)
    }

    private mutating func find(_ key: FragmentKey) -> Int? {
        buckets.find(key.hash(secret)) { packets[$0].key == key }
    }

    /// Enters a packet as the newest.
    private mutating func insert(_ key: FragmentKey) -> Int {
        var entry = FragmentedPacket(key, started: clock.tick)
        entry.older = newest
        let index: Int
        if let unused = free.popLast() {
            index = Int(unused)
            packets[index] = entry
        } else {
            index = packets.count
            packets.append(entry)
        }
        let number = UInt32(truncatingIfNeeded: index)
        if newest == FlowEntry.none { oldest = number } else { packets[Int(newest)].newer = number }
        newest = number
        buckets.insert(key.hash(secret), number)
        return index
    }

    /// Takes a packet out, whose pieces have been given back.
    private mutating func remove(_ index: Int) {
        let (older, newer) = (packets[index].older, packets[index].newer)
        if older == FlowEntry.none { oldest = newer } else { packets[Int(older)].newer = newer }
        if newer == FlowEntry.none { newest = older } else { packets[Int(newer)].older = older }
        let number = UInt32(truncatingIfNeeded: index)
        buckets.remove(packets[index].key.hash(secret), number)
        free.append(number)
    }
}
