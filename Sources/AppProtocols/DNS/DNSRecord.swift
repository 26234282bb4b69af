package import Wire

/// A resource record that says where a name leads (RFC 1035 § 4.1.3; RFC 9460, SVCB and HTTPS).
package struct DNSRecord: Hashable, Sendable {
    /// Whose record it is.
    package let owner: DNSName
    /// For how many seconds it may be kept.
    package let timeToLive: UInt32
    /// What it says.
    package let content: Content

    /// Whether it leads to another name.
    var isAlias: Bool { if case .alias = content { true } else { false } }

    /// What a record says.
    package enum Content: Hashable, Sendable {
        /// An address (A, AAAA).
        case address(IPAddress)
        /// The name goes on under another (CNAME, and an HTTPS record in alias mode).
        case alias(DNSName)
        /// Addresses that the name's service hints at (HTTPS in service mode).
        case hints([IPAddress])
    }

    /// The record types that are read.
    enum Kind {
        static let a: UInt16 = 1
        static let cname: UInt16 = 5
        static let aaaa: UInt16 = 28
        static let https: UInt16 = 65
        static let any: UInt16 = 255
    }
}
