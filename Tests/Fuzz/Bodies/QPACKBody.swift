import AppProtocols

/// Instructions and field sections of HTTP/3 in turn.
enum QPACKBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let pieces = input.octet()
        var limits = QPACKLimits()
        if settings & 1 != 0 { limits.tableOctets = 128 }
        if settings & 2 != 0 { limits.fieldOctets = 100 }
        if settings & 4 != 0 { limits.instructionOctets = 64 }
        var decoder = QPACKDecoder(limits: limits)
        // The same in pieces must come to the same.
        var twin = QPACKDecoder(limits: limits)
        if settings & 8 != 0 {
            decoder.receiverCapacity = 256
            twin.receiverCapacity = 256
        }
        while !input.isAtEnd {
            // A kind, a length, then so many octets.
            let kind = input.octet()
            let given = input.take(max(1, Int(input.octet())))
            switch kind & 3 {
            case 0, 1:
                let first = given.prefix(Int(pieces) % (given.count + 1))
                let thrown = instruct(&decoder, given)
                let other = instruct(&twin, Array(first)) || instruct(&twin, Array(given.dropFirst(first.count)))
                hold(thrown == other || settings & 4 != 0, "instructions fail alike however they are cut")
            case 2:
                decode(&decoder, given, limits, leniently: kind & 4 != 0)
                decode(&twin, given, limits, leniently: kind & 4 != 0)
            default:
                if kind & 0x80 != 0 {
                    decoder.loseInstructions()
                    twin.loseInstructions()
                }
            }
            hold(decoder.tableOctets <= limits.tableOctets, "the table is bounded")
            hold(decoder.partialOctets <= limits.instructionOctets, "what is held of an instruction is bounded")
            guard settings & 4 == 0 else { continue }
            hold(decoder.insertCount == twin.insertCount, "insertions are the same however they are cut")
            hold(decoder.tableOctets == twin.tableOctets, "the table is the same however they are cut")
        }
    }

    private static func instruct(_ decoder: inout QPACKDecoder, _ octets: [UInt8]) -> Bool {
        do {
            try decoder.consumeInstructions(octets.span)
            return false
        } catch {
            _ = error.description
            hold(decoder.hasLostInstructions, "behind a malformed instruction none is read")
            return true
        }
    }

    private static func decode(
        _ decoder: inout QPACKDecoder,
        _ section: [UInt8],
        _ limits: QPACKLimits,
        leniently: Bool
    ) {
        var fields = HTTPFields()
        do {
            let outcome = try decoder.decode(section.span, into: &fields, leniently: leniently)
            if case .blocked(let count) = outcome {
                hold(!leniently && !decoder.hasLostInstructions, "nothing waits in vain")
                hold(count > decoder.insertCount && fields.isEmpty, "a blocked section waits for more")
            }
        } catch {
            _ = error.description
        }
        hold(fields.octetCount <= limits.fieldOctets, "the fields' octets are bounded: \(fields.octetCount)")
        hold(fields.all.count == fields.count, "fields are counted")
    }
}
