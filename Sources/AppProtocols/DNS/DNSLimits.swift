/// What bounds a DNS message; what is beyond is left out.
package enum DNSLimits {
    /// Octets of a message: what its length over TCP can say (RFC 1035 § 4.2.2).
    package static let message = 65_535
    /// Octets of a name as sent (RFC 1035 § 3.1).
    package static let name = 255
    /// Compression pointers followed in one name.
    ///
    /// Each points farther back than the last, so this only spares time.
    package static let jumps = 16
    /// Records of the answer section that are read.
    package static let records = 128
    /// Names by which the one asked for goes on, one leading to the next.
    package static let aliases = 16
    /// Addresses taken from one message.
    package static let addresses = 64
}
