import TOMLSource

/// A host pattern's services, made ready for matching.
struct HostPlace: Sendable {
    /// The endpoints of all services there, most exact first.
    var endpoints: [PlacedEndpoint] = []
    /// The service of requests whose path tells nothing; nil for shared hosts and those that give no record.
    var owner: Int?
    /// What the host is for its owner.
    var role = HostRole.prompt
    /// Whether nothing sent there gives a record.
    var isSilent = true
}

/// An endpoint and the service that it belongs to.
struct PlacedEndpoint: Sendable {
    let service: Int
    let endpoint: Endpoint

    func matches(_ method: String, _ path: [UInt8]) -> Bool {
        endpoint.method.matches(method) && endpoint.path.glob.matches(path.span)
    }

    /// Whether this one is preferred where both match: more octets written out, then no `**`, then one method.
    func isMoreExact(than other: PlacedEndpoint) -> Bool {
        let (left, right) = (endpoint.path.glob, other.endpoint.path.glob)
        if left.literalCount != right.literalCount { return left.literalCount > right.literalCount }
        if left.crossesSeparators != right.crossesSeparators { return !left.crossesSeparators }
        return endpoint.method.rank < other.endpoint.method.rank
    }
}

extension EndpointMethod {
    /// A WebSocket begins as a GET, so a plain GET comes first; `ANY` comes last.
    fileprivate var rank: Int {
        switch self {
        case .post, .put, .get, .patch, .delete: 0
        case .webSocket: 1
        case .any: 2
        }
    }
}

/// Puts the files of a catalogue together and checks what no file can check alone.
struct CatalogueBuilder {
    private(set) var services: [Service] = []
    private(set) var clients: [ClientSignature] = []
    private(set) var trie = HostnameTrie()
    private(set) var places: [(place: HostPlace, claims: [Claim])] = []
    private(set) var anyHost: [PlacedEndpoint] = []
    private var serviceTables: [(service: Service, table: TOMLTable)] = []
    private var clientTables: [String: TOMLTable] = [:]
    private var tables: [String: TOMLTable] = [:]

    /// A service's word on a host.
    struct Claim {
        let service: Int
        let rule: HostRule
        let file: String
        let line: Int

        var place: String { "\(file):\(line)" }
    }

    mutating func add(_ file: ServiceFile) throws(TOMLError) {
        for (service, table) in file.services {
            if let earlier = tables[service.id] {
                throw table.error("service \(service.id) is also at \(earlier.name):\(earlier.line)", at: "id")
            }
            tables[service.id] = table
            serviceTables.append((service, table))
        }
        for (client, table) in file.clients {
            if let earlier = clientTables[client.id] {
                throw table.error("client \(client.id) is also at \(earlier.name):\(earlier.line)", at: "id")
            }
            clientTables[client.id] = table
            clients.append(client)
        }
    }

    /// Orders the services and gives every host its owner.
    ///
    /// - Throws: an error that names both places when two services claim a host, or none of several says it owns it.
    mutating func checkOwners() throws(TOMLError) {
        guard !serviceTables.isEmpty else {
            throw TOMLError(name: "services", line: 0, message: "the catalogue has no [[service]]")
        }
        serviceTables.sort { $0.service.id.utf8.lexicographicallyPrecedes($1.service.id.utf8) }
        services = serviceTables.map(\.service)
        for client in clients {
            for id in client.services where tables[id] == nil {
                throw clientTables[client.id]?.error("services names \(id), which is no service", at: "services")
                    ?? TOMLError(name: "services", line: 0, message: "\(id) is no service")
            }
        }
        for (index, entry) in serviceTables.enumerated() { try place(index, entry.service, entry.table) }
        for index in places.indices { try settle(index) }
        anyHost.sort { $0.isMoreExact(than: $1) }
    }

    private mutating func place(_ index: Int, _ service: Service, _ table: TOMLTable) throws(TOMLError) {
        if service.isAnyHost {
            anyHost += service.endpoints.map { PlacedEndpoint(service: index, endpoint: $0) }
            return
        }
        let lines = table.elementLines(of: "hosts")
        for (number, rule) in service.hosts.enumerated() {
            let line = number < lines.count ? lines[number] : table.line
            let claim = Claim(service: index, rule: rule, file: table.name, line: line)
            if let known = trie.value(of: rule.pattern) {
                if let twin = places[known].claims.first(where: { $0.service == index }) {
                    throw error(claim, "host \(rule.pattern) is also at \(twin.place)")
                }
                places[known].claims.append(claim)
            } else {
                trie.insert(rule.pattern, value: places.count)
                places.append((HostPlace(), [claim]))
            }
        }
    }

    private mutating func settle(_ index: Int) throws(TOMLError) {
        let claims = places[index].claims
        var place = HostPlace()
        let serious = claims.filter { !$0.rule.isShared }
        let owners = serious.count == 1 ? serious : serious.filter(\.rule.isOwner)
        if let first = serious.first, let last = serious.last {
            if owners.isEmpty {
                let advice = "one of them must say owner = true"
                throw error(last, "host \(last.rule.pattern) is also at \(first.place); \(advice)")
            }
            if owners.count > 1 {
                let (one, other) = (owners[0], owners[1])
                throw error(other, "host \(other.rule.pattern) is owned at \(one.place) already")
            }
        }
        if let owner = owners.first {
            place.role = owner.rule.role
            if owner.rule.role.givesRecord { place.owner = owner.service }
        }
        for claim in claims where claim.rule.role.givesRecord {
            place.isSilent = false
            place.endpoints += services[claim.service].endpoints
                .filter { $0.hosts?.contains(claim.rule.pattern) ?? true }
                .map { PlacedEndpoint(service: claim.service, endpoint: $0) }
        }
        let owner = place.owner
        place.endpoints.sort {
            if $0.isMoreExact(than: $1) { return true }
            return !$1.isMoreExact(than: $0) && $0.service == owner && $1.service != owner
        }
        places[index].place = place
    }

    private func error(_ claim: Claim, _ message: String) -> TOMLError {
        TOMLError(name: claim.file, line: claim.line, message: message)
    }
}
