import Wire

/// A URL path without its query, with wildcards: `*` is a part of one segment, `**` anything.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as the catalogue writes it.
    package let description: String

    let glob: GlobPattern

    /// Nil when the text begins neither with `/` nor with `**`, or is over 512 octets.
    package init?(_ text: String) {
        guard text.hasPrefix("/") || text.hasPrefix("**"), text.utf8.count <= 512 else { return nil }
        description = text
        let isFolder = text.utf8.count > 1 && text.hasSuffix("/")
        glob = GlobPattern(isFolder ? String(text.dropLast()) : text, separator: UInt8(ascii: "/"))
    }

    /// The octets of a request's path as patterns compare them.
    ///
    /// The query is cut off, `//` is one slash, a last slash is dropped, and percent-encoding is undone but for
    /// `%2F`, which is no slash (RFC 3986 § 2.2, Reserved Characters). Of a path over 4,096 octets only so many count.
    static func normalised(_ path: String) -> [UInt8] {
        var octets: [UInt8] = []
        let source = path.utf8.span
        var index = 0
        while index < source.count, octets.count < 4096 {
            let octet = source[index]
            index += 1
            if octet == UInt8(ascii: "?") || octet == UInt8(ascii: "#") { break }
            if octet == UInt8(ascii: "/"), octets.last == octet { continue }
            if octet == UInt8(ascii: "%"), index + 1 < source.count, let high = ASCII.hexValue(source[index]),
                let low = ASCII.hexValue(source[index + 1]), high << 4 | low != UInt8(ascii: "/")
            {
                octets.append(high << 4 | low)
                index += 2
            } else {
                octets.append(octet)
            }
        }
        if octets.count > 1, octets.last == UInt8(ascii: "/") { octets.removeLast() }
        return octets
    }
}
