/// Why a WebSocket could not be read on from where it was.
package enum WebSocketError: Error, Equatable, Sendable {
    /// A frame's length exceeds 63 bits (RFC 6455 § 5.2).
    case lengthTooLarge
    /// A message begins within another (RFC 6455 § 5.4, Fragmentation).
    case interruptedMessage
    /// A frame continues a message whose beginning was not seen.
    case missingBeginning
    /// A frame of an opcode that is not assigned.
    case unknownOpcode(UInt8)
    /// Octets are missing where the framing depends on them.
    case gapInFraming
}

extension WebSocketError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .lengthTooLarge: "frame length too large"
        case .interruptedMessage: "message begun within another"
        case .missingBeginning: "continuation of no message"
        case .unknownOpcode(let opcode): "unknown opcode \(opcode)"
        case .gapInFraming: "octets missing in the framing"
        }
    }
}
