/// One coding of a body's stack; on the heap because the stack has any height.
///
/// Holds the first octets until they tell whether the body has the coding that it is said to have. What then turns out
/// otherwise is read as what it is, and named so.
final class CodingLayer {
    private enum State {
        case probing, coded, plain
    }

    private var state = State.probing
    private let said: ContentCoding
    private var held: [UInt8] = []
    private var decoder = ContentDecoder(.unknown)
    private let inner: CodingLayer?

    /// Why the layer, or one within it, cannot go on.
    private(set) var failure: OpaqueReason?

    /// Octets that were given and not refused, before `failure` or in all.
    private var taken = 0

    /// Removes the outermost coding first, `codings` being in the order they were applied; nil when there is none.
    init?(_ codings: ArraySlice<ContentCoding>) {
        guard let outermost = codings.last else { return nil }
        said = outermost
        inner = CodingLayer(codings.dropLast())
    }

    /// Whether octets that were taken in have not come out of the innermost layer.
    var isStopped: Bool {
        switch state {
        case .probing: false
        case .coded: decoder.isStopped
        case .plain: inner?.isStopped ?? false
        }
    }

    /// Whether neither this layer nor one within it undoes anything.
    var isPlain: Bool {
        guard case .plain = state else { return false }
        return inner?.isPlain ?? true
    }

    /// Whether every layer has come to its end.
    var isFinished: Bool {
        guard case .coded = state else { return isPlain }
        return decoder.isFinished && inner?.isFinished ?? true
    }

    /// Octets taken in.
    var consumed: Int {
        switch state {
        case .probing: held.count
        case .coded: decoder.consumed
        case .plain: inner?.consumed ?? taken
        }
    }

    /// About how many of the last octets taken in stand for output that has not come.
    var withheld: Int {
        switch state {
        case .probing: held.count
        case .coded: decoder.withheld + outer(inner?.withheld ?? 0)
        case .plain: inner?.withheld ?? 0
        }
    }

    /// About how many of the octets taken in stand for nothing by their formats.
    var skipped: Int {
        switch state {
        case .probing: 0
        case .coded: decoder.skipped + outer(inner?.skipped ?? 0)
        case .plain: inner?.skipped ?? 0
        }
    }

    /// About how many coded octets gave so many decoded ones.
    private func outer(_ octets: Int) -> Int {
        guard octets > 0, decoder.produced > 0 else { return 0 }
        return Int(Double(octets) / Double(decoder.produced) * Double(decoder.consumed))
    }

    /// Takes the next coded octets and gives the payload what comes out of the innermost layer.
    func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard failure == nil else { return }
        guard case .probing = state else { return pass(octets, &payload, &decode, &sink) }
        var index = 0
        while index < octets.count, case .probing = state, failure == nil {
            // One by one, so that it does not matter how the body was cut.
            held.append(octets[index])
            index += 1
            decide(isWhole: false, &payload, &decode, &sink)
        }
        if failure == nil, index < octets.count {
            pass(octets.extracting(index..<octets.count), &payload, &decode, &sink)
        }
    }

    /// Decides by the octets held what the body is, if that is still open: no more will come, or not in order.
    func endProbe<S: LeafSink & ~Copyable>(
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if case .probing = state, !held.isEmpty { decide(isWhole: true, &payload, &decode, &sink) }
        inner?.endProbe(&payload, &decode, &sink)
        failure = failure ?? inner?.failure
    }

    /// Tells the message that the memory of the stack is about to be free again.
    func release(_ decode: inout DecodeState) {
        decoder.release(&decode)
        inner?.release(&decode)
    }

    private func decide<S: LeafSink & ~Copyable>(
        isWhole: Bool,
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        switch CodingProbe.verdict(held.span, said: said, isWhole: isWhole) {
        case nil: return
        case .unreadable?:
            failure = said == .unknown ? .coding : .damaged
            return
        case .plain?: state = .plain
        case .coded(let coding)?:
            state = .coded
            decoder = ContentDecoder(coding)
            if let step = coding.step { payload.removed(step) }
        }
        let octets = held
        held = []
        pass(octets.span, &payload, &decode, &sink)
    }

    private func pass<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        taken += octets.count
        let inner = inner
        guard case .coded = state else {
            failure = Self.give(octets, inner, &payload, &decode, &sink)
            return
        }
        failure = decoder.consume(octets, &decode) { piece, decode in
            Self.give(piece, inner, &payload, &decode, &sink)
        }
    }

    /// Gives the next layer, or the payload, what came out.
    private static func give<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ inner: CodingLayer?,
        _ payload: inout PayloadDecoder,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> OpaqueReason? {
        guard let inner else {
            payload.consume(octets, &decode, &sink)
            decode.meter.endPiece(octets.count)
            return nil
        }
        inner.consume(octets, &payload, &decode, &sink)
        return inner.failure
    }
}
