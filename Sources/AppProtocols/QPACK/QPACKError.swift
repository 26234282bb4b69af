/// Why a field section or the encoder's instructions could not be read to their end (RFC 9204).
package enum QPACKError: PrefixedCodingError, Equatable, Sendable {
    /// The octets end within a field or an instruction.
    case truncated
    /// An integer exceeds what a table or a string can need (§ 4.1.1).
    case integerTooLarge
    /// An index beyond the static table, or before the first field that was ever inserted (§ 3.1, § 3.2.5).
    case index(UInt32)
    /// A string's Huffman code is none (§ 4.1.2).
    case huffman
    /// The Base lies before the first field that was ever inserted (§ 4.5.1.2).
    case base
    /// An instruction exceeds `QPACKLimits.instructionOctets`.
    case instructionTooLarge
}

extension QPACKError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .truncated: "truncated field section"
        case .integerTooLarge: "integer of a field section too large"
        case .index(let index): "no field of index \(index)"
        case .huffman: "malformed Huffman code"
        case .base: "base of a field section before the first field"
        case .instructionTooLarge: "encoder instruction too large"
        }
    }
}
