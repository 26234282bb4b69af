internal import Crypto

/// FoxIO's fingerprint of a client by its hello (JA4: TLS Client Fingerprinting).
///
///     t13d1516h2_8daaf6152771_b186095e22b6
///     │││ │ │ │  │            └ extensions without SNI and ALPN, sorted, and signature algorithms, as sent
///     │││ │ │ │  └ cipher suites, sorted
///     │││ │ │ └ first and last character of the first ALPN name
///     │││ │ └ how many extensions
///     │││ └ how many cipher suites
///     ││└ d: names a server, i: does not
///     │└ highest version
///     └ t: TCP, q: QUIC
package enum JA4 {
    /// What carries the hello.
    package enum Transport: Sendable {
        /// TLS over TCP.
        case tcp
        /// QUIC.
        case quic
    }

    /// The fingerprint of `hello`, 36 characters; GREASE values count nowhere.
    package static func fingerprint(of hello: ClientHello, transport: Transport) -> String {
        let suites = hello.cipherSuites.filter { !GREASE.contains($0) }
        let extensions = hello.extensions.map { $0.rawValue }.filter { !GREASE.contains($0) }
        let algorithms = hello.signatureAlgorithms.filter { !GREASE.contains($0) }
        let hashed = extensions.filter {
            $0 != TLSExtensionType.serverName.rawValue && $0 != TLSExtensionType.alpn.rawValue
        }
        var third = list(hashed.sorted())
        if !third.isEmpty, !algorithms.isEmpty { third += [UInt8(ascii: "_")] + list(algorithms) }
        return (transport == .quic ? "q" : "t") + version(hello.highestVersion) + (hello.has(.serverName) ? "d" : "i")
            + count(suites.count) + count(extensions.count) + protocolCharacters(hello.firstALPN)
            + "_" + digest(list(suites.sorted())) + "_" + digest(third)
    }

    private static func version(_ version: TLSVersion) -> String {
        switch version {
        case .tls13: "13"
        case .tls12: "12"
        case .tls11: "11"
        case .tls10: "10"
        case .ssl30: "s3"
        case TLSVersion(rawValue: 0x0002): "s2"
        default: "00"
        }
    }

    private static func count(_ count: Int) -> String {
        let capped = min(count, 99)
        return (capped < 10 ? "0" : "") + String(capped)
    }

    /// The name's first and last octet where both are alphanumeric, else the first and last of its hexadecimal digits.
    private static func protocolCharacters(_ name: [UInt8]) -> String {
        guard let first = name.first, let last = name.last else { return "00" }
        if isAlphanumeric(first), isAlphanumeric(last) { return String(decoding: [first, last], as: UTF8.self) }
        return String(first >> 4, radix: 16) + String(last & 0x0F, radix: 16)
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 26
    }

    /// The numbers as four hexadecimal digits each, with commas between.
    private static func list(_ numbers: [UInt16]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(numbers.count * 5)
        for number in numbers {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            for shift: UInt16 in [12, 8, 4, 0] { text.append(digit(UInt8(number >> shift & 15))) }
        }
        return text
    }

    private static func digest(_ text: [UInt8]) -> String {
        guard !text.isEmpty else { return "000000000000" }
        var digits: [UInt8] = []
        for octet in SHA256.hash(data: text).prefix(6) { digits += [digit(octet >> 4), digit(octet & 15)] }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
