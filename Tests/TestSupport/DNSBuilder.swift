import Wire

/// Writes DNS messages for tests (RFC 1035 § 4).
package struct DNSBuilder: Sendable {
    /// By which an answer belongs to its question.
    package var identification: UInt16 = 0x1234
    /// The flags: an answer that went well unless told.
    package var flags: UInt16 = 0x8180
    /// The name asked for.
    package var name: String
    /// What about it is asked.
    package var type: UInt16 = 1
    /// The records of the answer section.
    package var records: [Record] = []
    /// Whether names that stood before are pointers to there.
    package var compresses = true

    /// A record of any type.
    package struct Record: Sendable {
        let owner: String
        let type: UInt16
        let timeToLive: UInt32
        let data: Data
    }

    /// A record's data.
    enum Data: Sendable {
        case octets([UInt8])
        case name(String)
        case service(priority: UInt16, target: String, parameters: [UInt8])
    }

    /// A message about a name, without records.
    package init(_ name: String, type: UInt16 = 1) {
        self.name = name
        self.type = type
    }

    /// Adds an address; of the name asked for unless told.
    package mutating func add(_ address: String, of owner: String? = nil, timeToLive: UInt32 = 60) {
        guard let parsed = IPAddress(address) else { return }
        let type: UInt16 = parsed.isIPv4 ? 1 : 28
        records.append(Record(owner: owner ?? name, type: type, timeToLive: timeToLive, data: .octets(parsed.octets)))
    }

    /// Adds a name under which another goes on.
    package mutating func add(alias target: String, of owner: String? = nil, timeToLive: UInt32 = 60) {
        records.append(Record(owner: owner ?? name, type: 5, timeToLive: timeToLive, data: .name(target)))
    }

    /// Adds an HTTPS record with address hints; of priority 0, an alias.
    package mutating func add(https target: String, priority: UInt16 = 1, hints: [String] = [], of owner: String? = nil)
    {
        let addresses = hints.compactMap { IPAddress($0) }
        var parameters = OctetWriter()
        parameters.append([0, 1, 0, 3, 2] as [UInt8] + Array("h2".utf8))
        for (key, size) in [(UInt16(4), 4), (6, 16)] {
            let octets = addresses.map(\.octets).filter { $0.count == size }.flatMap { $0 }
            guard !octets.isEmpty else { continue }
            parameters.append(key)
            parameters.append(UInt16(truncatingIfNeeded: octets.count))
            parameters.append(octets)
        }
        let data = Data.service(priority: priority, target: target, parameters: priority == 0 ? [] : parameters.octets)
        records.append(Record(owner: owner ?? name, type: 65, timeToLive: 60, data: data))
    }

    /// Adds a record of any type with any data.
    package mutating func add(type: UInt16, octets: [UInt8], of owner: String? = nil) {
        records.append(Record(owner: owner ?? name, type: type, timeToLive: 60, data: .octets(octets)))
    }

    /// The message.
    package var octets: [UInt8] {
        var message = OctetWriter()
        var places: [String: Int] = [:]
        message.append(identification)
        message.append(flags)
        message.append(UInt16(1))
        message.append(UInt16(truncatingIfNeeded: records.count))
        message.append(UInt32(0))
        write(name, to: &message, &places)
        message.append(type)
        message.append(UInt16(1))
        for record in records {
            write(record.owner, to: &message, &places)
            message.append(record.type)
            message.append(UInt16(1))
            message.append(record.timeToLive)
            var data = OctetWriter()
            // Places count from the message's start: the data begins behind its length.
            data.append([UInt8](repeating: 0, count: message.octets.count + 2))
            switch record.data {
            case .octets(let octets): data.append(octets)
            case .name(let name): write(name, to: &data, &places)
            case .service(let priority, let target, let parameters):
                data.append(priority)
                var none: [String: Int] = [:]
                write(target, to: &data, &none)
                data.append(parameters)
            }
            let octets = data.octets.dropFirst(message.octets.count + 2)
            message.append(UInt16(truncatingIfNeeded: octets.count))
            message.append(Array(octets))
        }
        return message.octets
    }

    /// The message behind its length, as over TCP.
    package var framed: [UInt8] {
        let octets = octets
        return [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)] + octets
    }

    private func write(_ name: String, to message: inout OctetWriter, _ places: inout [String: Int]) {
        var rest = name[...]
        while !rest.isEmpty {
            if compresses, let place = places[String(rest)] {
                message.append(UInt16(truncatingIfNeeded: 0xC000 | place))
                return
            }
            places[String(rest)] = message.octets.count
            let label = rest.prefix { $0 != "." }
            message.append(UInt8(truncatingIfNeeded: label.utf8.count))
            message.append(Array(label.utf8))
            rest = rest.dropFirst(label.count + 1)
        }
        message.append(UInt8(0))
    }
}
