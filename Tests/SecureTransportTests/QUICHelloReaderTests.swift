import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("QUIC's greetings without a key")
struct QUICHelloReaderTests {
    /// The name that is read from the client's datagrams.
    private static func name(_ datagrams: [[UInt8]], isReversed: Bool = false) -> String? {
        var reader = QUICHelloReader()
        for datagram in datagrams { _ = reader.read(datagram.span, isReversed ? .toClient : .toServer) }
        return reader.clientHello?.serverName?.description
    }

    /// A hello in frames that are cut at these places, one a packet.
    private static func pieces(_ talk: inout QUICTalk, _ cuts: [Int]) throws -> [[UInt8]] {
        let hello = talk.hello()
        let bounds = [0] + cuts + [hello.count]
        return try zip(bounds, bounds.dropFirst()).map { start, end in
            let frame = QUICWriter.crypto(hello[start..<end], at: start)
            return try talk.initialPacket(frame + [UInt8](repeating: 0, count: 20))
        }
    }

    @Test(
        "the hello is found in several packets, datagrams and frames, in any order",
        arguments: [1, 0x6B33_43CF] as [UInt32]
    )
    func pieces(version: UInt32) throws {
        var talk = QUICTalk(version: version)
        let packets = try Self.pieces(&talk, [5, 40, 70])
        #expect(Self.name(packets) == "api.a.ai")
        #expect(Self.name(packets.reversed()) == "api.a.ai")
        #expect(Self.name([packets[2] + packets[0], packets[1] + packets[1] + packets[3]]) == "api.a.ai")
        #expect(Self.name(packets, isReversed: true) == "api.a.ai")
        #expect(Self.name(Array(packets.dropLast())) == nil)
        let hello = talk.hello()
        let frames = QUICWriter.crypto(hello[50...], at: 50) + [1, 0, 0] + QUICWriter.crypto(hello[..<60])
        #expect(try Self.name([talk.initialPacket(frames)]) == "api.a.ai")
    }

    @Test("the server's is found behind it, and in the version that it chose")
    func server() throws {
        for negotiated in [1, 0x6B33_43CF] as [UInt32] {
            var talk = QUICTalk(negotiated: negotiated)
            var reader = QUICHelloReader()
            let (opening, answer) = (try talk.opening(), try talk.answer())
            let wasRead = [reader.read(opening.span, .toServer), reader.read(answer.span, .toClient)]
            let (greeting, versions) = (reader.serverHello?.cipherSuite, reader.versions.map(\.rawValue))
            #expect(wasRead == [true, true] && greeting == 0x1301)
            #expect(versions == (negotiated == 1 ? [1] : [1, negotiated]))
        }
    }

    @Test("after a Retry, and in another connection, the client begins again")
    func again() throws {
        var (talk, other) = (QUICTalk(), QUICTalk(name: "other.ai", seed: 5))
        var reader = QUICHelloReader()
        let opening = try talk.opening()
        let isRead = reader.read(opening.span, .toServer)
        // The same hello to another id, as a Retry has it.
        var retried = QUICWriter.initial(destination: [9, 9, 9, 9, 9, 9, 9, 9]).client
        retried.number = 1
        let second = try retried.long(
            .initial,
            destination: [9, 9, 9, 9, 9, 9, 9, 9],
            source: talk.clientID,
            token: [1, 2, 3],
            QUICWriter.crypto(talk.hello())
        )
        let (before, random) = (reader.beginnings, reader.clientHello?.random)
        let isReadAgain = reader.read(second.span, .toServer)
        let (after, same) = (reader.beginnings, reader.clientHello?.random)
        #expect(isRead && isReadAgain && before == 1 && after == 2 && random == same)
        let third = try other.opening()
        let isOther = reader.read(third.span, .toServer)
        let name = reader.clientHello?.serverName?.description
        #expect(isOther && name == "other.ai")
    }

    @Test("packets that are not what they seem cost no more than a few keys")
    func exhausted() {
        var reader = QUICHelloReader()
        for count in 0..<40 {
            var talk = QUICTalk(seed: UInt8(count))
            guard var datagram = try? talk.opening() else { continue }
            datagram[500] ^= 1
            let isRead = reader.read(datagram.span, .toServer)
            #expect(!isRead)
        }
        let (isExhausted, direction) = (reader.isExhausted, reader.clientDirection)
        #expect(isExhausted && direction == nil)
        var talk = QUICTalk()
        guard let opening = try? talk.opening() else { return }
        let isRead = reader.read(opening.span, .toServer)
        #expect(!isRead)
    }

    @Test("prefixes and changed octets give no hello, or the right one; nothing traps")
    func torture() throws {
        var talk = QUICTalk()
        let hello = talk.hello()
        let packet = try talk.initialPacket(QUICWriter.crypto(hello))
        Torture.everyPrefix(of: packet) { prefix in #expect(Self.name([Array(copying: prefix)]) == nil) }
        Torture.everyChangedOctet(of: packet) { changed in
            let octets = Array(copying: changed)
            let name = Self.name([octets])
            #expect(name == (octets == packet ? "api.a.ai" : nil))
        }
    }

    @Test("a hello that is too large is passed over")
    func tooLarge() throws {
        var talk = QUICTalk()
        var reader = QUICHelloReader()
        for start in stride(from: 0, to: 100_000, by: 1_000) {
            let frame = QUICWriter.crypto([UInt8](repeating: 1, count: 1_000), at: start + 1)
            let packet = try talk.initialPacket(frame)
            _ = reader.read(packet.span, .toServer)
        }
        let (held, hello) = (reader.heldOctets, reader.clientHello == nil)
        #expect(held <= 70_000 && hello)
    }
}
