import FlowTracking
import Foundation
import SecureTransport
import Services
import Testing
import Wire

@testable import Engine
@testable import Sessions

@Suite("Which service a connection goes to whose greeting may hide a name (RFC 9849)")
struct ConnectionTargetTests {
    private static func catalogue() throws -> ServiceCatalogue {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try ServiceCatalogue(paths: [checkout.appending(path: "config/services").path])
    }

    private static func hello(_ name: String, hasECH: Bool) throws -> ClientHello {
        func sized(_ octets: [UInt8]) -> [UInt8] { [UInt8(octets.count >> 8), UInt8(octets.count & 0xFF)] + octets }
        var extensions = [0, 0] + sized(sized([0] + sized(Array(name.utf8))))
        if hasECH { extensions += [0xFE, 0x0D] + sized([0, 0, 1, 0, 1, 5] + sized([9]) + sized([8, 8])) }
        let body = [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0] + sized(extensions)
        return try ClientHello(body.span)
    }

    private static func names(asked: [String] = [], recent: [String] = [], others: [String] = []) -> ResolvedNames {
        var names = ResolvedNames()
        names.asked = asked.compactMap { Hostname($0) }
        names.recent = recent.compactMap { Hostname($0) }
        names.others = others.compactMap { Hostname($0) }
        return names
    }

    /// Host, evidence and confidence in one line; nil for no service.
    private static func target(
        _ name: String,
        hasECH: Bool = true,
        _ names: ResolvedNames = ResolvedNames(),
        tunnel: String? = nil,
        address: IPAddress = IPAddress(ipv4: 2)
    ) throws -> String? {
        let stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: 1)
        let facts = FlowFacts(
            client: SocketAddress(IPAddress(ipv4: 1), 50_000),
            server: SocketAddress(address, 443),
            transport: .tcp,
            first: stamp,
            midstream: false
        )
        let connection = Connection(
            flow: facts,
            tunnel: try tunnel.map { Tunnel(host: try #require(Hostname($0)), port: 443) },
            hello: try hello(name, hasECH: hasECH),
            partialHello: nil,
            spoken: .tls,
            unread: .encrypted,
            names: names,
            named: stamp
        )
        guard let target = ConnectionTarget(connection, try catalogue()) else { return nil }
        let evidence = target.evidence.map { $0.rawValue }.joined(separator: ",")
        return "\(target.host) \(evidence) \(target.confidence.rawValue)"
    }

    @Test("a service's own name counts as ever, for browsers send the extension to all")
    func grease() throws {
        let plain = try #require(try Self.target("api.anthropic.com", hasECH: false))
        #expect(plain.hasPrefix("api.anthropic.com sni "))
        #expect(try Self.target("api.anthropic.com") == plain)
        let others = Self.names(asked: ["chatgpt.com"], recent: ["chatgpt.com"])
        #expect(try Self.target("api.anthropic.com", others) == plain)
    }

    @Test("the address counts, a little, where the name is hidden or there is none and DNS is silent")
    func address() throws {
        let own = try #require(IPAddress("160.79.104.10"))
        #expect(try Self.target("outer.example.org", address: own) == "160.79.104.10 address low")
        #expect(try Self.target("", hasECH: false, address: own) == "160.79.104.10 address low")
        #expect(try Self.target("www.example.org", hasECH: false, address: own) == nil)
        #expect(try Self.target("outer.example.org", address: #require(IPAddress("160.79.106.1"))) == nil)
        let asked = Self.names(asked: ["chatgpt.com"])
        #expect(try Self.target("outer.example.org", asked, address: own) == "chatgpt.com dns low")
        #expect(try Self.target("outer.example.org", tunnel: "160.79.105.1") == "160.79.105.1 address low")
    }

    @Test("behind a name that is no service's, DNS names it where this client asked for a service")
    func hidden() throws {
        let recent = Self.names(asked: ["chatgpt.com"], recent: ["chatgpt.com"])
        #expect(try Self.target("cloudflare-ech.com", recent) == "chatgpt.com dns medium")
        #expect(try Self.target("outer.example.org", recent) == "chatgpt.com dns medium")
        #expect(try Self.target("outer.example.org", Self.names(asked: ["chatgpt.com"])) == "chatgpt.com dns low")
    }

    @Test("a name that DNS knows at the address, or that only others' questions speak against, is the true one")
    func pretended() throws {
        let both = Self.names(asked: ["chatgpt.com", "www.example.org"], recent: ["chatgpt.com"])
        #expect(try Self.target("www.example.org", both) == nil)
        let others = Self.names(others: ["chatgpt.com"])
        #expect(try Self.target("www.example.org", others) == nil)
        // Nobody has this for a true name.
        #expect(try Self.target("cloudflare-ech.com", others) == "chatgpt.com dns low")
        #expect(
            try Self.target("cloudflare-ech.com", Self.names(others: ["chatgpt.com", "cloudflare-ech.com"])) == nil
        )
        #expect(try Self.target("www.example.org") == nil)
        #expect(try Self.target("www.example.org", Self.names(asked: ["blog.example.org"])) == nil)
    }

    @Test("through a proxy, the host that the client named to it is meant")
    func tunnel() throws {
        let behind = try #require(try Self.target("cloudflare-ech.com", tunnel: "chatgpt.com"))
        #expect(behind.hasPrefix("chatgpt.com host "))
        #expect(try Self.target("cloudflare-ech.com", hasECH: false, tunnel: "chatgpt.com") == nil)
        #expect(try Self.target("www.example.org", tunnel: "www.example.org") == nil)
    }
}
