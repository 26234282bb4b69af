package import Services
package import Sessions
package import Wire

/// Chooses, of the names that an address has in DNS, the one that a connection to it is for.
///
/// Addresses are shared: a content delivery network answers for thousands of names on one. So a name is only taken where
/// all that is known speaks for one service:
///
/// 1. The client asked for exactly one of the address's names within the last seconds: that is the one.
/// 2. Else all names of the address for which it asked belong to one service: the last of them.
/// 3. Else, when it asked for none, as behind a resolver that asks for all clients, the same of what everybody asked for,
///    unless the address has so many names that not all of them are known.
///
/// A name that belongs to no service stands against one that does.
package struct NameChoice {
    /// The name.
    package let host: Hostname
    /// The service that it belongs to.
    package let match: ServiceMatch

    /// Chooses; nil where the names belong to no service, or not to one.
    package init?(_ names: ResolvedNames, _ catalogue: ServiceCatalogue) {
        if names.recent.count == 1 {
            self.init(names.recent, catalogue)
        } else if !names.asked.isEmpty {
            self.init(names.asked, catalogue)
        } else if !names.isCrowded {
            self.init(names.others, catalogue)
        } else {
            return nil
        }
    }

    /// Chooses the name that a greeting hides behind `outer`, which belongs to no service (RFC 9849 § 6.1); nil where
    /// nothing speaks for there being one.
    ///
    /// Browsers send the extension to servers without keys for it, too. So it counts as meant only where the address was
    /// never told to anybody under the outer name, which clients need not look up, and where this client itself asked for
    /// another; of an outer name that is known to be nothing else, what others asked for counts, too.
    package init?(behind outer: Hostname, _ names: ResolvedNames, _ catalogue: ServiceCatalogue) {
        guard !names.asked.contains(outer), !names.others.contains(outer) else { return nil }
        guard !names.asked.isEmpty || Self.outerNames.contains(outer.description) else { return nil }
        self.init(names, catalogue)
    }

    /// Names that stand in greetings for others only.
    private static let outerNames: Set<String> = ["cloudflare-ech.com"]

    /// Takes the first name if it belongs to the service that all belong to.
    private init?(_ hosts: [Hostname], _ catalogue: ServiceCatalogue) {
        guard let host = hosts.first, let match = catalogue.match(host: host) else { return nil }
        for other in hosts.dropFirst() {
            guard catalogue.match(host: other)?.service.id == match.service.id else { return nil }
        }
        self.host = host
        self.match = match
    }
}
