internal import FlowTracking
internal import Services
internal import Sessions
internal import Wire

/// The service that a connection goes to which cannot be read, and what says so.
///
/// The greeting's server name says it, else the tunnel's target, else DNS. A greeting with an encrypted one inside (RFC 9849)
/// may name somebody else than it means. It cannot be told from one that only pretends to (GREASE), as browsers do with
/// every server, so its name counts where it is a service's own, as ever. Where it is none's, the tunnel's target says whom
/// it means, which the client named in clear, and else DNS, and else the address, where that is a service's own. The
/// address also counts where there is no name at all.
struct ConnectionTarget {
    /// The host that is meant.
    let host: Hostname
    /// Its service.
    let match: ServiceMatch
    /// What says so.
    private(set) var evidence: [Evidence]
    /// How sure that is.
    let confidence: Confidence

    /// Finds the service; nil where there is none.
    init?(_ connection: borrowing Connection, _ catalogue: ServiceCatalogue) {
        let shown = connection.host
        let hidesName = connection.mayHideName && connection.serverName != nil
        if !hidesName, let choice = NameChoice(connection.names, catalogue) {
            self.init(choice.host, choice.match, [.dns], .low)
        } else if let match = catalogue.match(host: shown) {
            self.init(shown, match, [connection.serverName == nil ? .host : .sni], match.confidence)
            if connection.hasHostMismatch { evidence.append(.hostMismatch) }
        } else if hidesName, let target = connection.tunnel?.host, !target.isAddress,
            let match = catalogue.match(host: target)
        {
            self.init(target, match, [.host], match.confidence)
        } else if hidesName, let choice = NameChoice(behind: shown, connection.names, catalogue) {
            // The client was told this one name of the address, seconds ago: more than a guess.
            let isAlone = connection.names.recent.count == 1
            self.init(choice.host, choice.match, [.dns], isAlone ? .medium : .low)
        } else if hidesName || connection.serverName == nil,
            let address = IPAddress(connection.tunnel?.host.description ?? connection.flow.server.address.description),
            let match = catalogue.match(address: address), let host = Hostname(address.description)
        {
            self.init(host, match, [.address], .low)
        } else {
            return nil
        }
    }

    private init(_ host: Hostname, _ match: ServiceMatch, _ evidence: [Evidence], _ confidence: Confidence) {
        self.host = host
        self.match = match
        self.evidence = evidence
        self.confidence = confidence
    }
}
