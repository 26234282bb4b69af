extension HTTP2Parser {
    mutating func readPreface(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ known: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        let preface = HTTP2Probe.preface
        var known = known
        while offset < chunk.count, known < preface.count, chunk[offset] == preface[known] {
            offset += 1
            known += 1
        }
        if known == preface.count {
            phase = .header
        } else if offset < chunk.count {
            sink.framingFailed(HTTP2Error.malformedPreface)
            phase = .lost
        } else {
            phase = .preface(known)
        }
    }

    mutating func readHeader(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        let size = HTTP2Frame.headerOctets
        let header: HTTP2Frame?
        if headerOctets.isEmpty, chunk.count - offset >= size {
            header = HTTP2Frame(chunk.extracting(offset..<chunk.count))
            offset += size
        } else {
            while headerOctets.count < size, offset < chunk.count {
                headerOctets.append(chunk[offset])
                offset += 1
            }
            header = HTTP2Frame(headerOctets.span)
            if header != nil { headerOctets.removeAll(keepingCapacity: true) }
        }
        guard let header else { return }
        begin(header, &sink)
        if left == 0 { endFrame(&sink) }
    }

    private mutating func begin(_ header: HTTP2Frame, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        if let open = block, header.type != .continuation || header.stream != open.stream {
            sink.framingFailed(HTTP2Error.continuationExpected)
            block?.isCut = true
            finishBlock(&sink)
        }
        frame = header
        frames += 1
        left = header.length
        padding = 0
        current = nil
        switch header.type {
        case .data:
            phase = .payload(header.isPadded ? .padLength : .content)
            current = streams.firstIndex { $0.id == header.stream }
            if let current { streams[current].lastFrame = frames }
        case .headers:
            block = HeaderBlock(stream: header.stream, endsStream: header.endsStream)
            phase = .payload(header.isPadded ? .padLength : header.hasPriority ? .priority(5) : .content)
        case .continuation:
            phase = .payload(block == nil ? .rest : .content)
            guard block == nil else { return }
            // The beginning of its block was not seen, and it may have added to the table.
            sink.framingFailed(HTTP2Error.continuationExpected)
            decoder.forget()
        default: phase = .payload(.rest)
        }
    }

    mutating func readPayload(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ part: Part,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        let available = min(left, chunk.count - offset)
        var count = available
        switch part {
        case .padLength:
            count = 1
            // More padding than payload is an error by the standard; nothing of the payload is content then.
            padding = min(Int(chunk[offset]), left - 1)
            phase = .payload(frame?.type == .headers && frame?.hasPriority == true ? .priority(5) : .content)
        case .priority(let octets):
            count = min(available, octets, max(0, left - padding))
            phase = .payload(octets > count && count > 0 ? .priority(octets - count) : .content)
        case .content:
            count = min(available, max(0, left - padding))
            if count > 0 {
                take(chunk.extracting(offset..<(offset + count)), &sink)
            } else {
                phase = .payload(.rest)
            }
        case .rest: break
        }
        offset += count
        left -= count
        if left == 0 { endFrame(&sink) }
    }

    private mutating func take(_ octets: Span<UInt8>, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard frame?.type == .data else { return takeBlock(octets, &sink) }
        guard let current else { return sink.framesUnreadable(octets: octets.count) }
        switch streams[current].disposition {
        case .deliver(let tag): sink.requestBody(octets, tag: tag)
        case .skip: sink.bodiesSkipped(octets: octets.count)
        }
    }

    /// Takes a piece of a header block; one that is whole is decoded where it lies.
    private mutating func takeBlock(_ octets: Span<UInt8>, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard let held = block?.octets.count, block?.isCut == false else { return }
        if held == 0, octets.count == left - padding, octets.count <= limits.headerBlockOctets,
            frame?.endsHeaders == true, let open = block
        {
            finishBlock(octets, open, &sink)
            return
        }
        // No copy of the block may be held here: each append would then copy all of it.
        let room = max(0, limits.headerBlockOctets - held)
        for index in 0..<min(room, octets.count) { block?.octets.append(octets[index]) }
        block?.excess += max(0, octets.count - room)
    }

    mutating func endFrame(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        phase = .header
        guard let frame else { return }
        switch frame.type {
        case .data: if frame.endsStream, let current { closeStream(at: current, isComplete: true, &sink) }
        case .headers, .continuation: if frame.endsHeaders, block != nil { finishBlock(&sink) }
        case .resetStream:
            if let index = streams.firstIndex(where: { $0.id == frame.stream }) {
                closeStream(at: index, isComplete: false, &sink)
            }
        default: break
        }
        current = nil
    }

    // MARK: Header blocks

    /// Decodes the block that was gathered.
    mutating func finishBlock(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard let open = block else { return }
        finishBlock(open.octets.span, open, &sink)
    }

    private mutating func finishBlock(
        _ octets: Span<UInt8>,
        _ open: HeaderBlock,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        block = nil
        var fields = HTTPFields()
        var isTruncated = open.isCut || open.excess > 0
        do {
            guard try decoder.decode(octets, into: &fields) else {
                isTruncated = true
                sink.framingFailed(HTTP2Error.headerBlockTooLarge)
                return opened(fields, isTruncated, open, &sink)
            }
        } catch {
            // A block whose end is missing ends anywhere.
            if !isTruncated { sink.framingFailed(HTTP2Error.headerBlock(error)) }
            isTruncated = true
        }
        if open.excess > 0 { sink.framingFailed(HTTP2Error.headerBlockTooLarge) }
        if isTruncated { decoder.forget() }
        opened(fields, isTruncated, open, &sink)
    }

    /// Opens the stream of a header section, or ends the one whose trailers they are.
    private mutating func opened(
        _ fields: consuming HTTPFields,
        _ isTruncated: Bool,
        _ open: HeaderBlock,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        if let index = streams.firstIndex(where: { $0.id == open.stream }) {
            if open.endsStream { closeStream(at: index, isComplete: true, &sink) }
            return
        }
        guard open.stream & 1 == 1,
            let head = RequestHead(section: fields, version: .http2, isTruncated: isTruncated)
        else { return }
        if streams.count >= limits.openStreams { closeIdlest(&sink) }
        requestCount += 1
        let disposition = sink.requestOpened(head, stream: UInt64(open.stream))
        streams.append(OpenStream(id: open.stream, disposition: disposition, lastFrame: frames))
        if case .deliver(let tag) = disposition, open.excess > 0 {
            sink.requestHeadLost(octets: open.excess, tag: tag)
        }
        if open.endsStream { closeStream(at: streams.count - 1, isComplete: true, &sink) }
    }

    // MARK: Streams

    /// Ends the stream that has been idle for longest, unwanted ones first: the server may have ended it unseen.
    private mutating func closeIdlest(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        sink.framingFailed(HTTP2Error.tooManyStreams)
        let idlest = streams.indices.min {
            let (one, other) = (streams[$0], streams[$1])
            return one.isWanted == other.isWanted ? one.lastFrame < other.lastFrame : other.isWanted
        }
        if let idlest { closeStream(at: idlest, isComplete: false, &sink) }
    }

    private mutating func closeStream(
        at index: Int,
        isComplete: Bool,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        guard streams.indices.contains(index) else { return }
        end(streams.remove(at: index), isComplete: isComplete, &sink)
    }

    mutating func end(
        _ stream: OpenStream,
        isComplete: Bool,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        if case .deliver(let tag) = stream.disposition { sink.requestEnded(isComplete: isComplete, tag: tag) }
    }
}
