import Wire

/// Finds the most exact pattern for a host's name, label by label from the right.
struct HostnameTrie: Sendable {
    private var nodes = [Node()]

    private struct Node {
        var literals: [Substring: Int] = [:]
        var globs: [(label: GlobPattern, text: Substring, node: Int)] = []
        /// The value for this very name, or for names of this family.
        var whole: Int?
        /// The value for this name and all below it.
        var suffix: Int?
    }

    /// The value of a pattern; nil when it is not there.
    func value(of pattern: HostPattern) -> Int? {
        var node = 0
        for label in pattern.labels {
            guard let next = child(of: node, label) else { return nil }
            node = next
        }
        return pattern.form == .suffix ? nodes[node].suffix : nodes[node].whole
    }

    /// Sets the value of a pattern.
    mutating func insert(_ pattern: HostPattern, value: Int) {
        var node = 0
        for label in pattern.labels {
            if let next = child(of: node, label) {
                node = next
                continue
            }
            nodes.append(Node())
            if label.utf8.contains(UInt8(ascii: "*")) {
                let glob = GlobPattern(String(label), separator: UInt8(ascii: "."))
                nodes[node].globs.append((glob, label, nodes.count - 1))
            } else {
                nodes[node].literals[label] = nodes.count - 1
            }
            node = nodes.count - 1
        }
        if pattern.form == .suffix { nodes[node].suffix = value } else { nodes[node].whole = value }
    }

    /// The value of the pattern that fits a name best.
    ///
    /// A name itself is more exact than any family. Of families and suffixes the one with more labels in common
    /// wins, then the one with more octets written out, then the family.
    func find(_ name: Hostname) -> Int? {
        guard !name.isAddress else { return nil }
        var states: [(node: Int, octets: Int, isLiteral: Bool)] = [(0, 0, true)]
        var best: (value: Int, rank: Rank)?
        let labels = name.description.split(separator: ".", omittingEmptySubsequences: false)
        for (depth, label) in labels.reversed().enumerated() {
            var next: [(node: Int, octets: Int, isLiteral: Bool)] = []
            for state in states {
                if let node = nodes[state.node].literals[label] {
                    next.append((node, state.octets + label.utf8.count, state.isLiteral))
                }
                for glob in nodes[state.node].globs where glob.label.matches(label.utf8.span) {
                    next.append((glob.node, state.octets + glob.label.literalCount, false))
                }
            }
            let isLast = depth == labels.count - 1
            for state in next {
                let node = nodes[state.node]
                if let value = node.suffix {
                    keep(value, Rank(isName: false, labels: depth, octets: state.octets, isWhole: false), &best)
                }
                if isLast, let value = node.whole {
                    let rank = Rank(isName: state.isLiteral, labels: depth, octets: state.octets, isWhole: true)
                    keep(value, rank, &best)
                }
            }
            if next.isEmpty { break }
            states = next
        }
        return best?.value
    }

    private func child(of node: Int, _ label: Substring) -> Int? {
        nodes[node].literals[label] ?? nodes[node].globs.first { $0.text == label }?.node
    }

    private func keep(_ value: Int, _ rank: Rank, _ best: inout (value: Int, rank: Rank)?) {
        guard let kept = best else {
            best = (value, rank)
            return
        }
        if kept.rank < rank { best = (value, rank) }
    }

    private struct Rank: Comparable {
        let isName: Bool
        let labels: Int
        let octets: Int
        let isWhole: Bool

        static func < (left: Rank, right: Rank) -> Bool {
            if left.isName != right.isName { return right.isName }
            if left.labels != right.labels { return left.labels < right.labels }
            if left.octets != right.octets { return left.octets < right.octets }
            return !left.isWhole && right.isWhole
        }
    }
}
