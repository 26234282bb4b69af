import Wire

/// A request's target taken apart, to be scanned without its credential and reported without its secrets.
///
/// RFC 9112 § 3.2, Request Target: origin-form, absolute-form or authority-form. Octets that are not text are carried.
struct RequestTarget: Sendable {
    /// The path's and the query's pieces in order.
    private(set) var components: [Component] = []
    /// The value of `key=`, where the query has one.
    private(set) var keyParameter: String?
    private var userInformation: Range<Int>?
    private let octets: [UInt8]

    /// The most components that are told apart; what follows is one component.
    static let maximumComponents = 1_024

    init(_ target: String) {
        octets = Array(target.utf8)
        let end = octets.firstIndex(of: UInt8(ascii: "#")) ?? octets.count
        var start = 0
        if let scheme = RequestTarget.schemeEnd(in: octets[..<end]) {
            let authorityEnd =
                octets[scheme..<end].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? end
            if let at = octets[scheme..<authorityEnd].lastIndex(of: UInt8(ascii: "@")) { userInformation = scheme..<at }
            start = authorityEnd
        }
        let pathEnd = octets[start..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
        components = RequestTarget.split(octets[start..<pathEnd], at: UInt8(ascii: "/")).map {
            Component(name: nil, range: $0)
        }
        guard pathEnd < end else { return }
        for range in RequestTarget.split(octets[(pathEnd + 1)..<end], at: UInt8(ascii: "&")) { addParameter(range) }
    }

    /// The percent-decoded target, the request's own credential left out: what rules and fingerprints see.
    var scannedText: [UInt8] {
        var text: [UInt8] = []
        for (index, component) in components.enumerated() {
            if let name = component.name {
                text.append(component.isFirstParameter ? UInt8(ascii: "?") : UInt8(ascii: "&"))
                text += name
                if component.range != component.whole { text.append(UInt8(ascii: "=")) }
            } else if index > 0 {
                text.append(UInt8(ascii: "/"))
            }
            if !component.isOwnCredential { text += decoded(component) }
        }
        return text
    }

    /// The model that the path names, printable, at most 128 octets; nil where it names none.
    ///
    /// Gemini's and Bedrock's do: `/v1beta/models/NAME:generateContent`, `/model/NAME/converse`.
    var model: String? {
        let path = components.prefix { $0.name == nil }
        let isBedrock = path.last.map { RequestTarget.bedrockVerbs.contains(Array(octets[$0.range])) } ?? false
        for (holder, component) in zip(path, path.dropFirst()) {
            let name = decoded(component)
            let end: Int?
            if octets[holder.range].elementsEqual("models".utf8) {
                end = name.lastIndex(of: UInt8(ascii: ":"))
            } else if isBedrock, octets[holder.range].elementsEqual("model".utf8) {
                end = name.endIndex
            } else {
                continue
            }
            guard let end, 1...128 ~= end, name[..<end].allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { continue }
            return String(decoding: name[..<end], as: UTF8.self)
        }
        return nil
    }

    private static let bedrockVerbs = ["invoke", "invoke-with-response-stream", "converse", "converse-stream"].map {
        Array($0.utf8)
    }

    /// A component's percent-decoded octets.
    func decoded(_ component: Component) -> [UInt8] {
        RequestTarget.percentDecoded(octets[component.range], plusIsSpace: component.name != nil)
    }

    /// The target as it may stand in a record: user information, values of telling parameters and the components of
    /// which `isSecret` is true are replaced by `***`.
    func redacted(isSecret: (Int) -> Bool) -> String {
        var ranges: [Range<Int>] = userInformation.map { [$0] } ?? []
        for (index, component) in components.enumerated()
        where !component.range.isEmpty && (component.isTelling || isSecret(index)) {
            ranges.append(component.range)
        }
        var text: [UInt8] = []
        var position = 0
        for range in ranges where range.lowerBound >= position {
            text += octets[position..<range.lowerBound] + Array("***".utf8)
            position = range.upperBound
        }
        text += octets[position...]
        return String(decoding: text, as: UTF8.self)
    }

    private static func schemeEnd(in octets: ArraySlice<UInt8>) -> Int? {
        guard let colon = octets.prefix(16).firstIndex(of: UInt8(ascii: ":")), colon > octets.startIndex,
            octets[colon...].starts(with: Array("://".utf8))
        else { return nil }
        return colon + 3
    }

    private static func split(_ octets: ArraySlice<UInt8>, at separator: UInt8) -> [Range<Int>] {
        octets.split(separator: separator, maxSplits: maximumComponents, omittingEmptySubsequences: false)
            .map(\.indices)
    }

    private mutating func addParameter(_ range: Range<Int>) {
        let equals = octets[range].firstIndex(of: UInt8(ascii: "="))
        let nameOctets = octets[range.lowerBound..<(equals ?? range.lowerBound)]
        let name = RequestTarget.percentDecoded(nameOctets, plusIsSpace: true)
        let value = (equals.map { $0 + 1 } ?? range.lowerBound)..<range.upperBound
        let word = String(decoding: name.map(ASCII.lowercased), as: UTF8.self)
        var component = Component(name: name, range: value)
        component.whole = range
        component.isFirstParameter = components.last?.name == nil
        component.isOwnCredential = RequestCredential.parameters.contains(word)
        component.isTelling = component.isOwnCredential || RequestTarget.tellingWords.contains { word.contains($0) }
        components.append(component)
        if component.isOwnCredential, keyParameter == nil, !value.isEmpty {
            keyParameter = String(decoding: decoded(component), as: UTF8.self)
        }
    }

    private static func percentDecoded(_ octets: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count)
        var index = octets.startIndex
        while index < octets.endIndex {
            let octet = octets[index]
            if octet == UInt8(ascii: "%"), octets.endIndex - index > 2,
                let high = ASCII.hexValue(octets[index + 1]), let low = ASCII.hexValue(octets[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
                continue
            }
            result.append(plusIsSpace && octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
            index += 1
        }
        return result
    }

    /// Words in the name of a parameter that make its value a secret of somebody's, whatever it looks like.
    private static let tellingWords = [
        "key", "token", "secret", "sig", "auth", "pass", "pwd", "cred", "session", "jwt", "assertion", "code", "ticket",
        "cookie",
    ]

    /// A segment of the path, or a parameter of the query.
    struct Component: Sendable {
        /// The parameter's decoded name; nil for a segment of the path.
        let name: [UInt8]?
        /// Where the segment or the parameter's value stands in the target.
        let range: Range<Int>
        /// Where the whole parameter stands, its name included.
        var whole: Range<Int>
        var isFirstParameter = false
        var isOwnCredential = false
        var isTelling = false

        init(name: [UInt8]?, range: Range<Int>) {
            self.name = name
            self.range = range
            whole = range
        }
    }
}
