/// A host's name as Weir compares and reports it: lower case, without port, brackets kept off, no trailing dot.
package struct Hostname: Hashable, Sendable, CustomStringConvertible {
    /// The normalised name: 1…253 octets of ASCII, or an IP address's canonical text.
    package let description: String

    /// Whether the name is an IP address rather than a name.
    package let isAddress: Bool

    /// A name from an authority (`Host` header, CONNECT target, SNI): `Example.COM.:443` becomes `example.com`.
    ///
    /// Nil when nothing is left, the name exceeds 253 octets (RFC 1035 § 2.3.4) or holds octets that no name or address does.
    package init?(authority octets: Span<UInt8>) {
        var start = 0
        var end = octets.count
        // User information is never part of a name: RFC 9110 § 4.2.4.
        var index = octets.count - 1
        while index >= 0 {
            if octets[index] == UInt8(ascii: "@") {
                start = index + 1
                break
            }
            index -= 1
        }
        if start < end, octets[start] == UInt8(ascii: "[") {
            guard let close = Hostname.index(of: UInt8(ascii: "]"), in: octets, from: start) else { return nil }
            start += 1
            end = close
            guard end > start, end - start <= 45 else { return nil }
            let text = Hostname.text(octets, start, end)
            guard let address = IPAddress(text) else { return nil }
            description = address.description
            isAddress = true
            return
        }
        if let colon = Hostname.index(of: UInt8(ascii: ":"), in: octets, from: start),
            Hostname.index(of: UInt8(ascii: ":"), in: octets, from: colon + 1) == nil
        {
            end = colon
        }
        while end > start, octets[end - 1] == UInt8(ascii: ".") { end -= 1 }
        guard end > start, end - start <= 253 else { return nil }
        var hasColon = false
        for index in start..<end {
            let octet = octets[index]
            if octet == UInt8(ascii: ":") { hasColon = true }
            let plain = ASCII.isLetter(octet) || ASCII.isDigit(octet) || octet == UInt8(ascii: "-")
            guard plain || octet == UInt8(ascii: ".") || octet == UInt8(ascii: "_") || octet == UInt8(ascii: ":") else {
                return nil
            }
        }
        let text = Hostname.text(octets, start, end)
        // An address ends with a digit, or has colons; of names few do.
        if hasColon || ASCII.isDigit(octets[end - 1]), let address = IPAddress(text) {
            description = address.description
            isAddress = true
        } else {
            guard !hasColon else { return nil }
            description = text
            isAddress = false
        }
    }

    /// A name from text, by the same rules.
    package init?(_ text: some StringProtocol) {
        let octets = Array(text.utf8)
        self.init(authority: octets.span)
    }

    /// The name of a host that is known by its address only.
    package init(_ address: IPAddress) {
        description = address.description
        isAddress = true
    }

    private static func isLowerCase(_ octets: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for index in start..<end where ASCII.lowercased(octets[index]) != octets[index] { return false }
        return true
    }

    private static func index(of octet: UInt8, in octets: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < octets.count {
            if octets[index] == octet { return index }
            index += 1
        }
        return nil
    }

    private static func text(_ octets: Span<UInt8>, _ start: Int, _ end: Int) -> String {
        if isLowerCase(octets, start, end), let text = try? UTF8Span(validating: octets.extracting(start..<end)) {
            return String(copying: text)
        }
        var characters: [UInt8] = []
        characters.reserveCapacity(end - start)
        for index in start..<end { characters.append(ASCII.lowercased(octets[index])) }
        return String(decoding: characters, as: UTF8.self)
    }
}
