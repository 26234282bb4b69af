package import FlowTracking
package import Wire

/// An id by which a client of QUIC may reach its server from another address, as the server has issued it within the
/// connection (RFC 9000 § 19.15, NEW_CONNECTION_ID Frames).
package struct IssuedConnectionID: Sendable, Equatable {
    /// The id, 1 to 20 octets.
    let octets: [UInt8]
    /// Who is reached by it.
    let server: SocketAddress
    /// The flow that the connection began with.
    let flow: FlowKey

    /// An id of 1 to 20 octets.
    package init(octets: [UInt8], server: SocketAddress, flow: FlowKey) {
        self.octets = octets
        self.server = server
        self.flow = flow
    }

    /// What shares the flow out to shards.
    package func sharing(_ secret: HashSecret) -> UInt64 { flow.route(secret).sharing(secret) }
}

extension SessionTracker where Consumer: ~Copyable {
    /// Whether servers have issued ids since they were taken last.
    package var hasIssuedIDs: Bool {
        @inline(__always)
        get { !issuedIDs.isEmpty }
    }

    /// The ids that servers have issued since the last time.
    package mutating func takeIssuedIDs() -> [IssuedConnectionID] {
        defer { issuedIDs = [] }
        return issuedIDs
    }
}
