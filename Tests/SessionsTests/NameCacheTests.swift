import AppProtocols
import FlowTracking
import Sessions
import TestSupport
import Testing
import Wire

@Suite("Names of addresses")
struct NameCacheTests {
    private static let client = IPAddress(ipv4: 0x0A00_0001)
    private static let other = IPAddress(ipv4: 0x0A00_0002)
    private static let address = IPAddress(ipv4: 0xC000_0207)

    private static func time(_ seconds: Double) -> Timestamp {
        Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(seconds * 1_000_000_000))
    }

    private static func answer(
        _ name: String,
        _ address: String = "192.0.2.7",
        client: IPAddress = client,
        at seconds: Double = 0,
        timeToLive: UInt32 = 60
    ) throws -> NameAnswer {
        var builder = DNSBuilder(name)
        builder.add(address, timeToLive: timeToLive)
        let octets = builder.octets
        let message = try DNSMessage(octets.span)
        let resolution = try #require(message.resolution)
        return NameAnswer(
            client: client,
            resolution: resolution,
            stamp: PacketStamp(timestamp: time(seconds), number: 1)
        )
    }

    private static func names(_ cache: borrowing NameCache, _ client: IPAddress = client, at: Double) -> ResolvedNames {
        cache.names(of: address, for: client, at: time(at))
    }

    @Test("a client's own names come first, the last asked for first, with those of the last seconds")
    func own() throws {
        var cache = NameCache(limit: 100)
        cache.learn(try Self.answer("a.example", at: 0))
        cache.learn(try Self.answer("b.example", at: 20))
        cache.learn(try Self.answer("c.example", client: Self.other, at: 21))
        let names = Self.names(cache, at: 25)
        #expect(names.asked.map(\.description) == ["b.example", "a.example"])
        #expect(names.recent.map(\.description) == ["b.example"])
        #expect(names.others == [])
        cache.learn(try Self.answer("a.example", at: 30))
        #expect(Self.names(cache, at: 31).asked.map(\.description) == ["a.example", "b.example"])
        #expect(Self.names(cache, at: 31).recent.map(\.description) == ["a.example"])
    }

    @Test("a client that asked for none has the names of all")
    func fallback() throws {
        var cache = NameCache(limit: 100)
        cache.learn(try Self.answer("a.example", at: 0))
        cache.learn(try Self.answer("b.example", client: Self.other, at: 1))
        let names = Self.names(cache, IPAddress(ipv4: 9), at: 2)
        #expect(names.asked == [])
        #expect(names.others.map(\.description) == ["b.example", "a.example"])
        #expect(!names.isCrowded)
        #expect(cache.names(of: IPAddress(ipv4: 9), for: Self.client, at: Self.time(2)).isEmpty)
    }

    @Test(
        "a name holds for its time to live, at least a minute and at most a day, and five minutes more",
        arguments: [(0, 360.0), (60, 360), (600, 900), (UInt32.max, 300), (1 << 30, 86_700)] as [(UInt32, Double)]
    )
    func expiry(timeToLive: UInt32, seconds: Double) throws {
        // A time to live beyond 2^31 is zero (RFC 2181 § 8).
        let expected = timeToLive > UInt32(Int32.max) ? 360 : seconds
        var cache = NameCache(limit: 100)
        cache.learn(try Self.answer("a.example", timeToLive: timeToLive))
        #expect(Self.names(cache, at: expected).asked.count == 1)
        #expect(Self.names(cache, at: expected + 0.001).isEmpty)
    }

    @Test("an address of many names is crowded, and keeps the last eight")
    func crowded() throws {
        var cache = NameCache(limit: 100)
        for number in 0..<20 { cache.learn(try Self.answer("n\(number).example", client: Self.other, at: 0)) }
        let names = Self.names(cache, at: 1)
        #expect(names.isCrowded)
        #expect(names.others.map(\.description) == (12..<20).reversed().map { "n\($0).example" })
        #expect(cache.count == 16)
        #expect(cache.evicted == 0)
    }

    @Test("when it is full, what was learnt longest ago goes, and is counted if it held still")
    func eviction() throws {
        var cache = NameCache(limit: 10)
        for number in 0..<50 { cache.learn(try Self.answer("a.example", "192.0.2.\(number)")) }
        #expect(cache.count == 10)
        #expect(cache.evicted == 90)
        #expect(Self.names(cache, at: 1).isEmpty)
        let last = cache.names(of: IPAddress(ipv4: 0xC000_0231), for: Self.client, at: Self.time(1))
        #expect(last.asked.count == 1)
        for number in 0..<50 { cache.learn(try Self.answer("a.example", "192.0.2.\(number)", at: 4_000)) }
        #expect(cache.evicted == 180)
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(Self.names(cache, at: 4_001).isEmpty)
    }

    @Test("whatever is learnt, the books stay right", arguments: 1...8 as ClosedRange<UInt64>)
    func anything(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var cache = NameCache(limit: 64)
        for step in 0..<4_000 {
            let client = IPAddress(ipv4: UInt32.random(in: 1...3, using: &generator))
            let name = "n\(Int.random(in: 0..<12, using: &generator)).example"
            let address = "192.0.2.\(Int.random(in: 0..<20, using: &generator))"
            cache.learn(try Self.answer(name, address, client: client, at: Double(step)))
            if cache.count > 64 { Issue.record("\(cache.count) entries") }
            let parsed = try #require(IPAddress(address))
            let names = cache.names(of: parsed, for: client, at: Self.time(Double(step)))
            if names.asked.first?.description != name { Issue.record("\(name) is not first of \(names.asked)") }
            if Set(names.asked).count != names.asked.count { Issue.record("twice in \(names.asked)") }
        }
    }
}
