/// An IPv4 or IPv6 address, held as two words so that copying and comparing it touches no heap.
@usableFromInline
package struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits of an IPv6 address; 0 for IPv4.
    @usableFromInline package let high: UInt64
    /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
    @usableFromInline package let low: UInt64
    /// Whether this is IPv4.
    @usableFromInline package let isIPv4: Bool

    /// An IPv4 address from its 32 bits, most significant octet first.
    @inlinable
    package init(ipv4 bits: UInt32) {
        high = 0
        low = UInt64(bits)
        isIPv4 = true
    }

    /// An IPv6 address from its 128 bits, most significant octet first.
    @inlinable
    package init(ipv6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isIPv4 = false
    }

    /// An address from its text, `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`; nil when it is neither.
    package init?(_ text: some StringProtocol) {
        let octets = Array(text.utf8)
        if let address = IPAddress.parseIPv4(octets[...]) {
            self = address
        } else if octets.first == UInt8(ascii: "["), octets.last == UInt8(ascii: "]"), octets.count > 2,
            let address = IPAddress.parseIPv6(octets[1..<(octets.count - 1)])
        {
            self = address
        } else if let address = IPAddress.parseIPv6(octets[...]) {
            self = address
        } else {
            return nil
        }
    }

    /// The IPv4 address that an IPv4-mapped IPv6 address (RFC 4291 § 2.5.5.2) stands for; any other address itself.
    package var unmapped: IPAddress {
        guard !isIPv4, high == 0, low >> 32 == 0xFFFF else { return self }
        return IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    }

    /// The address in network byte order: 4 or 16 octets.
    package var octets: [UInt8] {
        if isIPv4 { return (0..<4).map { UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * $0)) } }
        return (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
    }

    private static func parseIPv4(_ text: ArraySlice<UInt8>) -> IPAddress? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for character in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
                value = value * 10 + UInt32(character - UInt8(ascii: "0"))
            }
            guard value < 256 else { return nil }
            bits = bits << 8 | value
        }
        return IPAddress(ipv4: bits)
    }

    private static func parseIPv6(_ text: ArraySlice<UInt8>) -> IPAddress? {
        guard text.count >= 2, text.count <= 45 else { return nil }
        let colon = UInt8(ascii: ":")
        var groups: [UInt16] = []
        var gapIndex: Int?
        var parts = text.split(separator: colon, omittingEmptySubsequences: false)[...]
        if parts.first?.isEmpty == true {
            guard text.dropFirst().first == colon else { return nil }
            parts = parts.dropFirst()
        }
        if parts.last?.isEmpty == true {
            guard text.dropLast().last == colon else { return nil }
            parts = parts.dropLast()
            if parts.last?.isEmpty != true { parts = parts + [[]] }
        }
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                guard gapIndex == nil else { return nil }
                gapIndex = groups.count
            } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = parseIPv4(part) else { return nil }
                groups.append(UInt16(truncatingIfNeeded: tail.low >> 16))
                groups.append(UInt16(truncatingIfNeeded: tail.low))
            } else {
                guard part.count <= 4 else { return nil }
                var value: UInt16 = 0
                for character in part {
                    guard let digit = ASCII.hexValue(character) else { return nil }
                    value = value << 4 | UInt16(digit)
                }
                groups.append(value)
            }
        }
        if let gapIndex {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gapIndex)
        }
        guard groups.count == 8 else { return nil }
        let word = { (slice: ArraySlice<UInt16>) in slice.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return IPAddress(ipv6High: word(groups[0..<4]), low: word(groups[4..<8]))
    }
}

extension IPAddress: Comparable {
    /// IPv4 sorts before IPv6; within a version, by number.
    @inlinable
    package static func < (lhs: IPAddress, rhs: IPAddress) -> Bool {
        if lhs.isIPv4 != rhs.isIPv4 { return lhs.isIPv4 }
        return lhs.high != rhs.high ? lhs.high < rhs.high : lhs.low < rhs.low
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or RFC 5952 § 4's canonical IPv6 text.
    @usableFromInline
    package var description: String {
        if isIPv4 { return octets.map { String($0) }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4))) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        let text = { (slice: ArraySlice<UInt16>) in slice.map { String($0, radix: 16) }.joined(separator: ":") }
        if best.isEmpty { return text(groups[...]) }
        return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}
