internal import Compression
internal import Wire

/// A content coding of HTTP (RFC 9110 § 8.4.1) that is removed from a body.
enum ContentCoding {
    case gzip, deflate

    /// Names a body may carry in a row before it counts as an attack.
    static let stackLimit = 4

    /// The codings of a body in the order they were applied; nil when one of them is not known here.
    static func list(_ values: [String]) -> [ContentCoding]? {
        var codings: [ContentCoding] = []
        for value in values {
            for name in value.split(separator: ",") {
                let name = name.filter { $0 != " " && $0 != "\t" }.lowercased()
                switch name {
                case "", "identity": continue
                case "gzip", "x-gzip": codings.append(.gzip)
                case "deflate": codings.append(.deflate)
                default: return nil
                }
            }
        }
        return codings
    }

    var step: DecodeStep {
        switch self {
        case .gzip: .gzip
        case .deflate: .deflate
        }
    }
}

/// One decompressor of a stack; on the heap because the stack has any height.
///
/// One allocation a coded message.
final class CodingLayer {
    private var decoder: GzipDecoder
    private let inner: CodingLayer?

    /// Why the layer, or one within it, cannot go on.
    private(set) var failure: OpaqueReason?

    /// Whether octets that were taken in have not come out of the innermost layer.
    var isStopped: Bool { decoder.status == .stopped }

    /// Removes the outermost coding first, `codings` being in the order they were applied.
    init?(_ codings: ArraySlice<ContentCoding>) {
        guard let outermost = codings.last else { return nil }
        decoder =
            switch outermost {
            case .gzip: GzipDecoder(.gzip)
            case .deflate: GzipDecoder(.deflate)
            }
        inner = CodingLayer(codings.dropLast())
    }

    /// Octets taken in.
    var consumed: Int { decoder.consumed }

    /// Whether every layer has come to its end.
    var isFinished: Bool { decoder.status == .finished && inner?.isFinished ?? true }

    /// Takes the next coded octets and gives the payload what comes out of the innermost layer.
    func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let inner = inner
        let status = decoder.consume(octets) { piece in
            guard decode.expand(piece.count) else { return false }
            guard let inner else {
                payload.consume(piece, &decode, &sink)
                decode.meter.endPiece(piece.count)
                return true
            }
            inner.consume(piece, &payload, &decode, &sink)
            return inner.failure == nil
        }
        switch status {
        case .needMore, .finished: break
        case .stopped: failure = inner?.failure ?? .expansion
        case .failed: failure = .damaged
        }
    }
}
