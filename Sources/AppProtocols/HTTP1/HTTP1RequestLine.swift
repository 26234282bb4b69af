internal import Wire

/// Where the parts of a request line stand: `method SP request-target SP HTTP-version` (RFC 9112 § 3).
struct HTTP1RequestLine {
    let method: Range<Int>
    let target: Range<Int>
    /// The minor version: 0 for HTTP/1.0, 1 for HTTP/1.1.
    let minorVersion: UInt8

    /// Reads a line whose end of line may still be attached; nil when it is no HTTP/1 request line.
    ///
    /// - Note: Lenient: several spaces or tabs may separate the parts, and the target may hold spaces, because a
    ///   server that reads such a line would otherwise be sent what Weir does not see.
    init?(_ line: Span<UInt8>, limits: HTTP1Limits) {
        let whole = HTTPFields.trimmed(line, 0, line.count)
        var methodEnd = 0
        while methodEnd < whole.upperBound, HTTP1RequestLine.isToken(line[methodEnd]) { methodEnd += 1 }
        // "G / HTTP/1.1" is the shortest: a method, a blank, a target, a blank, eight octets.
        guard (1...limits.methodOctets).contains(methodEnd), whole.upperBound - methodEnd >= 11 else { return nil }
        guard HTTP1RequestLine.isBlank(line[methodEnd]) else { return nil }
        let version = line.extracting((whole.upperBound - 8)..<whole.upperBound)
        guard ASCII.hasPrefix(version, ignoringCase: "HTTP/1."), ASCII.isDigit(version[7]) else { return nil }
        guard HTTP1RequestLine.isBlank(line[whole.upperBound - 9]) else { return nil }
        let target = HTTPFields.trimmed(line, methodEnd, whole.upperBound - 8)
        guard !target.isEmpty else { return nil }
        method = 0..<methodEnd
        self.target = target
        minorVersion = version[7] - UInt8(ascii: "0")
    }

    /// Whether `octets` begin with a request line beyond doubt: enough to trust it in the middle of a stream.
    ///
    /// Strict where `init` is lenient: an upper-case method, single spaces, a target of one of RFC 9112's four forms,
    /// HTTP/1.0 or 1.1, CRLF. Linear in the line's length.
    static func certainty(_ octets: Span<UInt8>) -> ProbeVerdict {
        var index = 0
        while index < octets.count, index < 17, octets[index] &- 0x41 < 26 || octets[index] == UInt8(ascii: "-") {
            index += 1
        }
        guard index < 17 else { return .no }
        guard index < octets.count else { return .needMore }
        guard index > 1, octets[index] == UInt8(ascii: " ") else { return .no }
        let method = octets.extracting(0..<index)
        let targetStart = index + 1
        index = targetStart
        while index < octets.count, octets[index] > 0x20, octets[index] != 0x7F { index += 1 }
        let isWhole = index < octets.count
        let target = octets.extracting(targetStart..<index)
        guard isTarget(target, isWhole: isWhole, method: method) else { return .no }
        guard isWhole else { return .needMore }
        var expected = " HTTP/1.".utf8.makeIterator()
        while let octet = expected.next() {
            guard index < octets.count else { return .needMore }
            guard octets[index] == octet else { return .no }
            index += 1
        }
        guard index < octets.count else { return .needMore }
        guard octets[index] == UInt8(ascii: "0") || octets[index] == UInt8(ascii: "1") else { return .no }
        guard index + 1 < octets.count else { return .needMore }
        guard octets[index + 1] == UInt8(ascii: "\r") else { return .no }
        guard index + 2 < octets.count else { return .needMore }
        return octets[index + 2] == UInt8(ascii: "\n") ? .yes : .no
    }

    /// Whether a target, or its beginning, has one of the four forms (RFC 9112 § 3.2, Request Target).
    private static func isTarget(_ target: Span<UInt8>, isWhole: Bool, method: Span<UInt8>) -> Bool {
        guard !target.isEmpty else { return !isWhole }
        if ASCII.equals(method, ignoringCase: "CONNECT") {
            guard isWhole else { return true }
            for index in target.indices where target[index] == UInt8(ascii: ":") { return true }
            return false
        }
        if target[0] == UInt8(ascii: "/") { return true }
        if target[0] == UInt8(ascii: "*") { return target.count == 1 && ASCII.equals(method, ignoringCase: "OPTIONS") }
        let http = ASCII.hasPrefix(target, ignoringCase: "http://")
        if http || ASCII.hasPrefix(target, ignoringCase: "https://") { return true }
        return !isWhole && target.count < 8 && ASCII.lowercased(target[0]) == UInt8(ascii: "h")
    }

    /// Whether `octets`, the first of a stream or a head, can be the beginning of a request line.
    static func beginning(_ octets: Span<UInt8>, limits: HTTP1Limits) -> ProbeVerdict {
        var index = 0
        while index < octets.count, index <= limits.methodOctets {
            let octet = octets[index]
            if isBlank(octet) { return index > 0 ? .yes : .no }
            guard isToken(octet) else { return .no }
            index += 1
        }
        return index > limits.methodOctets ? .no : .needMore
    }

    static func isBlank(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

    /// `tchar` of RFC 9110 § 5.6.2.
    static func isToken(_ octet: UInt8) -> Bool {
        if ASCII.isLetter(octet) || ASCII.isDigit(octet) { return true }
        switch octet {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }
}
