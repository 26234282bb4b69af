internal import Wire

/// Removes a part's Content-Transfer-Encoding (RFC 2045 § 6) on the way to the payload.
struct TransferDecoder: ~Copyable {
    private var coding = PartHeader.Transfer.identity
    private var base64 = Base64Decoder()
    private var output: [UInt8] = []

    /// An equals sign was read, and perhaps one digit after it.
    private var equals = 0
    private var digit: UInt8 = 0

    /// Starts another part.
    mutating func reset(_ coding: PartHeader.Transfer) {
        self.coding = coding
        base64 = Base64Decoder()
        equals = 0
        if coding != .identity, output.isEmpty { output = [UInt8](repeating: 0, count: 3_072) }
    }

    /// Gives the payload what the octets stand for.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ payload: NestedPayload?,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard let payload else { return }
        switch coding {
        case .identity: payload.decoder.consume(octets, &decode, &sink)
        case .base64:
            var index = 0
            while index < octets.count {
                var count = 0
                // What is no base64 between the digits is passed over, as RFC 2045 § 6.8 says.
                if !base64.decode(octets, &index, into: &output, &count) { index += 1 }
                payload.decoder.consume(output.span.extracting(0..<count), &decode, &sink)
            }
        case .quotedPrintable:
            var count = 0
            for index in octets.indices {
                if count + 4 > output.count {
                    payload.decoder.consume(output.span.extracting(0..<count), &decode, &sink)
                    count = 0
                }
                readQuotedPrintable(octets[index], &count)
            }
            payload.decoder.consume(output.span.extracting(0..<count), &decode, &sink)
        }
    }

    /// Ends the part.
    mutating func finish<S: LeafSink & ~Copyable>(
        _ payload: NestedPayload?,
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard let payload else { return }
        var count = 0
        switch coding {
        case .identity: break
        case .base64: base64.finish(into: &output, &count)
        case .quotedPrintable: putEquals(&count)
        }
        if count > 0 { payload.decoder.consume(output.span.extracting(0..<count), &decode, &sink) }
        payload.decoder.finish(isTruncated: isTruncated, &decode, &sink)
    }

    /// Passes over octets that were never seen.
    mutating func gap<S: LeafSink & ~Copyable>(
        _ octets: Int,
        _ payload: NestedPayload?,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard let payload else { return }
        switch coding {
        case .identity, .quotedPrintable:
            equals = 0
            payload.decoder.gap(octets, &decode, &sink)
        case .base64:
            // Lines of 76 digits and a line break are what everybody writes.
            base64.gap(octets - octets / 78 * 2)
            payload.decoder.gap(octets / 4 * 3, &decode, &sink)
        }
    }

    private mutating func readQuotedPrintable(_ octet: UInt8, _ count: inout Int) {
        switch equals {
        case 0 where octet == UInt8(ascii: "="):
            equals = 1
        case 0: put(octet, &count)
        case 1:
            if octet == 0x0a {
                equals = 0
            } else if ASCII.hexValue(octet) != nil {
                digit = octet
                equals = 2
            } else if octet != 0x0d, octet != 0x20, octet != 0x09 {
                putEquals(&count)
                readQuotedPrintable(octet, &count)
            }
        default:
            if let high = ASCII.hexValue(digit), let low = ASCII.hexValue(octet) {
                equals = 0
                put(high << 4 | low, &count)
            } else {
                putEquals(&count)
                readQuotedPrintable(octet, &count)
            }
        }
    }

    /// The equals sign was no escape.
    private mutating func putEquals(_ count: inout Int) {
        if equals > 0 { put(UInt8(ascii: "="), &count) }
        if equals > 1 { put(digit, &count) }
        equals = 0
    }

    private mutating func put(_ octet: UInt8, _ count: inout Int) {
        guard count < output.count else { return }
        output[count] = octet
        count += 1
    }
}
