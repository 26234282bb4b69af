package import Wire

/// Which addresses the name that was asked for has, by one answer.
package struct DNSResolution: Hashable, Sendable {
    /// The name that was asked for, not one that it goes on under.
    package let host: Hostname
    /// Its addresses, each once; never empty.
    package let addresses: [IPAddress]
    /// For how many seconds all of that may be kept.
    package let timeToLive: UInt32
}

extension DNSMessage {
    /// What the answer says of the name that was asked for; nil when that is nothing.
    ///
    /// Only records that the question leads to count, over any number of aliases up to `DNSLimits.aliases`: an answer that
    /// brings other names along is not believed about them.
    package var resolution: DNSResolution? {
        guard isResponse, operation == 0, responseCode == 0, !records.isEmpty, let question, question.isPlain else {
            return nil
        }
        let asked = questionType == DNSRecord.Kind.https ? question.withoutPort : question
        guard let host = Hostname(authority: asked.octets.span), !host.isAddress else { return nil }
        // The question's name and those that it goes on under; none while there is no alias.
        var names: [DNSName] = []
        var addresses: [IPAddress] = []
        var timeToLive = UInt32.max
        // Aliases most often stand before what they lead to; where they do not, another pass is needed.
        var isGrowing = records.contains { $0.isAlias }
        if isGrowing { names.append(question) }
        while isGrowing {
            isGrowing = false
            for record in records {
                guard case .alias(let target) = record.content, names.count <= DNSLimits.aliases,
                    names.contains(record.owner), !names.contains(target)
                else { continue }
                names.append(target)
                timeToLive = min(timeToLive, record.timeToLive)
                isGrowing = true
            }
        }
        for record in records where names.isEmpty ? record.owner == question : names.contains(record.owner) {
            switch record.content {
            case .address(let address): DNSMessage.add(address, to: &addresses)
            case .hints(let hints): for hint in hints { DNSMessage.add(hint, to: &addresses) }
            case .alias: continue
            }
            timeToLive = min(timeToLive, record.timeToLive)
        }
        guard !addresses.isEmpty else { return nil }
        return DNSResolution(host: host, addresses: addresses, timeToLive: timeToLive)
    }

    private static func add(_ address: IPAddress, to addresses: inout [IPAddress]) {
        guard addresses.count < DNSLimits.addresses, !addresses.contains(address) else { return }
        addresses.append(address)
    }
}
