/// The paths that a text names, by which files that hold the same code are told apart.
///
/// The last `room` are remembered.
struct FileNames {
    private static let room = 32
    private static let longest = 256

    private var paths: [[UInt8]] = []
    private var next = 0

    /// No names.
    init() {}

    /// Whether none is known.
    var isEmpty: Bool { paths.isEmpty }

    /// Octets of memory that the names take, about.
    var octets: Int { paths.reduce(0) { $0 + 32 + $1.count } }

    /// Adds a path: its last octets, if it is long; what has no name at its end is none.
    mutating func append(_ path: Span<UInt8>) {
        let start = max(0, path.count - Self.longest)
        var octets: [UInt8] = []
        octets.reserveCapacity(path.count - start)
        for index in start..<path.count { octets.append(Self.folded(path[index])) }
        guard let last = octets.last, last != Self.slash, octets.contains(Self.dot) || octets.contains(Self.slash),
            !paths.contains(octets)
        else { return }
        guard paths.count == Self.room else { return paths.append(octets) }
        paths[next] = octets
        next = (next + 1) % Self.room
    }

    /// How many components at a path's end, the file's name among them, one of the names has too.
    func agreement(with path: String) -> Int {
        guard !isEmpty else { return 0 }
        let octets = path.utf8.map(Self.folded)
        return paths.reduce(0) { max($0, Self.common($1, octets)) }
    }

    private static func common(_ name: [UInt8], _ path: [UInt8]) -> Int {
        var components = 0
        var back = 1
        while back <= name.count, back <= path.count {
            guard name[name.count - back] == path[path.count - back] else { return components }
            if name[name.count - back] == slash { components += 1 }
            back += 1
        }
        let endsName = back > name.count || name[name.count - back] == slash
        let endsPath = back > path.count || path[path.count - back] == slash
        return endsName && endsPath ? components + 1 : components
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    private static func folded(_ octet: UInt8) -> UInt8 {
        octet == UInt8(ascii: "\\") ? slash : octet &- 0x41 < 26 ? octet | 0x20 : octet
    }
}
