import FlowTracking
import SecureTransport
import Testing
import Wire

@testable import Sessions

@Suite("Flows that are woken when their secrets come")
struct WaitingFlowsTests {
    private static func key(_ number: Int) -> FlowKey {
        let client = SocketAddress(IPAddress(ipv4: UInt32(number)), 50_000)
        return FlowKey(client, SocketAddress(IPAddress(ipv4: 0xC633_6402), 443), transport: .tcp)
    }

    private static func random(_ number: Int) throws -> SessionRandom {
        let octets = [UInt8](repeating: UInt8(number), count: 32)
        let random = SessionRandom(octets.span)
        return try #require(random)
    }

    private static func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: 1_700_000_000_000_000_000 + milliseconds * 1_000_000)
    }

    private static func entry(_ number: Int, due: Int64 = 2_000) throws -> WaitingFlows.Entry {
        WaitingFlows.Entry(key: key(number), random: try random(number), due: time(due))
    }

    @Test("only those whose secrets have come are woken, and each whose time is over, once")
    func wakes() throws {
        let store = KeyStore()
        let source = KeySource([store], mayGrow: true)
        var flows = WaitingFlows()
        for number in 1...3 { _ = flows.append(try Self.entry(number, due: number == 3 ? 100 : 2_000)) }
        let none = flows.takeDue(at: Self.time(0), source)
        let secret = [UInt8](repeating: 1, count: 32)
        // Of TLS 1.3 the handshake's secret alone opens no data.
        store.add(secret.span, .clientHandshakeTraffic, of: try Self.random(1))
        store.add(secret.span, .clientTraffic, of: try Self.random(2))
        let second = flows.takeDue(at: Self.time(10), source)
        let third = flows.takeDue(at: Self.time(100), source)
        store.add(secret.span, .clientTraffic, of: try Self.random(1))
        let first = flows.takeDue(at: Self.time(110), source)
        #expect(none == [] && second == [Self.key(2)] && third == [Self.key(3)] && first == [Self.key(1)])
        #expect(!flows.isDue(at: Self.time(9_000), source))
    }

    @Test("they are looked at soon after secrets came, now and then without, and at once when the clock was set back")
    func times() throws {
        let store = KeyStore()
        let source = KeySource([store], mayGrow: true)
        var flows = WaitingFlows()
        #expect(!flows.isDue(at: Self.time(0), source))
        _ = flows.append(try Self.entry(1))
        _ = flows.takeDue(at: Self.time(0), source)
        #expect(!flows.isDue(at: Self.time(49), source) && flows.isDue(at: Self.time(50), source))
        store.add([UInt8](repeating: 1, count: 32).span, .clientTraffic, of: try Self.random(9))
        #expect(!flows.isDue(at: Self.time(4), source) && flows.isDue(at: Self.time(5), source))
        #expect(flows.isDue(at: Self.time(-1), source))
    }

    @Test("there are no more of them than the limit says")
    func limit() throws {
        var flows = WaitingFlows()
        let entry = try Self.entry(1)
        var taken = 0
        while taken <= SessionLimits.waitingOpen, flows.append(entry) { taken += 1 }
        #expect(taken == SessionLimits.waitingOpen)
        flows.removeAll()
        let isTaken = flows.append(entry)
        #expect(isTaken)
    }
}
