import FlowTracking
import PacketDecode
import Testing
import Wire

@Suite("Flow keys")
struct FlowKeyTests {
    private let one = SocketAddress(IPAddress(ipv4: 0x0A00_0001), 40_000)
    private let other = SocketAddress(IPAddress(ipv4: 0x0A00_0002), 443)

    @Test("both directions have one key, and opposite senders")
    func canonical() {
        let forth = FlowKey(one, other, transport: .tcp)
        #expect(forth == FlowKey(other, one, transport: .tcp))
        #expect(forth.hash(seed: 9) == FlowKey(other, one, transport: .tcp).hash(seed: 9))
        #expect(FlowKey.side(of: one, to: other) == .lower)
        #expect(FlowKey.side(of: other, to: one) == .higher)
        #expect(forth.endpoint(.lower) == one)
        #expect(forth.endpoint(.higher) == other)
    }

    @Test("equal addresses are told apart by port")
    func loopback() {
        let here = SocketAddress(IPAddress(ipv4: 0x7F00_0001), 50_000)
        let there = SocketAddress(IPAddress(ipv4: 0x7F00_0001), 80)
        #expect(FlowKey(here, there, transport: .tcp) == FlowKey(there, here, transport: .tcp))
        #expect(FlowKey.side(of: there, to: here) == .lower)
    }

    @Test("transport, VLAN and IP version make different flows")
    func different() {
        let zero = SocketAddress(IPAddress(ipv4: 1), 40_000)
        let zeroSix = SocketAddress(IPAddress(ipv6High: 0, low: 1), 40_000)
        let peer = SocketAddress(IPAddress(ipv4: 2), 443)
        let peerSix = SocketAddress(IPAddress(ipv6High: 0, low: 2), 443)
        let keys = [
            FlowKey(zero, peer, transport: .tcp), FlowKey(zero, peer, transport: .udp),
            FlowKey(zero, peer, transport: .tcp, vlan: VLANTags([0])),
            FlowKey(zero, peer, transport: .tcp, vlan: VLANTags([5])),
            FlowKey(zero, peer, transport: .tcp, vlan: VLANTags([5, 0])),
            FlowKey(zero, peer, transport: .tcp, vlan: VLANTags([0, 5])),
            FlowKey(zeroSix, peerSix, transport: .tcp),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map { $0.hash(seed: 3) }).count == keys.count)
    }

    @Test("addresses, ports and tags come back", arguments: [true, false])
    func roundTrip(isIPv4: Bool) {
        let left =
            isIPv4
            ? SocketAddress(IPAddress(ipv4: 0xFFFF_FFFF), 65_535)
            : SocketAddress(IPAddress(ipv6High: ~0, low: ~0), 65_535)
        let right = isIPv4 ? SocketAddress(IPAddress(ipv4: 0), 0) : SocketAddress(IPAddress(ipv6High: 0, low: 0), 0)
        let key = FlowKey(left, right, transport: .udp, vlan: VLANTags([4_095, 7]))
        #expect(key.endpoint(.lower) == right)
        #expect(key.endpoint(.higher) == left)
        #expect(key.transport == .udp)
        #expect(key.vlan == VLANTags([4_095, 7]))
    }

    @Test("the hash depends on the seed and spreads neighbouring ports")
    func hashing() {
        let key = FlowKey(one, other, transport: .tcp)
        #expect(key.hash(seed: 1) != key.hash(seed: 2))
        var buckets = [Int](repeating: 0, count: 64)
        for port in 0..<6_400 {
            let hash = FlowKey(SocketAddress(one.address, UInt16(port)), other, transport: .tcp).hash(seed: 1)
            buckets[Int(hash & 63)] += 1
            buckets[Int(hash >> 58)] += 1
        }
        #expect(buckets.allSatisfy { (120...280).contains($0) })
    }

    @Test("an address that equals the seed cancels nothing", arguments: [0, 1, 0x0A00_0001] as [UInt32])
    func cancelling(address: UInt32) {
        let here = SocketAddress(IPAddress(ipv4: address), 1)
        var hashes: Set<UInt64> = []
        for peer in 0..<1_000 as Range<UInt32> {
            let there = SocketAddress(IPAddress(ipv4: 0x0B00_0000 + peer), 2)
            hashes.insert(FlowKey(here, there, transport: .tcp).hash(seed: UInt64(address)))
        }
        #expect(hashes.count == 1_000)
    }

    @Test(
        "no half of an IPv6 address that a sender knows beforehand makes its peers collide",
        // Numbers that are, or were, written in the source.
        arguments: [
            0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x5899_65CC_7537_4CC3, 0x9E37_79B9_7F4A_7C15,
            0x8EBC_6AF0_9C88_C6E3,
        ] as [UInt64]
    )
    func known(low: UInt64) {
        let fixed = SocketAddress(IPAddress(ipv6High: 0xFD00 << 48, low: low), 2)
        let lows = (0..<1_000).map { SocketAddress(IPAddress(ipv6High: 1 << 56, low: $0), 1) }
        #expect(Set(lows.map { FlowKey(fixed, $0, transport: .tcp).hash(seed: 7) }).count == 1_000)
        let highs = (0..<1_000).map { SocketAddress(IPAddress(ipv6High: $0, low: 5), 1) }
        let high = SocketAddress(IPAddress(ipv6High: low, low: 9), 2)
        #expect(Set(highs.map { FlowKey(high, $0, transport: .tcp).hash(seed: 7) }).count == 1_000)
    }

    @Test("a flow's identity comes from its content")
    func identity() {
        let first = PacketStamp(timestamp: Timestamp(nanoseconds: 5), number: 1)
        let later = PacketStamp(timestamp: Timestamp(nanoseconds: 5), number: 2)
        let facts = FlowFacts(client: one, server: other, transport: .tcp, first: first, midstream: false)
        let again = FlowFacts(client: one, server: other, transport: .tcp, first: first, midstream: true)
        let turned = FlowFacts(client: other, server: one, transport: .tcp, first: first, midstream: false)
        let second = FlowFacts(client: one, server: other, transport: .tcp, first: later, midstream: false)
        let elsewhere = FlowFacts(client: one, server: other, transport: .tcp, first: first, midstream: false, salt: 1)
        #expect(facts.id == again.id)
        #expect(Set([facts.id, turned.id, second.id, elsewhere.id]).count == 4)
        #expect(facts.id < 1 << 53)
        // Written down so that a change of the hash, which would change every record, is noticed.
        #expect(facts.id == 564_690_349_156_522)
    }
}
