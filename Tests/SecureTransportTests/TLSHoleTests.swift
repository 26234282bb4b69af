import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("Holes in TLS sessions")
struct TLSHoleTests {
    private static let data = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 7) }

    /// A session's client octets behind its hello, and where in them the data begins.
    private func stream(_ talk: TLSTalk, size: Int) throws -> (octets: [UInt8], start: Int) {
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        let opening = Array(try talk.opening(&client).dropFirst(talk.clientHello().count))
        return (opening + (try client.records(Self.data, size: size)), opening.count)
    }

    private func read(_ talk: TLSTalk, _ turns: [TLSReading.Turn]) throws -> TLSReading {
        let (reading, isBalanced) = try TLSReading.read(
            turns,
            hello: Array(talk.clientHelloMessage().dropFirst(4)),
            greeting: Array(talk.serverHelloMessage().dropFirst(4)),
            keyLog: talk.keyLog()
        )
        #expect(isBalanced, "\(reading)")
        return reading
    }

    @Test(
        "behind a hole the place is found again, and what it swallowed is known exactly",
        arguments: [TLSTalk(), TLSTalk(.chaCha20), TLSTalk(.aes128GCM, version: 0x0303), TLSTalk(.aes128CCM8)]
    )
    func anywhere(talk: TLSTalk) throws {
        let (octets, start) = try stream(talk, size: 700)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<60 {
            let from = Int.random(in: start..<(octets.count - 1_500), using: &generator)
            let count = Int.random(in: 1...min(6_000, octets.count - from - 1_500), using: &generator)
            let reading = try read(
                talk,
                [.client(Array(octets[..<from])), .hole(count), .client(Array(octets[(from + count)...]))]
            )
            // All but what lay in the records that the hole touched.
            let lost = Self.data.count - reading.client.count
            #expect(reading.lostOctets == lost)
            #expect(reading.lost.count == 1 && !reading.lost[0].contains("~"))
            #expect(lost <= count + 1_400)
            let kept = zip(reading.client, Self.data).prefix { $0 == $1 }.count
            let isOneHole = [kept].contains { start in
                Self.data[..<start].elementsEqual(reading.client[..<start])
                    && Self.data[(start + lost)...].elementsEqual(reading.client[start...])
            }
            #expect(isOneHole)
        }
    }

    @Test("holes in a row, of unknown size, at the very end and in the handshake")
    func others() throws {
        let talk = TLSTalk()
        let (octets, start) = try stream(talk, size: 500)
        let cut = start + 3_000
        let rest = Array(octets[(cut + 4_000)...])
        let twice = try read(
            talk,
            [.client(Array(octets[..<cut])), .hole(1_000), .hole(3_000), .client(rest)]
        )
        #expect(twice.lost.count == 1 && twice.lostOctets == Self.data.count - twice.client.count)
        let unknown = try read(talk, [.client(Array(octets[..<cut])), .hole(0), .client(rest)])
        #expect(unknown.lost.count == 1 && unknown.lost[0].contains("~"))
        #expect(unknown.client.count == twice.client.count)
        let ended = try read(talk, [.client(Array(octets[..<cut])), .hole(100)])
        #expect(ended.lost.count == 1)
        // The Finished is in the hole: the application's keys open what follows.
        let early = try read(talk, [.hole(start), .client(Array(octets[start...]))])
        #expect(early.client == Self.data)
    }

    @Test("a record that was changed on the way is lost, its neighbours are not")
    func damage() throws {
        let talk = TLSTalk()
        let (octets, start) = try stream(talk, size: 500)
        var changed = octets
        changed[start + 800] ^= 1
        let reading = try read(talk, [.client(changed)])
        #expect(reading.client == Array(Self.data[..<500] + Self.data[1_000...]))
        #expect(reading.lost == ["500 damaged"])
        var header = octets
        header[start + 522] ^= 0x40
        let mislaid = try read(talk, [.client(header)])
        #expect(mislaid.client.suffix(500).elementsEqual(Self.data.suffix(500)))
        #expect(mislaid.client.count >= Self.data.count - 1_000)
    }

    @Test("CBC finds its place again, but not how much is missing")
    func chained() throws {
        let talk = TLSTalk(.cbcSHA256, version: 0x0303)
        let (octets, start) = try stream(talk, size: 500)
        let cut = start + 2_000
        let reading = try read(
            talk,
            [.client(Array(octets[..<cut])), .hole(3_000), .client(Array(octets[(cut + 3_000)...]))]
        )
        #expect(reading.lost.count == 1 && reading.lost[0].contains("~"))
        #expect(reading.client.suffix(500).elementsEqual(Self.data.suffix(500)))
    }

    @Test("every prefix, every changed octet and every cut is survived, and each octet told once")
    func torture() throws {
        for talk in [TLSTalk(), TLSTalk(.cbcSHA1, version: 0x0303)] {
            var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
            let octets =
                Array(try talk.opening(&client).dropFirst(talk.clientHello().count))
                + (try client.record(Array("GET / HTTP/1.1".utf8))) + (try client.record([1, 2, 3]))
            try Torture.everything(of: octets) { pieces in
                _ = try read(talk, pieces.map { .client(Array($0)) })
            }
        }
    }
}
