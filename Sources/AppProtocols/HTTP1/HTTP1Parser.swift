private import Wire

/// Reads the client's direction of an HTTP/1.0 or HTTP/1.1 connection as it comes.
///
/// Push-style: whatever a chunk completes is told to the sink before `consume` returns. Body octets are borrowed from
/// the chunk; only a head that is split across chunks is copied. Work is linear in the octets, whatever their cut.
///
/// When the framing is lost (a gap, nonsense, a head beyond the cap), the octets that follow are reported as unreadable
/// until a chunk begins with what is surely a request line. A request that was open then ends there.
///
/// After a CONNECT or Upgrade request the answer decides whether HTTP goes on: `switchProtocols` and `refuseSwitch` tell
/// it. Octets that come before the answer decide by themselves: a request line is HTTP, anything else is not.
package struct HTTP1Parser: ~Copyable {
    enum Phase: Equatable {
        /// Between requests, passing over empty lines.
        case idle
        /// In a head; `buffer` holds what came in earlier chunks.
        case head
        case body(remaining: UInt64)
        case chunked
        case trailers
        case untilClose
        /// Behind a request that may switch protocols, before the first octet that follows it.
        case undecided
        case switched
        case lost(HTTP1Loss)
    }

    /// What becomes of the octets of a head that turns out to be none.
    enum Doubt {
        /// They are malformed.
        case none
        /// They belong to what is unreadable.
        case resynchronising(HTTP1Loss)
        /// They are another protocol's.
        case switching
    }

    let limits: HTTP1Limits
    var phase = Phase.idle
    var doubt = Doubt.none
    var scanner = HTTP1SectionScanner()
    var chunks: HTTP1ChunkReader
    var buffer: [UInt8] = []
    var isLineChecked = false
    var checks = 0
    var isOpen = false
    var maySwitch = false
    var switchAfterBody = false
    var disposition = HTTP1BodyDisposition.skip
    var skipped = 0

    /// Heads read so far, which is the index of the next.
    package internal(set) var requestCount = 0

    /// Starts at the first octet of a stream, or wherever a request begins.
    ///
    /// A stream joined midway may begin anywhere: octets are unreadable until a chunk begins with a request line.
    package init(limits: HTTP1Limits = HTTP1Limits(), isMidway: Bool = false) {
        self.limits = limits
        chunks = HTTP1ChunkReader(limits: limits)
        if isMidway { phase = .lost(.gap) }
    }

    /// Whether the last request may switch protocols and nothing has decided it yet.
    package var isAwaitingSwitch: Bool {
        if case .switching = doubt { return phase == .head }
        return phase == .undecided || maySwitch
    }

    /// Whether the stream has left HTTP: all that comes is `raw`.
    package var hasSwitched: Bool { phase == .switched }

    /// Whether a request is open: its head was reported, its `bodyEnded` was not.
    package var isWithinRequest: Bool { isOpen }

    /// Whether the octets read last may begin a head: some of it has come, its end has not.
    package var isWithinHead: Bool { phase == .head }

    /// Reads the next octets of the stream.
    package mutating func consume(_ chunk: Span<UInt8>, _ sink: inout some HTTP1RequestSink & ~Copyable) {
        guard !chunk.isEmpty else { return }
        var offset = 0
        if case .lost(let reason) = phase, HTTP1RequestLine.certainty(chunk) != .no {
            beginHead(.resynchronising(reason))
        }
        while offset < chunk.count {
            switch phase {
            case .idle:
                while offset < chunk.count, chunk[offset] == UInt8(ascii: "\r") || chunk[offset] == UInt8(ascii: "\n") {
                    offset += 1
                }
                if offset < chunk.count { beginHead(.none) }
            case .undecided: beginHead(.switching)
            case .head: consumeHead(chunk, &offset, &sink)
            case .body(let remaining):
                let count = Int(min(remaining, UInt64(chunk.count - offset)))
                deliver(chunk, offset, count, &sink)
                offset += count
                if UInt64(count) == remaining {
                    endBody(.complete, HTTPFields(), &sink)
                } else {
                    phase = .body(remaining: remaining - UInt64(count))
                }
            case .chunked: consumeChunks(chunk, &offset, &sink)
            case .trailers: consumeTrailers(chunk, &offset, &sink)
            case .untilClose:
                deliver(chunk, offset, chunk.count - offset, &sink)
                offset = chunk.count
            case .switched:
                flushRaw(&sink)
                sink.raw(chunk.extracting(offset..<chunk.count))
                offset = chunk.count
            case .lost(let reason):
                sink.unreadable(octets: chunk.count - offset, reason: reason)
                offset = chunk.count
            }
        }
        flushSkipped(&sink)
    }

    /// Passes by the next octets of the stream if all of them are body and more is to come, which most chunks are.
    ///
    /// The answer is what to do with them, and the sink is not told. Nil when they need `consume`; nothing was read then.
    package mutating func passBody(_ octets: Int) -> HTTP1BodyDisposition? {
        guard octets > 0 else { return nil }
        switch phase {
        case .body(let remaining) where UInt64(octets) < remaining:
            phase = .body(remaining: remaining - UInt64(octets))
        case .chunked where chunks.skip(octets): break
        case .untilClose: break
        case .idle, .head, .body, .chunked, .trailers, .undecided, .switched, .lost: return nil
        }
        return disposition
    }

    /// Notes that `octets` of the stream are missing here; 0 when nobody can tell how many.
    ///
    /// A hole of unknown size is reported as one octet. A body that is delimited by length or by chunks does not survive
    /// it: the framing is lost.
    package mutating func gap(_ octets: Int, _ sink: inout some HTTP1RequestSink & ~Copyable) {
        let isSizeKnown = octets > 0
        let octets = max(1, octets)
        switch phase {
        case .body where !isSizeKnown:
            sink.bodyGap(octets: octets)
            // Whatever the request might have switched to cannot be told from the rest of its body.
            maySwitch = false
            endBody(.framingLost, HTTPFields(), &sink)
            sink.failed(.gapInFraming)
            phase = .lost(.gap)
        case .body(let remaining):
            let count = Int(min(remaining, UInt64(octets)))
            sink.bodyGap(octets: count)
            guard UInt64(count) == remaining else {
                phase = .body(remaining: remaining - UInt64(count))
                return
            }
            endBody(.complete, HTTPFields(), &sink)
            if octets > count { gap(beyondRequest: octets - count, &sink) }
        case .chunked:
            if isSizeKnown, chunks.skip(octets) {
                sink.bodyGap(octets: octets)
                return
            }
            let count = min(Int(clamping: chunks.remainingData), octets)
            if count > 0 { sink.bodyGap(octets: count) }
            sink.failed(.gapInFraming)
            phase = .lost(.gap)
            if octets > count { sink.unreadable(octets: octets - count, reason: .gap) }
        case .trailers:
            buffer.removeAll()
            sink.failed(.gapInFraming)
            phase = .lost(.gap)
            sink.unreadable(octets: octets, reason: .gap)
        case .untilClose: sink.bodyGap(octets: octets)
        case .head: gapInHead(octets, &sink)
        case .idle, .undecided: gap(beyondRequest: octets, &sink)
        case .switched:
            flushRaw(&sink)
            sink.rawGap(octets: octets)
        case .lost(let reason): sink.unreadable(octets: octets, reason: reason)
        }
    }

    /// Ends the stream: FIN, RST, timeout or the end of the capture.
    ///
    /// `orderly` is whether the client itself closed it (FIN): a body that ends with the stream is then complete.
    package mutating func finish(orderly: Bool = true, _ sink: inout some HTTP1RequestSink & ~Copyable) {
        switch phase {
        case .idle, .undecided: break
        case .head:
            switch doubt {
            case .switching:
                phase = .switched
                flushRaw(&sink)
            case .none: if !buffer.isEmpty { sink.unreadable(octets: buffer.count, reason: .cutOff) }
            case .resynchronising(let reason):
                if !buffer.isEmpty { sink.unreadable(octets: buffer.count, reason: reason) }
                endBody(.framingLost, HTTPFields(), &sink)
            }
        case .body, .chunked, .trailers: endBody(.cutOff, HTTPFields(), &sink)
        case .untilClose: endBody(orderly ? .complete : .cutOff, HTTPFields(), &sink)
        case .switched: flushRaw(&sink)
        case .lost: endBody(.framingLost, HTTPFields(), &sink)
        }
        buffer = []
        doubt = .none
        phase = hasSwitched ? .switched : .idle
    }

    /// Notes that the server agreed, by 101 or by 2xx to CONNECT: what has not been read as HTTP is `raw` from here on.
    ///
    /// Ignored when the octets have decided already.
    package mutating func switchProtocols() {
        if phase == .undecided {
            phase = .switched
        } else if phase == .head, case .switching = doubt {
            phase = .switched
        } else if isOpen, maySwitch {
            // The server answered before the body was over: what follows the body is raw.
            switchAfterBody = true
        }
    }

    /// Notes that the server refused, `407` say, or answered in HTTP: what follows is a request.
    package mutating func refuseSwitch() {
        maySwitch = false
        if phase == .undecided { phase = .idle }
        if phase == .head, case .switching = doubt { doubt = .none }
    }
}
