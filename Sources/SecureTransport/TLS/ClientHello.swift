package import Wire

/// What a client offers and asks for in its first message (RFC 8446 § 4.1.2, Client Hello).
package struct ClientHello: Sendable {
    /// The host the client asks for; nil without SNI, or when the name is none a host can have.
    package private(set) var serverName: Hostname?
    /// The name of the SNI extension as sent, at most 253 characters, other than printable octets as `\xNN`; nil without one.
    package private(set) var rawServerName: String?
    /// The protocol names offered by ALPN, in order, other than printable octets as `\xNN`; at most 64 are kept.
    package private(set) var alpn: [String] = []
    /// The first protocol name as sent; empty without one.
    package private(set) var firstALPN: [UInt8] = []
    /// The version field, frozen at 1.2 in TLS 1.3.
    package let legacyVersion: TLSVersion
    /// The versions of the supported_versions extension in order, GREASE included.
    package private(set) var supportedVersions: [TLSVersion] = []
    /// The cipher suites in order, GREASE included.
    package let cipherSuites: [UInt16]
    /// The extensions' types in order, GREASE and unknown ones included.
    package private(set) var extensions: [TLSExtensionType] = []
    /// The signature algorithms in order.
    package private(set) var signatureAlgorithms: [UInt16] = []
    /// The 32 octets that key logs name a session by.
    package let random: [UInt8]
    /// The session id: 0…32 octets.
    package let sessionID: [UInt8]
    /// Whether the extensions end before their lengths say; what came before is here.
    package private(set) var isDamaged = false

    /// Reads the body of a ClientHello message, its four-octet handshake header removed.
    ///
    ///     legacy_version(2) random(32) session_id<0..32> cipher_suites<2..2^16-2> compression<1..255> extensions<8..2^16-1>
    ///
    /// - Throws: `.truncatedHello` when the fields before the extensions are not whole.
    /// - Note: Liberal about extensions: of duplicates the first wins, unknown ones are carried, a bad inner length hides
    ///   the extension but not its neighbours.
    package init(_ body: Span<UInt8>, limits: TLSLimits = TLSLimits()) throws(TLSError) {
        var reader = ByteReader(body)
        guard let version = reader.readUInt16(), let random = reader.take(32),
            let sessionLength = reader.readUInt8(), sessionLength <= 32, let session = reader.take(Int(sessionLength)),
            let suitesLength = reader.readUInt16(), let suites = reader.take(Int(suitesLength)),
            let compressionLength = reader.readUInt8(), reader.skip(Int(compressionLength))
        else { throw .truncatedHello }
        legacyVersion = TLSVersion(rawValue: version)
        self.random = Array(copying: random)
        sessionID = Array(copying: session)
        cipherSuites = ClientHello.numbers(suites)
        guard let declared = reader.readUInt16() else { return }
        isDamaged = Int(declared) > reader.remaining
        var list = ByteReader(reader.takeRest())
        while let number = list.readUInt16() {
            let type = TLSExtensionType(rawValue: number)
            guard let length = list.readUInt16(), let content = list.take(Int(length)) else {
                isDamaged = true
                break
            }
            read(type, content, limits)
            extensions.append(type)
        }
    }

    /// Whether the extension is present.
    package func has(_ type: TLSExtensionType) -> Bool { extensions.contains(type) }

    /// Whether an encrypted hello hides another name; browsers send the extension without a meaning, too.
    package var hasECH: Bool { has(.encryptedClientHello) }

    /// The highest version offered, GREASE ignored.
    package var highestVersion: TLSVersion {
        supportedVersions.filter { !$0.isGREASE }.max { $0.rawValue < $1.rawValue } ?? legacyVersion
    }

    /// The JA4 fingerprint of this hello over TCP.
    package var ja4: String { JA4.fingerprint(of: self, transport: .tcp) }

    private mutating func read(_ type: TLSExtensionType, _ content: Span<UInt8>, _ limits: TLSLimits) {
        var reader = ByteReader(content)
        switch type {
        case .serverName where !has(.serverName): readServerName(content)
        case .alpn where !has(.alpn):
            guard let names = ClientHello.list(&reader, wide: true) else { return }
            var list = ByteReader(names)
            while alpn.count < limits.protocolNames, let length = list.readUInt8(), let name = list.take(Int(length)) {
                if alpn.isEmpty { firstALPN = Array(copying: name) }
                alpn.append(ClientHello.printable(name))
            }
        case .supportedVersions where !has(.supportedVersions):
            guard let versions = ClientHello.list(&reader, wide: false) else { return }
            supportedVersions = ClientHello.numbers(versions).map { TLSVersion(rawValue: $0) }
        case .signatureAlgorithms where !has(.signatureAlgorithms):
            guard let algorithms = ClientHello.list(&reader, wide: true) else { return }
            signatureAlgorithms = ClientHello.numbers(algorithms)
        default: break
        }
    }

    /// `ServerNameList`: of its entries the first host name counts.
    private mutating func readServerName(_ content: Span<UInt8>) {
        var reader = ByteReader(content)
        guard let entries = ClientHello.list(&reader, wide: true) else { return }
        var list = ByteReader(entries)
        while let type = list.readUInt8(), let length = list.readUInt16(), let name = list.take(Int(length)) {
            guard type == 0 else { continue }
            rawServerName = String(ClientHello.printable(name).prefix(253))
            serverName = ClientHello.host(name)
            return
        }
    }

    /// A name by `Hostname`'s rules, which leave off a port or user information: SNI has neither.
    private static func host(_ name: Span<UInt8>) -> Hostname? {
        var colons = 0
        for index in name.indices {
            switch name[index] {
            case UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"): return nil
            case UInt8(ascii: ":"): colons += 1
            default: break
            }
        }
        return colons == 1 ? nil : Hostname(authority: name)
    }

    /// A vector with its length before it; shorter than its length when the extension is.
    @_lifetime(copy reader)
    private static func list(_ reader: inout ByteReader, wide: Bool) -> Span<UInt8>? {
        guard let length = wide ? reader.readUInt16().map({ Int($0) }) : reader.readUInt8().map({ Int($0) }) else {
            return nil
        }
        return reader.take(min(length, reader.remaining))
    }

    private static func numbers(_ octets: Span<UInt8>) -> [UInt16] {
        var numbers: [UInt16] = []
        numbers.reserveCapacity(octets.count / 2)
        var reader = ByteReader(octets)
        while let number = reader.readUInt16() { numbers.append(number) }
        return numbers
    }

    static func printable(_ octets: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(octets.count)
        for index in octets.indices {
            let octet = octets[index]
            if (0x21...0x7E).contains(octet), octet != UInt8(ascii: "\\") {
                text.append(octet)
            } else {
                text.append(contentsOf: ("\\x" + hexadecimal(UInt16(octet), digits: 2)).utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A number in lower-case hexadecimal with leading zeros.
func hexadecimal(_ number: UInt16, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension Array<UInt8> {
    /// The octets of a borrowed view.
    init(copying octets: Span<UInt8>) {
        self.init()
        reserveCapacity(octets.count)
        for index in octets.indices { append(octets[index]) }
    }
}
