import TOMLSource
import Wire

/// The entries of one catalogue file, checked as far as one file can be.
struct ServiceFile {
    private(set) var services: [(service: Service, table: TOMLTable)] = []
    private(set) var clients: [(client: ClientSignature, table: TOMLTable)] = []

    init(_ source: TOMLSource) throws(TOMLError) {
        try source.root.rejectUnknown(["service", "client"])
        for table in try source.root.tables("service") { services.append((try Self.service(table), table)) }
        for table in try source.root.tables("client") { clients.append((try Self.client(table), table)) }
    }

    private static func service(_ table: TOMLTable) throws(TOMLError) -> Service {
        try table.rejectUnknown(["id", "name", "vendor", "kind", "any_host", "hosts", "addresses", "paths"])
        let hosts = try table.tables("hosts")
        let isAnyHost = try table.boolean("any_host") ?? false
        let kind: ServiceKind = try choice("kind", in: table)
        var rules: [HostRule] = []
        for host in hosts { rules.append(try rule(host)) }
        if isAnyHost {
            guard rules.isEmpty else { throw table.error("an entry for any host has no hosts", at: "hosts") }
            guard table.value("addresses") == nil else {
                throw table.error("an entry for any host has no addresses", at: "addresses")
            }
            guard kind == .selfHosted else {
                throw table.error("an entry for any host is of kind self_hosted", at: "kind")
            }
        } else if rules.isEmpty {
            throw table.error("hosts is missing; an entry for any host says any_host = true")
        }
        var endpoints: [Endpoint] = []
        for path in try table.tables("paths") { endpoints.append(try endpoint(path, rules)) }
        if isAnyHost, endpoints.isEmpty {
            throw table.error("paths is missing; an entry for any host is known by them")
        }
        return Service(
            id: try identifier(table),
            name: try text("name", in: table),
            vendor: try text("vendor", in: table),
            kind: kind,
            isAnyHost: isAnyHost,
            hosts: rules,
            addresses: try addresses(table),
            endpoints: endpoints
        )
    }

    private static func addresses(_ table: TOMLTable) throws(TOMLError) -> [IPPrefix] {
        var ranges: [IPPrefix] = []
        for text in try table.strings("addresses") ?? [] {
            guard let range = IPPrefix(text), range.length >= (range.address.isIPv4 ? 8 : 16) else {
                throw table.error(
                    "addresses has \"\(text)\", which is no range such as 192.0.2.0/24, at least /8, or 2001:db8::/32, at least /16",
                    at: "addresses"
                )
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func rule(_ table: TOMLTable) throws(TOMLError) -> HostRule {
        try table.rejectUnknown(HostPattern.Form.allCases.map(\.rawValue) + ["role", "shared", "owner"])
        return HostRule(
            pattern: try pattern(table),
            role: try choice("role", in: table),
            isShared: try table.boolean("shared") ?? false,
            isOwner: try table.boolean("owner") ?? false
        )
    }

    private static func pattern(_ table: TOMLTable) throws(TOMLError) -> HostPattern {
        let forms = HostPattern.Form.allCases.filter { table.value($0.rawValue) != nil }
        guard forms.count == 1, let form = forms.first else {
            throw table.error("a host has one of exact, suffix and glob")
        }
        let text = try table.require(string: form.rawValue)
        guard let pattern = HostPattern(text, form: form) else {
            let wanted = form == .glob ? "a host name in lower case with * in some labels" : "a host name in lower case"
            throw table.error("\(form.rawValue) = \"\(text)\" is not \(wanted)", at: form.rawValue)
        }
        return pattern
    }

    private static func endpoint(_ table: TOMLTable, _ rules: [HostRule]) throws(TOMLError) -> Endpoint {
        try table.rejectUnknown(["method", "path", "operation", "channel", "format", "on", "except"])
        let text = try table.require(string: "path")
        guard let path = PathPattern(text) else {
            throw table.error("path = \"\(text)\" must begin with / or **, and have at most 512 octets", at: "path")
        }
        var hosts = try named("on", in: table, rules)
        if let excluded = try named("except", in: table, rules) {
            hosts = (hosts ?? rules.map(\.pattern)).filter { !excluded.contains($0) }
        }
        return Endpoint(
            method: try choice("method", in: table),
            path: path,
            operation: try table.string("operation") ?? OperationName.of(pattern: text),
            channel: try choice("channel", in: table),
            format: try table.string("format"),
            hosts: hosts
        )
    }

    /// The patterns of the service's hosts that a key names; nil when the key is absent.
    private static func named(
        _ key: String,
        in table: TOMLTable,
        _ rules: [HostRule]
    ) throws(TOMLError) -> [HostPattern]? {
        guard let names = try table.strings(key) else { return nil }
        var patterns: [HostPattern] = []
        for name in names {
            let found = rules.filter { $0.pattern.text == name }.map(\.pattern)
            guard !found.isEmpty else {
                throw table.error("\(key) names \(name), which is no host of this service", at: key)
            }
            patterns += found
        }
        return patterns
    }

    private static func client(_ table: TOMLTable) throws(TOMLError) -> ClientSignature {
        try table.rejectUnknown([
            "id", "name", "kind", "user_agent", "library_user_agent", "services", "headers", "body_markers",
        ])
        var headers: [HeaderSignature] = []
        let lines = table.elementLines(of: "headers")
        for (index, text) in (try table.strings("headers") ?? []).enumerated() {
            guard let header = HeaderSignature(text) else {
                throw TOMLError(
                    name: table.name,
                    line: index < lines.count ? lines[index] : table.line,
                    message: "headers holds \"\(text)\"; write a field's name, or name: beginning of its value"
                )
            }
            headers.append(header)
        }
        return ClientSignature(
            id: try identifier(table),
            name: try text("name", in: table),
            kind: try choice("kind", in: table),
            userAgents: try agents("user_agent", in: table),
            libraries: try agents("library_user_agent", in: table),
            services: try table.strings("services") ?? [],
            headers: headers,
            bodyMarkers: try table.strings("body_markers") ?? []
        )
    }

    private static func agents(_ key: String, in table: TOMLTable) throws(TOMLError) -> [GlobPattern] {
        let texts = try table.strings(key) ?? []
        guard texts.allSatisfy({ $0.contains { $0 != "*" && $0 != " " } }) else {
            throw table.error("\(key) holds a pattern that fits everything", at: key)
        }
        return texts.map { GlobPattern($0.lowercased(), separator: 0x20) }
    }

    private static func identifier(_ table: TOMLTable) throws(TOMLError) -> String {
        let id = try table.require(string: "id")
        let isPlain = id.utf8.allSatisfy {
            $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard !id.isEmpty, id.utf8.count <= 64, isPlain else {
            throw table.error("id \"\(id)\" must have 1 to 64 of a-z, 0-9, - and _", at: "id")
        }
        return id
    }

    private static func text(_ key: String, in table: TOMLTable) throws(TOMLError) -> String {
        let text = try table.require(string: key)
        guard !text.isEmpty else { throw table.error("\(key) is empty", at: key) }
        return text
    }

    /// The case of a string enumeration, or an error that names all of them.
    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        in table: TOMLTable
    ) throws(TOMLError) -> Choice where Choice.RawValue == String {
        let text = try table.require(string: key)
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw table.error("\(key) = \"\(text)\" is none of \(all)", at: key)
        }
        return choice
    }
}
