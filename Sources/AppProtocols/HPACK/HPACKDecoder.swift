/// Decodes the header blocks of one direction of an HTTP/2 connection (RFC 7541).
///
/// A block's fields depend on all blocks before it. Where some were not seen, `forget` says so: fields of indices that
/// nobody can tell are then reported under `HPACKDecoder.unknownName`, and the others as they are.
///
/// - Note: The size that the decoding end allows (SETTINGS_HEADER_TABLE_SIZE) is not needed: an encoder that uses another
///   than the default says so in a block (§ 4.2), and a tap need not refuse one that exceeds it.
package struct HPACKDecoder: ~Copyable {
    /// The name of a field whose real name is unknown; no field can be called so (RFC 9110 § 5.6.2).
    package static var unknownName: String { "?" }

    private typealias Coding = PrefixedCoding<HPACKError>

    private let limits: HPACKLimits
    private var table: HPACKTable
    /// Whether no field that the encoder may refer to is missing from the table.
    private var isComplete = true
    private var name: [UInt8] = []
    private var value: [UInt8] = []

    /// Fields reported without their name or value so far.
    package private(set) var unknownFields = 0

    /// Starts with a connection.
    package init(limits: HPACKLimits = HPACKLimits()) {
        self.limits = limits
        table = HPACKTable(maximumSize: limits.initialTableOctets)
    }

    /// The octets in the dynamic table, as RFC 7541 § 4.1 counts them.
    package var tableOctets: Int { table.size }

    /// The fields in the dynamic table, newest first.
    package var tableFields: [HTTPField] {
        (0..<table.count).compactMap { table[$0] }.map {
            HTTPField(name: String(decoding: $0.name, as: UTF8.self), value: String(decoding: $0.value, as: UTF8.self))
        }
    }

    /// Notes that blocks, or parts of them, were not seen.
    ///
    /// Indices count from the newest field, so those that come from now on are right again; nothing is evicted early
    /// because the largest table is assumed.
    package mutating func forget() {
        isComplete = false
        table.removeAll()
        table.resize(to: limits.tableOctets)
    }

    /// Appends the fields of a block to `fields`, whose octets are copied.
    ///
    /// - Returns: whether all of them were within `HPACKLimits.fieldOctets`.
    /// - Throws: when the block is malformed; the fields before that place have been appended, and what later blocks say
    ///   is as after `forget`.
    package mutating func decode(_ block: Span<UInt8>, into fields: inout HTTPFields) throws(HPACKError) -> Bool {
        do {
            return try read(block, into: &fields)
        } catch {
            forget()
            throw error
        }
    }

    private mutating func read(_ block: Span<UInt8>, into fields: inout HTTPFields) throws(HPACKError) -> Bool {
        var position = 0
        var isWhole = true
        var hasField = false
        while position < block.count {
            let octet = block[position]
            if octet & 0xE0 == 0x20 {
                let size = try Coding.integer(block, &position, prefix: 5)
                guard !hasField else { throw .misplacedSizeUpdate }
                // The encoder may go on referring to fields that a larger table would hold.
                if size > limits.tableOctets { isComplete = false }
                table.resize(to: min(size, limits.tableOctets))
                continue
            }
            hasField = true
            if octet & 0x80 != 0 {
                try readIndexed(block, &position)
            } else {
                try readLiteral(block, &position, prefix: octet & 0x40 != 0 ? 6 : 4)
            }
            if fields.octetCount + name.count + value.count > limits.fieldOctets {
                isWhole = false
            } else {
                fields.append(name: name.span, value: value.span)
            }
        }
        return isWhole
    }

    /// An indexed field (RFC 7541 § 6.1).
    private mutating func readIndexed(_ block: Span<UInt8>, _ position: inout Int) throws(HPACKError) {
        let index = try Coding.integer(block, &position, prefix: 7)
        guard let entry = try entry(index) else {
            unknownFields += 1
            setUnknownName()
            value.removeAll(keepingCapacity: true)
            return
        }
        name = entry.name
        value = entry.value
        if !entry.isNameKnown { unknownFields += 1 }
    }

    /// A literal field (RFC 7541 § 6.2), added to the table if its prefix has six bits.
    private mutating func readLiteral(
        _ block: Span<UInt8>,
        _ position: inout Int,
        prefix: UInt8
    ) throws(HPACKError) {
        let index = try Coding.integer(block, &position, prefix: prefix)
        var isNameKnown = true
        if index == 0 {
            try Coding.string(block, &position, into: &name)
        } else if let entry = try entry(index) {
            name = entry.name
            isNameKnown = entry.isNameKnown
        } else {
            isNameKnown = false
            setUnknownName()
        }
        try Coding.string(block, &position, into: &value)
        if !isNameKnown { unknownFields += 1 }
        if prefix == 6 { table.insert(HPACKTable.Entry(name, value, isNameKnown: isNameKnown)) }
    }

    /// The field of an index; nil when it can be one that was not seen.
    private func entry(_ index: Int) throws(HPACKError) -> HPACKTable.Entry? {
        let fixed = HPACKStaticTable.entries
        if index > 0, index <= fixed.count { return fixed[index - 1] }
        if let entry = table[index - fixed.count - 1] { return entry }
        guard index > 0, !isComplete else { throw .index(UInt32(clamping: index)) }
        return nil
    }

    private mutating func setUnknownName() {
        name.removeAll(keepingCapacity: true)
        name.append(contentsOf: HPACKDecoder.unknownName.utf8)
    }
}
