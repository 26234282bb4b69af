package import Wire

/// What a client offers and asks for in its first message (RFC 8446 § 4.1.2, Client Hello).
package struct ClientHello: Sendable {
    /// The host the client asks for; nil without SNI, or when the name is none a host can have.
    package let serverName: Hostname?
    /// The version field, frozen at 1.2 in TLS 1.3.
    package let legacyVersion: TLSVersion
    /// Whether the extensions end before their lengths say; what came before is here.
    package let isDamaged: Bool

    // All else is read from the message when it is asked for: of most connections only the name is.
    private let octets: [UInt8]
    private let sessionRange: Range<Int>
    private let suitesRange: Range<Int>
    private let extensionsStart: Int
    private let protocolNames: Int

    private static var randomRange: Range<Int> { 2..<34 }

    /// Reads the body of a ClientHello message, its four-octet handshake header removed; it is copied.
    ///
    ///     legacy_version(2) random(32) session_id<0..32> cipher_suites<2..2^16-2> compression<1..255> extensions<8..2^16-1>
    ///
    /// - Throws: `.truncatedHello` when the fields before the extensions are not whole.
    /// - Note: Liberal about extensions: of duplicates the first wins, unknown ones are carried, a bad inner length hides
    ///   the extension but not its neighbours.
    package init(_ body: Span<UInt8>, limits: TLSLimits = TLSLimits()) throws(TLSError) {
        var reader = ByteReader(body)
        guard let version = reader.readUInt16(), reader.skip(32),
            let sessionLength = reader.readUInt8(), sessionLength <= 32, reader.skip(Int(sessionLength)),
            let suitesLength = reader.readUInt16(), reader.skip(Int(suitesLength)),
            let compressionLength = reader.readUInt8(), reader.skip(Int(compressionLength))
        else { throw .truncatedHello }
        legacyVersion = TLSVersion(rawValue: version)
        protocolNames = limits.protocolNames
        let sessionStart = Self.randomRange.upperBound + 1
        sessionRange = sessionStart..<(sessionStart + Int(sessionLength))
        suitesRange = (sessionRange.upperBound + 2)..<(sessionRange.upperBound + 2 + Int(suitesLength))
        let declared = reader.readUInt16()
        let start = body.count - reader.remaining
        extensionsStart = start
        octets = Array(copying: body)
        guard let declared else {
            serverName = nil
            isDamaged = false
            return
        }
        var name: Range<Int>?
        let isWhole = ClientHello.walk(body, from: start) { type, content in
            if type == .serverName, name == nil { name = content }
        }
        isDamaged = !isWhole || Int(declared) > body.count - start
        serverName = name.flatMap { ClientHello.host(body.extracting($0)) }
    }

    /// Where the host's name stands in the body of a ClientHello, or in its beginning, as sent; nil when there is none.
    package static func serverName(in body: Span<UInt8>) -> Range<Int>? {
        guard let start = extensionsStart(in: body) else { return nil }
        var content: Range<Int>?
        _ = walk(body, from: start) { type, range in
            if type == .serverName, content == nil { content = range }
        }
        guard let content, let name = hostName(body.extracting(content)) else { return nil }
        return (content.lowerBound + name.lowerBound)..<(content.lowerBound + name.upperBound)
    }

    /// Whether the body of a ClientHello, or its beginning, has an extension.
    package static func has(_ wanted: TLSExtensionType, in body: Span<UInt8>) -> Bool {
        guard let start = extensionsStart(in: body) else { return false }
        var isThere = false
        _ = walk(body, from: start) { type, _ in if type == wanted { isThere = true } }
        return isThere
    }

    private static func extensionsStart(in body: Span<UInt8>) -> Int? {
        var reader = ByteReader(body)
        guard reader.skip(2 + 32), let session = reader.readUInt8(), session <= 32, reader.skip(Int(session)),
            let suites = reader.readUInt16(), reader.skip(Int(suites)),
            let compression = reader.readUInt8(), reader.skip(Int(compression)), reader.readUInt16() != nil
        else { return nil }
        return body.count - reader.remaining
    }

    /// The name of the SNI extension as sent, at most 253 characters, other than printable octets as `\xNN`; nil without one.
    package var rawServerName: String? {
        guard let content = content(of: .serverName), let name = ClientHello.hostName(octets.span.extracting(content))
        else { return nil }
        return String(ClientHello.printable(octets.span.extracting(content).extracting(name)).prefix(253))
    }

    /// The protocol names offered by ALPN, in order, other than printable octets as `\xNN`; at most 64 are kept.
    package var alpn: [String] { protocolNames(ClientHello.printable) }

    /// The first protocol name as sent; empty without one.
    package var firstALPN: [UInt8] { protocolNames { Array(copying: $0) }.first ?? [] }

    /// The versions of the supported_versions extension in order, GREASE included.
    package var supportedVersions: [TLSVersion] {
        numbers(of: .supportedVersions, wide: false).map { TLSVersion(rawValue: $0) }
    }

    /// The cipher suites in order, GREASE included.
    package var cipherSuites: [UInt16] { ClientHello.numbers(octets.span.extracting(suitesRange)) }

    /// The extensions' types in order, GREASE and unknown ones included.
    package var extensions: [TLSExtensionType] {
        var types: [TLSExtensionType] = []
        _ = ClientHello.walk(octets.span, from: extensionsStart) { type, _ in types.append(type) }
        return types
    }

    /// The signature algorithms in order.
    package var signatureAlgorithms: [UInt16] { numbers(of: .signatureAlgorithms, wide: true) }

    /// The 32 octets that key logs name a session by.
    package var random: [UInt8] { Array(octets[Self.randomRange]) }

    /// The session id: 0…32 octets.
    package var sessionID: [UInt8] { Array(octets[sessionRange]) }

    /// Whether the extension is present.
    package func has(_ type: TLSExtensionType) -> Bool { content(of: type) != nil }

    /// Whether an encrypted hello may hide another name (RFC 9849 § 5, The "encrypted_client_hello" Extension).
    ///
    /// Browsers send the extension to servers that have no key for it, too, and that cannot be told apart (§ 6.2, GREASE
    /// ECH): then the name is the server's own.
    package var hasECH: Bool { has(.encryptedClientHello) }

    /// The highest version offered, GREASE ignored.
    package var highestVersion: TLSVersion {
        supportedVersions.filter { !$0.isGREASE }.max { $0.rawValue < $1.rawValue } ?? legacyVersion
    }

    /// The JA4 fingerprint of this hello over TCP.
    package var ja4: String { JA4.fingerprint(of: self, transport: .tcp) }

    /// Tells of each extension, with where its content stands; false when they end before their lengths say.
    private static func walk(
        _ octets: Span<UInt8>,
        from start: Int,
        _ tell: (TLSExtensionType, Range<Int>) -> Void
    ) -> Bool {
        var position = start
        while octets.count - position >= 4 {
            let type = UInt16(octets[position]) << 8 | UInt16(octets[position + 1])
            let length = Int(octets[position + 2]) << 8 | Int(octets[position + 3])
            position += 4
            guard length <= octets.count - position else { return false }
            tell(TLSExtensionType(rawValue: type), position..<(position + length))
            position += length
        }
        return octets.count - position < 2
    }

    /// Where the content of the first extension of a type stands.
    private func content(of wanted: TLSExtensionType) -> Range<Int>? {
        var found: Range<Int>?
        _ = ClientHello.walk(octets.span, from: extensionsStart) { type, content in
            if type == wanted, found == nil { found = content }
        }
        return found
    }

    private func numbers(of type: TLSExtensionType, wide: Bool) -> [UInt16] {
        guard let content = content(of: type) else { return [] }
        var reader = ByteReader(octets.span.extracting(content))
        guard let list = ClientHello.list(&reader, wide: wide) else { return [] }
        return ClientHello.numbers(list)
    }

    private func protocolNames<Name>(_ name: (Span<UInt8>) -> Name) -> [Name] {
        guard let content = content(of: .alpn) else { return [] }
        var reader = ByteReader(octets.span.extracting(content))
        guard let names = ClientHello.list(&reader, wide: true) else { return [] }
        var list = ByteReader(names)
        var found: [Name] = []
        while found.count < protocolNames, let length = list.readUInt8(), let octets = list.take(Int(length)) {
            found.append(name(octets))
        }
        return found
    }

    /// `ServerNameList`: of its entries the first host name counts; where it stands in the extension's content.
    private static func hostName(_ content: Span<UInt8>) -> Range<Int>? {
        var reader = ByteReader(content)
        guard let length = reader.readUInt16() else { return nil }
        let entries = content.extracting(0..<(2 + min(Int(length), reader.remaining)))
        var list = ByteReader(entries)
        _ = list.skip(2)
        while let type = list.readUInt8(), let length = list.readUInt16(), list.skip(Int(length)) {
            guard type == 0 else { continue }
            let end = entries.count - list.remaining
            return (end - Int(length))..<end
        }
        return nil
    }

    /// The host of an SNI extension's content.
    private static func host(_ content: Span<UInt8>) -> Hostname? {
        hostName(content).flatMap { host(named: content.extracting($0)) }
    }

    /// A name by `Hostname`'s rules, which leave off a port or user information: SNI has neither.
    private static func host(named name: Span<UInt8>) -> Hostname? {
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
