import AppProtocols
import FlowTracking
import SecureTransport
import Sessions
import Wire

/// Accepts some of what a tracker finds and holds it to the protocol of `RequestConsumer`.
struct SessionWitness: RequestConsumer {
    /// What is accepted: bit 0 no connections, bit 1 no requests, else every one that its upper bits let pass.
    let policy: UInt8
    private(set) var delivered = 0
    private(set) var lost = 0
    private var judged = 0
    private var lastNumber = -1
    private var requests: Set<Int> = []
    private var connections: Set<Int> = []

    init(policy: UInt8) {
        self.policy = policy
    }

    mutating func judge(_ connection: borrowing Connection) -> Int? {
        judged += 1
        _ = (connection.host.description, connection.hasHostMismatch, connection.hello?.ja4)
        guard policy & 1 == 0, judged % (Int(policy >> 4) + 1) == 0 else { return nil }
        connections.insert(judged)
        return judged
    }

    mutating func judge(_ request: borrowing Request) -> Int? {
        judged += 1
        _ = (request.host.description, request.port, request.hasHostMismatch, request.head.fields.count)
        guard policy & 2 == 0, judged % (Int(policy >> 4) + 1) == 0 else { return nil }
        requests.insert(judged)
        return judged
    }

    mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int {
        hold(requests.contains(opening), "a message belongs to an open request")
        hold(message.number > lastNumber, "requests and messages are numbered in order")
        lastNumber = message.number
        judged += 1
        requests.insert(judged)
        return judged
    }

    mutating func body(_ octets: Span<UInt8>, slot: Int) {
        hold(requests.contains(slot), "a body belongs to an open request")
        hold(!octets.isEmpty, "a body comes in octets")
        delivered += octets.count
    }

    mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {
        hold(requests.contains(slot), "a loss belongs to an open request")
        hold(octets > 0, "a loss is of octets: \(octets)")
        lost += octets
    }

    mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {
        hold(requests.remove(slot) != nil, "a request ends once")
    }

    mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {
        hold(connections.contains(slot), "a greeting belongs to a watched connection")
    }

    mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {
        hold(clientOctets >= 0, "a connection's octets are not negative: \(clientOctets)")
        hold(connections.remove(slot) != nil, "a connection ends once")
    }

    /// Holds what must be so at any time.
    func mind(_ counters: SessionCounters) {
        hold(counters.deliveredOctets == delivered, "what is delivered is counted")
    }

    /// Holds what must be so when every flow has closed.
    func check() {
        hold(requests.isEmpty, "every request ends")
        hold(connections.isEmpty, "every connection ends")
    }
}
