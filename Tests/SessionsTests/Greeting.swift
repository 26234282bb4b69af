/// TLS greetings made for tests.
enum Greeting {
    /// A ClientHello that asks for `name`, in one record.
    static func client(_ name: String, padding: Int = 0, hasECH: Bool = false) -> [UInt8] {
        let host = Array(name.utf8)
        var extensions = field(0, sized([0] + sized(host)))
        extensions += field(16, sized([2, 0x68, 0x32]))
        extensions += field(21, [UInt8](repeating: 0, count: padding))
        if hasECH { extensions += [0xFE, 0x0D] + sized([0, 0, 1, 0, 1, 5] + sized([9, 9]) + sized([8, 8, 8])) }
        let body: [UInt8] =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + [0, 2, 0x13, 0x01] + [1, 0] + sized(extensions)
        return record([1, 0] + sized(body))
    }

    /// A ServerHello of TLS 1.2.
    static var server: [UInt8] {
        record([2, 0] + sized([3, 3] + [UInt8](repeating: 9, count: 32) + [0] + [0x13, 0x01, 0]))
    }

    /// A record of application data.
    static func data(_ count: Int) -> [UInt8] { [23, 3, 3] + sized([UInt8](repeating: 0xA5, count: count)) }

    private static func record(_ handshake: [UInt8]) -> [UInt8] { [22, 3, 1] + sized(handshake) }

    private static func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [0, type] + sized(content) }

    private static func sized(_ octets: some Collection<UInt8>) -> [UInt8] {
        [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)] + Array(octets)
    }
}
