import Wire

/// Recognises client programs by what their requests say about them.
struct ClientTable: Sendable {
    let signatures: [ClientSignature]

    /// The program that sent a request; nil when nothing says which.
    ///
    /// A program's own User-Agent comes first, that of programs which the catalogue does not know included: whoever says
    /// `curl/8.5` is curl, whatever it imitates. Where the User-Agent names a library, a browser or nothing, header fields
    /// that only one program sends tell which program uses it; then libraries and browsers, then the first product.
    func tool(userAgent: String?, service: String?, header: (String) -> String?) -> ClientTool? {
        let agent = lowercased(userAgent ?? "")
        if let tool = byUserAgent(agent, where: { $0.kind.isProduct }) { return tool }
        let library = byUserAgent(agent, where: { !$0.kind.isProduct })
        let product = Self.product(agent)
        if library == nil, let product, isProgram(product, agent) { return product }
        for signature in signatures {
            for field in signature.headers {
                guard let value = header(field.name) else { continue }
                guard let pattern = field.value else { return tool(signature, agent) }
                let octets = lowercased(value)
                if let end = pattern.matchedPrefix(of: octets.span) {
                    let version = Self.version(octets, from: end) ?? tool(signature, agent).version
                    return ClientTool(id: signature.id, version: version, kind: signature.kind)
                }
            }
        }
        if let service {
            for signature in signatures where signature.services.contains(service) {
                for pattern in signature.libraries where pattern.matchedPrefix(of: agent.span) != nil {
                    // The version is the library's, so it is not the program's.
                    return ClientTool(id: signature.id, version: nil, kind: signature.kind)
                }
            }
        }
        return library ?? product
    }

    /// Whether a product is a program that names itself with its version, and no library.
    private func isProgram(_ product: ClientTool, _ agent: [UInt8]) -> Bool {
        guard product.version != nil, !HTTPLibrary.isOne(product.id) else { return false }
        return !signatures.contains { $0.libraries.contains { $0.matchedPrefix(of: agent.span) != nil } }
    }

    private func byUserAgent(_ agent: [UInt8], where isWanted: (ClientSignature) -> Bool) -> ClientTool? {
        guard !agent.isEmpty else { return nil }
        for signature in signatures where isWanted(signature) {
            for pattern in signature.userAgents {
                guard let end = pattern.matchedPrefix(of: agent.span) else { continue }
                return ClientTool(id: signature.id, version: Self.version(agent, from: end), kind: signature.kind)
            }
        }
        return nil
    }

    /// The program of a signature that something else told, with its version if the User-Agent has it.
    private func tool(_ signature: ClientSignature, _ agent: [UInt8]) -> ClientTool {
        for pattern in signature.userAgents {
            guard let end = pattern.matchedPrefix(of: agent.span) else { continue }
            return ClientTool(id: signature.id, version: Self.version(agent, from: end), kind: signature.kind)
        }
        return ClientTool(id: signature.id, version: nil, kind: signature.kind)
    }

    /// `product/version` at the User-Agent's beginning, in lower case; nil when it begins with no name.
    private static func product(_ agent: [UInt8]) -> ClientTool? {
        let name = agent.prefix { isNameOctet($0) }.prefix(64)
        guard !name.isEmpty else { return nil }
        let hasVersion = name.endIndex < agent.count && agent[name.endIndex] == UInt8(ascii: "/")
        return ClientTool(
            id: String(decoding: name, as: UTF8.self),
            version: hasVersion ? version(agent, from: name.endIndex + 1) : nil,
            kind: nil
        )
    }

    /// What stands from `start` to the next space, `;`, `,` or `)`, if it begins with a digit.
    private static func version(_ agent: [UInt8], from start: Int) -> String? {
        let tail = agent.dropFirst(start)
        let text = tail.prefix { isNameOctet($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        let version = text.prefix { $0 != UInt8(ascii: "/") }.prefix(64)
        guard let first = version.first, ASCII.isDigit(first) else { return nil }
        return String(decoding: version, as: UTF8.self)
    }

    private static func isNameOctet(_ octet: UInt8) -> Bool {
        ASCII.isLetter(octet) || ASCII.isDigit(octet) || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
            || octet == UInt8(ascii: ".")
    }

    /// A header's value as patterns compare it; of values over 1,024 octets only so many count.
    private func lowercased(_ text: String) -> [UInt8] {
        text.utf8.prefix(1024).map { ASCII.lowercased($0) }
    }
}
