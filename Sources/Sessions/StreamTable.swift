/// What the wanted streams of an HTTP/2 or HTTP/3 connection are, by tag.
struct StreamTable {
    private var uses: [StreamUse?] = []
    private var free: [Int] = []

    /// Streams in it.
    var count: Int { uses.count - free.count }

    /// The streams in it, in no order of meaning.
    var all: [StreamUse] { uses.compactMap { $0 } }

    /// The stream of a tag; nil for a tag that is not in use.
    subscript(tag: Int) -> StreamUse? {
        get { uses.indices.contains(tag) ? uses[tag] : nil }
        set { if uses.indices.contains(tag) { uses[tag] = newValue } }
    }

    /// Keeps a stream; its tag.
    mutating func insert(_ use: StreamUse) -> Int {
        guard let tag = free.popLast() else {
            uses.append(use)
            return uses.count - 1
        }
        uses[tag] = use
        return tag
    }

    /// Takes a stream out for good.
    mutating func remove(_ tag: Int) -> StreamUse? {
        guard let use = self[tag] else { return nil }
        uses[tag] = nil
        free.append(tag)
        return use
    }
}

/// One wanted stream: a request, an opened WebSocket, or a tunnel whose content is not read.
struct StreamUse {
    /// The slot of the request or of the connection.
    let slot: Int
    /// Whether it is a tunnel.
    var isTunnel = false
    /// Octets that a tunnel carried.
    var tunnelOctets = 0
    /// The WebSocket that the request opened.
    var socket: WebSocketUse?

    init(slot: Int) {
        self.slot = slot
    }
}
