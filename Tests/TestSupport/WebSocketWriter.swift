/// Writes a WebSocket client's frames (RFC 6455 § 5.2).
package enum WebSocketWriter {
    /// A frame; masked unless `key` is nil.
    package static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isFinal: Bool = true,
        reserved: UInt8 = 0,
        key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    ) -> [UInt8] {
        var octets = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = key == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: octets.append(mask | UInt8(payload.count))
        case ..<65_536:
            octets += [mask | 126, UInt8(payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        default:
            octets.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                octets.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        guard let key else { return octets + payload }
        return octets + key + payload.indices.map { payload[$0] ^ key[$0 & 3] }
    }

    /// A text message in one frame.
    package static func text(_ text: String, reserved: UInt8 = 0) -> [UInt8] {
        frame(1, Array(text.utf8), reserved: reserved)
    }
}
