extension HTTP1Parser {
    mutating func consumeChunks(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        while true {
            switch chunks.next(chunk, &offset) {
            case .needMore: return
            case .data(let count):
                deliver(chunk, offset, count, &sink)
                offset += count
            case .last:
                scanner = HTTP1SectionScanner()
                phase = .trailers
                return
            case .failed(let error):
                flushSkipped(&sink)
                sink.failed(error)
                phase = .lost(.malformed)
                return
            }
        }
    }

    mutating func consumeTrailers(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        let start = offset
        let end = scanner.end(in: chunk, from: start)
        let stop = end ?? chunk.count
        offset = stop
        guard stop - start <= limits.trailerOctets - buffer.count else {
            buffer = []
            flushSkipped(&sink)
            sink.failed(.trailersTooLarge)
            phase = .lost(.headers)
            offset = start
            return
        }
        if end != nil, buffer.isEmpty {
            endBody(.complete, HTTPFields(chunk.extracting(start..<stop)), &sink)
            return
        }
        for index in start..<stop { buffer.append(chunk[index]) }
        guard end != nil else { return }
        let held = buffer
        buffer = []
        endBody(.complete, HTTPFields(held.span), &sink)
    }

    mutating func deliver(
        _ chunk: Span<UInt8>,
        _ offset: Int,
        _ count: Int,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        guard count > 0 else { return }
        switch disposition {
        case .deliver: sink.body(chunk.extracting(offset..<(offset + count)))
        case .skip: skipped += count
        }
    }

    mutating func endBody(
        _ end: HTTP1BodyEnd,
        _ trailers: HTTPFields,
        _ sink: inout some HTTP1RequestSink & ~Copyable
    ) {
        flushSkipped(&sink)
        phase = maySwitch ? (switchAfterBody ? .switched : .undecided) : .idle
        if phase == .switched { maySwitch = false }
        guard isOpen else { return }
        isOpen = false
        sink.bodyEnded(end, trailers: trailers)
    }

    mutating func flushSkipped(_ sink: inout some HTTP1RequestSink & ~Copyable) {
        guard skipped > 0 else { return }
        sink.bodySkipped(octets: skipped)
        skipped = 0
    }

    mutating func flushRaw(_ sink: inout some HTTP1RequestSink & ~Copyable) {
        guard !buffer.isEmpty else { return }
        let held = buffer
        buffer = []
        sink.raw(held.span)
    }
}
