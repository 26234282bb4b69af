/// What the first octets of a stream say about a protocol.
package enum ProbeVerdict: Equatable, Sendable {
    /// The stream speaks it.
    case yes
    /// It does not.
    case no
    /// Too little has arrived; ask again with more octets from the start of the stream.
    case needMore
}
