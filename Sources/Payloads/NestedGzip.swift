internal import Compression

/// A gzip file inside a body: what comes out is a payload of its own.
final class NestedGzip {
    private var decoder = GzipDecoder(.gzip)
    private var payload: PayloadDecoder
    private var isFailed = false

    init(_ outer: PayloadOrigin, _ limits: DecodeLimits) {
        var origin = outer
        origin.codings.append(.gzip)
        origin.type = MediaType()
        origin.depth += 1
        origin.wantsLeaves = outer.wantsLeaves && outer.depth == 0
        payload = PayloadDecoder(origin, limits)
    }

    /// Takes the next octets; gives the reason when no more can be read.
    func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> OpaqueReason? {
        guard !isFailed else { return nil }
        let status = decoder.consume(octets) { piece in
            guard decode.expand(piece.count) else { return false }
            payload.consume(piece, &decode, &sink)
            return true
        }
        switch status {
        case .needMore, .finished: return nil
        case .stopped: return fail(.expansion, &decode, &sink)
        case .failed: return fail(.damaged, &decode, &sink)
        }
    }

    /// Ends what has come out so far.
    func finish<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        guard !isFailed else { return }
        payload.finish(isTruncated: decoder.status != .finished, &decode, &sink)
    }

    private func fail<S: LeafSink & ~Copyable>(
        _ reason: OpaqueReason,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> OpaqueReason {
        payload.finish(isTruncated: true, &decode, &sink)
        isFailed = true
        return reason
    }
}
