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
        var names = [question]
        var addresses: [IPAddress] = []
        var timeToLive = UInt32.max
        // Aliases most often stand before what they lead to; where they do not, another pass is needed.
        var isGrowing = true
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
        for record in records where names.contains(record.owner) {
            let found: [IPAddress]
            switch record.content {
            case .address(let address): found = [address]
            case .hints(let hints): found = hints
            case .alias: continue
            }
            timeToLive = min(timeToLive, record.timeToLive)
            for address in found where addresses.count < DNSLimits.addresses && !addresses.contains(address) {
                addresses.append(address)
            }
        }
        guard !addresses.isEmpty else { return nil }
        return DNSResolution(host: host, addresses: addresses, timeToLive: timeToLive)
    }
}
