import SecureTransport
import Wire

/// Hellos, whole and in records cut anywhere.
enum TLSBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        let direction: Direction = settings & 1 == 0 ? .toServer : .toClient
        if settings & 2 != 0 { return parseBody(stream, direction) }
        var limits = TLSLimits()
        if settings & 4 != 0 { limits.handshakeOctets = 64 }
        _ = TLSProbe.looksLikeClientHello(stream.span)
        let whole = read(stream, [.octets(0..<stream.count)], direction, limits)
        let cut = read(stream, Piece.cuts(stream.count, by: plan).map(Piece.octets), direction, limits)
        hold(whole == cut, "a handshake reads the same however it is cut: \(whole) and \(cut)")
        _ = read(stream, Piece.pieces(stream.count, by: plan), direction, limits)
    }

    private static func parseBody(_ body: [UInt8], _ direction: Direction) {
        do throws(TLSError) {
            switch direction {
            case .toServer: tell(try ClientHello(body.span))
            case .toClient: _ = try ServerHello(body.span).version.description
            }
        } catch {
            hold(!error.description.isEmpty, "errors are described")
        }
    }

    private static func tell(_ hello: ClientHello) {
        hold(hello.ja4.utf8.count == 36, "a JA4 has 36 characters: \(hello.ja4)")
        _ = (hello.highestVersion.description, hello.hasECH, hello.serverName?.description, hello.alpn.count)
    }

    /// What a reader told, in order.
    private static func read(
        _ stream: [UInt8],
        _ pieces: [Piece],
        _ direction: Direction,
        _ limits: TLSLimits
    ) -> [String] {
        var reader = TLSHandshakeReader(direction: direction, limits: limits)
        var told: [String] = []
        var isOver = false
        for piece in pieces {
            switch piece {
            case .hole(let octets): reader.gap(octets)
            case .octets(let range):
                var offset = 0
                while offset < range.count, !isOver {
                    let before = offset
                    switch reader.consume(stream.span.extracting(range), from: &offset) {
                    case .needMore: hold(offset == range.count, "what needs more has used what there was")
                    case .clientHello(let hello):
                        tell(hello)
                        told.append("client \(hello.ja4) \(hello.serverName?.description ?? "-")")
                    case .serverHello(let hello): told.append("server \(hello.version) \(hello.cipherSuite)")
                    case .encrypted:
                        told.append("encrypted")
                        isOver = true
                    case .failed(let error):
                        told.append("failed \(error)")
                        isOver = true
                    }
                    hold(offset > before || isOver, "a reader goes forward")
                }
            }
        }
        reader.gap(1)
        if let hello = reader.partialHello { tell(hello) }
        return told
    }
}
