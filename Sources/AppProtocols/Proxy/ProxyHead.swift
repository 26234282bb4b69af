package import Wire

/// What a proxy or load balancer says at a stream's beginning about the connection that it passes on: the PROXY protocol,
/// versions 1 and 2 (HAProxy, "The PROXY protocol", §§ 2.1 and 2.2).
package struct ProxyHead: Hashable, Sendable {
    /// Who opened the connection that is passed on; nil where the proxy speaks for itself, or of no internet address.
    package let source: SocketAddress?
    /// Octets of the head, what version 2 adds behind the addresses included.
    package let length: Int

    /// Joins both.
    package init(source: SocketAddress?, length: Int) {
        self.source = source
        self.length = length
    }

    /// What a stream's first octets are.
    package enum Verdict: Equatable, Sendable {
        /// They begin with this head, of which all may not have come yet.
        case head(ProxyHead)
        /// They begin with none.
        case none
        /// More of them are needed: of version 1 at most 107, of version 2 at most 52.
        case needMore
    }

    /// Octets of version 1's longest line.
    private static let longestLine = 107
    private static let word = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

    /// Judges the octets from the start of a stream.
    package static func verdict(_ octets: Span<UInt8>) -> Verdict {
        switch begins(octets, signature) {
        case true?: return version2(octets)
        case nil: return .needMore
        case false?: break
        }
        switch begins(octets, word) {
        case true?: return version1(octets)
        case nil: return .needMore
        case false?: return .none
        }
    }

    /// Whether the octets begin so; nil when they are too few to tell.
    private static func begins(_ octets: Span<UInt8>, _ beginning: [UInt8]) -> Bool? {
        for index in 0..<min(octets.count, beginning.count) where octets[index] != beginning[index] { return false }
        return octets.count >= beginning.count ? true : nil
    }

    /// ```text
    /// PROXY TCP4 192.0.2.1 198.51.100.2 40000 443\r\n    or TCP6, or UNKNOWN and anything
    /// ```
    private static func version1(_ octets: Span<UInt8>) -> Verdict {
        var end = word.count
        while end < octets.count, end < longestLine, octets[end] != 0x0a {
            guard octets[end] == 0x0d || (0x20..<0x7f).contains(octets[end]) else { return .none }
            end += 1
        }
        guard end < octets.count, end < longestLine else { return end < longestLine ? .needMore : .none }
        guard octets[end - 1] == 0x0d else { return .none }
        let line = (word.count..<end - 1).map { octets[$0] }
        let parts = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        let length = end + 1
        if parts.first == "UNKNOWN" { return .head(ProxyHead(source: nil, length: length)) }
        guard parts.count == 5, parts[0] == "TCP4" || parts[0] == "TCP6", let source = IPAddress(parts[1]),
            source.isIPv4 == (parts[0] == "TCP4"), let port = UInt16(parts[3]), UInt16(parts[4]) != nil
        else { return .none }
        return .head(ProxyHead(source: SocketAddress(source, port), length: length))
    }

    /// ```text
    /// signature 12 | version 4 bits, command 4 bits | family 4 bits, transport 4 bits | length 2 | addresses | more
    /// ```
    private static func version2(_ octets: Span<UInt8>) -> Verdict {
        guard octets.count >= 16 else { return .needMore }
        guard octets[12] >> 4 == 2, octets[12] & 15 <= 1 else { return .none }
        let rest = Int(octets[14]) << 8 | Int(octets[15])
        let length = 16 + rest
        guard octets[12] & 15 == 1 else { return .head(ProxyHead(source: nil, length: length)) }
        switch octets[13] >> 4 {
        case 1 where rest >= 12:
            guard octets.count >= 28 else { return .needMore }
            let address = number(octets, 16, 4)
            let source = SocketAddress(
                IPAddress(ipv4: UInt32(truncatingIfNeeded: address)),
                UInt16(truncatingIfNeeded: number(octets, 24, 2))
            )
            return .head(ProxyHead(source: source, length: length))
        case 2 where rest >= 36:
            guard octets.count >= 52 else { return .needMore }
            let source = SocketAddress(
                IPAddress(ipv6High: number(octets, 16, 8), low: number(octets, 24, 8)),
                UInt16(truncatingIfNeeded: number(octets, 48, 2))
            )
            return .head(ProxyHead(source: source, length: length))
        default: return .head(ProxyHead(source: nil, length: length))
        }
    }

    private static func number(_ octets: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in start..<start + count { number = number << 8 | UInt64(octets[index]) }
        return number
    }
}
