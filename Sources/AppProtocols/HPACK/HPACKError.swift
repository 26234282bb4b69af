/// Why a header block could not be read to its end (RFC 7541).
package enum HPACKError: PrefixedCodingError, Equatable, Sendable {
    /// The block ends within a field.
    case truncated
    /// An integer exceeds what a table or a string can need (§ 5.1).
    case integerTooLarge
    /// Index 0, or one beyond a table that is known whole (§ 2.3.3).
    case index(UInt32)
    /// A string's Huffman code is none (§ 5.2).
    case huffman
    /// A size update stands behind a field (§ 4.2).
    case misplacedSizeUpdate
}

extension HPACKError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .truncated: "truncated header block"
        case .integerTooLarge: "integer of a header block too large"
        case .index(let index): "no header field of index \(index)"
        case .huffman: "malformed Huffman code"
        case .misplacedSizeUpdate: "table size update behind a header field"
        }
    }
}
