internal import Wire

/// Where the parts of a request target stand (RFC 9112 § 3.2, Request Target).
struct HTTP1Target {
    /// The scheme of an absolute-form target.
    var scheme: Range<Int>?
    /// The authority of an absolute-form or authority-form target.
    var authority: Range<Int>?
    var path: Range<Int>
    var query: Range<Int>?

    /// Splits `target`; whatever is not understood counts as path.
    init(_ target: Span<UInt8>, isConnect: Bool) {
        var start = 0
        if isConnect {
            authority = 0..<target.count
            path = target.count..<target.count
            return
        }
        if let colon = HTTP1Target.schemeEnd(target) {
            scheme = 0..<colon
            start = colon + 3
            var end = start
            while end < target.count, !HTTP1Target.endsAuthority(target[end]) { end += 1 }
            authority = start..<end
            start = end
        }
        var stop = start
        while stop < target.count, target[stop] != UInt8(ascii: "#") { stop += 1 }
        var pathEnd = start
        while pathEnd < stop, target[pathEnd] != UInt8(ascii: "?") { pathEnd += 1 }
        path = start..<pathEnd
        query = pathEnd < stop ? (pathEnd + 1)..<stop : nil
    }

    /// The port of `host:port` or `[address]:port`; nil when there is none or it exceeds 65,535.
    static func port(_ authority: Span<UInt8>) -> UInt16? {
        var index = authority.count
        var value: UInt32 = 0
        var scale: UInt32 = 1
        while index > 0, ASCII.isDigit(authority[index - 1]) {
            guard scale <= 10_000 else { return nil }
            index -= 1
            value += UInt32(authority[index] & 0x0F) * scale
            scale *= 10
        }
        guard scale > 1, index > 0, authority[index - 1] == UInt8(ascii: ":") else { return nil }
        // An address without brackets has colons of its own.
        if index > 1, authority[index - 2] != UInt8(ascii: "]") {
            for other in 0..<(index - 1) where authority[other] == UInt8(ascii: ":") {
                guard HTTP1Target.contains(UInt8(ascii: "@"), authority) else { return nil }
            }
        }
        return UInt16(exactly: value)
    }

    private static func contains(_ octet: UInt8, _ octets: Span<UInt8>) -> Bool {
        for index in octets.indices where octets[index] == octet { return true }
        return false
    }

    private static func endsAuthority(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "/") || octet == UInt8(ascii: "?") || octet == UInt8(ascii: "#")
    }

    /// The index of the colon of a leading `scheme://`.
    private static func schemeEnd(_ target: Span<UInt8>) -> Int? {
        var index = 0
        while index < min(target.count, 16), ASCII.isLetter(target[index]) { index += 1 }
        guard index > 0, index + 2 < target.count, target[index] == UInt8(ascii: ":"),
            target[index + 1] == UInt8(ascii: "/"), target[index + 2] == UInt8(ascii: "/")
        else { return nil }
        return index
    }
}
