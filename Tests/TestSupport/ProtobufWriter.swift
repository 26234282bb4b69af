/// Writes protocol buffers by hand (protobuf.dev/programming-guides/encoding), and the envelopes of gRPC.
package enum ProtobufWriter {
    /// A field with content: a string, bytes or a message.
    package static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    /// A field with a text.
    package static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    /// A field with a number as a varint.
    package static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }

    /// A field of eight octets.
    package static func fixed64(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    /// A field of four octets.
    package static func fixed32(_ number: UInt64, _ value: UInt32) -> [UInt8] {
        varint(number << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// A message in an envelope.
    package static func envelope(_ message: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        [flags] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
    }

    /// A variable-length integer.
    package static func varint(_ value: UInt64) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return octets + [UInt8(truncatingIfNeeded: rest)]
    }
}
