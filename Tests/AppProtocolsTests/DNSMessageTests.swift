import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("DNS messages (RFC 1035 § 4, RFC 9460)")
struct DNSMessageTests {
    private static func message(_ builder: DNSBuilder) throws -> DNSMessage {
        let octets = builder.octets
        return try DNSMessage(octets.span)
    }

    private static func resolution(_ builder: DNSBuilder) throws -> DNSResolution? {
        try message(builder).resolution
    }

    private static func addresses(_ builder: DNSBuilder) throws -> [String] {
        try resolution(builder)?.addresses.map(\.description) ?? []
    }

    /// An answer with every kind of record.
    static var everything: DNSBuilder {
        var builder = DNSBuilder("API.example.com")
        builder.add(type: 46, octets: [UInt8](repeating: 1, count: 30))
        builder.add(alias: "edge.cdn.example.net", timeToLive: 300)
        builder.add(alias: "a7.cdn.example.net", of: "edge.cdn.example.net", timeToLive: 20)
        builder.add("192.0.2.7", of: "a7.cdn.example.net", timeToLive: 30)
        builder.add("2001:db8::7", of: "a7.cdn.example.net", timeToLive: 30)
        return builder
    }

    @Test("an answer gives the addresses of the name asked for, over its aliases", arguments: [true, false])
    func aliases(compresses: Bool) throws {
        var builder = DNSMessageTests.everything
        builder.compresses = compresses
        let found = try Self.resolution(builder)
        #expect(found?.host.description == "api.example.com")
        #expect(found?.addresses.map(\.description) == ["192.0.2.7", "2001:db8::7"])
        #expect(found?.timeToLive == 20)
    }

    @Test("the order of aliases does not matter")
    func order() throws {
        var builder = DNSMessageTests.everything
        builder.records.reverse()
        #expect(try Self.addresses(builder) == ["2001:db8::7", "192.0.2.7"])
    }

    @Test("records that the question does not lead to are not believed")
    func strangers() throws {
        var builder = DNSBuilder("www.example.org")
        builder.add("192.0.2.1")
        builder.add("192.0.2.2", of: "api.example.com")
        builder.add(alias: "api.example.com", of: "other.example.com")
        builder.add("192.0.2.3", of: "other.example.com")
        #expect(try Self.addresses(builder) == ["192.0.2.1"])
    }

    @Test("aliases in a ring, and endless ones, end")
    func rings() throws {
        var builder = DNSBuilder("a.example")
        builder.add(alias: "b.example")
        builder.add(alias: "a.example", of: "b.example")
        builder.add("192.0.2.1", of: "b.example")
        #expect(try Self.addresses(builder) == ["192.0.2.1"])
        var endless = DNSBuilder("n0.example")
        for number in 0..<100 { endless.add(alias: "n\(number + 1).example", of: "n\(number).example") }
        endless.add("192.0.2.1", of: "n16.example")
        endless.add("192.0.2.2", of: "n17.example")
        #expect(try Self.addresses(endless) == ["192.0.2.1"])
    }

    @Test("HTTPS records hint at addresses, of the name without its port")
    func services() throws {
        var builder = DNSBuilder("_8443._https.api.example.com", type: 65)
        builder.add(https: "svc.example.net", hints: ["192.0.2.9", "192.0.2.10", "2001:db8::9"])
        let found = try Self.resolution(builder)
        #expect(found?.host.description == "api.example.com")
        #expect(found?.addresses.map(\.description) == ["192.0.2.9", "192.0.2.10", "2001:db8::9"])
        var alias = DNSBuilder("example.com", type: 65)
        alias.add(https: "svc.example.net", priority: 0)
        alias.add(https: "", hints: ["192.0.2.11"], of: "svc.example.net")
        #expect(try Self.addresses(alias) == ["192.0.2.11"])
    }

    @Test("questions, failures, and what is asked of nobody's host say nothing")
    func silent() throws {
        for flags in [0x0100, 0x8183, 0x8182, 0xA980] as [UInt16] {
            var builder = DNSBuilder("api.example.com")
            builder.add("192.0.2.1")
            builder.flags = flags
            #expect(try Self.resolution(builder) == nil)
        }
        for name in ["a b.example", "192.0.2.1", "x@y.example", ""] {
            var builder = DNSBuilder(name)
            builder.add("192.0.2.1")
            #expect(try Self.resolution(builder) == nil, "\(name)")
        }
        var empty = DNSBuilder("api.example.com")
        empty.add(type: 6, octets: [1, 2, 3])
        #expect(try Self.resolution(empty) == nil)
    }

    @Test("an answer that was cut off counts as far as it came")
    func cut() throws {
        var builder = DNSBuilder("api.example.com")
        builder.add("192.0.2.1")
        builder.add("192.0.2.2")
        let octets = builder.octets
        let message = try DNSMessage(octets.span.extracting(0..<(octets.count - 1)))
        #expect(message.isCut)
        #expect(message.resolution?.addresses.map(\.description) == ["192.0.2.1"])
    }

    @Test("as many records and addresses are read as the limits allow")
    func limits() throws {
        var builder = DNSBuilder("api.example.com")
        for number in 0..<200 { builder.add("192.0.2.\(number)") }
        let message = try Self.message(builder)
        #expect(message.isCut)
        #expect(message.records.count == DNSLimits.records)
        #expect(message.resolution?.addresses.count == DNSLimits.addresses)
    }

    @Test("pointers that go forward, in a ring, or too often make no name")
    func pointers() {
        let header: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]
        for name in [[0xC0, 12], [0xC0, 14, 1, 97, 0xC0, 12], [0xC0, 200], [0xC0], [0x40, 1], [0x3F, 1, 2]] as [[UInt8]]
        {
            let octets = header + name + [0, 1, 0, 1]
            #expect(throws: DNSError.question) { try DNSMessage(octets.span) }
        }
        var long: [UInt8] = []
        for _ in 0..<5 { long += [60] + [UInt8](repeating: 97, count: 60) }
        let octets = header + long + [0, 0, 1, 0, 1]
        #expect(throws: DNSError.question) { try DNSMessage(octets.span) }
    }

    @Test("header and question may be cut anywhere")
    func truncated() {
        let octets = DNSBuilder("a.example").octets
        for count in 0..<12 {
            #expect(throws: DNSError.truncatedHeader) { try DNSMessage(octets.span.extracting(0..<count)) }
        }
        for count in 12..<octets.count {
            #expect(throws: DNSError.question) { try DNSMessage(octets.span.extracting(0..<count)) }
        }
    }

    @Test("nothing that the network sends traps")
    func torture() {
        Torture.everything(of: DNSMessageTests.everything.octets) { chunks in
            let octets = chunks.flatMap { Array($0) }
            _ = try? DNSMessage(octets.span).resolution
        }
    }
}
