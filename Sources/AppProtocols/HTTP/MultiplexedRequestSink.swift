/// Receives what `HTTP2Parser` and `HTTP3Parser` read, in the order in which it comes.
///
/// Requests lie among each other: each wanted one bears the tag that the sink gave it. Every wanted head is followed by
/// exactly one `requestEnded` of its tag. Spans are borrowed and end with the call.
package protocol MultiplexedRequestSink: ~Copyable {
    /// The head of a stream's request is complete, or as complete as it gets; the answer is what to do with its body.
    mutating func requestOpened(_ head: consuming RequestHead, stream: UInt64) -> StreamDisposition
    /// Octets of a body, padding removed; cut anywhere.
    mutating func requestBody(_ octets: Span<UInt8>, tag: Int)
    /// So many octets are missing: of the body and here, if `isPlaced`; else the framing is lost, they are charged to this
    /// request because they may be its own, and how many of its body really are missing nobody can tell.
    mutating func requestGap(octets: Int, isPlaced: Bool, tag: Int)
    /// So many octets of the head lay beyond its limit.
    mutating func requestHeadLost(octets: Int, tag: Int)
    /// The request is over: nothing more comes of it.
    mutating func requestEnded(isComplete: Bool, tag: Int)
    /// So many octets of bodies were passed over because they are not wanted.
    mutating func bodiesSkipped(octets: Int)
    /// So many octets cannot be told to belong to any wanted request.
    mutating func framesUnreadable(octets: Int)
    /// Something of HTTP/2 could not be read; reading goes on where it can.
    mutating func framingFailed(_ error: HTTP2Error)
    /// Something of HTTP/3 could not be read; reading goes on where it can.
    mutating func framingFailed(_ error: HTTP3Error)
}

/// What is to be done with the request of a stream.
package enum StreamDisposition: Equatable, Sendable {
    /// Hand over what comes of it under this tag.
    case deliver(tag: Int)
    /// Pass over its body, and count.
    case skip
}
