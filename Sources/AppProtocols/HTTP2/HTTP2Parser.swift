/// Reads the client's direction of an HTTP/2 connection as it comes (RFC 9113).
///
/// Push-style: whatever a chunk completes is told to the sink before `consume` returns. Body octets are borrowed from the
/// chunk; only a header block that is split across chunks or frames is copied. State is bounded by `HTTP2Limits`,
/// whatever the client opens, resets or continues, and work is linear in the octets.
///
/// A hole within a body is told and passed by. Behind any other, and in a connection that is joined midway, octets cannot
/// be read until a chunk begins with frames beyond doubt; header blocks are then decoded as far as they do not refer to
/// what was not seen.
///
/// - Note: The server's direction is not needed: what it allows binds the client, which says in its own frames what it
///   makes of it. More liberal than the standard: frames of any size, unknown types, DATA before SETTINGS.
package struct HTTP2Parser: ~Copyable {
    enum Phase: Equatable {
        /// So many octets of the preface have come.
        case preface(Int)
        /// Between frames, or within a frame's header.
        case header
        /// Within a frame's payload, in this part of it.
        case payload(Part)
        /// Where frames begin is not known.
        case lost
    }

    /// The part of a payload that the next octets are.
    enum Part: Equatable {
        case padLength
        case priority(Int)
        case content
        /// Padding, or a frame that is not read.
        case rest
    }

    /// A stream whose request's head has been read and whose end has not.
    struct OpenStream {
        let id: UInt32
        let disposition: StreamDisposition
        /// When something of it came last, counted in frames.
        var lastFrame: UInt64
    }

    /// A header block that has begun.
    struct HeaderBlock {
        let stream: UInt32
        let endsStream: Bool
        var octets: [UInt8] = []
        /// Octets behind the limit.
        var excess = 0
        /// Whether what comes is not to be decoded, because something before it is missing.
        var isCut = false
    }

    let limits: HTTP2Limits
    var phase = Phase.preface(0)
    var frame: HTTP2Frame?
    /// Octets of the frame's payload that have not come yet.
    var left = 0
    /// The last octets of the payload, which are padding.
    var padding = 0
    var headerOctets: [UInt8] = []
    var streams: [OpenStream] = []
    /// Where the stream of the present DATA frame stands; nil when it is none that is open.
    var current: Int?
    var block: HeaderBlock?
    var decoder: HPACKDecoder
    var frames: UInt64 = 0

    /// Requests read so far.
    package internal(set) var requestCount = 0

    /// Starts at the first octet of a stream, or in the middle of one.
    package init(limits: HTTP2Limits = HTTP2Limits(), isMidway: Bool = false) {
        self.limits = limits
        decoder = HPACKDecoder(limits: limits.hpack)
        if isMidway {
            phase = .lost
            decoder.forget()
        }
    }

    /// Streams that are open.
    package var openStreams: Int { streams.count }

    /// Fields of heads whose names or values are not known.
    package var unknownFields: Int { decoder.unknownFields }

    /// Whether a frame's header or a header block has begun and is not over.
    package var isWithinHead: Bool { block != nil || (phase == .header && !headerOctets.isEmpty) }

    /// Reads the next octets of the stream.
    package mutating func consume(_ chunk: Span<UInt8>, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard !chunk.isEmpty else { return }
        var offset = 0
        if phase == .lost {
            guard HTTP2Frame.isCertain(chunk) else { return passUnreadable(chunk.count, &sink) }
            phase = .header
        }
        while offset < chunk.count {
            switch phase {
            case .preface(let known): readPreface(chunk, &offset, known, &sink)
            case .header: readHeader(chunk, &offset, &sink)
            case .payload(let part): readPayload(chunk, &offset, part, &sink)
            case .lost:
                passUnreadable(chunk.count - offset, &sink)
                offset = chunk.count
            }
        }
    }

    /// Notes that `octets` of the stream are missing here; 0 when nobody can tell how many, which counts as one.
    package mutating func gap(_ octets: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard octets > 0 else { return lose(1, &sink) }
        switch phase {
        case .payload where octets <= left: passHole(octets, &sink)
        case .payload:
            let rest = octets - left
            passHole(left, &sink)
            lose(rest, &sink)
        case .lost: passUnreadable(octets, &sink)
        case .preface, .header: lose(octets, &sink)
        }
    }

    /// Ends the stream: requests that are open are cut off.
    package mutating func finish(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        block = nil
        for stream in streams { end(stream, isComplete: false, &sink) }
        streams = []
        phase = .lost
    }

    // MARK: Losses

    /// Octets that belong to nobody for certain: the request that was read last is charged, if one is open.
    mutating func passUnreadable(_ octets: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        var latest: OpenStream?
        for stream in streams where stream.isWanted && stream.lastFrame >= latest?.lastFrame ?? 0 { latest = stream }
        guard case .deliver(let tag)? = latest?.disposition else { return sink.framesUnreadable(octets: octets) }
        sink.requestGap(octets: octets, isPlaced: false, tag: tag)
    }

    /// Notes a hole behind which no frame's place is known.
    ///
    /// Every open request may lie in it: each is told of an octet at least, as far as there are enough.
    private mutating func lose(_ octets: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        if block != nil {
            block?.isCut = true
            finishBlock(&sink)
        }
        phase = .lost
        headerOctets = []
        current = nil
        decoder.forget()
        sink.framingFailed(HTTP2Error.gapInFraming)
        var rest = octets
        for stream in streams where rest > 1 {
            guard case .deliver(let tag) = stream.disposition else { continue }
            sink.requestGap(octets: 1, isPlaced: false, tag: tag)
            rest -= 1
        }
        passUnreadable(rest, &sink)
    }

    /// Passes over a hole that lies within the present frame.
    private mutating func passHole(_ octets: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard octets > 0, let frame, case .payload(let part) = phase else { return }
        var octets = octets
        switch frame.type {
        case .data:
            // Whether the frame's padding begins within the hole cannot be told where its length lies in it.
            let content = part == .rest ? 0 : min(octets, left - padding)
            left -= octets
            octets -= content
            if content > 0 { tellGap(content, &sink) }
            phase = .payload(left > padding ? .content : .rest)
        case .headers, .continuation:
            if block != nil, part != .rest {
                block?.isCut = true
                sink.framingFailed(HTTP2Error.gapInFraming)
            }
            left -= octets
            phase = .payload(.rest)
        default: left -= octets
        }
        if left == 0 { endFrame(&sink) }
    }

    private mutating func tellGap(_ octets: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        guard let current else { return sink.framesUnreadable(octets: octets) }
        switch streams[current].disposition {
        case .deliver(let tag): sink.requestGap(octets: octets, isPlaced: true, tag: tag)
        case .skip: sink.bodiesSkipped(octets: octets)
        }
    }
}

extension HTTP2Parser.OpenStream {
    /// Whether its body is handed over.
    var isWanted: Bool { disposition != .skip }
}
