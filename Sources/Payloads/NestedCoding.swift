/// A gzip or zstd file inside a body: what comes out is a payload of its own.
final class NestedCoding {
    private var decoder: ContentDecoder
    private var payload: PayloadDecoder
    private var isEnded = false

    /// What the meter goes back to once the coded octets at hand have shown what they stand for.
    private var resumed: OctetMeter.Mode?

    init(_ coding: ContentCoding, _ outer: PayloadOrigin, _ limits: DecodeLimits) {
        var origin = outer
        if let step = coding.step { origin.codings.append(step) }
        // Protocol buffers show nothing of what they are.
        origin.type = outer.type.kind == .protobuf ? outer.type : MediaType()
        origin.depth += 1
        origin.wantsLeaves = outer.wantsLeaves && (outer.depth == 0 || outer.isMessage)
        origin.isMessage = false
        decoder = ContentDecoder(coding)
        payload = PayloadDecoder(origin, limits)
    }

    /// Takes the next octets; gives the reason when no more can be read.
    func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> OpaqueReason? {
        guard !isEnded else { return nil }
        let failure = decoder.consume(octets, &decode) { piece, decode in
            resume(&decode)
            payload.consume(piece, &decode, &sink)
            return nil
        }
        if let failure {
            end(missing: failure, &decode, &sink)
            return failure
        }
        if decoder.withheld == 0 {
            resume(&decode)
        } else if resumed == nil, decode.meter.mode != .pending {
            resumed = decode.meter.mode
            decode.meter.change(to: .pending)
        }
        return nil
    }

    /// Ends what has come out so far; octets that have not come out are charged to `reason`.
    func finish<S: LeafSink & ~Copyable>(
        missing reason: OpaqueReason,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard !isEnded else { return }
        end(missing: reason, &decode, &sink)
    }

    private func resume(_ decode: inout DecodeState) {
        guard let mode = resumed else { return }
        decode.meter.change(to: mode)
        resumed = nil
    }

    private func end<S: LeafSink & ~Copyable>(
        missing reason: OpaqueReason,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isEnded = true
        if resumed != nil { decode.meter.change(to: .opaque(reason)) }
        payload.finish(isTruncated: !decoder.isFinished, &decode, &sink)
        decoder.release(&decode)
    }
}
