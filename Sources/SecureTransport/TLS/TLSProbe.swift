private import Wire

/// Tells whether a stream's first octets are TLS.
package enum TLSProbe {
    /// What the first octets say.
    package enum Verdict: Equatable, Sendable {
        /// A TLS handshake begins here with a ClientHello.
        case yes
        /// These are TLS records, but of a connection that has begun before.
        case encryptedMidstream
        /// Not TLS, or an SSL 2.0 hello.
        case no
        /// Too little has arrived; six octets decide always.
        case needMore
    }

    /// Judges the octets from the start of the client's stream.
    package static func looksLikeClientHello(_ octets: Span<UInt8>) -> Verdict {
        guard octets.count >= 1 else { return .needMore }
        guard (20...23).contains(octets[0]) else { return .no }
        if octets.count >= 2, octets[1] != 3 { return .no }
        if octets.count >= 3, octets[2] > 4 { return .no }
        guard octets.count >= 6 else { return .needMore }
        let length = Int(octets[3]) << 8 | Int(octets[4])
        guard length > 0, length <= TLSRecordHeader.maximumLength else { return .no }
        guard octets[0] == TLSContentType.handshake.rawValue else { return midstream(octets, length) }
        guard octets[5] == 1 else { return .encryptedMidstream }
        // The message's length has three octets; a hello needs not the first.
        if octets.count >= 7, length >= 2, octets[6] != 0 { return .encryptedMidstream }
        return .yes
    }

    private static func midstream(_ octets: Span<UInt8>, _ length: Int) -> Verdict {
        switch TLSContentType(rawValue: octets[0]) {
        case .changeCipherSpec: length == 1 && octets[5] == 1 ? .encryptedMidstream : .no
        default: .encryptedMidstream
        }
    }
}
