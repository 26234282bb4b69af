extension HTTP3Parser {
    /// Reads octets of a request stream.
    mutating func read(_ chunk: Span<UInt8>, _ index: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        var offset = 0
        while offset < chunk.count {
            if streams[index].held != nil {
                guard hold(chunk.extracting(offset..<chunk.count), index) else {
                    resolve(index, &sink)
                    continue
                }
                return
            }
            switch streams[index].phase {
            case .header: readHeader(chunk, &offset, index, &sink)
            case .payload: readPayload(chunk, &offset, index, &sink)
            case .lost:
                passUnreadable(chunk.count - offset, index, &sink)
                offset = chunk.count
            }
        }
    }

    private mutating func readHeader(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        if streams[index].headerOctets.isEmpty, let header = HTTP3Frame(chunk.extracting(offset..<chunk.count)) {
            offset += header.headerOctets
            return begin(header, index, &sink)
        }
        while offset < chunk.count {
            streams[index].headerOctets.append(chunk[offset])
            offset += 1
            let octets = streams[index].headerOctets
            guard let header = HTTP3Frame(octets.span) else { continue }
            streams[index].headerOctets.removeAll(keepingCapacity: true)
            return begin(header, index, &sink)
        }
    }

    private mutating func begin(
        _ header: HTTP3Frame,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        let isHead = streams[index].disposition == nil
        // What follows is another protocol's, to the stream's end.
        if header.type == .webTransport, isHead { return streams[index].phase = .lost }
        streams[index].frameType = header.type
        streams[index].left = header.length
        // Trailers are passed over: decoding a section changes nothing.
        if header.type == .headers, isHead { streams[index].section = FieldSection() }
        if header.length > 0 {
            streams[index].phase = .payload
        } else {
            endFrame(index, &sink)
        }
    }

    private mutating func readPayload(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        let count = min(streams[index].left, chunk.count - offset)
        let octets = chunk.extracting(offset..<(offset + count))
        offset += count
        streams[index].left -= count
        if streams[index].frameType == .data {
            switch streams[index].disposition {
            case .deliver(let tag)?: sink.requestBody(octets, tag: tag)
            case .skip?: sink.bodiesSkipped(octets: count)
            case nil: sink.framesUnreadable(octets: count)
            }
        } else if let known = streams[index].section?.octets.count {
            if known == 0, streams[index].left == 0, count <= limits.fieldSectionOctets {
                streams[index].section = nil
                streams[index].phase = .header
                return decode(octets, FieldSection(), isCut: false, index, &sink)
            }
            // No copy of the section may be held here: each append would then copy all of it.
            let isFull = streams[index].section?.excess != 0 || known >= limits.fieldSectionOctets
            let room = isFull ? 0 : min(count, limits.fieldSectionOctets - max(known, gatheredOctets))
            for place in 0..<room { streams[index].section?.octets.append(octets[place]) }
            gatheredOctets += room
            streams[index].section?.excess += count - room
        }
        if streams[index].left == 0 { endFrame(index, &sink) }
    }

    private mutating func endFrame(_ index: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        streams[index].phase = .header
        if let section = takeSection(index) { finish(section, isCut: false, index, &sink) }
    }

    // MARK: Field sections

    /// Takes what has been gathered of a section.
    mutating func takeSection(_ index: Int) -> FieldSection? {
        guard let section = streams[index].section.take() else { return nil }
        gatheredOctets -= section.octets.count
        return section
    }

    /// Decodes a section that was gathered; `isCut` when its end is missing.
    mutating func finish(
        _ section: FieldSection,
        isCut: Bool,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        decode(section.octets.span, section, isCut: isCut, index, &sink)
    }

    /// Decodes a section; one that needs insertions which have not come is held, unless it `isLate`.
    private mutating func decode(
        _ octets: Span<UInt8>,
        _ section: FieldSection,
        isCut: Bool,
        isLate: Bool = false,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        var fields = HTTPFields()
        var isTruncated = isCut || section.excess > 0
        let unknown = decoder.unknownFields
        do {
            switch try decoder.decode(octets, into: &fields, leniently: isLate || isCut) {
            case .whole: break
            case .cut:
                isTruncated = true
                sink.framingFailed(HTTP3Error.fieldSectionTooLarge)
            case .blocked(let required):
                var section = section
                if section.octets.isEmpty { for place in octets.indices { section.octets.append(octets[place]) } }
                guard !streams[index].hasWaited, mayHold(section.octets.count) else {
                    return decode(section.octets.span, section, isCut: isCut, isLate: true, index, &sink)
                }
                heldStreams += 1
                heldOctets += section.octets.count
                streams[index].hasWaited = true
                streams[index].held = HeldStream(section: section, required: required)
                return
            }
        } catch {
            // A section whose end is missing ends anywhere.
            if !isTruncated { sink.framingFailed(HTTP3Error.fieldSection(error)) }
            isTruncated = true
        }
        if section.excess > 0 { sink.framingFailed(HTTP3Error.fieldSectionTooLarge) }
        if isLate, decoder.unknownFields > unknown { sink.framingFailed(HTTP3Error.fieldsMissing) }
        guard let head = RequestHead(section: fields, version: .http3, isTruncated: isTruncated) else { return }
        requestCount += 1
        let disposition = sink.requestOpened(head, stream: streams[index].id)
        streams[index].disposition = disposition
        if case .deliver(let tag) = disposition, section.excess > 0 {
            sink.requestHeadLost(octets: section.excess, tag: tag)
        }
    }

    // MARK: Sections that wait

    private func mayHold(_ octets: Int) -> Bool {
        heldStreams < limits.blockedStreams && octets <= limits.blockedOctets - heldOctets
    }

    /// Holds octets of a stream whose head waits; false when there is no room for them.
    private mutating func hold(_ octets: Span<UInt8>, _ index: Int) -> Bool {
        guard octets.count <= limits.blockedOctets - heldOctets else { return false }
        heldOctets += octets.count
        for place in octets.indices { streams[index].held?.octets.append(octets[place]) }
        return true
    }

    /// Reads what a stream holds, whether or not what it waits for has come.
    mutating func resolve(_ index: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard let held = streams[index].held.take() else { return }
        heldStreams -= 1
        heldOctets -= held.section.octets.count + held.octets.count
        decode(held.section.octets.span, held.section, isCut: false, isLate: true, index, &sink)
        read(held.octets.span, index, &sink)
    }

    /// Reads what waited for insertions that have come; all of it when no more can be read.
    mutating func unblock(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        var index = 0
        while heldStreams > 0, index < streams.count {
            let stream = streams[index].id
            if let required = streams[index].held?.required,
                decoder.hasLostInstructions || required <= decoder.insertCount
            {
                resolve(index, &sink)
                if let isComplete = streams[index].ended { close(index, isComplete: isComplete, &sink) }
            }
            // The next one has moved to this place when this one is over.
            if index < streams.count, streams[index].id == stream { index += 1 }
        }
    }
}
