import Wire

/// Finds the most exact pattern for a host's name, label by label from the right.
struct HostnameTrie: Sendable {
    private var nodes = [Node()]
    private var edges = LabelTable()

    private struct Node {
        var globs: [(label: GlobPattern, text: Substring, node: Int)] = []
        /// The value for this very name, or for names of this family.
        var whole: Int?
        /// The value for this name and all below it.
        var suffix: Int?
    }

    /// A node that the labels read so far lead to, by way of a family of names.
    private struct State {
        var node: Int
        /// Octets of the labels that are written out.
        var octets: Int
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
                edges.insert(Array(label.utf8), below: node, child: nodes.count - 1)
            }
            node = nodes.count - 1
        }
        if pattern.form == .suffix { nodes[node].suffix = value } else { nodes[node].whole = value }
    }

    /// The value of the pattern that fits a name best.
    ///
    /// A name itself is more exact than any family. Of families and suffixes the one with more labels in common
    /// wins, then the one with more octets written out, then the family. Nothing is allocated for a name that no family
    /// of names comes near to.
    func find(_ name: Hostname) -> Int? {
        guard !name.isAddress else { return nil }
        let octets = name.description.utf8.span
        // The way of labels that are written out, and those by way of families.
        var literal: State? = State(node: 0, octets: 0)
        var families: [State] = []
        var best: (value: Int, rank: Rank)?
        var end = octets.count
        var depth = 0
        while true {
            var start = end
            while start > 0, octets[start - 1] != UInt8(ascii: ".") { start -= 1 }
            let label = octets.extracting(start..<end)
            let isLast = start == 0
            var next: [State] = []
            if let state = literal { follow(nodes[state.node].globs, label, from: state, into: &next) }
            for state in families {
                if let node = edges.find(label, below: state.node) {
                    next.append(State(node: node, octets: state.octets + label.count))
                }
                follow(nodes[state.node].globs, label, from: state, into: &next)
            }
            literal = literal.flatMap { state in
                edges.find(label, below: state.node).map { State(node: $0, octets: state.octets + label.count) }
            }
            families = next
            if let state = literal { judge(state, depth: depth, isLast: isLast, isLiteral: true, &best) }
            for state in families { judge(state, depth: depth, isLast: isLast, isLiteral: false, &best) }
            if isLast || literal == nil && families.isEmpty { return best?.value }
            end = start - 1
            depth += 1
        }
    }

    /// Whether a name, in any case of letters, may be one that `find` has a value for; no is sure.
    func mayKnow(_ name: Span<UInt8>) -> Bool {
        var end = name.count
        while end > 0, name[end - 1] == UInt8(ascii: ".") { end -= 1 }
        var node = 0
        while nodes[node].globs.isEmpty, nodes[node].suffix == nil {
            var start = end
            while start > 0, name[start - 1] != UInt8(ascii: ".") { start -= 1 }
            guard let next = edges.find(name.extracting(start..<end), below: node) else { return false }
            node = next
            if start == 0 { return true }
            end = start - 1
        }
        return true
    }

    private func follow(
        _ globs: [(label: GlobPattern, text: Substring, node: Int)],
        _ label: Span<UInt8>,
        from state: State,
        into next: inout [State]
    ) {
        for glob in globs where glob.label.matches(label) {
            next.append(State(node: glob.node, octets: state.octets + glob.label.literalCount))
        }
    }

    private func judge(
        _ state: State,
        depth: Int,
        isLast: Bool,
        isLiteral: Bool,
        _ best: inout (value: Int, rank: Rank)?
    ) {
        let node = nodes[state.node]
        if let value = node.suffix {
            keep(value, Rank(isName: false, labels: depth, octets: state.octets, isWhole: false), &best)
        }
        if isLast, let value = node.whole {
            keep(value, Rank(isName: isLiteral, labels: depth, octets: state.octets, isWhole: true), &best)
        }
    }

    private func child(of node: Int, _ label: Substring) -> Int? {
        let octets = Array(label.utf8)
        return edges.find(octets.span, below: node) ?? nodes[node].globs.first { $0.text == label }?.node
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
