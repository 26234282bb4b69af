internal import Wire

/// What a multipart part's header says (RFC 7578 § 4.2, RFC 2045 § 6).
struct PartHeader {
    enum Transfer {
        case identity, base64, quotedPrintable

        var step: DecodeStep? {
            switch self {
            case .identity: nil
            case .base64: .base64
            case .quotedPrintable: .quotedPrintable
            }
        }
    }

    private(set) var name: [UInt8] = []
    private(set) var filename: String?
    private(set) var type = MediaType()
    private(set) var transfer = Transfer.identity

    private static let nameLimit = 512

    /// Reads one header line, without its line break; unknown and ill-formed ones are passed over.
    mutating func read(_ line: Span<UInt8>) {
        var colon = 0
        while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < line.count else { return }
        let field = MediaType.trimmed(line.extracting(0..<colon))
        let value = MediaType.trimmed(line.extracting((colon + 1)..<line.count))
        if ASCII.equals(field, ignoringCase: "content-disposition") {
            name = MediaType.parameter("name", in: value, limit: Self.nameLimit)
            let plain = MediaType.parameter("filename", in: value, limit: Self.nameLimit)
            let extended = MediaType.parameter("filename*", in: value, limit: Self.nameLimit)
            if !extended.isEmpty {
                filename = Self.extended(extended)
            } else if !plain.isEmpty {
                filename = String(copying: plain.span)
            }
        } else if ASCII.equals(field, ignoringCase: "content-type") {
            type = MediaType(value)
        } else if ASCII.equals(field, ignoringCase: "content-transfer-encoding") {
            if ASCII.equals(value, ignoringCase: "base64") {
                transfer = .base64
            } else if ASCII.equals(value, ignoringCase: "quoted-printable") {
                transfer = .quotedPrintable
            }
        }
    }

    /// Undoes `UTF-8''percent-encoded` (RFC 8187 § 3.2).
    private static func extended(_ value: [UInt8]) -> String {
        var octets: [UInt8] = []
        var quotes = 0
        var index = 0
        while index < value.count {
            let octet = value[index]
            index += 1
            if quotes < 2 {
                if octet == UInt8(ascii: "'") { quotes += 1 }
            } else if octet == UInt8(ascii: "%"), index + 1 < value.count, let high = ASCII.hexValue(value[index]),
                let low = ASCII.hexValue(value[index + 1])
            {
                octets.append(high << 4 | low)
                index += 2
            } else {
                octets.append(octet)
            }
        }
        return quotes == 2 ? String(copying: octets.span) : String(copying: value.span)
    }
}
