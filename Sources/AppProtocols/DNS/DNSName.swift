internal import Wire

/// A domain name as a DNS message has it (RFC 1035 § 3.1; § 4.1.4, Message Compression).
package struct DNSName: Hashable, Sendable {
    /// The labels in lower case with dots between them, without the last dot; empty for the root.
    package let octets: [UInt8]
    /// Whether every label could be a host's: letters, digits, hyphens and underscores.
    package let isPlain: Bool

    /// A name of known labels.
    init(octets: [UInt8], isPlain: Bool) {
        self.octets = octets
        self.isPlain = isPlain
    }

    /// Reads the name at `position` and moves behind it; nil when it is none, and `position` is as it was.
    ///
    /// Pointers are followed only backwards, each farther than the one before, so that none is followed twice.
    init?(_ message: Span<UInt8>, at position: inout Int) {
        var octets: [UInt8] = []
        octets.reserveCapacity(64)
        var isPlain = true
        var index = position
        var end: Int?
        var floor = position
        var jumps = 0
        var length = 1
        while true {
            guard index < message.count else { return nil }
            let count = Int(message[index])
            if count == 0 { break }
            if count >= 0xC0 {
                guard index + 1 < message.count else { return nil }
                let target = (count & 0x3F) << 8 | Int(message[index + 1])
                end = end ?? index + 2
                jumps += 1
                guard target < floor, jumps <= DNSLimits.jumps else { return nil }
                floor = target
                index = target
                continue
            }
            length += 1 + count
            guard count < 0x40, count < message.count - index, length <= DNSLimits.name else { return nil }
            if !octets.isEmpty { octets.append(UInt8(ascii: ".")) }
            for place in (index + 1)...(index + count) {
                let octet = ASCII.lowercased(message[place])
                if !ASCII.isLetter(octet), !ASCII.isDigit(octet), octet != UInt8(ascii: "-"), octet != UInt8(ascii: "_")
                {
                    isPlain = false
                }
                octets.append(octet)
            }
            index += 1 + count
        }
        position = end ?? index + 1
        self.octets = octets
        self.isPlain = isPlain
    }

    /// The name of the service's host, where this is that of an HTTPS record for a port (RFC 9460 § 9.1): the name
    /// without `_8443._https.` before it.
    var withoutPort: DNSName {
        guard octets.first == UInt8(ascii: "_"), let dot = octets.firstIndex(of: UInt8(ascii: ".")) else { return self }
        let prefix = Array("_https.".utf8)
        let rest = octets[(dot + 1)...]
        guard rest.starts(with: prefix) else { return self }
        return DNSName(octets: Array(rest.dropFirst(prefix.count)), isPlain: isPlain)
    }
}
