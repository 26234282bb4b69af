import Crypto
import TestSupport
import Testing
import Wire

@testable import SecureTransport

/// The examples of both versions, whose sections are the same.
@Suite("Sample Packet Protection (RFC 9001 Appendix A, RFC 9369 Appendix A)")
struct RFC9001Tests {
    struct Example: Sendable {
        let version: QUICVersion
        let client: String
        let server: String
        let retry: String
        let short: String
        let shortUpdate: String
    }

    static let examples = [
        Example(
            version: .v1,
            client: QUICVectors.client1,
            server: QUICVectors.server1,
            retry: QUICVectors.retry1,
            short: "4cfe4189655e5cd55c41f69080575d7999c25a5bfb",
            shortUpdate: "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9"
        ),
        Example(
            version: .v2,
            client: QUICVectors.client2,
            server: QUICVectors.server2,
            retry: QUICVectors.retry2,
            short: "5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba",
            shortUpdate: "c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88"
        ),
    ]

    private static func octets(_ text: String) throws -> [UInt8] { try #require(Hex.octets(text)) }

    private static func opened(_ packet: [UInt8], _ keys: QUICPacketKeys, largest: UInt64?) throws -> [UInt8]? {
        let header = try QUICPacketHeader(packet.span)
        var opener = QUICPacketOpener([keys])
        var trial = 0
        let opened = opener.open(
            packet[..<header.end],
            numberOffset: header.numberOffset,
            largest: largest,
            trialOctets: &trial
        )
        guard let content = opened?.content else { return nil }
        return Array(copying: content.span)
    }

    @Test("§ A.1 and § A.2, the client's Initial opens with keys that follow from its id", arguments: examples)
    func clientInitial(_ example: Example) throws {
        let packet = try Self.octets(example.client)
        let header = try QUICPacketHeader(packet.span)
        #expect(header.type == .initial && header.version == example.version && header.end == 1_200)
        #expect(Hex.text(Array(packet[header.destination])) == QUICVectors.destination)
        #expect(header.source.isEmpty && header.numberOffset == 18)
        let keys = try #require(
            QUICPacketKeys.initial(destination: Self.octets(QUICVectors.destination), version: example.version)
        )
        let frames = try #require(try Self.opened(packet, keys.client, largest: nil))
        let hello = try Self.octets(QUICVectors.hello)
        #expect(Array(frames.prefix(hello.count)) == hello)
        #expect(frames.count == 1_162 && frames.dropFirst(hello.count).allSatisfy { $0 == 0 })
        #expect(try Self.opened(packet, keys.server, largest: nil) == nil)
    }

    @Test("§ A.2 and § A.3, both hellos are read from Initial packets alone", arguments: examples)
    func hellos(_ example: Example) throws {
        var reader = QUICHelloReader()
        let (client, server) = (try Self.octets(example.client), try Self.octets(example.server))
        let wasRead = [reader.read(server.span, .toClient), reader.read(client.span, .toServer)]
        #expect(wasRead == [false, true])
        let name = reader.clientHello?.serverName?.description
        #expect(name == "example.com")
        let isAnswered = reader.read(server.span, .toClient)
        let suite = reader.serverHello?.cipherSuite
        let (versions, direction) = (reader.versions, reader.clientDirection)
        #expect(isAnswered && suite == 0x1301)
        #expect(versions == [example.version] && direction == .toServer)
    }

    @Test("§ A.4, a Retry is genuine for the id that it answers only", arguments: examples)
    func retry(_ example: Example) throws {
        let packet = try Self.octets(example.retry)
        let original = try Self.octets(QUICVectors.destination)
        let header = try QUICPacketHeader(packet.span)
        #expect(header.type == .retry && Array(packet[header.token]) == Array("token".utf8))
        #expect(QUICRetry.isGenuine(packet, original: original, version: example.version))
        #expect(!QUICRetry.isGenuine(packet, original: original + [0], version: example.version))
        for version in QUICVersion.known where version != example.version {
            #expect(!QUICRetry.isGenuine(packet, original: original, version: version))
        }
        Torture.everyPrefix(of: packet) { prefix in
            #expect(!QUICRetry.isGenuine(Array(copying: prefix), original: original, version: example.version))
        }
    }

    @Test("§ A.5, ChaCha20-Poly1305 behind a short header", arguments: examples)
    func chaCha20(_ example: Example) throws {
        let secret = try Self.octets("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b")
        let suite = TLSCipherSuite(rawValue: 0x1303)
        let keys = try #require(
            QUICPacketKeys(secret: SymmetricKey(data: secret), suite: suite, version: example.version)
        )
        let packet = try Self.octets(example.short)
        #expect(try Self.opened(packet, keys, largest: 654_360_563) == [1])
        #expect(try Self.opened(packet, keys, largest: 654_360_563 - (1 << 24)) == nil)
        let update = SymmetricKey(data: try Self.octets(example.shortUpdate))
        let updated = try #require(QUICPacketKeys(secret: update, suite: suite, version: example.version))
        let sealed = Array(repeating: UInt8(3), count: 40)
        #expect(keys.next.open(sealed[...], number: 1, header: []) == nil)
        // The next keys are those of the secret in the example, but for the header's.
        var writer = QUICWriter(secret: secret, cipher: .chaCha20, version: example.version.rawValue)
        writer.update()
        let next = try writer.short(destination: [], [1, 1, 1, 1])
        var opener = QUICPacketOpener([keys])
        var trial = 1_000
        let opened = opener.open(next[...], numberOffset: 1, largest: nil, trialOctets: &trial)
        #expect(opened?.number == 0 && opener.generation == 1)
        #expect(try Self.opened(next, updated, largest: nil) == nil)
    }
}

@Suite("Sample Packet Number Decoding Algorithm (RFC 9000 Appendix A.3)")
struct PacketNumberTests {
    /// A packet whose number is written in so few octets, and what was the largest before.
    @Test(
        "a number is the nearest to the one that is due",
        arguments: [
            (0xA82F_30EA, 0xA82F_9B32, 2), (0, 1, 1), (126, 200, 1), (300, 250, 1), (0xFFFF, 0x1_0000, 1),
            (0x1_0000, 0xFFF0, 1), ((1 << 62) - 300, (1 << 62) - 1, 2),
        ] as [(UInt64, UInt64, Int)]
    )
    func nearest(largest: UInt64, number: UInt64, octets: Int) throws {
        try expect(number, octets, after: largest, trialOctets: 0, isFound: true)
    }

    @Test("behind a large hole, and far before, it is still found")
    func far() throws {
        try expect(5_000, 1, after: 10, trialOctets: 1 << 20, isFound: true)
        try expect(5_000, 1, after: 10, trialOctets: 0, isFound: false)
        try expect(700, 1, after: 1_000, trialOctets: 1 << 20, isFound: true)
        try expect(100_000, 1, after: 10, trialOctets: 1 << 20, isFound: false)
    }

    private func expect(
        _ number: UInt64,
        _ octets: Int,
        after largest: UInt64,
        trialOctets: Int,
        isFound: Bool
    ) throws {
        let secret = [UInt8](repeating: 5, count: 32)
        let keys = try #require(
            QUICPacketKeys(secret: SymmetricKey(data: secret), suite: .aes128GCM, version: .v1)
        )
        var writer = QUICWriter(secret: secret, cipher: .aes128GCM)
        let first = try writer.short(destination: [], [1, 1, 1, 1])
        writer.number = number
        let packet = try writer.short(destination: [], numberOctets: octets, [1, 1, 1, 1])
        var opener = QUICPacketOpener([keys])
        var trial = trialOctets
        #expect(opener.open(first[...], numberOffset: 1, largest: nil, trialOctets: &trial) != nil)
        let opened = opener.open(packet[...], numberOffset: 1, largest: largest, trialOctets: &trial)
        #expect(opened?.number == (isFound ? number : nil))
    }
}
