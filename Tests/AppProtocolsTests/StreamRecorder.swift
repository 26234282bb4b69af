import AppProtocols
import Wire

/// A sink that writes down what a parser of HTTP/2 or HTTP/3 tells it.
struct StreamRecorder: MultiplexedRequestSink, ~Copyable {
    struct Stream: Equatable {
        var head: String
        var fields: [HTTPField]
        var isTruncated: Bool
        var body: [UInt8] = []
        var gaps = 0
        var headLost = 0
        /// Whether it ended as it should; nil while it is open.
        var isComplete: Bool?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    var streams: [Stream] = []
    var skipped = 0
    var unreadable = 0
    var errors: [HTTP2Error] = []
    var http3Errors: [HTTP3Error] = []
    private(set) var isBalanced = true

    /// Octets that were told as anything but framing.
    var told: Int { streams.reduce(skipped + unreadable) { $0 + $1.body.count + $1.gaps + $1.headLost } }

    mutating func requestOpened(_ head: consuming RequestHead, stream: UInt64) -> StreamDisposition {
        let path = head.path
        streams.append(
            Stream(
                head: "\(head.method) \(head.host?.description ?? "-") \(head.target)",
                fields: head.headers,
                isTruncated: head.isTruncated
            )
        )
        guard path.hasPrefix("/skip") else { return .deliver(tag: streams.count - 1) }
        streams[streams.count - 1].isComplete = false
        return .skip
    }

    mutating func requestBody(_ octets: Span<UInt8>, tag: Int) {
        guard check(tag) else { return }
        for index in octets.indices { streams[tag].body.append(octets[index]) }
    }

    mutating func requestGap(octets: Int, isPlaced: Bool, tag: Int) {
        guard check(tag) else { return }
        if octets < 1 { isBalanced = false }
        streams[tag].gaps += octets
    }

    mutating func requestHeadLost(octets: Int, tag: Int) {
        guard check(tag) else { return }
        streams[tag].headLost += octets
    }

    mutating func requestEnded(isComplete: Bool, tag: Int) {
        guard check(tag) else { return }
        streams[tag].isComplete = isComplete
    }

    mutating func bodiesSkipped(octets: Int) { skipped += octets }
    mutating func framesUnreadable(octets: Int) { unreadable += octets }
    mutating func framingFailed(_ error: HTTP2Error) { errors.append(error) }
    mutating func framingFailed(_ error: HTTP3Error) { http3Errors.append(error) }

    private mutating func check(_ tag: Int) -> Bool {
        guard streams.indices.contains(tag), streams[tag].isComplete == nil else {
            isBalanced = false
            return false
        }
        return true
    }
}

/// What a parser made of an HTTP/2 client's octets.
struct StreamReading {
    var streams: [StreamRecorder.Stream]
    var skipped: Int
    var unreadable: Int
    var errors: [HTTP2Error]
    var isBalanced: Bool
    var told: Int
}

/// Reads pieces, each a chunk or the size of a hole, and ends the stream.
func readHTTP2(
    _ pieces: [HTTP2Piece],
    limits: HTTP2Limits = HTTP2Limits(),
    isMidway: Bool = false
) -> StreamReading {
    var parser = HTTP2Parser(limits: limits, isMidway: isMidway)
    var sink = StreamRecorder()
    for piece in pieces {
        switch piece {
        case .octets(let octets): parser.consume(octets.span, &sink)
        case .hole(let octets): parser.gap(octets, &sink)
        }
    }
    parser.finish(&sink)
    return StreamReading(
        streams: sink.streams,
        skipped: sink.skipped,
        unreadable: sink.unreadable,
        errors: sink.errors,
        isBalanced: sink.isBalanced && sink.streams.allSatisfy { $0.isComplete != nil },
        told: sink.told
    )
}

/// A chunk of a stream, or a hole in it.
enum HTTP2Piece {
    case octets([UInt8])
    case hole(Int)
}
