import SecureTransport
import TestSupport
import Wire

/// Reads a made-up or recorded session to its end and keeps what it told.
struct TLSReading: Equatable {
    var client: [UInt8] = []
    var server: [UInt8] = []
    var overhead = 0
    var lost: [String] = []
    var lostOctets = 0
    var failure: TLSLoss?
    var restarts = 0

    enum Turn {
        case client([UInt8])
        case server([UInt8])
        case hole(Int)
    }

    /// What follows the two hellos; every octet given must be told once.
    static func read(
        _ turns: [Turn],
        hello: [UInt8],
        greeting: [UInt8]?,
        keyLog: String,
        pieces: ([UInt8]) -> [ArraySlice<UInt8>] = { [$0[...]] }
    ) throws -> (reading: TLSReading, isBalanced: Bool) {
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array(keyLog.utf8).span, into: store)
        var serverHello: ServerHello?
        if let greeting { serverHello = try ServerHello(greeting.span) }
        var session = try TLSSession(
            hello: ClientHello(hello.span),
            greeting: serverHello,
            source: KeySource([store], mayGrow: false),
            preceding: 0,
            clientSkip: 0,
            serverSkip: 0
        )
        var reading = TLSReading()
        var given = 0
        for turn in turns {
            switch turn {
            case .client(let octets):
                given += octets.count
                for piece in pieces(octets) { reading.take(&session, Array(piece), .toServer) }
            case .server(let octets):
                for piece in pieces(octets) { reading.take(&session, Array(piece), .toClient) }
            case .hole(let octets):
                given += max(1, octets)
                reading.note(session.gap(octets, .toServer), session, .toServer)
            }
        }
        reading.note(session.finish(), session, .toServer)
        let told = reading.client.count + reading.overhead + reading.lostOctets
        return (reading, told == given || reading.failure != nil)
    }

    private mutating func take(_ session: inout TLSSession, _ octets: [UInt8], _ direction: Direction) {
        var offset = 0
        while true {
            let step = session.next(in: octets.span, from: &offset, direction)
            if step == .needMore { return }
            note(step, session, direction)
            if failure != nil { return }
        }
    }

    private mutating func note(_ step: TLSSession.Step, _ session: borrowing TLSSession, _ direction: Direction) {
        let isClient = direction == .toServer
        switch step {
        case .needMore: break
        case .data(let around):
            if isClient { overhead += around }
            let span = session.plaintext
            for index in span.indices {
                if isClient { client.append(span[index]) } else { server.append(span[index]) }
            }
        case .overhead(let octets): if isClient { overhead += octets }
        case .lost(let octets, let around, let isExact, let loss):
            guard isClient else { return }
            lost.append("\(octets)\(isExact ? "" : "~") \(loss)")
            lostOctets += octets
            overhead += around
        case .restarted:
            restarts += 1
            overhead += client.count
            client = []
        case .failed(let loss): failure = loss
        }
    }
}
