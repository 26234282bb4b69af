import AppProtocols

/// Header blocks of HTTP/2, one after the other.
enum HPACKBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        var limits = HPACKLimits()
        if settings & 1 != 0 {
            limits.tableOctets = 128
            limits.initialTableOctets = 64
        }
        if settings & 2 != 0 { limits.fieldOctets = 100 }
        var decoder = HPACKDecoder(limits: limits)
        if settings & 4 != 0 { decoder.forget() }
        while !input.isAtEnd {
            // A length, then so many octets of a block.
            let block = input.take(max(1, Int(input.octet())))
            var fields = HTTPFields()
            do {
                _ = try decoder.decode(block.span, into: &fields)
            } catch {
                _ = error.description
            }
            hold(fields.octetCount <= limits.fieldOctets, "the fields' octets are bounded: \(fields.octetCount)")
            hold(fields.all.count == fields.count, "fields are counted")
            hold(decoder.tableOctets <= max(limits.tableOctets, limits.initialTableOctets), "the table is bounded")
            let table = decoder.tableFields
            hold(table.count * 32 <= decoder.tableOctets, "the table's fields have their size")
        }
    }
}
