internal import Compression

/// Undoes the filters of a stream's data.
enum PDFStreamData {
    /// How far undoing came.
    struct Undone {
        /// Of the data's octets, those that were undone.
        var octets: Int
        /// Why the rest was not; nil at the end, and where the data break off.
        var reason: OpaqueReason?
    }

    /// All that the data stand for; nil when that cannot be undone or is more than `limit`.
    static func all(
        _ data: Range<Int>,
        _ filter: PDFFilter,
        _ objects: borrowing PDFObjects,
        limit: Int,
        _ decode: inout DecodeState
    ) -> [UInt8]? {
        guard !filter.isForeign else { return nil }
        var output: [UInt8] = []
        let undone = undo(data, filter, objects, &decode) { piece, _ in
            guard output.count + piece.count <= limit else { return .buffer }
            for index in piece.indices { output.append(piece[index]) }
            return nil
        }
        return undone.reason == nil ? output : nil
    }

    /// Undoes a filter that is none of those foreign, in pieces, until `output` gives a reason to stop.
    static func undo(
        _ data: Range<Int>,
        _ filter: PDFFilter,
        _ objects: borrowing PDFObjects,
        _ decode: inout DecodeState,
        _ output: (Span<UInt8>, inout DecodeState) -> OpaqueReason?
    ) -> Undone {
        guard filter.letters != .none else {
            return inflate(objects.octets.span.extracting(data), filter, &decode, output)
        }
        let plain = PDFFilter.undo(filter.letters, objects.octets.span.extracting(data))
        var undone = inflate(plain.span, filter, &decode, output)
        undone.octets = plain.isEmpty ? data.count : min(data.count, undone.octets * data.count / plain.count)
        return undone
    }

    private static func inflate(
        _ octets: Span<UInt8>,
        _ filter: PDFFilter,
        _ decode: inout DecodeState,
        _ output: (Span<UInt8>, inout DecodeState) -> OpaqueReason?
    ) -> Undone {
        guard filter.isFlate else { return hand(octets, &decode, output) }
        var inflater = GzipDecoder(.zlib)
        var refusal: OpaqueReason?
        let status = inflater.consume(octets) { piece in
            refusal = decode.expand(piece.count) ? output(piece, &decode) : .expansion
            return refusal == nil
        }
        switch status {
        // Behind the data there may be an end of line.
        case .needMore, .finished, .failed(.trailingOctets): return Undone(octets: octets.count)
        case .stopped: return Undone(octets: 0, reason: refusal)
        case .failed: return Undone(octets: min(octets.count, inflater.consumed), reason: .document)
        }
    }

    private static func hand(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ output: (Span<UInt8>, inout DecodeState) -> OpaqueReason?
    ) -> Undone {
        var start = 0
        while start < octets.count {
            let end = min(octets.count, start + 32_768)
            if let reason = output(octets.extracting(start..<end), &decode) {
                return Undone(octets: start, reason: reason)
            }
            start = end
        }
        return Undone(octets: octets.count)
    }
}
