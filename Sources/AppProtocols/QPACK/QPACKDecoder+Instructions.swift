extension QPACKDecoder {
    /// Takes the next octets of the sender's encoder stream (RFC 9204 § 4.3); an instruction may be cut anywhere.
    ///
    /// - Throws: when an instruction is malformed; nothing that follows is read then, as after `loseInstructions`.
    package mutating func consumeInstructions(_ octets: Span<UInt8>) throws(QPACKError) {
        guard !hasLostInstructions else { return }
        do {
            guard !partial.isEmpty else { return try readInstructions(octets) }
            var held = partial
            partial = []
            held.reserveCapacity(held.count + octets.count)
            for index in octets.indices { held.append(octets[index]) }
            try readInstructions(held.span)
        } catch {
            loseInstructions()
            throw error
        }
    }

    /// Notes that octets of the encoder stream were not seen: what is inserted behind them stays unknown.
    package mutating func loseInstructions() {
        hasLostInstructions = true
        partial = []
    }

    /// Carries out the instructions that are whole and keeps the last one's beginning.
    private mutating func readInstructions(_ octets: Span<UInt8>) throws(QPACKError) {
        var position = 0
        while position < octets.count, try isWhole(octets, position) { try readInstruction(octets, &position) }
        guard octets.count - position <= limits.instructionOctets else { throw .instructionTooLarge }
        for index in position..<octets.count { partial.append(octets[index]) }
    }

    /// Whether all of the instruction at `start` is there; its strings are passed over, not read.
    private func isWhole(_ octets: Span<UInt8>, _ start: Int) throws(QPACKError) -> Bool {
        var position = start
        do {
            switch octets[start] >> 5 {
            case 4...:
                _ = try Coding.integer(octets, &position, prefix: 6)
                _ = try Coding.skipString(octets, &position, prefix: 7)
            case 2...:
                _ = try Coding.skipString(octets, &position, prefix: 5)
                _ = try Coding.skipString(octets, &position, prefix: 7)
            default: _ = try Coding.integer(octets, &position, prefix: 5)
            }
            return true
        } catch {
            guard error == .truncated else { throw error }
            return false
        }
    }

    private mutating func readInstruction(_ octets: Span<UInt8>, _ position: inout Int) throws(QPACKError) {
        let octet = octets[position]
        switch octet >> 5 {
        case 4...:
            let isStatic = octet & 0x40 != 0
            let index = try Coding.integer(octets, &position, prefix: 6)
            let entry = try isStatic ? fixed(index) : dynamic(insertCount - 1 - index, index)
            try Coding.string(octets, &position, into: &value)
            insert(entry?.name ?? Array(HPACKDecoder.unknownName.utf8), value, isNameKnown: entry?.isNameKnown ?? false)
        case 2...:
            try Coding.string(octets, &position, prefix: 5, into: &name)
            try Coding.string(octets, &position, into: &value)
            insert(name, value, isNameKnown: true)
        case 1:
            let capacity = try Coding.integer(octets, &position, prefix: 5)
            largestCapacity = max(largestCapacity, capacity)
            table.resize(to: min(capacity, limits.tableOctets))
        default:
            let index = try Coding.integer(octets, &position, prefix: 5)
            if let entry = try dynamic(insertCount - 1 - index, index) {
                insert(entry.name, entry.value, isNameKnown: entry.isNameKnown)
            } else {
                insert(Array(HPACKDecoder.unknownName.utf8), [], isNameKnown: false)
            }
        }
    }

    private mutating func insert(_ name: [UInt8], _ value: [UInt8], isNameKnown: Bool) {
        table.insert(HPACKTable.Entry(name, value, isNameKnown: isNameKnown))
        insertCount += 1
    }
}
