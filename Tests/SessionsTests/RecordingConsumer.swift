import AppProtocols
import FlowTracking
import SecureTransport
import Sessions
import Wire

/// Accepts what goes to hosts that end in `.ai`, and keeps all that it is told.
struct RecordingConsumer: RequestConsumer, ~Copyable {
    /// Everything accepted, by slot, which are never used twice here.
    var entries: [Entry] = []
    /// Hosts that were judged and declined.
    var declined: [String] = []
    /// Breaches of the protocol.
    var faults: [String] = []
    /// Whether every request is wanted.
    var wantsAll = false

    struct Entry: Equatable {
        var host: String
        var isConnection = false
        var method = ""
        var path = ""
        var tunnel: String?
        var isMismatch = false
        var isTruncated = false
        var isEncrypted = false
        var unread: Unread?
        var isDecrypted = false
        var serverName: String?
        var proxied: String?
        var alpn: String?
        var hasHello = false
        var greetings = 0
        var began: UInt64 = 0
        var number = 0
        /// The slot of the request that opened the WebSocket, of a message.
        var opening: Int?
        var isCompressed = false
        var takesContext = false
        var isAssumed = false
        var version = HTTPVersion.http1
        var body: [UInt8] = []
        var lost: [BodyLoss: Int] = [:]
        var end: RequestEnd?
        var ended: UInt64 = 0
        var connectionOctets: Int?

        var isOver: Bool { end != nil || connectionOctets != nil }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private func wants(_ host: Hostname) -> Bool { wantsAll || host.description.hasSuffix(".ai") }

    mutating func judge(_ connection: borrowing Connection) -> Int? {
        let host = connection.names.asked.first ?? connection.host
        guard wants(host) else {
            declined.append("tls:\(host)")
            return nil
        }
        var entry = Entry(host: host.description, isConnection: true)
        entry.tunnel = connection.tunnel.map { "\($0.host):\($0.port)" }
        entry.isMismatch = connection.hasHostMismatch
        entry.isEncrypted = connection.isEncrypted
        entry.unread = connection.unread
        entry.hasHello = connection.hello != nil
        entry.proxied = connection.proxied?.description
        entries.append(entry)
        return entries.count - 1
    }

    mutating func judge(_ request: borrowing Request) -> Int? {
        guard wants(request.host) else {
            declined.append("\(request.host)#\(request.number)")
            return nil
        }
        var entry = Entry(host: request.host.description)
        entry.method = request.head.method
        entry.path = request.head.path
        entry.tunnel = request.tunnel.map { "\($0.host):\($0.port)" }
        entry.isMismatch = request.hasHostMismatch
        entry.isDecrypted = request.secure != nil
        entry.serverName = request.serverName?.description
        entry.proxied = request.proxied?.description
        entry.alpn = request.secure?.serverALPN
        entry.isTruncated = request.head.isTruncated
        entry.began = request.began.number
        entry.number = request.number
        entry.version = request.head.version
        entries.append(entry)
        return entries.count - 1
    }

    mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int {
        _ = check(opening, isConnection: false, "message")
        var entry = Entry(host: entries.indices.contains(opening) ? entries[opening].host : "")
        entry.opening = opening
        if entries.indices.contains(opening) {
            entry.isDecrypted = entries[opening].isDecrypted
            entry.version = entries[opening].version
        }
        entry.began = message.began.number
        entry.number = message.number
        entry.isCompressed = message.isCompressed
        entry.takesContext = message.takesContext
        entry.isAssumed = message.isAssumed
        entries.append(entry)
        return entries.count - 1
    }

    mutating func body(_ octets: Span<UInt8>, slot: Int) {
        guard check(slot, isConnection: false, "body") else { return }
        if octets.isEmpty { faults.append("empty body") }
        for index in octets.indices { entries[slot].body.append(octets[index]) }
    }

    mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {
        guard check(slot, isConnection: false, "loss") else { return }
        if octets <= 0 { faults.append("loss of \(octets)") }
        entries[slot].lost[loss, default: 0] += octets
    }

    mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {
        guard check(slot, isConnection: false, "end") else { return }
        entries[slot].end = end
        entries[slot].ended = stamp.number
    }

    mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {
        guard check(slot, isConnection: true, "greeting") else { return }
        entries[slot].greetings += 1
    }

    mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {
        guard check(slot, isConnection: true, "connection end") else { return }
        if clientOctets < 0 { faults.append("negative octets") }
        entries[slot].connectionOctets = clientOctets
    }

    private mutating func check(_ slot: Int, isConnection: Bool, _ what: String) -> Bool {
        guard entries.indices.contains(slot), entries[slot].isConnection == isConnection, !entries[slot].isOver else {
            faults.append("\(what) for slot \(slot)")
            return false
        }
        return true
    }
}
