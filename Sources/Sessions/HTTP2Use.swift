internal import AppProtocols

/// An HTTP/2 connection that is being read.
///
/// Apart from the session, so that the many flows which speak something else do not pay for it.
final class HTTP2Use {
    var parser: HTTP2Parser
    var streams = StreamTable()

    init(isMidway: Bool) {
        parser = HTTP2Parser(isMidway: isMidway)
    }
}
