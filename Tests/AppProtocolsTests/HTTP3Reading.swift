import AppProtocols

/// A step in the life of an HTTP/3 connection.
enum HTTP3Piece {
    case octets([UInt8], stream: UInt64)
    case hole(Int, stream: UInt64)
    case end(stream: UInt64, isComplete: Bool = true)
    /// Octets of a stream of the server's.
    case server([UInt8], stream: UInt64)
}

/// What a parser made of an HTTP/3 client's streams.
struct HTTP3Reading {
    var streams: [StreamRecorder.Stream]
    var skipped: Int
    var unreadable: Int
    var errors: [HTTP3Error]
    var isBalanced: Bool
    var told: Int
    /// Streams and octets that waited for insertions at the end.
    var held: (streams: Int, octets: Int)
}

/// Reads pieces, and ends the connection.
func readHTTP3(_ pieces: [HTTP3Piece], limits: HTTP3Limits = HTTP3Limits()) -> HTTP3Reading {
    var parser = HTTP3Parser(limits: limits)
    var sink = StreamRecorder()
    for piece in pieces {
        switch piece {
        case .octets(let octets, let stream): parser.consume(octets.span, stream: stream, &sink)
        case .hole(let octets, let stream): parser.gap(octets, stream: stream, &sink)
        case .end(let stream, let isComplete): parser.end(stream, isComplete: isComplete, &sink)
        case .server(let octets, let stream): parser.learn(octets.span, stream: stream)
        }
    }
    let held = (parser.heldStreams, parser.heldOctets)
    parser.finish(&sink)
    return HTTP3Reading(
        streams: sink.streams,
        skipped: sink.skipped,
        unreadable: sink.unreadable,
        errors: sink.http3Errors,
        isBalanced: sink.isBalanced && sink.streams.allSatisfy { $0.isComplete != nil },
        told: sink.told,
        held: held
    )
}
