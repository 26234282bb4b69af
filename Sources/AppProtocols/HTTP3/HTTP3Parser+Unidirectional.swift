internal import Wire

extension HTTP3Parser {
    /// A unidirectional stream of the client's (RFC 9114 § 6.2).
    struct UnidirectionalStream {
        let id: UInt64
        /// What it carries; nil until its first octets have told, or when they are missing.
        var type: HTTP3StreamType?
        var typeOctets: [UInt8] = []
        /// Whether octets of it are missing.
        var hasHole = false
    }

    /// Reads octets of a unidirectional stream: only the encoder's are needed.
    mutating func readUnidirectional(
        _ chunk: Span<UInt8>,
        _ stream: UInt64,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        guard let index = openUnidirectional(stream) else { return sink.framesUnreadable(octets: chunk.count) }
        var offset = 0
        while unidirectional[index].type == nil, !unidirectional[index].hasHole, offset < chunk.count {
            unidirectional[index].typeOctets.append(chunk[offset])
            offset += 1
            let octets = unidirectional[index].typeOctets
            var reader = ByteReader(octets.span)
            if let type = reader.readVariableInteger() { unidirectional[index].type = HTTP3StreamType(rawValue: type) }
        }
        guard offset < chunk.count else { return }
        let octets = chunk.extracting(offset..<chunk.count)
        guard let type = unidirectional[index].type else { return sink.framesUnreadable(octets: octets.count) }
        switch type {
        case .encoder: readInstructions(octets, &sink)
        case .control, .decoder: break
        default: if !type.isReserved { sink.framesUnreadable(octets: octets.count) }
        }
    }

    /// Reads instructions of the encoder; while sections wait, octet by octet: so each section is read with the table for
    /// which it was written, before later insertions drop entries, however the instructions are cut.
    private mutating func readInstructions(
        _ octets: Span<UInt8>,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        var offset = 0
        while offset < octets.count {
            let end = heldStreams > 0 ? offset + 1 : octets.count
            let inserted = decoder.insertCount
            do {
                try decoder.consumeInstructions(octets.extracting(offset..<end))
            } catch {
                sink.framingFailed(HTTP3Error.instructions(error))
            }
            offset = end
            if decoder.insertCount != inserted || decoder.hasLostInstructions { unblock(&sink) }
        }
    }

    /// Notes a hole in a unidirectional stream, which may be the encoder's.
    mutating func loseUnidirectional(
        _ octets: Int,
        _ stream: UInt64,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        guard let index = openUnidirectional(stream) else { return sink.framesUnreadable(octets: max(1, octets)) }
        unidirectional[index].hasHole = true
        let isEncoderKnown = unidirectional.contains { $0.type == .encoder }
        guard unidirectional[index].type == .encoder || unidirectional[index].type == nil && !isEncoderKnown else {
            return
        }
        loseInstructions(&sink)
    }

    /// Ends a unidirectional stream: behind the encoder's no insertion comes.
    mutating func endUnidirectional(_ stream: UInt64, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard let index = unidirectional.firstIndex(where: { $0.id == stream }) else { return }
        if unidirectional.remove(at: index).type == .encoder { loseInstructions(&sink) }
    }

    private mutating func loseInstructions(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        if !decoder.hasLostInstructions { sink.framingFailed(HTTP3Error.gapInFraming) }
        decoder.loseInstructions()
        unblock(&sink)
    }

    private mutating func openUnidirectional(_ stream: UInt64) -> Int? {
        if let index = unidirectional.firstIndex(where: { $0.id == stream }) { return index }
        guard unidirectional.count < limits.unidirectionalStreams else { return nil }
        unidirectional.append(UnidirectionalStream(id: stream))
        return unidirectional.count - 1
    }
}

extension HTTP3StreamType {
    /// Whether the type is one of those that mean nothing and are sent to see whether that is understood (RFC 9114 § 6.2.3).
    var isReserved: Bool { rawValue >= 0x21 && (rawValue - 0x21) % 0x1F == 0 }
}
