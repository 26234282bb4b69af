internal import Compression

extension MessageDecoder {
    /// Inflates `position..<end` of a WebSocket message and charges what it took; gives where it stopped.
    func inflate<S: LeafSink & ~Copyable>(
        _ body: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ inflater: MessageInflater,
        _ sink: inout S
    ) -> Int {
        let octets = body.extracting(position..<end)
        let before = inflater.consumed
        let status = inflater.consume(octets) { piece in
            guard decode.expand(piece.count) else { return false }
            payload.consume(piece, &decode, &sink)
            decode.meter.endPiece(piece.count)
            return true
        }
        switch status {
        case .needMore, .finished:
            decode.meter.settle(octets.count)
            return end
        case .stopped:
            // Octets were taken in that nobody looked at: the slice counts to the reason.
            decode.meter.settle(0, as: .expansion)
            lose(.expansion, &sink)
            return position
        case .failed:
            let used = max(0, min(octets.count, inflater.consumed - before))
            decode.meter.settle(used)
            lose(inflater.loss ?? .damaged, &sink)
            return position + used
        }
    }

    /// Ends a WebSocket message: what its sender left out of the compressed octets is put back.
    func endInflation<S: LeafSink & ~Copyable>(_ inflater: MessageInflater, _ sink: inout S) {
        inflater.end { piece in
            guard decode.expand(piece.count) else { return false }
            payload.consume(piece, &decode, &sink)
            decode.meter.endPiece(piece.count)
            return true
        }
        decode.meter.settle(0)
    }
}
