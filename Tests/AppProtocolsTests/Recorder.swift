import AppProtocols
import TestSupport

/// A sink that writes down what it is told, neighbouring runs of the same kind joined, so that cuts do not show.
struct Recorder: HTTP1RequestSink, ~Copyable {
    enum Event: Equatable {
        case head(String)
        case body([UInt8])
        case skipped(Int)
        case gap(Int)
        case ended(HTTP1BodyEnd, [HTTPField])
        case raw([UInt8])
        case rawGap(Int)
        case unreadable(Int, HTTP1Loss)
        case failed(HTTP1Error)
    }

    var events: [Event] = []
    var heads: [HTTP1RequestHead] = []
    /// Heads whose target begins with this are answered `.skip`.
    var skipPrefix = "/skip"
    private(set) var bodyCalls = 0
    private(set) var isBalanced = true
    private var isOpen = false

    mutating func requestHead(_ head: consuming HTTP1RequestHead) -> HTTP1BodyDisposition {
        if isOpen { isBalanced = false }
        isOpen = true
        events.append(.head("\(head.method) \(head.target)"))
        let skips = head.target.hasPrefix(skipPrefix)
        heads.append(head)
        return skips ? .skip : .deliver
    }

    mutating func body(_ octets: Span<UInt8>) {
        if !isOpen { isBalanced = false }
        bodyCalls += 1
        if case .body(var earlier)? = events.last {
            events.removeLast()
            Recorder.append(octets, to: &earlier)
            events.append(.body(earlier))
        } else {
            var copy: [UInt8] = []
            Recorder.append(octets, to: &copy)
            events.append(.body(copy))
        }
    }

    mutating func bodySkipped(octets: Int) {
        if !isOpen { isBalanced = false }
        if case .skipped(let earlier)? = events.last {
            events[events.count - 1] = .skipped(earlier + octets)
        } else {
            events.append(.skipped(octets))
        }
    }

    mutating func bodyGap(octets: Int) {
        if !isOpen { isBalanced = false }
        events.append(.gap(octets))
    }

    mutating func bodyEnded(_ end: HTTP1BodyEnd, trailers: borrowing HTTPFields) {
        if !isOpen { isBalanced = false }
        isOpen = false
        events.append(.ended(end, trailers.all))
    }

    mutating func raw(_ octets: Span<UInt8>) {
        if case .raw(var earlier)? = events.last {
            events.removeLast()
            Recorder.append(octets, to: &earlier)
            events.append(.raw(earlier))
        } else {
            var copy: [UInt8] = []
            Recorder.append(octets, to: &copy)
            events.append(.raw(copy))
        }
    }

    mutating func rawGap(octets: Int) { events.append(.rawGap(octets)) }

    mutating func unreadable(octets: Int, reason: HTTP1Loss) {
        if case .unreadable(let earlier, reason)? = events.last {
            events[events.count - 1] = .unreadable(earlier + octets, reason)
        } else {
            events.append(.unreadable(octets, reason))
        }
    }

    mutating func failed(_ error: HTTP1Error) { events.append(.failed(error)) }

    private static func append(_ octets: Span<UInt8>, to array: inout [UInt8]) {
        for index in octets.indices { array.append(octets[index]) }
    }
}

/// What a parser made of some input.
struct Reading {
    var events: [Recorder.Event]
    var heads: [HTTP1RequestHead]
    var isBalanced: Bool
    var bodyCalls: Int

    /// Every octet that was delivered as body, joined.
    var body: [UInt8] {
        events.flatMap { event -> [UInt8] in if case .body(let octets) = event { octets } else { [] } }
    }

    /// Octets told to be body, present or missing.
    var bodyOctets: Int {
        events.reduce(0) { sum, event in
            switch event {
            case .body(let octets): sum + octets.count
            case .skipped(let count), .gap(let count): sum + count
            default: sum
            }
        }
    }

    /// The targets of all requests, in order.
    var targets: [String] { heads.map(\.target) }
}

/// Reads `chunks` in turn and ends the stream.
func read(_ chunks: [ArraySlice<UInt8>], orderly: Bool = true) -> Reading {
    var parser = HTTP1Parser()
    var sink = Recorder()
    for chunk in chunks { parser.consume(chunk.span, &sink) }
    parser.finish(orderly: orderly, &sink)
    return Reading(events: sink.events, heads: sink.heads, isBalanced: sink.isBalanced, bodyCalls: sink.bodyCalls)
}

/// Reads `text` as one chunk and ends the stream.
func read(_ text: String) -> Reading { read([Array(text.utf8)[...]]) }

/// Octets of a text.
func octets(_ text: String) -> [UInt8] { Array(text.utf8) }
