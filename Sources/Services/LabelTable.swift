import Wire

/// The edges of a trie of names: from a node and a label to the node below, by open addressing over octets.
struct LabelTable: Sendable {
    private struct Edge {
        let node: Int
        let label: Range<Int>
        let child: Int
        let hash: UInt64
    }

    private var edges: [Edge] = []
    private var labels: [UInt8] = []
    /// Places in `edges`, −1 where there is none; a power of two of them, at most half in use.
    private var slots: [Int32] = [-1]

    /// The node below `node` by a label in any case of letters; nil when there is none.
    func find(_ label: Span<UInt8>, below node: Int) -> Int? {
        let hash = LabelTable.hash(label, node)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let edge = edges[Int(slots[slot])]
            if edge.hash == hash, edge.node == node, equals(edge.label, label) { return edge.child }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Enters an edge that is not there; its label is in lower case.
    mutating func insert(_ label: [UInt8], below node: Int, child: Int) {
        let start = labels.count
        labels += label
        let hash = LabelTable.hash(label.span, node)
        edges.append(Edge(node: node, label: start..<labels.count, child: child, hash: hash))
        if edges.count * 2 >= slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for index in edges.indices { enter(index) }
        } else {
            enter(edges.count - 1)
        }
    }

    private mutating func enter(_ index: Int) {
        var slot = Int(truncatingIfNeeded: edges[index].hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(truncatingIfNeeded: index)
    }

    private func equals(_ range: Range<Int>, _ label: Span<UInt8>) -> Bool {
        guard range.count == label.count else { return false }
        for index in label.indices where labels[range.lowerBound + index] != ASCII.lowercased(label[index]) {
            return false
        }
        return true
    }

    /// FNV-1a over the label, begun with the node, and mixed: the catalogue is ours, so nobody chooses who collides.
    private static func hash(_ label: Span<UInt8>, _ node: Int) -> UInt64 {
        var hash = 0xCBF2_9CE4_8422_2325 ^ (UInt64(truncatingIfNeeded: node) &* 0x9E37_79B9_7F4A_7C15)
        for index in label.indices { hash = (hash ^ UInt64(ASCII.lowercased(label[index]))) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}
