import SecureTransport
import TestSupport
import Wire

/// The client's direction of a session whose secrets are known: good records, torn and followed by anything.
enum TLSRecordsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let size = Int(input.octet()) + 1
        let flip = input.octet()
        let rest = input.rest()
        let ciphers = TLSWriter.Cipher.allCases
        let cipher = ciphers[Int(settings & 15) % ciphers.count]
        let isTLS13 = cipher.suite13 != nil && settings & 16 == 0
        let talk = TLSTalk(cipher, version: isTLS13 ? 0x0304 : 0x0303, encryptsThenMACs: settings & 32 != 0)
        guard var stream = try? good(talk, rest, size) else { return }
        if settings & 64 != 0, !stream.isEmpty { stream[stream.count * Int(flip) / 256] ^= 1 << (flip & 7) }
        stream += rest
        let whole = read(talk, stream, [.octets(0..<stream.count)])
        let cut = read(talk, stream, Piece.cuts(stream.count, by: plan).map(Piece.octets))
        hold(whole == cut, "records read the same however they are cut")
        _ = read(talk, stream, Piece.pieces(stream.count, by: plan))
    }

    private static func good(_ talk: TLSTalk, _ content: [UInt8], _ size: Int) throws -> [UInt8] {
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        let opening = try talk.opening(&client)
        return Array(opening.dropFirst(talk.clientHello().count)) + (try client.records(content, size: size))
    }

    /// The data that was read.
    private static func read(_ talk: TLSTalk, _ stream: [UInt8], _ pieces: [Piece]) -> [UInt8] {
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array(talk.keyLog().utf8).span, into: store)
        let hello = Array(talk.clientHelloMessage().dropFirst(4))
        let greeting = Array(talk.serverHelloMessage().dropFirst(4))
        guard let client = try? ClientHello(hello.span), let server = try? ServerHello(greeting.span),
            var session = try? TLSSession(
                hello: client,
                greeting: server,
                source: KeySource([store], mayGrow: false),
                preceding: 0,
                clientSkip: 0,
                serverSkip: nil
            )
        else { return [] }
        var data: [UInt8] = []
        var told = 0
        var given = 0
        var isOver = false
        func note(_ step: TLSSession.Step) {
            switch step {
            case .needMore, .restarted, .data: break
            case .overhead(let octets): told += octets
            case .lost(let octets, let overhead, _, _):
                hold(octets > 0 && overhead >= 0, "a loss is of octets")
                told += octets + overhead
            case .failed: isOver = true
            }
        }
        for piece in pieces where !isOver {
            switch piece {
            case .hole(let octets):
                given += max(1, octets)
                note(session.gap(octets, .toServer))
            case .octets(let range):
                given += range.count
                var offset = 0
                while !isOver {
                    let step = session.next(in: stream.span.extracting(range), from: &offset, .toServer)
                    if step == .needMore { break }
                    if case .data(let overhead) = step {
                        let span = session.plaintext
                        hold(!span.isEmpty, "data are octets")
                        for index in span.indices { data.append(span[index]) }
                        told += overhead + span.count
                    }
                    note(step)
                }
            }
        }
        if !isOver { note(session.finish()) }
        hold(isOver || told == given, "each octet is told once: \(told) of \(given)")
        hold(!isOver || data.isEmpty, "what failed has given nothing")
        return data
    }
}
