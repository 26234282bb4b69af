internal import CTextScan

/// Undoes the escapes of JSON strings (RFC 8259 § 7), one octet at a time, across any cut.
///
/// What is no escape passes as it stands; a surrogate without its other half becomes U+FFFD.
struct JSONEscapes {
    /// Up to eight octets of UTF-8.
    struct Output {
        private(set) var octets: [8 of UInt8] = .init(repeating: 0)
        private(set) var count = 0

        mutating func append(_ octet: UInt8) {
            guard count < 8 else { return }
            octets[count] = octet
            count += 1
        }

        mutating func append(scalar: UInt32) {
            switch scalar {
            case 0..<0x80: append(UInt8(truncatingIfNeeded: scalar))
            case 0x80..<0x800:
                append(UInt8(truncatingIfNeeded: 0xc0 | scalar >> 6))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
            case 0x800..<0x1_0000:
                append(UInt8(truncatingIfNeeded: 0xe0 | scalar >> 12))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
            default:
                append(UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3f))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
                append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
            }
        }
    }

    /// Octets of the escape that were read: 0 none, 1 the backslash, 2 the `u`, then its digits.
    private var read = 0
    private var value: UInt32 = 0
    private var high: UInt32 = 0

    /// Whether nothing is open and nothing waits.
    var isIdle: Bool { read == 0 && high == 0 }

    /// Whether the next octet must be given to `take` rather than be text.
    var isOpen: Bool { read > 0 }

    /// A backslash was read.
    mutating func begin() {
        read = 1
        value = 0
    }

    /// Plain text or the string's end follows: gives what the waiting surrogate becomes.
    mutating func dropSurrogate() -> Output {
        var output = Output()
        if high != 0 { output.append(scalar: 0xfffd) }
        high = 0
        return output
    }

    /// Takes the next octet of an open escape.
    ///
    /// `isTaken` is false when the octet is no part of it and must be read again.
    mutating func take(_ octet: UInt8) -> (output: Output, isTaken: Bool) {
        if read == 1 {
            if octet == UInt8(ascii: "u") {
                read = 2
                return (Output(), true)
            }
            var output = dropSurrogate()
            read = 0
            if let plain = Self.plain(octet) {
                output.append(plain)
                return (output, true)
            }
            output.append(UInt8(ascii: "\\"))
            return (output, false)
        }
        let letter = octet | 0x20
        if octet &- 0x30 < 10 {
            value = value << 4 | UInt32(octet &- 0x30)
        } else if letter &- 0x61 < 6 {
            value = value << 4 | UInt32(letter &- 0x61 &+ 10)
        } else {
            return (broken(), false)
        }
        read += 1
        guard read == 6 else { return (Output(), true) }
        read = 0
        return (unit(value), true)
    }

    /// Gives what an escape that nothing follows stands for, and starts afresh.
    mutating func finish() -> Output {
        var output = Output()
        if read == 1 {
            output = dropSurrogate()
            output.append(UInt8(ascii: "\\"))
        } else if read > 1 {
            output = broken()
        } else {
            output = dropSurrogate()
        }
        self = JSONEscapes()
        return output
    }

    /// The text of `\u` with too few digits: it was no escape.
    ///
    /// With a waiting surrogate before it there is room for both.
    private mutating func broken() -> Output {
        var output = Output()
        let digits = read - 2
        if high != 0 && digits < 4 { output = dropSurrogate() }
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(ascii: "u"))
        for digit in (0..<max(0, digits)).reversed() {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt32(4 * digit) & 15)
            output.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
        }
        read = 0
        return output
    }

    private mutating func unit(_ unit: UInt32) -> Output {
        var output = Output()
        switch unit {
        case 0xd800..<0xdc00:
            output = dropSurrogate()
            high = unit
        case 0xdc00..<0xe000 where high != 0:
            output.append(scalar: 0x1_0000 + (high - 0xd800) << 10 + (unit - 0xdc00))
            high = 0
        case 0xdc00..<0xe000: output.append(scalar: 0xfffd)
        default:
            output = dropSurrogate()
            output.append(scalar: unit)
        }
        return output
    }

    /// What a backslash and this octet stand for.
    @inline(__always)
    static func plain(_ octet: UInt8) -> UInt8? {
        let plain = ctextscan_escape(octet)
        return plain == 0 ? nil : plain
    }
}
