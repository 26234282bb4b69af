package import Wire

/// For whom proxies say that they pass a request on: `Forwarded` (RFC 7239), else `X-Forwarded-For`.
///
/// Each proxy adds what it saw behind what it was sent, so the last member was written by the nearest proxy, and what
/// stands before a member that nobody trusted has written may be anything.
package struct ForwardedAddresses: Sendable {
    /// From the nearest proxy's word to the farthest: nil for an obfuscated or unknown identifier, or one that is no address.
    package private(set) var nearestFirst: [IPAddress?] = []

    /// Members that are read, from the last one on, and octets of all fields, from their end on.
    package static let memberLimit = 32
    private static let octetLimit = 4_096

    /// Reads the fields of a request.
    package init(_ head: borrowing RequestHead) {
        let forwarded = head.values(of: "forwarded")
        if !forwarded.isEmpty {
            for member in Self.members(forwarded) { nearestFirst.append(Self.identified(member)) }
        } else {
            for member in Self.members(head.values(of: "x-forwarded-for")) { nearestFirst.append(Self.address(member)) }
        }
    }

    /// The address that the nearest proxy in whom there is no trust, or the client itself, has; nil when nobody says.
    package func origin(isTrusted: (IPAddress) -> Bool) -> IPAddress? {
        for address in nearestFirst {
            guard let address else { return nil }
            if !isTrusted(address) { return address }
        }
        // All of them are trusted: the farthest began it.
        return nearestFirst.last ?? nil
    }

    /// The members of comma-separated lists, the last one first; commas in quotes part nothing.
    private static func members(_ values: [String]) -> [[UInt8]] {
        let octets = Array(values.joined(separator: ",").utf8.suffix(octetLimit))
        var members: [[UInt8]] = []
        var member: [UInt8] = []
        var isQuoted = false
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            index += 1
            if octet == UInt8(ascii: "\\"), isQuoted, index < octets.count {
                member.append(octet)
                member.append(octets[index])
                index += 1
                continue
            }
            if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
            if octet == UInt8(ascii: ","), !isQuoted {
                members.append(member)
                member = []
            } else {
                member.append(octet)
            }
        }
        members.append(member)
        return members.filter { $0.contains { $0 > 0x20 } }.suffix(memberLimit).reversed()
    }

    /// The `for` parameter of an element of `Forwarded` (RFC 7239 § 4).
    private static func identified(_ element: [UInt8]) -> IPAddress? {
        var rest = element[...]
        while !rest.isEmpty {
            let pair = parameter(&rest)
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            guard ASCII.equals(trimmed(name).span, ignoringCase: "for") else { continue }
            return address(Array(pair.dropFirst(name.count + 1)))
        }
        return nil
    }

    /// Takes a parameter up to its semicolon.
    private static func parameter(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        let end =
            rest.firstIndex { octet in
                if octet == UInt8(ascii: "\"") { isQuoted.toggle() }
                return octet == UInt8(ascii: ";") && !isQuoted
            } ?? rest.endIndex
        defer { rest = rest[min(end + 1, rest.endIndex)...] }
        return rest[..<end]
    }

    /// An address, with or without a port, brackets and quotes.
    private static func address(_ text: [UInt8]) -> IPAddress? {
        var text = trimmed(text[...]).filter { $0 != UInt8(ascii: "\\") }
        if text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") {
            text = Array(text.dropFirst().dropLast())
        }
        guard text.count <= 64 else { return nil }
        if text.first == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")) {
            text = Array(text[1..<end])
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")), text.contains(UInt8(ascii: ".")),
            !text[(colon + 1)...].contains(UInt8(ascii: ":"))
        {
            text = Array(text[..<colon])
        }
        return IPAddress(String(decoding: text, as: UTF8.self))?.unmapped
    }

    private static func trimmed(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        let start = octets.drop { $0 == 0x20 || $0 == 0x09 }
        guard let last = start.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
        return Array(start[...last])
    }
}
