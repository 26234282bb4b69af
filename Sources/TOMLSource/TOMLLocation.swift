/// Where the keys and elements of a TOML file stand: a tree beside the values' own, which carry no position.
struct TOMLLocation {
    /// How deep keys and arrays may lie; what the scanner and the converter both hold to.
    static let maximumDepth = 64

    /// The root's place in `nodes`.
    static let root = 0

    private(set) var nodes: [Node] = [Node(line: 1, depth: 0)]

    /// A key, a table or an array's element.
    struct Node {
        /// The 1-based line on which the key, the header or the element begins.
        var line: Int
        /// The number of keys and indices above.
        let depth: Int
        /// The keys of a table in the order of the file.
        var order: [String] = []
        /// Where the keys' own nodes are.
        var children: [String: Int] = [:]
        /// Where an array's elements are.
        var elements: [Int] = []
    }

    /// The node of a key, made if it is new; an existing one keeps its line.
    ///
    /// Nil when that would be too deep.
    mutating func child(of parent: Int, key: String, line: Int) -> Int? {
        if let known = nodes[parent].children[key] { return known }
        guard let child = append(below: parent, line: line) else { return nil }
        nodes[parent].children[key] = child
        nodes[parent].order.append(key)
        return child
    }

    /// A new element at the end of an array; nil when that would be too deep.
    mutating func element(of parent: Int, line: Int) -> Int? {
        guard let element = append(below: parent, line: line) else { return nil }
        nodes[parent].elements.append(element)
        return element
    }

    /// Gives a table its header's line in place of that of the first key below it.
    mutating func move(_ node: Int, to line: Int) { nodes[node].line = line }

    /// The table that a header's key means: of an array of tables its last element.
    func table(at node: Int) -> Int { nodes[node].elements.last ?? node }

    private mutating func append(below parent: Int, line: Int) -> Int? {
        guard nodes[parent].depth < Self.maximumDepth else { return nil }
        nodes.append(Node(line: line, depth: nodes[parent].depth + 1))
        return nodes.count - 1
    }
}
