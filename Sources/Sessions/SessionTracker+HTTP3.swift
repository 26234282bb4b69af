internal import AppProtocols
internal import FlowTracking
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads octets of a stream of the client's as HTTP/3, in that stream's order.
    mutating func readHTTP3(_ octets: Span<UInt8>, stream: UInt64, _ session: inout Session) {
        callHTTP3(&session, of: stream, charging: octets.count) { tracker, parser in
            parser.consume(octets, stream: stream, &tracker)
        }
    }

    /// Tells the parser of a hole in a stream; 0 octets are of unknown size, and charged as one.
    mutating func passHTTP3Hole(_ octets: Int, stream: UInt64, _ session: inout Session) {
        callHTTP3(&session, of: stream, charging: max(1, octets)) { tracker, parser in
            parser.gap(octets, stream: stream, &tracker)
        }
    }

    /// Ends a stream of the client's; `isComplete` when it was not reset.
    mutating func endHTTP3Stream(_ stream: UInt64, isComplete: Bool, _ session: inout Session) {
        callHTTP3(&session, of: stream, charging: 0) { tracker, parser in
            parser.end(stream, isComplete: isComplete, &tracker)
        }
    }

    /// Ends every request with the connection.
    mutating func finishHTTP3(_ session: inout Session) {
        guard session.http3 != nil else { return }
        callHTTP3(&session, of: nil, charging: 0) { tracker, parser in parser.finish(&tracker) }
        session.http3 = nil
    }

    /// Learns from octets of a stream of the server's how its client may compress: read first, charged to nobody.
    mutating func learnHTTP3(_ octets: Span<UInt8>, stream: UInt64, _ session: inout Session) {
        made(&session).parser.learn(octets, stream: stream)
    }

    /// Notes a hole in a stream of the server's.
    mutating func missLearningHTTP3(stream: UInt64, _ session: inout Session) {
        made(&session).parser.missLearning(stream: stream)
    }

    /// Has the parser called while its streams, and the session's context, are where callbacks reach them.
    private mutating func callHTTP3(
        _ session: inout Session,
        of stream: UInt64?,
        charging octets: Int,
        _ call: (inout SessionTracker, inout HTTP3Parser) -> Void
    ) {
        charge(octets, &session)
        let use = made(&session)
        swap(&streams, &use.streams)
        swap(&begunHeads, &use.begun)
        withContext(&session) { tracker, _ in call(&tracker, &use.parser) }
        swap(&begunHeads, &use.begun)
        swap(&streams, &use.streams)
        if let stream { use.note(stream, stamp) }
    }

    private func made(_ session: inout Session) -> HTTP3Use {
        if let use = session.http3 { return use }
        let use = HTTP3Use()
        session.http3 = use
        return use
    }
}
