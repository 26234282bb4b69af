internal import SecureTransport
internal import Wire

/// A connection of QUIC that is read.
///
/// Apart from the session, so that the many flows which speak something else do not pay for it.
final class QUICUse {
    /// Reads the greetings.
    var hello = QUICHelloReader()
    /// Reads the streams, once secrets are there; nil also while it reads.
    var session: QUICSession?
    /// Datagrams that came before it was known who the client is and what it says.
    var early: [(datagram: QUICDatagram, direction: Direction)] = []
    var earlyOctets = 0
    /// How many beginnings of connections the reader of greetings had seen when the present one began.
    var beginnings = 0
    /// Whether the client's greeting of that beginning was whole and has been told.
    var isGreeted = false
    /// Whether what the server has chosen stands on the layer.
    var isServerNoted = false
    /// The random octets of the client's greeting that is in force; empty before.
    var random: [UInt8] = []
    /// The length of the client's own connection id.
    var sourceLength = 0
    /// Datagrams so far without a greeting of the client's that is whole.
    var ungreetedDatagrams = 0
    /// Whether the connection goes to a service, by its greeting.
    var isWatched = false
    /// Octets of the server's that wait for secrets.
    var heldServerOctets = 0
    /// Datagrams of the server's that may still hold the greeting that is waited for.
    var greetingDatagrams = SessionLimits.greetingDatagrams
    /// What of the tracker's sum stands for this connection.
    var accounted = 0
    /// Whether the server's octets are needed.
    var needsServer = true

    /// The memory that this takes for what is not in order or not whole.
    var heldOctets: Int { earlyOctets + hello.heldOctets + (session?.heldOctets ?? 0) }
}

/// A datagram that is kept.
struct QUICDatagram {
    let octets: [UInt8]
    /// Octets that the snap length cut off.
    let missing: Int
    let isClient: Bool
}
