import SecureTransport
import TestSupport
import Wire

/// A connection of QUIC: frames and pieces of streams as they are, packets with keys that are known, greetings, and datagrams
/// of anything.
enum QUICBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let rest = input.rest()
        readFrames(rest)
        readPieces(rest, plan)
        readHeaders(rest)
        let talk = QUICTalk(
            [.aes128GCM, .aes256GCM, .chaCha20, .aes128CCM][Int(settings & 3)],
            version: settings & 4 == 0 ? 1 : 0x6B33_43CF,
            idOctets: Int(plan[0] % 21)
        )
        readGreetings(talk, rest, plan)
        readPackets(talk, rest, plan, settings)
    }

    private static func readFrames(_ octets: [UInt8]) {
        var reader = QUICFrameReader()
        var last = -1
        while let frame = try? reader.next(in: octets.span) {
            hold(reader.position > last && reader.position <= octets.count, "each frame is behind the one before")
            last = reader.position
            switch frame {
            case .crypto(_, let range), .stream(_, _, let range, _), .datagram(let range),
                .newConnectionID(_, let range):
                hold(range.upperBound <= reader.position, "what a frame carries is in the packet")
            case .resetStream, .connectionClose, .other: break
            }
        }
    }

    /// The octets as pieces of a stream whose content is known: an offset and a length each.
    private static func readPieces(_ octets: [UInt8], _ plan: [UInt8]) {
        var buffer = QUICStreamBuffer()
        let content = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
        var (accepted, read, next) = (0, 0, 0)
        for index in stride(from: 0, to: octets.count - 1, by: 2) {
            let start = Int(octets[index]) * 2
            let piece = Array(content[start..<(start + Int(octets[index + 1]) % 64)])
            if plan[0] & 1 == 1, index % 16 == 14, let hole = buffer.skipHole() { next += hole }
            let taken = buffer.take(piece.span, at: UInt64(start))
            accepted += taken.accepted
            func note(_ given: some Collection<UInt8>) {
                for octet in given {
                    hold(octet == UInt8(truncatingIfNeeded: next), "octets of a stream are in order")
                    next += 1
                    read += 1
                }
            }
            note(piece[taken.ready])
            while let waited = buffer.popReady() { note(waited) }
            hold(buffer.next == UInt64(next), "what is due is behind what was read")
        }
        while let hole = buffer.skipHole() {
            next += hole
            while let waited = buffer.popReady() {
                read += waited.count
                next += waited.count
            }
        }
        hold(accepted == read && buffer.heldOctets == 0, "what was accepted is read once: \(read) of \(accepted)")
    }

    private static func readHeaders(_ octets: [UInt8]) {
        var start = 0
        while let header = try? QUICPacketHeader(octets.span, at: start), header.end > start {
            hold(header.end <= octets.count && header.numberOffset <= header.end, "a packet is in its datagram")
            hold(
                header.destination.upperBound <= octets.count && header.source.upperBound <= octets.count,
                "ids are, too"
            )
            start = header.end
        }
    }

    private static func readGreetings(_ talk: QUICTalk, _ octets: [UInt8], _ plan: [UInt8]) {
        var talk = talk
        var reader = QUICHelloReader()
        guard let opening = try? talk.opening(), let answer = try? talk.answer() else { return }
        for range in Piece.cuts(octets.count, by: plan).prefix(32) {
            guard let packet = try? talk.initialPacket(Array(octets[range]) + [0, 0, 0, 0]) else { continue }
            _ = reader.read(packet.span, .toServer)
            _ = reader.read(octets.span.extracting(range), plan[1] & 1 == 0 ? .toServer : .toClient)
            hold(reader.heldOctets <= 4 * QUICLimits().handshakeOctets, "greetings are bounded")
        }
        if reader.clientHello == nil, reader.clientDirection == nil, !reader.isExhausted {
            _ = reader.read(opening.span, .toServer)
            hold(reader.clientHello?.serverName?.description == talk.name, "a greeting is found behind anything")
        }
        _ = reader.read(answer.span, .toClient)
    }

    /// The input as frames of packets, one a piece, with datagrams of anything between them.
    private static func readPackets(_ talk: QUICTalk, _ octets: [UInt8], _ plan: [UInt8], _ settings: UInt8) {
        var talk = talk
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array(talk.keyLog().utf8).span, into: store)
        let hello = Array(talk.hello(offersEarlyData: settings & 8 != 0).dropFirst(4))
        var limits = QUICLimits()
        if settings & 16 != 0 {
            limits.connectionOctets = 200
            limits.streams = 3
        }
        guard let client = try? ClientHello(hello.span),
            var session = try? QUICSession(
                hello: client,
                greeting: nil,
                source: KeySource([store], mayGrow: false),
                versions: [QUICVersion(rawValue: talk.version)],
                sourceLength: talk.clientID.count,
                limits: limits
            )
        else { return }
        var (given, told, holes, isOver) = (0, 0, 0, false)
        func drain(_ session: inout QUICSession) {
            while !isOver {
                let step = session.next()
                switch step {
                case .needMore: return
                case .stream:
                    hold(session.content.count > 0, "octets of a stream are some")
                    told += session.content.count
                case .learned: hold(session.content.count > 0, "octets of a stream are some")
                case .issued: hold((1...20).contains(session.content.count), "an id has its length")
                case .overhead(let octets), .lost(let octets, _), .refused(let octets):
                    hold(octets > 0, "what is told is of octets")
                    told += octets
                case .hole(_, let octets):
                    hold(octets > 0, "a hole is of octets")
                    holes += 1
                case .restarted: told += 0
                case .ended: break
                case .failed: isOver = true
                }
            }
        }
        for (number, range) in Piece.cuts(octets.count, by: plan).prefix(64).enumerated() {
            let frames = Array(octets[range]) + [0, 0, 0, 0]
            let choice = (Int(plan[number % 4]) + number) % 8
            if choice == 5 { talk.application.update() }
            let datagram: [UInt8]? =
                switch choice {
                case 0: try? talk.earlyPacket(frames)
                case 1: try? talk.closing(frames)
                case 2: try? talk.serverShort(frames)
                case 3: Array(octets[range])
                default: try? talk.short(frames)
                }
            guard let datagram else { continue }
            let direction: Direction = choice == 2 ? .toClient : .toServer
            if direction == .toServer { given += datagram.count }
            session.take(datagram.span, direction)
            drain(&session)
            hold(session.heldOctets <= limits.connectionOctets + 66_000 + 4 * 65_536, "what waits is bounded")
            if isOver { break }
        }
        if !isOver {
            session.finish()
            drain(&session)
        }
        hold(isOver || told == given, "each octet is told once: \(told) of \(given)")
        hold(session.heldOctets <= 2 * 65_536 + 16_384 || isOver, "nothing of the client's waits at the end")
    }
}
