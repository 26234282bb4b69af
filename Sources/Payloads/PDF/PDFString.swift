internal import Wire

/// Undoes the writing of PDF's strings and names (ISO 32000-2 § 7.3.4, String objects; § 7.3.5, Name objects).
enum PDFString {
    /// Appends what a literal string stands for, its escapes undone.
    static func literal(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            index += 1
            guard octet == UInt8(ascii: "\\") else {
                if octet == 0x0d {
                    // An end of line within a string counts as one line feed, however it is written.
                    if index < octets.count, octets[index] == 0x0a { index += 1 }
                    output.append(0x0a)
                } else {
                    output.append(octet)
                }
                continue
            }
            guard index < octets.count else { return }
            escape(octets, &index, into: &output)
        }
    }

    private static func escape(_ octets: Span<UInt8>, _ index: inout Int, into output: inout [UInt8]) {
        let octet = octets[index]
        index += 1
        switch octet {
        case UInt8(ascii: "n"): output.append(0x0a)
        case UInt8(ascii: "r"): output.append(0x0d)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0c)
        case 0x0a: break
        case 0x0d: if index < octets.count, octets[index] == 0x0a { index += 1 }
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var value = Int(octet - 48)
            var count = 1
            while count < 3, index < octets.count, octets[index] & 0xf8 == 0x30 {
                value = value * 8 + Int(octets[index] - 48)
                index += 1
                count += 1
            }
            output.append(UInt8(truncatingIfNeeded: value))
        default: output.append(octet)
        }
    }

    /// Appends what a hexadecimal string stands for; a last digit without its pair counts as followed by 0.
    static func hex(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var high: UInt8?
        for index in octets.indices {
            guard let digit = digit(octets[index]) else { continue }
            if let first = high {
                output.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        if let high { output.append(high << 4) }
    }

    /// Whether a name, whose octets may be written as `#` and two digits, is this one.
    static func isName(_ octets: Span<UInt8>, _ name: PDFName) -> Bool {
        var index = 0
        var matched = 0
        let wanted = name.octets
        while index < octets.count {
            var octet = octets[index]
            index += 1
            if octet == UInt8(ascii: "#"), index + 1 < octets.count, let high = digit(octets[index]),
                let low = digit(octets[index + 1])
            {
                octet = high << 4 | low
                index += 2
            }
            guard matched < wanted.count, wanted[matched] == octet else { return false }
            matched += 1
        }
        return matched == wanted.count
    }

    /// Appends a character of PDF's one-octet encodings, as far as they are Latin-1, in UTF-8.
    static func append(latin octet: UInt8, to output: inout [UInt8]) {
        if octet < 0x80 {
            output.append(octet)
        } else {
            output.append(0xc0 | octet >> 6)
            output.append(0x80 | octet & 0x3f)
        }
    }

    /// Appends UTF-16 code units in UTF-8, what is no character as U+FFFD.
    static func append(units: some Sequence<UInt16>, to output: inout [UInt8]) {
        output.append(contentsOf: String(decoding: Array(units), as: UTF16.self).utf8)
    }

    /// Appends a text string (ISO 32000-2 § 7.9.2.2) as a line, if it reads as text.
    static func append(text string: [UInt8], to output: inout [UInt8]) {
        guard string.count >= 4 else { return }
        let before = output.count
        if string[0] == 0xfe, string[1] == 0xff {
            let pairs = stride(from: 2, to: string.count - 1, by: 2)
            append(units: pairs.map { UInt16(string[$0]) << 8 | UInt16(string[$0 + 1]) }, to: &output)
        } else if string[0] == 0xef, string[1] == 0xbb, string[2] == 0xbf {
            output.append(contentsOf: string.dropFirst(3))
        } else if PayloadSniff.isText(string.span) {
            for octet in string { append(latin: octet, to: &output) }
        }
        if output.count > before { output.append(0x0a) }
    }

    private static func digit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - 55
        default: nil
        }
    }
}
