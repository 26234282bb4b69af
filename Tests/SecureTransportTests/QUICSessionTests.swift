import SecureTransport
import TestSupport
import Testing
import Wire

@Suite("QUIC whose secrets are known")
struct QUICSessionTests {
    private typealias Datagram = QUICReading.Datagram

    private static let text = (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }

    /// A connection that sends `text` on stream 0, so many octets a packet.
    private static func upload(_ talk: inout QUICTalk, size: Int = 1_000) throws -> [Datagram] {
        var datagrams: [Datagram] = [
            (try talk.opening(), .toServer), (try talk.answer(), .toClient), (try talk.closing(), .toServer),
        ]
        for start in stride(from: 0, to: text.count, by: size) {
            let end = min(text.count, start + size)
            let frame = QUICWriter.stream(0, text[start..<end], at: start, isFinal: end == text.count)
            datagrams.append((try talk.short(frame), .toServer))
        }
        return datagrams
    }

    @Test(
        "a stream is read from packets of every suite and version",
        arguments: [TLSWriter.Cipher.aes128GCM, .aes256GCM, .chaCha20, .aes128CCM],
        [1, 0x6B33_43CF] as [UInt32]
    )
    func suites(cipher: TLSWriter.Cipher, version: UInt32) throws {
        var talk = QUICTalk(cipher, version: version)
        let reading = try QUICReading(talk, Self.upload(&talk))
        #expect(reading.streams == [0: Self.text] && reading.ended == [0: true])
        #expect(reading.holes.isEmpty && reading.lost == 0 && reading.isBalanced)
        #expect(reading.alpn == "h3" && reading.usedSecrets == 3 && reading.heldOctets == 0)
    }

    @Test(
        "the suite, the version and the length of the server's ids are found without the server",
        arguments: [0, 3, 20]
    )
    func oneWay(idOctets: Int) throws {
        for cipher in [TLSWriter.Cipher.aes128GCM, .aes256GCM, .chaCha20] {
            var talk = QUICTalk(cipher, negotiated: 0x6B33_43CF, idOctets: idOctets)
            var datagrams = try Self.upload(&talk).filter { $0.direction == .toServer }
            // Nothing but short headers.
            datagrams.removeFirst(2)
            let reading = try QUICReading(talk, datagrams, hasGreeting: false)
            #expect(reading.streams == [0: Self.text] && reading.isBalanced)
            #expect(reading.alpn == nil && reading.usedSecrets == 1)
        }
    }

    @Test("packets in any order and twice change nothing")
    func anyOrder() throws {
        var talk = QUICTalk()
        let datagrams = try Self.upload(&talk, size: 300)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            var shuffled = datagrams + datagrams.filter { _ in Bool.random(using: &generator) }
            shuffled.shuffle(using: &generator)
            let reading = try QUICReading(talk, shuffled)
            #expect(reading.streams == [0: Self.text] && reading.ended == [0: true])
            #expect(reading.holes.isEmpty && reading.lost == 0 && reading.isBalanced)
        }
    }

    @Test("a packet that never comes leaves a hole of its size, where it was")
    func hole() throws {
        var talk = QUICTalk()
        var datagrams = try Self.upload(&talk)
        datagrams.remove(at: 5)
        let reading = try QUICReading(talk, datagrams)
        #expect(reading.holes == [0: 1_000] && reading.ended == [0: true])
        #expect(reading.streams[0] == Array(Self.text[..<2_000] + Self.text[3_000...]))
        #expect(reading.isBalanced)
        let open = try QUICReading(talk, datagrams, finishes: false)
        #expect(open.streams[0] == Array(Self.text[..<2_000]) && open.ended.isEmpty && open.heldOctets > 6_000)
        var lastLost = try Self.upload(&talk)
        lastLost.removeLast()
        let cutOff = try QUICReading(talk, lastLost)
        #expect(cutOff.streams[0] == Array(Self.text[..<8_000]) && cutOff.ended == [0: false])
    }

    @Test("more than may wait is not waited for")
    func crowded() throws {
        var talk = QUICTalk()
        var datagrams = try Self.upload(&talk, size: 100)
        datagrams.remove(at: 3)
        var limits = QUICLimits()
        limits.connectionOctets = 2_000
        let reading = try QUICReading(talk, datagrams, limits: limits, finishes: false)
        #expect(reading.holes == [0: 100] && reading.ended == [0: true] && reading.heldOctets == 0)
        #expect(reading.streams[0] == Array(Self.text[100...]) && reading.isBalanced)
    }

    @Test("keys are updated, back and forth over late packets, and over a phase of which nothing came")
    func keyUpdate() throws {
        var talk = QUICTalk(.aes256GCM)
        var datagrams = try Self.upload(&talk)
        datagrams.removeLast(9)
        for start in stride(from: 0, to: 9_000, by: 1_000) {
            if start % 2_000 == 0 { talk.application.update() }
            let frame = QUICWriter.stream(0, Self.text[start..<(start + 1_000)], at: start, isFinal: start == 8_000)
            datagrams.append((try talk.short(frame), .toServer))
        }
        let reading = try QUICReading(talk, datagrams)
        #expect(reading.streams == [0: Self.text] && reading.lost == 0 && reading.isBalanced)
        // The last packet of a phase behind the first of the next.
        var late = datagrams
        late.swapAt(6, 7)
        #expect(try QUICReading(talk, late).streams == [0: Self.text])
        var without = datagrams
        without.removeSubrange(5...6)
        let far = try QUICReading(talk, without)
        #expect(far.holes == [0: 2_000] && far.streams[0]?.count == 7_000 && far.lost == 0)
    }

    @Test("early data is read, and said again when the server refused it")
    func earlyData() throws {
        for accepts in [true, false] {
            var talk = QUICTalk()
            let half = Self.text[..<500]
            var datagrams: [Datagram] = [
                (try talk.opening(offersEarlyData: true), .toServer),
                (try talk.earlyPacket(QUICWriter.stream(0, half)), .toServer),
                (try talk.answer(resumes: true, acceptsEarlyData: accepts), .toClient),
            ]
            let again =
                accepts
                ? QUICWriter.stream(0, Self.text[500..<900], at: 500, isFinal: true)
                : QUICWriter.stream(0, Self.text[..<900], isFinal: true)
            datagrams.append((try talk.closing(again), .toServer))
            let reading = try QUICReading(talk, datagrams, offersEarlyData: true)
            #expect(reading.streams == [0: Array(Self.text[..<900])] && reading.ended == [0: true])
            #expect(reading.restarts == (accepts ? 0 : 1) && reading.usedSecrets == 4)
        }
    }

    @Test("streams are apart, and one that is over does not begin again")
    func streams() throws {
        var talk = QUICTalk()
        var datagrams: [Datagram] = [(try talk.opening(), .toServer)]
        for id in [0, 4, 2, 8] as [UInt64] {
            datagrams.append((try talk.short(QUICWriter.stream(id, [UInt8(id), 1, 2], isFinal: id != 2)), .toServer))
        }
        datagrams.append((try talk.short(QUICWriter.stream(4, [4, 1, 2], isFinal: true)), .toServer))
        datagrams.append((try talk.short(QUICWriter.stream(4, [9, 9, 9, 9])), .toServer))
        let reading = try QUICReading(talk, datagrams)
        #expect(reading.streams == [0: [0, 1, 2], 4: [4, 1, 2], 2: [2, 1, 2], 8: [8, 1, 2]])
        #expect(reading.ended == [0: true, 4: true, 8: true, 2: false] && reading.isBalanced)
    }

    @Test("a stream that is given up ends when what was sent of it has come")
    func reset() throws {
        var talk = QUICTalk()
        let datagrams: [Datagram] = [
            (try talk.short(QUICWriter.stream(0, [1, 2]) + QUICWriter.reset(0, finalSize: 4)), .toServer),
            (try talk.short(QUICWriter.stream(4, [1, 2]) + QUICWriter.reset(4, finalSize: 2)), .toServer),
            (try talk.short(QUICWriter.stream(0, [3, 4], at: 2)), .toServer),
        ]
        let reading = try QUICReading(talk, datagrams, finishes: false)
        #expect(reading.streams == [0: [1, 2, 3, 4], 4: [1, 2]] && reading.ended == [0: false, 4: false])
        let early = try QUICReading(talk, Array(datagrams.prefix(2)))
        #expect(early.holes == [0: 2] && early.ended == [0: false, 4: false])
    }

    @Test("an end before what has come is none")
    func earlyEnd() throws {
        var talk = QUICTalk()
        let datagrams: [Datagram] = [
            (try talk.short(QUICWriter.stream(0, [5, 6], at: 4)), .toServer),
            (try talk.short(QUICWriter.stream(0, [1, 2, 3], isFinal: true)), .toServer),
            (try talk.short(QUICWriter.stream(0, [4], at: 3)), .toServer),
        ]
        let reading = try QUICReading(talk, datagrams)
        #expect(reading.streams == [0: [1, 2, 3, 4, 5, 6]] && reading.ended == [0: false] && reading.isBalanced)
    }

    @Test("too many streams, pieces out of the window and datagrams are counted, not read")
    func limits() throws {
        var talk = QUICTalk()
        var limits = QUICLimits()
        limits.streams = 2
        var datagrams: [Datagram] = []
        for id in [0, 4, 8] as [UInt64] { datagrams.append((try talk.short(QUICWriter.stream(id, [1])), .toServer)) }
        datagrams.append((try talk.short(QUICWriter.stream(0, [1, 2], at: 1 << 40)), .toServer))
        datagrams.append((try talk.short(QUICWriter.reset(4, finalSize: 1 << 60)), .toServer))
        datagrams.append((try talk.short([0x31, 3, 7, 7, 7]), .toServer))
        let reading = try QUICReading(talk, datagrams, limits: limits)
        #expect(reading.streams == [0: [1], 4: [1]] && reading.holes.isEmpty)
        #expect(reading.refused == 4 && reading.lost == 2 && reading.isBalanced)
    }

    @Test("what the server says of itself is learned, while something is wanted of it")
    func learned() throws {
        var talk = QUICTalk()
        var datagrams: [Datagram] = [(try talk.opening(), .toServer), (try talk.answer(), .toClient)]
        let settings = QUICWriter.stream(3, [0, 4, 2, 1, 0]) + QUICWriter.stream(0, [9, 9])
        datagrams.append((try talk.serverShort(settings), .toClient))
        datagrams.append((try talk.serverShort(QUICWriter.newConnectionID([1, 2, 3, 4])), .toClient))
        for _ in 0..<20 { datagrams.append((try talk.serverShort([1]), .toClient)) }
        datagrams.append((try talk.serverShort(QUICWriter.stream(7, [2])), .toClient))
        let reading = try QUICReading(talk, datagrams)
        #expect(reading.learned == [3: [0, 4, 2, 1, 0]] && reading.streams.isEmpty && reading.isBalanced)
        #expect(reading.issued == [[1, 2, 3, 4]])
    }

    @Test("secrets of another connection open nothing, and say so")
    func otherSecrets() throws {
        var talk = QUICTalk()
        let other = QUICTalk(seed: 9)
        let datagrams = try Self.upload(&talk, size: 500)
        let random = Hex.text(talk.tls.clientRandom)
        let lines = other.keyLog().replacing(Hex.text(other.tls.clientRandom), with: random)
        let reading = try QUICReading(talk, datagrams, keyLog: lines)
        #expect(reading.failure == .noKey && reading.overhead == 0 && reading.lost == 0 && reading.streams.isEmpty)
        let few = try QUICReading(talk, Array(datagrams.prefix(5)), keyLog: lines)
        #expect(few.failure == .noKey)
        #expect(throws: TLSSessionError(loss: .noKey)) { try QUICReading(talk, [], keyLog: "") }
        let handshake = talk.keyLog(["CLIENT_HANDSHAKE_TRAFFIC_SECRET"])
        #expect(throws: TLSSessionError(loss: .noKey)) { try QUICReading(talk, [], keyLog: handshake) }
    }

    @Test("changed packets cost what they held, and nothing else; nothing traps")
    func damaged() throws {
        var talk = QUICTalk()
        let good = try talk.closing(QUICWriter.stream(0, [1, 2, 3], isFinal: true))
        let opening = try talk.opening()
        try Torture.everyChangedOctet(of: good) { changed in
            let octets = Array(copying: changed)
            let reading = try QUICReading(talk, [(opening, .toServer), (octets, .toServer), (good, .toServer)])
            #expect(reading.streams == [0: [1, 2, 3]] && reading.isBalanced)
        }
        try Torture.everyPrefix(of: good) { prefix in
            let octets = Array(copying: prefix)
            let reading = try QUICReading(talk, [(octets, .toServer), (good, .toServer)])
            #expect(reading.streams == [0: [1, 2, 3]] && reading.isBalanced)
        }
    }
}
