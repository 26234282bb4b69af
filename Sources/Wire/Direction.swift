/// Which way a stream or a packet goes, seen from the one who opened the connection.
@usableFromInline
package enum Direction: Int, Sendable, Hashable {
    /// From the client, who opened the connection, to the server.
    case toServer = 0
    /// From the server back to the client.
    case toClient = 1

    /// The other direction.
    @inlinable
    package var opposite: Direction { self == .toServer ? .toClient : .toServer }
}
