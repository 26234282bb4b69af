internal import AppProtocols
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads client octets as HTTP/2 frames.
    mutating func readHTTP2(_ octets: Span<UInt8>, _ session: inout Session) {
        callHTTP2(&session, charging: octets.count) { tracker, parser in parser.consume(octets, &tracker) }
        if session.context.requestCount > 0 { session.isMidway = false }
        guard session.isMidway, session.context.clientOctets > SessionLimits.midstreamPatience else { return }
        finishHTTP2(&session)
    }

    /// Tells the parser of a hole; 0 octets are of unknown size, and charged as one.
    mutating func passHTTP2Hole(_ octets: Int, _ session: inout Session) {
        callHTTP2(&session, charging: max(1, octets)) { tracker, parser in parser.gap(octets, &tracker) }
    }

    /// Ends every request with the client's stream.
    mutating func finishHTTP2(_ session: inout Session) {
        callHTTP2(&session, charging: 0) { tracker, parser in parser.finish(&tracker) }
        session.http2 = nil
        session.isMidway = false
        session.phase = .unread
    }

    /// Has the parser called while its streams, and the session's context, are where callbacks reach them.
    private mutating func callHTTP2(
        _ session: inout Session,
        charging octets: Int,
        _ call: (inout SessionTracker, inout HTTP2Parser) -> Void
    ) {
        charge(octets, &session)
        guard let use = session.http2 else { return }
        swap(&streams, &use.streams)
        withContext(&session) { tracker, _ in call(&tracker, &use.parser) }
        swap(&streams, &use.streams)
        session.context.began = use.parser.isWithinHead ? session.context.began ?? stamp : nil
    }
}
