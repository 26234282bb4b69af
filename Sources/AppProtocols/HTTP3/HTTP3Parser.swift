/// Reads the client's direction of an HTTP/3 connection as its streams' octets come (RFC 9114).
///
/// Each stream's octets are given in its own order, the streams' in any. Push-style: whatever a chunk completes is told to
/// the sink before `consume` returns. Body octets are borrowed from the chunk; copied are only a field section that is
/// split, and what comes behind one that waits for insertions into the dynamic table. State is bounded by `HTTP3Limits`,
/// and work is linear in the octets.
///
/// A hole within a body is told and passed by. Behind any other nothing of its stream can be read, since nothing tells
/// where a frame begins; other streams are not touched. Where instructions of the encoder's are missing, names that
/// nobody can tell are marked.
///
/// - Note: More liberal than the standard: frames in any order, reserved and unknown types, several control streams. Of
///   the client's control stream nothing is needed; of the server's, one setting is, if it is seen (`learn`).
package struct HTTP3Parser: ~Copyable {
    enum Phase: Equatable {
        /// Between frames, or within a frame's header.
        case header
        /// Within a frame's payload.
        case payload
        /// Where frames begin is not known.
        case lost
    }

    /// A request stream that has begun and is not over.
    struct OpenStream {
        let id: UInt64
        var phase = Phase.header
        var headerOctets: [UInt8] = []
        var frameType = HTTP3FrameType.data
        /// Octets of the frame's payload that have not come yet.
        var left = 0
        /// What to do with the body; nil until the head has been read.
        var disposition: StreamDisposition?
        /// The header section that is being gathered.
        var section: FieldSection?
        /// What waits for insertions.
        var held: HeldStream?
        /// Whether it has waited before: it does not a second time.
        var hasWaited = false
        /// How it ended while it waited, true for as it should; nil while it is open.
        var ended: Bool?
        /// When something of it came last, counted in chunks.
        var lastChunk: UInt64
    }

    /// A field section that has begun.
    struct FieldSection {
        var octets: [UInt8] = []
        /// Octets behind the limit.
        var excess = 0
    }

    /// A field section that cannot be decoded yet, and what has come behind it.
    struct HeldStream {
        let section: FieldSection
        /// The insertions that it needs.
        let required: Int
        var octets: [UInt8] = []
    }

    let limits: HTTP3Limits
    var streams: [OpenStream] = []
    var unidirectional: [UnidirectionalStream] = []
    var decoder: QPACKDecoder
    var settings = HTTP3SettingsReader()
    var chunks: UInt64 = 0
    /// Streams that were given up, and below which number all that are not open were.
    private var abandoned: Set<UInt64> = []
    private var abandonedBelow: UInt64 = 0

    /// Requests read so far.
    package internal(set) var requestCount = 0
    /// Streams that wait for insertions.
    package internal(set) var heldStreams = 0
    /// Octets that wait with them.
    package internal(set) var heldOctets = 0
    /// Octets of field sections that are not whole.
    package internal(set) var gatheredOctets = 0

    /// Starts with a connection.
    package init(limits: HTTP3Limits = HTTP3Limits()) {
        self.limits = limits
        decoder = QPACKDecoder(limits: limits.qpack)
    }

    /// Request streams that are open.
    package var openStreams: Int { streams.count }

    /// Fields of heads whose names or values are not known.
    package var unknownFields: Int { decoder.unknownFields }

    /// Whether a stream's head has begun and has not been told.
    package func isWithinHead(_ stream: UInt64) -> Bool {
        guard let index = streams.firstIndex(where: { $0.id == stream }) else { return false }
        return streams[index].disposition == nil
    }

    /// Reads the next octets of a stream of the client's.
    package mutating func consume(
        _ chunk: Span<UInt8>,
        stream: UInt64,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        guard !chunk.isEmpty else { return }
        chunks += 1
        if stream.isClientUnidirectional { return readUnidirectional(chunk, stream, &sink) }
        guard let index = open(stream, &sink) else { return sink.framesUnreadable(octets: chunk.count) }
        read(chunk, index, &sink)
    }

    /// Learns from octets of a stream of the server's how its client may compress (RFC 9204 § 5).
    package mutating func learn(_ chunk: Span<UInt8>, stream: UInt64) {
        settings.consume(chunk, stream: stream)
        if let capacity = settings.tableCapacity { decoder.receiverCapacity = capacity }
    }

    /// Notes that octets of a stream of the server's are missing.
    package mutating func missLearning(stream: UInt64) {
        settings.gap(stream: stream)
    }

    /// Notes that `octets` of a stream are missing here; 0 when nobody can tell how many, which counts as one.
    package mutating func gap(
        _ octets: Int,
        stream: UInt64,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        chunks += 1
        if stream.isClientUnidirectional { return loseUnidirectional(octets, stream, &sink) }
        guard let index = open(stream, &sink) else { return sink.framesUnreadable(octets: max(1, octets)) }
        if streams[index].held != nil { resolve(index, &sink) }
        guard octets > 0 else { return lose(1, index, &sink) }
        guard streams[index].phase == .payload else { return lose(octets, index, &sink) }
        let within = min(octets, streams[index].left)
        passHole(within, index, &sink)
        if octets > within { lose(octets - within, index, &sink) }
    }

    /// Ends a stream; `isComplete` when it was not reset.
    package mutating func end(
        _ stream: UInt64,
        isComplete: Bool,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        if stream.isClientUnidirectional { return endUnidirectional(stream, &sink) }
        abandoned.remove(stream)
        guard let index = streams.firstIndex(where: { $0.id == stream }) else { return }
        guard streams[index].held == nil else {
            streams[index].ended = isComplete
            return
        }
        close(index, isComplete: isComplete, &sink)
    }

    /// Ends the connection: requests that are open are cut off.
    package mutating func finish(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        while !streams.isEmpty {
            if streams[0].held != nil { resolve(0, &sink) }
            close(0, isComplete: streams[0].ended ?? false, &sink)
        }
        unidirectional = []
    }

    // MARK: Streams

    /// Where a request stream stands, which begins if it is not known; nil when it was given up, or is no request's.
    private mutating func open(
        _ stream: UInt64,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) -> Int? {
        if let index = streams.firstIndex(where: { $0.id == stream }) {
            streams[index].lastChunk = chunks
            return index
        }
        guard stream.isRequestStream, stream >= abandonedBelow, !abandoned.contains(stream) else { return nil }
        if streams.count >= limits.openStreams { closeIdlest(&sink) }
        streams.append(OpenStream(id: stream, lastChunk: chunks))
        return streams.count - 1
    }

    /// Gives up the stream that has been idle for longest, unwanted ones first.
    private mutating func closeIdlest(_ sink: inout some MultiplexedRequestSink & ~Copyable) {
        sink.framingFailed(HTTP3Error.tooManyStreams)
        let idlest = streams.indices.min {
            let (one, other) = (streams[$0], streams[$1])
            return one.isWanted == other.isWanted ? one.lastChunk < other.lastChunk : other.isWanted
        }
        guard let idlest else { return }
        abandon(streams[idlest].id)
        if streams[idlest].held != nil { resolve(idlest, &sink) }
        close(idlest, isComplete: false, &sink)
    }

    /// Remembers that octets of a stream, which may still come, do not begin it.
    private mutating func abandon(_ stream: UInt64) {
        if abandoned.count >= 4 * limits.openStreams {
            abandonedBelow = max(abandonedBelow, (abandoned.max() ?? 0) + 1)
            abandoned.removeAll(keepingCapacity: true)
        }
        abandoned.insert(stream)
    }

    /// Ends a stream that does not wait for insertions.
    mutating func close(
        _ index: Int,
        isComplete: Bool,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        if let section = takeSection(index) { finish(section, isCut: true, index, &sink) }
        let stream = streams.remove(at: index)
        guard case .deliver(let tag)? = stream.disposition else { return }
        let isWithinFrame = stream.phase == .payload || !stream.headerOctets.isEmpty
        sink.requestEnded(isComplete: isComplete && !isWithinFrame, tag: tag)
    }

    // MARK: Losses

    /// Octets of a stream that are missing or cannot be read.
    func passUnreadable(
        _ octets: Int,
        _ index: Int,
        isPlaced: Bool = false,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        switch streams[index].disposition {
        case .deliver(let tag)?: sink.requestGap(octets: octets, isPlaced: isPlaced, tag: tag)
        case .skip?: sink.bodiesSkipped(octets: octets)
        case nil: sink.framesUnreadable(octets: octets)
        }
    }

    /// Notes a hole behind which no frame's place is known.
    private mutating func lose(_ octets: Int, _ index: Int, _ sink: inout some MultiplexedRequestSink & ~Copyable) {
        if let section = takeSection(index) { finish(section, isCut: true, index, &sink) }
        if streams[index].phase != .lost { sink.framingFailed(HTTP3Error.gapInFraming) }
        streams[index].phase = .lost
        streams[index].headerOctets = []
        passUnreadable(octets, index, &sink)
    }

    /// Passes over a hole that lies within the present frame.
    private mutating func passHole(
        _ octets: Int,
        _ index: Int,
        _ sink: inout some MultiplexedRequestSink & ~Copyable
    ) {
        guard octets > 0 else { return }
        if let section = takeSection(index) {
            sink.framingFailed(HTTP3Error.gapInFraming)
            finish(section, isCut: true, index, &sink)
        }
        if streams[index].frameType == .data {
            passUnreadable(octets, index, isPlaced: true, &sink)
        }
        streams[index].left -= octets
        if streams[index].left == 0 { streams[index].phase = .header }
    }
}

extension HTTP3Parser.OpenStream {
    /// Whether its body is handed over, or may be.
    var isWanted: Bool { disposition != .skip }
}
