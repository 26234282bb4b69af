internal import Compression

/// A content coding of HTTP (RFC 9110 § 8.4.1) that a body is said to have.
enum ContentCoding {
    case gzip, deflate, br, zstd
    /// Of another name: only what its first octets show to be something known is read.
    case unknown

    /// The codings of a body in the order they were applied; a parameter behind a name is ignored.
    static func list(_ values: [String]) -> [ContentCoding] {
        var codings: [ContentCoding] = []
        for value in values {
            for element in value.split(separator: ",") {
                let name = element.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
                switch name {
                case "", "identity": continue
                case "gzip", "x-gzip": codings.append(.gzip)
                case "deflate": codings.append(.deflate)
                case "br": codings.append(.br)
                case "zstd": codings.append(.zstd)
                default: codings.append(.unknown)
                }
            }
        }
        return codings
    }

    /// The step that undoes the coding; nil when it is not known how.
    var step: DecodeStep? {
        switch self {
        case .gzip: .gzip
        case .deflate: .deflate
        case .br: .br
        case .zstd: .zstd
        case .unknown: nil
        }
    }
}

/// A decoder of any content coding, its output and memory held to the limits of its message.
struct ContentDecoder: ~Copyable {
    private let coding: ContentCoding

    // None of them holds anything before its first octet.
    private var gzip: GzipDecoder
    private var brotli = BrotliDecoder()
    private var zstd = ZstdDecoder()

    private var progress = Progress()

    /// Octets of memory that the message was told of.
    private var reported = 0

    private struct Progress {
        var consumed = 0
        var produced = 0
        var withheld = 0
        var skipped = 0
        var memoryOctets = 0
        var status = DecodeStatus.needMore

        init() {}

        init(_ decoder: borrowing some StreamDecoder & ~Copyable) {
            consumed = decoder.consumed
            produced = decoder.produced
            withheld = decoder.withheld
            skipped = decoder.skipped
            memoryOctets = decoder.memoryOctets
            status = decoder.status
        }
    }

    init(_ coding: ContentCoding) {
        self.coding = coding
        gzip = GzipDecoder(coding == .deflate ? .deflate : .gzip)
    }

    /// Octets taken in.
    var consumed: Int { progress.consumed }

    /// Octets that came out.
    var produced: Int { progress.produced }

    /// Of the octets taken in, the last ones whose output waits for more, or was lost.
    var withheld: Int { progress.withheld }

    /// Of the octets taken in, those that stand for nothing by the format.
    var skipped: Int { progress.skipped }

    /// Whether the coded stream is whole.
    var isFinished: Bool { progress.status == .finished }

    /// Whether octets that were taken in have not come out.
    var isStopped: Bool { progress.status == .stopped }

    /// Takes the next coded octets and hands on what comes out.
    ///
    /// - Returns: nil, or why nothing more will come out: what `output` answered, a limit, or damage.
    mutating func consume(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ output: (Span<UInt8>, inout DecodeState) -> OpaqueReason?
    ) -> OpaqueReason? {
        var refusal: OpaqueReason?
        push(octets) { piece in
            guard decode.expand(piece.count) else {
                refusal = .expansion
                return false
            }
            refusal = output(piece, &decode)
            return refusal == nil
        }
        decode.decoderOctets += progress.memoryOctets - reported
        reported = progress.memoryOctets
        return switch progress.status {
        case .needMore, .finished: decode.decoderOctets > decode.decoderAllowance ? .buffer : nil
        case .stopped: refusal ?? .expansion
        case .failed(let error): Self.reason(error)
        }
    }

    /// Tells the message that the decoder's memory is about to be free again.
    mutating func release(_ decode: inout DecodeState) {
        decode.decoderOctets -= reported
        reported = 0
    }

    private mutating func push(_ octets: Span<UInt8>, _ output: (Span<UInt8>) -> Bool) {
        switch coding {
        case .gzip, .deflate:
            gzip.consume(octets, output)
            progress = Progress(gzip)
        case .br:
            brotli.consume(octets, output)
            progress = Progress(brotli)
        case .zstd:
            zstd.consume(octets, output)
            progress = Progress(zstd)
        case .unknown: break
        }
    }

    private static func reason(_ error: DecompressionError) -> OpaqueReason {
        switch error {
        case .header, .data, .trailingOctets: .damaged
        case .dictionary: .coding
        case .window, .memory: .buffer
        }
    }
}
