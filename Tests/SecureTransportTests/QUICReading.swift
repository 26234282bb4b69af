import SecureTransport
import TestSupport
import Testing
import Wire

/// What is read of a made-up connection, datagram by datagram.
struct QUICReading: Equatable {
    var streams: [UInt64: [UInt8]] = [:]
    var learned: [UInt64: [UInt8]] = [:]
    /// Ids by which the server can be reached too.
    var issued: [[UInt8]] = []
    var ended: [UInt64: Bool] = [:]
    var holes: [UInt64: Int] = [:]
    var overhead = 0
    var lost = 0
    var refused = 0
    var restarts = 0
    var failure: TLSLoss?
    /// Octets of the client's datagrams.
    var given = 0
    var alpn: String?
    var usedSecrets = 0
    var heldOctets = 0

    typealias Datagram = (octets: [UInt8], direction: Direction)

    /// Octets of streams that were told, holes left out.
    var data: Int { streams.values.reduce(0) { $0 + $1.count } }

    /// Whether each octet of the datagrams was told once.
    var isBalanced: Bool { failure != nil || data + overhead + lost + refused == given }

    /// Reads datagrams behind the greeting of a talk.
    init(
        _ talk: QUICTalk,
        _ datagrams: [Datagram],
        keyLog: String? = nil,
        hasGreeting: Bool = true,
        offersEarlyData: Bool = false,
        limits: QUICLimits = QUICLimits(),
        finishes: Bool = true
    ) throws {
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array((keyLog ?? talk.keyLog()).utf8).span, into: store)
        let hello = Array(talk.hello(offersEarlyData: offersEarlyData).dropFirst(4))
        let greeting = Array(talk.tls.serverHelloMessage().dropFirst(4))
        var session = try QUICSession(
            hello: ClientHello(hello.span),
            greeting: hasGreeting ? ServerHello(greeting.span) : nil,
            source: KeySource([store], mayGrow: false),
            versions: [QUICVersion(rawValue: talk.version)],
            sourceLength: talk.clientID.count,
            limits: limits
        )
        for datagram in datagrams where failure == nil {
            if datagram.direction == .toServer { given += datagram.octets.count }
            session.take(datagram.octets.span, datagram.direction)
            read(&session)
        }
        if finishes, failure == nil {
            session.finish()
            read(&session)
        }
        alpn = session.serverALPN
        usedSecrets = session.usedSecrets
        heldOctets = session.heldOctets
    }

    private mutating func read(_ session: inout QUICSession) {
        while failure == nil {
            let step = session.next()
            switch step {
            case .needMore: return
            case .stream(let id): streams[id, default: []] += Array(copying: session.content)
            case .learned(let id): learned[id, default: []] += Array(copying: session.content)
            case .issued: issued.append(Array(copying: session.content))
            case .hole(let id, let octets):
                holes[id, default: 0] += octets
            case .ended(let id, let isComplete): ended[id] = isComplete
            case .overhead(let octets): overhead += octets
            case .lost(let octets, _): lost += octets
            case .refused(let octets): refused += octets
            case .restarted:
                restarts += 1
                streams = [:]
            case .failed(let reason): failure = reason
            }
        }
    }
}
