/// Decodes the field sections of one direction of an HTTP/3 connection (RFC 9204).
///
/// What the sender's encoder stream says is given to `consumeInstructions`, sections to `decode`, in any order: one that
/// refers to fields which have not been inserted yet is blocked and may be given again. Where instructions were not
/// seen, fields that nobody can tell are reported under `HPACKDecoder.unknownName`, as HPACK's are, and the others as
/// they are.
///
/// - Note: How many insertions a section needs is told modulo twice the fields that the receiver allows, which its own
///   SETTINGS say. Where those are not seen, the largest capacity that the sender set stands for them.
package struct QPACKDecoder: ~Copyable {
    typealias Coding = PrefixedCoding<QPACKError>

    /// What became of a section.
    package enum Outcome: Equatable, Sendable {
        /// All of its fields were read.
        case whole
        /// Fields beyond `QPACKLimits.fieldOctets` were dropped.
        case cut
        /// Nothing was read: so many insertions must come before.
        case blocked(until: Int)
    }

    let limits: QPACKLimits
    var table = HPACKTable(maximumSize: 0)
    /// The beginning of an instruction.
    var partial: [UInt8] = []
    /// The largest capacity that the sender has set.
    var largestCapacity = 0
    /// The most insertions that a section has needed.
    private var largestRequired = 0
    var name: [UInt8] = []
    var value: [UInt8] = []

    /// Fields inserted into the dynamic table so far (RFC 9204 § 3.2.4).
    package internal(set) var insertCount = 0

    /// Whether instructions were not seen, so that no section is worth waiting for them.
    package internal(set) var hasLostInstructions = false

    /// Fields reported without their name or value so far.
    package private(set) var unknownFields = 0

    /// The receiver's SETTINGS_QPACK_MAX_TABLE_CAPACITY in octets; nil where it has not been seen.
    package var receiverCapacity: Int?

    /// Starts with a connection.
    package init(limits: QPACKLimits = QPACKLimits()) {
        self.limits = limits
    }

    /// The octets in the dynamic table, as RFC 9204 § 3.2.1 counts them.
    package var tableOctets: Int { table.size }

    /// Octets of an instruction that is not whole.
    package var partialOctets: Int { partial.count }

    /// Appends the fields of a section to `fields`, whose octets are copied.
    ///
    /// A section is never blocked when it is read `leniently`, or when instructions were lost: then the fields that it
    /// waits for are unknown ones.
    ///
    /// - Throws: when the section is malformed; the fields before that place have been appended.
    package mutating func decode(
        _ section: Span<UInt8>,
        into fields: inout HTTPFields,
        leniently: Bool = false
    ) throws(QPACKError) -> Outcome {
        var position = 0
        let required = requiredInsertCount(try Coding.integer(section, &position, prefix: 8))
        guard leniently || hasLostInstructions || required <= insertCount else { return .blocked(until: required) }
        largestRequired = max(largestRequired, required)
        let base = try base(section, &position, required)
        var isWhole = true
        while position < section.count {
            try readField(section, &position, base)
            if fields.octetCount + name.count + value.count > limits.fieldOctets {
                isWhole = false
            } else {
                fields.append(name: name.span, value: value.span)
            }
        }
        return isWhole ? .whole : .cut
    }

    /// How many insertions an encoded count stands for (RFC 9204 § 4.5.1.1).
    private func requiredInsertCount(_ encoded: Int) -> Int {
        guard encoded > 0 else { return 0 }
        let count = encoded - 1
        // A count that reaches into the table is itself, however many fields the receiver allows: others that are
        // written alike lie twice the size of the table away.
        if count > insertCount - table.count, count <= insertCount { return count }
        let entries = (receiverCapacity ?? largestCapacity) / 32
        guard count < 2 * entries else { return count }
        let largest = entries + (hasLostInstructions ? max(insertCount, largestRequired) : insertCount)
        let wrapped = largest / (2 * entries) * (2 * entries) + count
        return wrapped > largest && wrapped >= 2 * entries ? wrapped - 2 * entries : wrapped
    }

    /// The place from which a section's indices count (RFC 9204 § 4.5.1.2).
    private func base(_ section: Span<UInt8>, _ position: inout Int, _ required: Int) throws(QPACKError) -> Int {
        guard position < section.count else { throw .truncated }
        let isBefore = section[position] & 0x80 != 0
        let delta = try Coding.integer(section, &position, prefix: 7)
        let base = isBefore ? required - delta - 1 : required + delta
        guard base >= 0 else { throw .base }
        return base
    }

    /// A field line (RFC 9204 § 4.5).
    private mutating func readField(
        _ section: Span<UInt8>,
        _ position: inout Int,
        _ base: Int
    ) throws(QPACKError) {
        let octet = section[position]
        if octet & 0x80 != 0 {
            let isStatic = octet & 0x40 != 0
            let index = try Coding.integer(section, &position, prefix: 6)
            setField(try isStatic ? fixed(index) : dynamic(base - 1 - index, index))
        } else if octet & 0x40 != 0 {
            let isStatic = octet & 0x10 != 0
            let index = try Coding.integer(section, &position, prefix: 4)
            try readValue(section, &position, try isStatic ? fixed(index) : dynamic(base - 1 - index, index))
        } else if octet & 0x20 != 0 {
            try Coding.string(section, &position, prefix: 3, into: &name)
            try Coding.string(section, &position, into: &value)
        } else if octet & 0x10 != 0 {
            let index = try Coding.integer(section, &position, prefix: 4)
            setField(try dynamic(base + index, index))
        } else {
            let index = try Coding.integer(section, &position, prefix: 3)
            try readValue(section, &position, try dynamic(base + index, index))
        }
    }

    /// Takes name and value from a table; nil is a field that was not seen.
    private mutating func setField(_ entry: HPACKTable.Entry?) {
        setName(entry)
        value.removeAll(keepingCapacity: true)
        if let entry { value.append(contentsOf: entry.value) }
    }

    /// Takes the name from a table and reads the value.
    private mutating func readValue(
        _ section: Span<UInt8>,
        _ position: inout Int,
        _ entry: HPACKTable.Entry?
    ) throws(QPACKError) {
        try Coding.string(section, &position, into: &value)
        setName(entry)
    }

    private mutating func setName(_ entry: HPACKTable.Entry?) {
        if entry?.isNameKnown != true { unknownFields += 1 }
        name.removeAll(keepingCapacity: true)
        if let entry {
            name.append(contentsOf: entry.name)
        } else {
            name.append(contentsOf: HPACKDecoder.unknownName.utf8)
        }
    }

    /// A field of the static table.
    func fixed(_ index: Int) throws(QPACKError) -> HPACKTable.Entry? {
        guard index < QPACKStaticTable.entries.count else { throw .index(UInt32(clamping: index)) }
        return QPACKStaticTable.entries[index]
    }

    /// The field with this absolute index; nil when it was not seen, or has made room for others.
    func dynamic(_ absolute: Int, _ index: Int) throws(QPACKError) -> HPACKTable.Entry? {
        guard absolute >= 0 else { throw .index(UInt32(clamping: index)) }
        return table[insertCount - 1 - absolute]
    }
}
