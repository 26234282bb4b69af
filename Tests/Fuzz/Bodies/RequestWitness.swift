import AppProtocols
import Wire

/// Takes what a parser reads and holds it to the protocol of `MultiplexedRequestSink`.
struct RequestWitness: MultiplexedRequestSink {
    let skipsEvery: UInt8
    private(set) var open: Set<Int> = []
    private(set) var requests = 0
    /// Octets that were reported in any way.
    private(set) var reported = 0
    private(set) var isLost = false
    private(set) var events: [String] = []
    private(set) var texts: [Int: [UInt8]] = [:]
    /// The same by stream, for protocols in which the order among streams may differ.
    private(set) var eventsByStream: [UInt64: [String]] = [:]
    private(set) var textsByStream: [UInt64: [UInt8]] = [:]
    private var streams: [Int: UInt64] = [:]

    init(skipsEvery: UInt8) {
        self.skipsEvery = skipsEvery
    }

    mutating func requestOpened(_ head: consuming RequestHead, stream: UInt64) -> StreamDisposition {
        requests += 1
        hold(head.headers.allSatisfy { !$0.name.hasPrefix(":") }, "pseudo-header fields are none of the fields")
        let said = "\(head.method) \(head.host?.description ?? "-") \(head.path) \(head.fields.count)"
        events.append(said)
        eventsByStream[stream, default: []].append(said)
        let number = Int(truncatingIfNeeded: stream >> 2) + 1
        guard skipsEvery == 0 || number % Int(skipsEvery) != 0 else { return .skip }
        open.insert(requests)
        streams[requests] = stream
        return .deliver(tag: requests)
    }

    mutating func requestBody(_ octets: Span<UInt8>, tag: Int) {
        hold(open.contains(tag), "a body belongs to an open request")
        hold(!octets.isEmpty, "a body comes in octets")
        reported += octets.count
        for index in octets.indices { texts[tag, default: []].append(octets[index]) }
        guard let stream = streams[tag] else { return }
        for index in octets.indices { textsByStream[stream, default: []].append(octets[index]) }
    }

    mutating func requestGap(octets: Int, isPlaced: Bool, tag: Int) {
        hold(open.contains(tag), "a hole belongs to an open request")
        hold(octets > 0, "a hole has octets: \(octets)")
        reported += octets
    }

    mutating func requestHeadLost(octets: Int, tag: Int) {
        hold(open.contains(tag), "a head belongs to an open request")
        hold(octets > 0, "what is lost of a head has octets")
        reported += octets
    }

    mutating func requestEnded(isComplete: Bool, tag: Int) {
        hold(open.remove(tag) != nil, "a request ends once")
        events.append("end \(tag) \(isComplete)")
        if let stream = streams[tag] { eventsByStream[stream, default: []].append("end \(isComplete)") }
    }

    mutating func bodiesSkipped(octets: Int) { reported += octets }

    mutating func framesUnreadable(octets: Int) { reported += octets }

    mutating func framingFailed(_ error: HTTP2Error) {
        if error == .malformedPreface || error == .gapInFraming { isLost = true }
        _ = error.description
    }

    mutating func framingFailed(_ error: HTTP3Error) {
        if error == .gapInFraming { isLost = true }
        _ = error.description
    }
}
