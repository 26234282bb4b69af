/// Tells whether a stream's first octets are a SOCKS client's.
package enum SOCKSProbe {
    /// Judges the octets from the start of the client's stream.
    ///
    /// SOCKS has no magic beyond its version octet, so the rest of the message must fit too: a greeting of known
    /// methods, or a SOCKS4 request with a printable user name. 300 octets decide always.
    package static func verdict(_ octets: Span<UInt8>) -> ProbeVerdict {
        guard octets.count >= 1 else { return .needMore }
        switch octets[0] {
        case 4: return version4(octets)
        case 5: return version5(octets)
        default: return .no
        }
    }

    private static func version5(_ octets: Span<UInt8>) -> ProbeVerdict {
        guard octets.count >= 2 else { return .needMore }
        let end = 2 + Int(octets[1])
        guard end > 2 else { return .no }
        // No authentication, GSSAPI, user name and password, and what IANA assigned up to 9; or private methods.
        for index in 2..<min(end, octets.count) {
            guard octets[index] <= 9 || octets[index] >= 0x80, octets[index] != 0xFF else { return .no }
        }
        return octets.count >= end ? .yes : .needMore
    }

    private static func version4(_ octets: Span<UInt8>) -> ProbeVerdict {
        if octets.count >= 2, octets[1] != 1, octets[1] != 2 { return .no }
        guard octets.count >= 9 else { return .needMore }
        for index in 8..<octets.count {
            if octets[index] == 0 { return .yes }
            guard octets[index] >= 0x20, octets[index] != 0x7F, index < 8 + 256 else { return .no }
        }
        return .needMore
    }
}
