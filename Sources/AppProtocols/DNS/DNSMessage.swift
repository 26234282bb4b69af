internal import Wire

/// A DNS message as far as it says which addresses a name has (RFC 1035 § 4, Messages).
///
/// ```text
/// identification 2 | flags 2 | counts of questions, answers, authorities, additional records 4 × 2 | the sections
/// question:  name | type 2 | class 2
/// record:    name | type 2 | class 2 | time to live 4 | length 2 | data
/// ```
/// - Note: Records are read up to the first that is damaged or cut off: those before it count. Only the answer section is
///   read, and of it what concerns addresses.
package struct DNSMessage: Sendable {
    /// By which an answer belongs to its question.
    package let identification: UInt16
    /// Whether this is an answer.
    package let isResponse: Bool
    /// What is done: 0 is a query.
    package let operation: UInt8
    /// How it went: 0 is well.
    package let responseCode: UInt8
    /// The name asked for; nil when the message holds no question, or several.
    package let question: DNSName?
    /// What about the name is asked; 0 without a question.
    package let questionType: UInt16
    /// What the answer section says about addresses, in its order.
    package private(set) var records: [DNSRecord] = []
    /// Whether the answer section ends early, or is longer than is read.
    package private(set) var isCut = false

    /// Octets of the header.
    private static let headerLength = 12

    /// Reads a message.
    ///
    /// - Throws: `.truncatedHeader`, `.question`.
    package init(_ bytes: Span<UInt8>) throws(DNSError) {
        var reader = ByteReader(bytes)
        guard let identification = reader.readUInt16(), let flags = reader.readUInt16(),
            let questions = reader.readUInt16(), let answers = reader.readUInt16(),
            reader.readUInt32() != nil
        else { throw .truncatedHeader }
        self.identification = identification
        isResponse = flags & 0x8000 != 0
        operation = UInt8(truncatingIfNeeded: flags >> 11) & 15
        responseCode = UInt8(truncatingIfNeeded: flags) & 15
        guard questions == 1 else {
            question = nil
            questionType = 0
            return
        }
        var position = DNSMessage.headerLength
        guard let name = DNSName(bytes, at: &position), bytes.count - position >= 4 else { throw .question }
        question = name
        questionType = UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
        guard isResponse else { return }
        readAnswers(Int(answers), bytes, from: position + 4, name)
    }

    private mutating func readAnswers(_ count: Int, _ bytes: Span<UInt8>, from start: Int, _ question: DNSName) {
        var position = start
        isCut = count > DNSLimits.records
        for _ in 0..<min(count, DNSLimits.records) {
            guard let owner = DNSMessage.owner(bytes, at: &position, question), bytes.count - position >= 10 else {
                return isCut = true
            }
            var reader = ByteReader(bytes.extracting(position..<(position + 10)))
            guard let type = reader.readUInt16(), let network = reader.readUInt16(),
                let timeToLive = reader.readUInt32(), let length = reader.readUInt16()
            else { return isCut = true }
            position += 10
            guard Int(length) <= bytes.count - position else { return isCut = true }
            let data = position..<(position + Int(length))
            position = data.upperBound
            // Class IN alone has addresses.
            guard network == 1, let content = DNSMessage.content(type, bytes, data) else { continue }
            // RFC 2181 § 8: a time to live with the first bit set is zero.
            let seconds = timeToLive > UInt32(Int32.max) ? 0 : timeToLive
            records.append(DNSRecord(owner: owner, timeToLive: seconds, content: content))
        }
    }

    /// A record's owner, which most often is a pointer to the question's name.
    private static func owner(_ bytes: Span<UInt8>, at position: inout Int, _ question: DNSName) -> DNSName? {
        if bytes.count - position >= 2, bytes[position] == 0xC0, bytes[position + 1] == UInt8(headerLength) {
            position += 2
            return question
        }
        return DNSName(bytes, at: &position)
    }

    /// What a record of a type says; nil for types that say nothing of addresses, and for damaged data.
    private static func content(_ type: UInt16, _ bytes: Span<UInt8>, _ data: Range<Int>) -> DNSRecord.Content? {
        switch type {
        case DNSRecord.Kind.a:
            guard data.count == 4 else { return nil }
            return .address(address(bytes.extracting(data)))
        case DNSRecord.Kind.aaaa:
            guard data.count == 16 else { return nil }
            return .address(address(bytes.extracting(data)))
        case DNSRecord.Kind.cname:
            var position = data.lowerBound
            // Names may point back into the whole message, but end within the record.
            guard let name = DNSName(bytes.extracting(0..<data.upperBound), at: &position),
                position == data.upperBound
            else { return nil }
            return .alias(name)
        case DNSRecord.Kind.https: return service(bytes, data)
        default: return nil
        }
    }

    /// Reads an HTTPS record (RFC 9460 § 2.2, RDATA wire format).
    private static func service(_ bytes: Span<UInt8>, _ data: Range<Int>) -> DNSRecord.Content? {
        guard data.count >= 3 else { return nil }
        let priority = UInt16(bytes[data.lowerBound]) << 8 | UInt16(bytes[data.lowerBound + 1])
        var position = data.lowerBound + 2
        guard let target = DNSName(bytes.extracting(0..<data.upperBound), at: &position) else { return nil }
        if priority == 0 { return .alias(target) }
        var reader = ByteReader(bytes.extracting(position..<data.upperBound))
        var hints: [IPAddress] = []
        while let key = reader.readUInt16(), let length = reader.readUInt16(), let value = reader.take(Int(length)) {
            // ipv4hint and ipv6hint (RFC 9460 § 7.3).
            let size = key == 4 ? 4 : key == 6 ? 16 : 0
            guard size > 0 else { continue }
            var start = 0
            while value.count - start >= size, hints.count < DNSLimits.addresses {
                hints.append(address(value.extracting(start..<(start + size))))
                start += size
            }
        }
        return hints.isEmpty ? nil : .hints(hints)
    }

    /// An address of 4 octets, or of 16.
    private static func address(_ octets: Span<UInt8>) -> IPAddress {
        if octets.count == 4 {
            var bits: UInt32 = 0
            for index in octets.indices { bits = bits << 8 | UInt32(octets[index]) }
            return IPAddress(ipv4: bits)
        }
        var words: (UInt64, UInt64) = (0, 0)
        for index in octets.indices {
            words.0 = words.0 << 8 | words.1 >> 56
            words.1 = words.1 << 8 | UInt64(octets[index])
        }
        return IPAddress(ipv6High: words.0, low: words.1)
    }
}
