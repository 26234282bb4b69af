package import TOMLSource
package import Wire

/// What is known about LLM services: who receives what is sent to a host and a path, and who sends it.
///
/// Immutable once loaded, and shared by all threads.
package struct ServiceCatalogue: Sendable {
    /// All services, by id in byte order.
    package let services: [Service]

    /// A hash of the files' text, by which a generation of the catalogue is named; not cryptographic.
    package let contentHash: UInt64

    private let trie: HostnameTrie
    private let places: [HostPlace]
    private let anyHost: [PlacedEndpoint]
    private let clients: ClientTable
    /// Ranges of addresses and whose they are, the narrowest first.
    private let ranges: [(range: IPPrefix, service: Int)]

    /// Reads catalogue files; a folder stands for its `*.toml` in byte order.
    ///
    /// - Throws: an error with file and line when a file cannot be read or is wrong in itself, when two entries have
    ///   one id, or when a host has no owner or several.
    package init(paths: [String]) throws(TOMLError) {
        var sources: [TOMLSource] = []
        for path in try TOMLFiles.expand(paths) { sources.append(try TOMLSource(contentsOf: path)) }
        try self.init(sources: sources)
    }

    /// Builds a catalogue from files that have been parsed.
    ///
    /// - Throws: as ``init(paths:)`` does.
    package init(sources: [TOMLSource]) throws(TOMLError) {
        var builder = CatalogueBuilder()
        for source in sources { try builder.add(ServiceFile(source)) }
        try builder.checkOwners()
        services = builder.services
        trie = builder.trie
        places = builder.places.map(\.place)
        anyHost = builder.anyHost
        ranges = builder.services.enumerated()
            .flatMap { index, service in service.addresses.map { (range: $0, service: index) } }
            .sorted { $0.range.length > $1.range.length }
        clients = ClientTable(signatures: builder.clients)
        contentHash = sources.reduce(0xCBF2_9CE4_8422_2325) { hash, source in
            source.text.utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
    }

    /// The service with an id.
    package func service(id: String) -> Service? { services.first { $0.id == id } }

    /// The service that receives a request; nil when it is none, or a host whose traffic gives no record.
    ///
    /// The most exact pattern for the host decides; among its services the most exact path, else the host's owner.
    /// A host that the catalogue does not know, or that many programs share, is left to the entries for any host.
    /// `path` may have a query, which does not count. `method` is `WS` for a request known to open a WebSocket.
    /// Confidence is `high` for host and path, `medium` for a path alone, and by the host's role for a host alone.
    package func match(host: Hostname?, method: String, path: String) -> ServiceMatch? {
        let octets = PathPattern.normalised(path)
        if let host, let index = trie.find(host) {
            let place = places[index]
            for candidate in place.endpoints where candidate.matches(method, octets) {
                return match(candidate, octets, evidence: [.host, .path], confidence: .high)
            }
            if let match = owner(of: place, operation: OperationName.of(path: octets)) { return match }
            if place.isSilent { return nil }
        }
        for candidate in anyHost where candidate.matches(method, octets) {
            return match(candidate, octets, evidence: [.path], confidence: .medium)
        }
        return nil
    }

    /// The service that a host belongs to, where nothing else is known; nil when it is none, gives no record, or is
    /// shared by many programs.
    ///
    /// Confidence is `high` for hosts that take prompts, files or telemetry, `medium` for a site's pages.
    package func match(host: Hostname) -> ServiceMatch? {
        trie.find(host).flatMap { owner(of: places[$0], operation: nil) }
    }

    /// The service to which an address belongs, where no name is known; nil when it is none's, as most are.
    ///
    /// Confidence is `low`.
    package func match(address: IPAddress) -> ServiceMatch? {
        guard let owner = ranges.first(where: { $0.range.contains(address.unmapped) }) else { return nil }
        return ServiceMatch(
            service: services[owner.service],
            operation: nil,
            channel: .other,
            format: nil,
            evidence: [.address],
            confidence: .low
        )
    }

    /// Whether a host's name, as sent, may be one that the catalogue knows; no is sure.
    ///
    /// Allocates nothing.
    package func mayKnow(host: Span<UInt8>) -> Bool { trie.mayKnow(host) }

    /// What a request with each method would be taken for at a host and path: for people who ask.
    ///
    /// One element for each method, as endpoints name it, whose path tells something; if none does, one for the host
    /// alone with method nil, or none.
    package func matches(host: Hostname, path: String) -> [(method: String?, match: ServiceMatch)] {
        let octets = PathPattern.normalised(path)
        let place = trie.find(host).map { places[$0] }
        var found: [(method: String?, match: ServiceMatch)] = []
        for candidate in place?.endpoints ?? [] where candidate.endpoint.path.glob.matches(octets.span) {
            let method = candidate.endpoint.method.rawValue
            if found.contains(where: { $0.method == method }) { continue }
            found.append((method, match(candidate, octets, evidence: [.host, .path], confidence: .high)))
        }
        guard found.isEmpty else { return found }
        if let place {
            if let match = owner(of: place, operation: OperationName.of(path: octets)) { return [(nil, match)] }
            if place.isSilent { return [] }
        }
        for candidate in anyHost where candidate.endpoint.path.glob.matches(octets.span) {
            let method = candidate.endpoint.method.rawValue
            if found.contains(where: { $0.method == method }) { continue }
            found.append((method, match(candidate, octets, evidence: [.path], confidence: .medium)))
        }
        return found
    }

    /// The program that sent a request; nil when nothing says which.
    ///
    /// `header` answers with a field's value for a name in lower case; `service` is the receiver's id, if known.
    package func client(
        userAgent: String?,
        service: String? = nil,
        header: (String) -> String? = { _ in nil }
    ) -> ClientTool? {
        clients.tool(userAgent: userAgent, service: service, header: header)
    }

    private func owner(of place: HostPlace, operation: String?) -> ServiceMatch? {
        guard let owner = place.owner else { return nil }
        return ServiceMatch(
            service: services[owner],
            operation: operation,
            channel: place.role.channel,
            format: nil,
            evidence: [.host],
            confidence: place.role.confidence
        )
    }

    private func match(
        _ candidate: PlacedEndpoint,
        _ path: [UInt8],
        evidence: [Evidence],
        confidence: Confidence
    ) -> ServiceMatch {
        ServiceMatch(
            service: services[candidate.service],
            operation: candidate.endpoint.operation ?? OperationName.of(path: path),
            channel: candidate.endpoint.channel,
            format: candidate.endpoint.format,
            evidence: evidence,
            confidence: confidence
        )
    }
}
