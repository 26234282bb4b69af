/// The bounds within which connections of QUIC are read.
package struct QUICLimits: Equatable, Sendable {
    /// Streams of one connection that are open at once.
    package var streams = 256
    /// Octets of memory, overhead included, for out-of-order data of one connection; beyond it a hole is declared a gap.
    package var connectionOctets = 1 << 20
    /// How far ahead of what is due a piece of a stream may lie.
    package var window: UInt64 = 1 << 28
    /// Octets of memory of handshake messages that are out of order, or not whole, in one direction.
    package var handshakeOctets = 65_536
    /// Initial packets of one connection that may be tried with keys of their own.
    package var initialKeys = 8
    /// Octets of packets that may be tried with keys in vain, so that hostile traffic cannot buy time.
    package var trialOctets = 16 << 20
    /// Packets that nothing opens before secrets are taken to be another connection's.
    package var patience = 8
    /// Packets of a server's that are opened for what it chooses and wants.
    package var serverPackets = 16
    /// Runs of closed streams that are told apart.
    package var closedRuns = 64

    /// The default bounds.
    package init() {}

    /// The bounds of what is read of a server.
    var ofServer: QUICLimits {
        var limits = self
        limits.streams = min(8, streams)
        limits.connectionOctets = min(16_384, connectionOctets)
        return limits
    }
}
