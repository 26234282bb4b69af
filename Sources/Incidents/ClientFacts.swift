package import Services

/// What a record says of the program that sends.
package struct ClientFacts: Hashable, Sendable {
    /// The catalogue's client id, else the User-Agent's product in lower case.
    package var tool: String
    /// The program's version, where it tells.
    package var version: String?

    /// Joins a program and its version.
    package init(tool: String, version: String? = nil) {
        self.tool = tool
        self.version = version
    }
}

extension ClientFacts {
    /// What the catalogue says of a program; names that a stranger chose are cut to 64 octets.
    package init(_ client: ClientTool) {
        self.init(
            tool: BoundedText.prefix(client.id, octets: 64),
            version: client.version.map { BoundedText.prefix($0, octets: 64) }
        )
    }
}
