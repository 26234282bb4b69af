extension HTTP1Parser {
    mutating func beginHead(_ doubt: Doubt) {
        phase = .head
        self.doubt = doubt
        scanner = HTTP1SectionScanner()
        isLineChecked = false
        checks = 0
    }

    mutating func consumeHead(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        let start = offset
        let end = scanner.end(in: chunk, from: start)
        let isWhole = buffer.isEmpty && end != nil
        let room = limits.headOctets - buffer.count
        let available = (end ?? chunk.count) - start
        let isTooLarge = available > room
        let stop = start + min(available, room)
        offset = stop
        if isWhole {
            let head = chunk.extracting(start..<stop)
            guard HTTP1Parser.isPlausible(head, true, doubt, limits) else {
                return reject(head, chunk, &offset, &sink)
            }
            complete(head, isTruncated: isTooLarge, &sink)
        } else {
            for index in start..<stop { buffer.append(chunk[index]) }
            if !isLineChecked {
                // A head that may be none is looked at again a few times only: work stays linear for one-octet chunks.
                checks += 1
                let isHopeful = isCertain || checks <= HTTP1Parser.maximumChecks || scanner.hasLine
                guard isHopeful, HTTP1Parser.isPlausible(buffer.span, scanner.hasLine, doubt, limits) else {
                    let held = buffer
                    buffer = []
                    return reject(held.span, chunk, &offset, &sink)
                }
                isLineChecked = scanner.hasLine
            }
            guard end != nil || isTooLarge else { return }
            var held = buffer
            buffer = []
            complete(held.span, isTruncated: isTooLarge, &sink)
            // Heads of one connection are alike: the buffer stays unless this one was out of the ordinary.
            if held.capacity <= HTTP1Parser.keptCapacity {
                held.removeAll(keepingCapacity: true)
                buffer = held
            }
        }
    }

    /// Whether `head`, as far as it has come, begins with a request line; with doubts, a certain one.
    private static func isPlausible(
        _ head: Span<UInt8>,
        _ hasLine: Bool,
        _ doubt: Doubt,
        _ limits: HTTP1Limits
    ) -> Bool {
        guard case .none = doubt else { return HTTP1RequestLine.certainty(head) != .no }
        guard hasLine else { return HTTP1RequestLine.beginning(head, limits: limits) != .no }
        var end = 0
        while end < head.count, head[end] != UInt8(ascii: "\n") { end += 1 }
        return HTTP1RequestLine(head.extracting(0..<end), limits: limits) != nil
    }

    /// Whether nothing but a head is expected here.
    private var isCertain: Bool {
        if case .none = doubt { return true }
        return false
    }

    /// How often the beginning of a doubtful head is looked at before it counts as none.
    private static var maximumChecks: Int { 16 }

    /// The largest head buffer, in octets, that a connection keeps from one request to the next.
    private static var keptCapacity: Int { 8_192 }

    /// `held` is no head, and what else is in the chunk goes the same way.
    private mutating func reject(
        _ held: Span<UInt8>,
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        let rest = chunk.count - offset
        switch doubt {
        case .none:
            sink.failed(.malformedStartLine)
            phase = .lost(.malformed)
            sink.unreadable(octets: held.count + rest, reason: .malformed)
        case .resynchronising(let reason):
            phase = .lost(reason)
            sink.unreadable(octets: held.count + rest, reason: reason)
        case .switching:
            phase = .switched
            maySwitch = false
            sink.raw(held)
            if rest > 0 { sink.raw(chunk.extracting(offset..<chunk.count)) }
        }
        doubt = .none
        offset = chunk.count
    }

    private mutating func complete(
        _ octets: Span<UInt8>,
        isTruncated: Bool,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        guard
            let head = HTTP1RequestHead(octets, index: requestCount, isTruncated: isTruncated, limits: limits)
        else {
            // Only a request line beyond the cap comes here: every shorter one has been checked.
            sink.failed(.headTooLarge)
            phase = .lost(.headers)
            sink.unreadable(octets: octets.count, reason: .headers)
            return
        }
        if isOpen { endBody(.framingLost, HTTPFields(), &sink) }
        requestCount += 1
        doubt = .none
        maySwitch = head.maySwitchProtocols && !isTruncated
        switchAfterBody = false
        isOpen = true
        let framing = head.framing
        disposition = sink.requestHead(head)
        if isTruncated {
            sink.failed(.headTooLarge)
            phase = .lost(.headers)
            return
        }
        switch framing {
        case .none: endBody(.complete, HTTPFields(), &sink)
        case .length(let length): phase = .body(remaining: length)
        case .chunked:
            chunks = HTTP1ChunkReader(limits: limits)
            phase = .chunked
        case .untilClose: phase = .untilClose
        }
    }

    /// A hole in a head: what came before it is reported as a truncated head if the request line is there.
    mutating func gapInHead(_ octets: Int, _ sink: inout some HTTP1RequestSink & ~Copyable) {
        let held = buffer
        buffer = []
        defer { doubt = .none }
        if case .switching = doubt {
            phase = .switched
            maySwitch = false
            if !held.isEmpty { sink.raw(held.span) }
            sink.rawGap(octets: octets)
            return
        }
        if case .resynchronising(let reason) = doubt, !isLineChecked {
            phase = .lost(reason)
            if !held.isEmpty { sink.unreadable(octets: held.count, reason: reason) }
            sink.unreadable(octets: octets, reason: reason)
            return
        }
        if isLineChecked,
            let head = HTTP1RequestHead(held.span, index: requestCount, isTruncated: true, limits: limits)
        {
            if isOpen { endBody(.framingLost, HTTPFields(), &sink) }
            requestCount += 1
            isOpen = true
            maySwitch = false
            disposition = sink.requestHead(head)
        } else if !held.isEmpty {
            sink.unreadable(octets: held.count, reason: .gap)
        }
        sink.failed(.gapInFraming)
        phase = .lost(.gap)
        sink.unreadable(octets: octets, reason: .gap)
    }

    mutating func gap(beyondRequest octets: Int, _ sink: inout some HTTP1RequestSink & ~Copyable) {
        if phase == .switched || phase == .undecided {
            phase = .switched
            maySwitch = false
            sink.rawGap(octets: octets)
            return
        }
        sink.failed(.gapInFraming)
        phase = .lost(.gap)
        sink.unreadable(octets: octets, reason: .gap)
    }
}
