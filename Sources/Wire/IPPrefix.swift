/// A range of addresses that share their leading bits, such as `10.0.0.0/8`.
@usableFromInline
package struct IPPrefix: Hashable, Sendable {
    /// The first address of the range; bits past `length` are zero.
    @usableFromInline package let address: IPAddress
    /// How many leading bits are shared: 0…32 for IPv4, 0…128 for IPv6.
    @usableFromInline package let length: Int

    /// A range from its text, `10.0.0.0/8` or a single address; nil when malformed.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let address = IPAddress(first) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number) else { return nil }
            length = number
        }
        self.length = length
        self.address = IPPrefix.masked(address, length)
    }

    /// Whether `candidate` lies in the range; false across versions.
    @inlinable
    package func contains(_ candidate: IPAddress) -> Bool {
        candidate.isIPv4 == address.isIPv4 && IPPrefix.masked(candidate, length) == address
    }

    @usableFromInline
    static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        if address.isIPv4 {
            return IPAddress(
                ipv4: UInt32(truncatingIfNeeded: address.low) & (length == 0 ? 0 : ~0 << UInt32(32 - length))
            )
        }
        let high: UInt64 = length == 0 ? 0 : (length >= 64 ? ~0 : ~0 << UInt64(64 - length))
        let low: UInt64 = length <= 64 ? 0 : (length >= 128 ? ~0 : ~0 << UInt64(128 - length))
        return IPAddress(ipv6High: address.high & high, low: address.low & low)
    }
}
