/// Builds ClientHello messages field by field.
struct HelloBuilder {
    var version: UInt16 = 0x0303
    var suites: [UInt16] = [0x1301]
    var extensions: [(UInt16, [UInt8])] = []

    /// The message's body.
    var body: [UInt8] {
        var octets = HelloBuilder.number(version) + [UInt8](repeating: 7, count: 32) + [0]
        octets += HelloBuilder.vector(suites.flatMap { HelloBuilder.number($0) }, width: 2) + [1, 0]
        guard !extensions.isEmpty else { return octets }
        let list = extensions.flatMap { HelloBuilder.number($0.0) + HelloBuilder.vector($0.1, width: 2) }
        return octets + HelloBuilder.vector(list, width: 2)
    }

    /// The message with its header.
    var message: [UInt8] { [1] + HelloBuilder.vector(body, width: 3) }

    /// A server_name extension.
    static func serverName(_ name: String) -> (UInt16, [UInt8]) {
        (0, vector([0] + vector(Array(name.utf8), width: 2), width: 2))
    }

    static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    static func vector(_ content: [UInt8], width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: content.count >> (8 * (width - 1 - $0))) } + content
    }

    /// Records of at most `size` octets that carry `content`.
    static func records(_ content: [UInt8], type: UInt8 = 22, size: Int = 16_384) -> [UInt8] {
        stride(from: 0, to: content.count, by: size).flatMap { start in
            [type, 3, 1] + vector(Array(content[start..<min(start + size, content.count)]), width: 2)
        }
    }
}
