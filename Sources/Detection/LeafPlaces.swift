import Payloads

/// Where in a message its leaves stood: what is the same of several is kept once, and known by its number, the tag.
///
/// Memory grows with what is told apart, not with leaves, and is capped.
struct LeafPlaces {
    /// The most places that are told apart; leaves beyond share the last.
    static let maximumParts = 65_536

    /// What is told apart.
    struct Part: Hashable {
        var segment: Segment
        let codings: DecodeChain
        let group: Int
    }

    private var parts: [Part] = []
    private var tags: [Part: Int] = [:]
    private var unresolved: [Int: [Int]] = [:]

    /// No leaves.
    init() {}

    /// How many places are told apart.
    var count: Int { parts.count }

    /// The place of a tag.
    subscript(tag: Int) -> Part {
        parts.indices.contains(tag) ? parts[tag] : Part(segment: .body, codings: DecodeChain(), group: -1)
    }

    /// The tag of a leaf that begins.
    mutating func tag(_ provenance: borrowing Provenance) -> Int {
        let part = Part(segment: provenance.segment, codings: provenance.codings, group: provenance.group)
        if let last = parts.last, last == part { return parts.count - 1 }
        if let tag = tags[part] { return tag }
        guard parts.count < Self.maximumParts else { return parts.count - 1 }
        let tag = parts.count
        parts.append(part)
        tags[part] = tag
        if part.group >= 0 { unresolved[part.group, default: []].append(tag) }
        return tag
    }

    /// Puts the leaves of a group into their segment; gives whether that changes any.
    mutating func resolve(_ group: Int, _ segment: Segment) -> Bool {
        guard let members = unresolved.removeValue(forKey: group) else { return false }
        var hasChanged = false
        for tag in members where parts[tag].segment != segment {
            tags[parts[tag]] = nil
            parts[tag].segment = segment
            hasChanged = true
        }
        return hasChanged
    }
}
