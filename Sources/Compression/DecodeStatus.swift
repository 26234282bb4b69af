/// How far a decoder has come.
package enum DecodeStatus: Sendable, Equatable {
    /// Everything given was taken in; more may come.
    case needMore

    /// The coded stream is over; more may come only where the format allows members in a row.
    case finished

    /// The receiver of the output asked to stop; nothing more will be decoded.
    case stopped

    /// The coded stream is not what it claims to be; nothing more will be decoded.
    case failed(DecompressionError)
}

/// Why a coded stream cannot be decoded further.
package enum DecompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The header is not of the format.
    case header

    /// A block, a distance or the checksum is wrong.
    case data

    /// A preset dictionary is needed, which only the two ends know.
    case dictionary

    /// A larger window is needed than is allowed.
    case window

    /// Octets follow the end that begin no further member.
    case trailingOctets

    /// The library had no memory.
    case memory

    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .header: "no header of the compression format"
        case .data: "damaged compressed data"
        case .dictionary: "compressed with a preset dictionary"
        case .window: "compressed with too large a window"
        case .trailingOctets: "octets after the end of the compressed data"
        case .memory: "no memory to decompress"
        }
    }
}
