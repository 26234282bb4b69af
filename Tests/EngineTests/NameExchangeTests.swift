import AppProtocols
import Engine
import FlowTracking
import Sessions
import TestSupport
import Testing
import Wire

@Suite("Names between capture workers")
struct NameExchangeTests {
    private static func answer(_ name: String) throws -> NameAnswer {
        var builder = DNSBuilder(name)
        builder.add("192.0.2.7")
        let octets = builder.octets
        let message = try DNSMessage(octets.span)
        let resolution = try #require(message.resolution)
        let stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: 1)
        return NameAnswer(client: IPAddress(ipv4: 1), resolution: resolution, stamp: stamp)
    }

    @Test("an answer goes to all but the worker that read it, in order")
    func everybodyElse() throws {
        let exchange = NameExchange(workers: 3)
        #expect(exchange.tell(try Self.answer("a.example"), from: 1) == 0)
        #expect(exchange.tell(try Self.answer("b.example"), from: 0) == 0)
        #expect(exchange.take(0).map(\.resolution.host.description) == ["a.example"])
        #expect(exchange.take(1).map(\.resolution.host.description) == ["b.example"])
        #expect(exchange.take(2).map(\.resolution.host.description) == ["a.example", "b.example"])
        #expect(exchange.take(2) == [])
        #expect(!NameExchange(workers: 1).isNeeded)
    }

    @Test("who does not look has his inbox refuse, and that is counted")
    func full() throws {
        let exchange = NameExchange(workers: 2)
        var refused = 0
        for _ in 0..<5_000 { refused += exchange.tell(try Self.answer("a.example"), from: 0) }
        #expect(refused == 5_000 - 4_096)
        #expect(exchange.take(1).count == 4_096)
    }
}
