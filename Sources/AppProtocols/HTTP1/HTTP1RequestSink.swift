/// Receives what `HTTP1Parser` reads, in stream order.
///
/// Every `requestHead` is followed by exactly one `bodyEnded`, also where there is no body; what is reported between
/// the two belongs to that request. Spans are borrowed and end with the call.
package protocol HTTP1RequestSink: ~Copyable {
    /// A request's head is complete; the answer says what to do with its body.
    mutating func requestHead(_ head: consuming HTTP1RequestHead) -> HTTP1BodyDisposition
    /// Body octets, transfer framing removed; cut anywhere.
    mutating func body(_ octets: Span<UInt8>)
    /// So many body octets were passed over because the body is not wanted.
    mutating func bodySkipped(octets: Int)
    /// So many body octets are missing from the capture; the body goes on behind the hole.
    mutating func bodyGap(octets: Int)
    /// The body is over; `trailers` are those of a chunked body.
    mutating func bodyEnded(_ end: HTTP1BodyEnd, trailers: borrowing HTTPFields)
    /// Octets that follow a protocol switch (CONNECT, Upgrade).
    mutating func raw(_ octets: Span<UInt8>)
    /// So many octets are missing after a protocol switch.
    mutating func rawGap(octets: Int)
    /// So many octets cannot be read as a head or a body; within a request they are charged to it.
    ///
    /// Of reason `.gap` they may be octets that are missing as well as octets seen whose meaning is lost.
    mutating func unreadable(octets: Int, reason: HTTP1Loss)
    /// Reading stopped here; `unreadable` follows until a request line is found at the start of a chunk.
    mutating func failed(_ error: HTTP1Error)
}

/// What is to be done with a request's body.
package enum HTTP1BodyDisposition: Equatable, Sendable {
    /// Hand it over as it comes.
    case deliver
    /// Pass over it by its framing, and count.
    case skip
}

/// How a request's body ended.
package enum HTTP1BodyEnd: Equatable, Sendable {
    /// Where its framing says; holes within it were reported.
    case complete
    /// The stream ended first.
    case cutOff
    /// The framing was lost within it, or within the head; what followed was reported as unreadable.
    case framingLost
}
