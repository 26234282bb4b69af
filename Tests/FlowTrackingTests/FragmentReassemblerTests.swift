import FlowTracking
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("IP fragments (RFC 791 § 3.2, RFC 8200 § 4.5)")
struct FragmentReassemblerTests {
    private static let datagram = FragmentTap.datagram(1_000)

    /// Every order of so many things.
    private static func orders(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(count - 1).flatMap { order in
            (0...order.count).map { place in order[..<place] + [count - 1] + order[place...] }
        }
    }

    @Test("pieces in any order make the packet, with the last to come", arguments: [false, true])
    func anyOrder(ipv6: Bool) throws {
        let pieces = [0..<256, 256..<264, 264..<800, 800..<1_000]
        for order in Self.orders(4) {
            let tap = FragmentTap()
            tap.isIPv6 = ipv6
            tap.vlan = VLANTags([7])
            for place in order.dropLast() { #expect(tap.take(pieces[place], of: Self.datagram) == nil) }
            let last = tap.take(pieces[order[3]], of: Self.datagram)
            let packet = try #require(last)
            #expect(packet.payload == Array(Self.datagram[8...]))
            #expect(packet.transport == .udp(UDPFields(sourcePort: 0xC000, destinationPort: 80)))
            #expect(packet.vlan == [7])
            #expect(packet.missing == 0)
            #expect(tap.reassembler.counters.reassembled == 4)
            #expect(tap.reassembler.counters.packets == 1)
            #expect(tap.reassembler.counters.tiny == 1)
            #expect(tap.reassembler.usedOctets == 0)
            #expect(tap.isBalanced)
        }
    }

    @Test("a TCP header may be spread over pieces, which are counted as tiny")
    func tinyFirst() throws {
        let tap = FragmentTap()
        let segment: [UInt8] =
            [0xC0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 1, 0, 0, 0, 0, 0] + Array("data".utf8)
        #expect(tap.take(segment[..<8], at: 0, more: true, protocol: 6) == nil)
        #expect(tap.take(segment[8..<16], at: 8, more: true, protocol: 6) == nil)
        let packet = tap.take(segment[16...], at: 16, more: false, protocol: 6)
        #expect(packet?.payload == Array("data".utf8))
        #expect(tap.reassembler.counters.tiny == 2)
    }

    @Test("what the snap length cut off a piece is missing, and all behind it")
    func snapLength() throws {
        let tap = FragmentTap()
        #expect(tap.take(Self.datagram[496...], at: 496, more: false) == nil)
        let packet = tap.take(Self.datagram[..<300], at: 0, more: true, missing: 196)
        #expect(packet?.payload == Array(Self.datagram[8..<300]))
        #expect(packet?.missing == 700)
    }

    @Test("repetitions are passed over, whatever they say, also where they span several pieces")
    func duplicates() throws {
        let tap = FragmentTap()
        #expect(tap.take(0..<256, of: Self.datagram) == nil)
        #expect(tap.take(0..<256, of: Self.datagram) == nil)
        #expect(tap.take([UInt8](repeating: 0, count: 128), at: 64, more: true) == nil)
        #expect(tap.take(256..<512, of: Self.datagram) == nil)
        #expect(tap.take(128..<384, of: Self.datagram) == nil)
        #expect(tap.take(512..<1_000, of: Self.datagram)?.payload == Array(Self.datagram[8...]))
        #expect(tap.reassembler.counters.duplicate == 3)
        #expect(tap.isBalanced)
    }

    @Test("an overlap discards the packet with all its pieces, as receivers do", arguments: [false, true])
    func overlaps(ipv6: Bool) {
        let tap = FragmentTap()
        tap.isIPv6 = ipv6
        #expect(tap.take(0..<512, of: Self.datagram) == nil)
        #expect(tap.take(504..<600, of: Self.datagram) == nil)
        #expect(tap.reassembler.counters.overlapping == 2)
        #expect(tap.reassembler.waitingPackets == 0)
        #expect(tap.take(512..<1_000, of: Self.datagram) == nil)
        tap.reassembler.finish()
        #expect(tap.reassembler.counters.incomplete == 1)
        #expect(tap.isBalanced)
    }

    @Test("where the first wins, an overlap fills only what is missing")
    func firstWins() {
        var limits = FragmentLimits()
        limits.overlaps = .firstWins
        let tap = FragmentTap(limits)
        #expect(tap.take(0..<512, of: Self.datagram) == nil)
        let other = [UInt8](repeating: 0, count: 96) + Self.datagram[512..<600]
        #expect(tap.take(other, at: 416, more: true) == nil)
        #expect(tap.take(600..<1_000, of: Self.datagram)?.payload == Array(Self.datagram[8...]))
        #expect(tap.reassembler.counters.reassembled == 3)
    }

    @Test("ends that contradict each other, empty pieces and those beyond the longest packet discard it")
    func malformed() {
        for (offset, count, more) in [
            (512, 200, false), (512, 0, true), (1_000, 8, true), (65_528, 8, false), (65_512, 16, true),
        ] {
            let tap = FragmentTap()
            #expect(tap.take(0..<256, of: Self.datagram) == nil)
            #expect(tap.take(800..<1_000, of: Self.datagram) == nil)
            #expect(tap.take([UInt8](repeating: 0, count: count), at: offset, more: more) == nil)
            #expect(tap.reassembler.counters.malformed == 3, "\(offset), \(count), \(more)")
            #expect(tap.reassembler.waitingPackets == 0)
            #expect(tap.isBalanced)
        }
        let tap = FragmentTap()
        #expect(tap.take(512..<1_000, of: Self.datagram) == nil)
        #expect(tap.take([1, 2, 3], at: 256, more: false) == nil)
        #expect(tap.reassembler.counters.malformed == 2)
    }

    @Test("the longest packets there are come through", arguments: [(false, 65_515), (true, 65_535)])
    func longest(version: (isIPv6: Bool, octets: Int)) throws {
        let tap = FragmentTap()
        tap.isIPv6 = version.isIPv6
        let datagram = FragmentTap.datagram(version.octets)
        var packet: FragmentTap.Packet?
        for start in stride(from: 0, to: datagram.count, by: 1_480) {
            packet = tap.take(start..<min(datagram.count, start + 1_480), of: datagram)
        }
        #expect(packet?.payload == Array(datagram[8...]))
    }

    @Test("a piece that is no multiple of eight is cut for IPv4 and refused for IPv6")
    func units() {
        let tap = FragmentTap()
        #expect(tap.take(Self.datagram[..<261], at: 0, more: true) == nil)
        #expect(tap.take(256..<1_000, of: Self.datagram)?.payload == Array(Self.datagram[8...]))
        tap.isIPv6 = true
        #expect(tap.take(Self.datagram[..<261], at: 0, more: true) == nil)
        #expect(tap.reassembler.counters.malformed == 1)
        #expect(tap.take(256..<1_000, of: Self.datagram) == nil)
        #expect(tap.take(0..<256, of: Self.datagram) != nil)
    }

    @Test("packets are told apart by addresses, identification, VLAN, and for IPv4 by protocol")
    func keys() {
        let tap = FragmentTap()
        #expect(tap.take(0..<512, of: Self.datagram) == nil)
        #expect(tap.take(Self.datagram[512...], at: 512, more: false, id: 2) == nil)
        #expect(tap.take(Self.datagram[512...], at: 512, more: false, protocol: 6) == nil)
        #expect(tap.take(Self.datagram[512...], at: 512, more: false, client: 1) == nil)
        tap.vlan = VLANTags([1])
        #expect(tap.take(512..<1_000, of: Self.datagram) == nil)
        tap.vlan = VLANTags()
        #expect(tap.reassembler.waitingPackets == 5)
        #expect(tap.take(512..<1_000, of: Self.datagram) != nil)
        tap.isIPv6 = true
        #expect(tap.take(Self.datagram[512...], at: 512, more: false, protocol: 99) == nil)
        #expect(tap.take(0..<512, of: Self.datagram)?.payload == Array(Self.datagram[8...]))
    }

    @Test("after its time a packet is given up, counted from its first piece")
    func timeout() {
        let tap = FragmentTap()
        #expect(tap.take(0..<256, of: Self.datagram) == nil)
        tap.milliseconds = 29_000
        #expect(tap.take(256..<512, of: Self.datagram) == nil)
        #expect(tap.take(0..<512, of: Self.datagram, id: 9) == nil)
        tap.milliseconds = 30_001
        #expect(tap.take(512..<1_000, of: Self.datagram) == nil)
        #expect(tap.reassembler.counters.timedOut == 2)
        #expect(tap.take(512..<1_000, of: Self.datagram, id: 9) != nil)
        tap.reassembler.advance(to: Timestamp(nanoseconds: 1_700_000_100_000_000_000))
        #expect(tap.reassembler.counters.timedOut == 3)
        #expect(tap.reassembler.waitingPackets == 0)
        #expect(tap.isBalanced)
    }

    @Test("no number of pieces takes more than the memory there is, all overhead included", arguments: [0, 1, 2])
    func flood(kind: Int) {
        var limits = FragmentLimits()
        limits.memory = 2 << 20
        let tap = FragmentTap(limits)
        var most = 0
        for number in 0..<20_000 {
            let id = UInt32(number)
            switch kind {
            case 0: _ = tap.take([1], at: 8, more: false, id: id)
            case 1: _ = tap.take(Self.datagram[..<8], at: 65_000, more: true, id: id)
            default:
                _ = tap.take([UInt8](repeating: 1, count: 1_480), at: (number % 40) * 1_480, more: true, id: id / 40)
            }
            most = max(most, tap.reassembler.usedOctets)
        }
        #expect(most <= limits.memory)
        #expect(most > 1 << 20)
        #expect(tap.reassembler.counters.evicted > 10_000)
        // The newest stay.
        if kind == 0 {
            #expect(tap.take(Self.datagram[..<8], at: 0, more: true, id: 19_999) != nil || tap.error != nil)
        }
        tap.reassembler.finish()
        #expect(tap.reassembler.usedOctets == 0)
        #expect(tap.isBalanced)
    }

    @Test("a packet in too many pieces is discarded")
    func crowded() {
        let tap = FragmentTap()
        for number in (0..<1_100).reversed() {
            _ = tap.take(Self.datagram[..<8], at: number * 24, more: true)
        }
        #expect(tap.reassembler.counters.crowded == 1_025)
        #expect(tap.reassembler.counters.tiny == 1_100)
    }

    @Test("extension headers behind the fragment header are passed over; a fragment within a fragment is refused")
    func nested() {
        let tap = FragmentTap()
        tap.isIPv6 = true
        let options: [UInt8] = [17, 0, 1, 4, 0, 0, 0, 0] + Self.datagram
        #expect(tap.take(options[..<512], at: 0, more: true, protocol: 60) == nil)
        #expect(tap.take(options[512...], at: 512, more: false, protocol: 60)?.payload == Array(Self.datagram[8...]))
        let inner: [UInt8] = [17, 0, 0, 1, 0, 0, 0, 9] + Self.datagram
        #expect(tap.take(inner[..<512], at: 0, more: true, protocol: 44) == nil)
        #expect(tap.take(inner[512...], at: 512, more: false, protocol: 44) == nil)
        #expect(tap.error == .tooDeep(.ipv6Extension))
        #expect(tap.isBalanced)
    }

    @Test("whatever comes, every fragment is accounted for", arguments: 1...20 as ClosedRange<UInt64>)
    func balance(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var limits = FragmentLimits()
        limits.memory = 800 << 10
        limits.pieces = 8
        if seed % 2 == 0 { limits.overlaps = .firstWins }
        let tap = FragmentTap(limits)
        for _ in 0..<3_000 {
            tap.isIPv6 = Bool.random(using: &generator)
            tap.milliseconds += Int64.random(in: -5...40, using: &generator)
            let start = Int.random(in: 0..<12, using: &generator) * 80
            let end = min(1_000, start + Int.random(in: 0..<3, using: &generator) * 80)
            _ = tap.take(
                Self.datagram[start..<max(start, end)],
                at: start,
                more: Int.random(in: 0..<5, using: &generator) > 0,
                id: UInt32.random(in: 0..<200, using: &generator),
                missing: Int.random(in: 0..<20, using: &generator) == 0 ? 80 : 0
            )
            if tap.reassembler.usedOctets > limits.memory { Issue.record("too much memory") }
        }
        tap.reassembler.finish()
        let counters = tap.reassembler.counters
        #expect(counters.settled == 3_000)
        #expect(counters.fragments == 3_000)
    }
}
