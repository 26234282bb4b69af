/// Sends a string value where it belongs: on as a text leaf, or into a nested payload.
struct ValueRoute: ~Copyable {
    private enum State {
        case idle
        /// Nothing of the value was seen yet.
        case fresh
        /// Octets are held in `held` until they tell what the value is.
        case probing
        case text
        case json
        case base64
        case hex
        /// After a hole in base64: digits are held until it is plain that base64 goes on.
        case regaining
        /// Unreadable up to the value's end; `isBase64` says whether a hole's far side is to be checked.
        case skipping(isBase64: Bool)
    }

    private var state = State.idle
    private var provenance = Provenance(
        segment: .body,
        codings: DecodeChain(),
        place: LeafPointer(),
        filename: nil,
        group: -1
    )
    private var trust = ValueProbe.Trust.none
    private var held: [UInt8] = []
    private var digits = Base64Decoder()
    private var hexDigits = HexDecoder()
    private var decoded: [UInt8] = []
    private var unreadable = OctetMeter.Mode.inspected
    private var nested: NestedPayload?
    private let depth: Int

    /// Routes values of a payload at this depth, 0 being the body.
    init(depth: Int) {
        self.depth = depth
    }

    /// Starts a value; it becomes a leaf with its first octets.
    mutating func begin(_ provenance: Provenance, trust: ValueProbe.Trust) {
        self.provenance = provenance
        self.trust = trust
        state = .fresh
    }

    /// Takes all of a value that has just begun, and ends it.
    ///
    /// Most values are words: too short for base64, and plainly no JSON.
    mutating func whole<S: LeafSink & ~Copyable>(_ text: Span<UInt8>, _ decode: inout DecodeState, _ sink: inout S) {
        if text.count < 64, case .none = trust, case .fresh = state, !text.isEmpty, !ValueProbe.isSpecial(text) {
            state = .idle
            sink.leafBegan(provenance)
            sink.leafText(text)
            sink.leafEnded(truncated: false)
        } else {
            self.text(text, &decode, &sink)
        }
    }

    /// Whether a value has begun and not ended.
    var isOpen: Bool {
        if case .idle = state { return false }
        return true
    }

    /// Takes the next octets of the value.
    mutating func text<S: LeafSink & ~Copyable>(_ text: Span<UInt8>, _ decode: inout DecodeState, _ sink: inout S) {
        guard !text.isEmpty else { return }
        switch state {
        case .text: sink.leafText(text)
        case .fresh:
            if let verdict = ValueProbe.verdict(text, trust: trust, isWhole: false) {
                settle(verdict, text, &decode, &sink)
            } else {
                decode.meter.change(to: .pending)
                state = .probing
                probe(text, &decode, &sink)
            }
        case .probing: probe(text, &decode, &sink)
        case .json: nested?.decoder.consume(text, &decode, &sink)
        case .base64: decodeDigits(text, 0, isBase64: true, &decode, &sink)
        case .hex: decodeDigits(text, 0, isBase64: false, &decode, &sink)
        case .regaining: regain(text, &decode, &sink)
        case .skipping, .idle: break
        }
    }

    /// Ends the value; `isTruncated` when a hole or the body's end cut it.
    mutating func end<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if case .probing = state {
            let octets = takeHeld()
            settle(ValueProbe.verdict(octets.span, trust: trust, isWhole: true) ?? .text, octets.span, &decode, &sink)
        } else if case .regaining = state {
            resumeDigits(&decode, &sink)
        }
        switch state {
        case .text: sink.leafEnded(truncated: isTruncated)
        case .base64:
            var count = 0
            digits.finish(into: &decoded, &count)
            nested?.decoder.consume(decoded.span.extracting(0..<count), &decode, &sink)
            nested?.decoder.finish(isTruncated: isTruncated, &decode, &sink)
        case .json, .hex: nested?.decoder.finish(isTruncated: isTruncated, &decode, &sink)
        case .idle, .fresh, .probing, .regaining, .skipping: break
        }
        decode.meter.change(to: .inspected)
        state = .idle
    }

    /// Passes over octets of the value that were never seen; false when the value cannot go on and was ended.
    ///
    /// Base64 goes on: the number of missing digits tells where the next group of four starts. So does JSON, whose escapes
    /// are to be undone twice.
    mutating func gap<S: LeafSink & ~Copyable>(
        _ octets: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> Bool {
        switch state {
        case .json:
            nested?.decoder.gap(octets, &decode, &sink)
            return true
        case .hex:
            hexDigits.gap(octets)
            nested?.decoder.gap(octets / 2, &decode, &sink)
            return true
        case .base64:
            unreadable = .inspected
        case .regaining:
            resumeDigits(&decode, &sink)
        case .skipping(isBase64: true): unreadable = decode.meter.mode
        default:
            end(isTruncated: true, &decode, &sink)
            return false
        }
        digits.gap(octets)
        nested?.decoder.gap(octets / 4 * 3, &decode, &sink)
        if nested?.decoder.isOpaque == true { unreadable = decode.meter.mode }
        state = .regaining
        decode.meter.change(to: .pending)
        return true
    }

    private mutating func takeHeld() -> [UInt8] {
        let octets = held
        held.removeAll(keepingCapacity: true)
        return octets
    }

    private mutating func probe<S: LeafSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let taken = min(text.count, ValueProbe.window - held.count)
        for index in 0..<taken { held.append(text[index]) }
        guard let verdict = ValueProbe.verdict(held.span, trust: trust, isWhole: false) else { return }
        let octets = takeHeld()
        settle(verdict, octets.span, &decode, &sink)
        self.text(text.extracting(taken..<text.count), &decode, &sink)
    }

    /// The value is known: sends its first octets on their way.
    private mutating func settle<S: LeafSink & ~Copyable>(
        _ verdict: ValueProbe.Verdict,
        _ text: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        switch verdict {
        case .json where depth < decode.limits.nesting:
            openNested(MediaType(), [], &decode)
            state = .json
            nested?.decoder.consume(text, &decode, &sink)
        case .text, .json:
            beginText(text, &decode, &sink)
        case .base64(let start, let skip, let typeEnd):
            guard depth < decode.limits.nesting else {
                decode.meter.change(to: .opaque(.nesting))
                state = .skipping(isBase64: true)
                return
            }
            let type = typeEnd > 5 ? MediaType(text.extracting(5..<typeEnd)) : MediaType()
            openNested(type, [.base64], &decode)
            digits = Base64Decoder()
            if skip > 0 { digits.gap(4 - skip) }
            state = .base64
            decodeDigits(text, start, isBase64: true, &decode, &sink)
        case .hex(let start):
            guard depth < decode.limits.nesting else {
                decode.meter.change(to: .opaque(.nesting))
                state = .skipping(isBase64: false)
                return
            }
            openNested(MediaType(), [.hex], &decode)
            hexDigits = HexDecoder()
            state = .hex
            decodeDigits(text, start, isBase64: false, &decode, &sink)
        }
    }

    private mutating func beginText<S: LeafSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        decode.meter.change(to: .inspected)
        state = .text
        sink.leafBegan(provenance)
        sink.leafText(text)
    }

    private mutating func openNested(_ type: MediaType, _ steps: [DecodeStep], _ decode: inout DecodeState) {
        var origin = PayloadOrigin(segment: provenance.segment, depth: depth + 1)
        origin.codings = provenance.codings
        for step in steps { origin.codings.append(step) }
        origin.filename = provenance.filename
        origin.group = provenance.group
        origin.place = provenance.place
        origin.type = type
        if let nested {
            nested.decoder.reset(origin)
        } else {
            nested = NestedPayload(origin, decode.limits)
        }
        if decoded.isEmpty { decoded = [UInt8](repeating: 0, count: 3_072) }
    }

    /// Decodes base64, or hex, until there is no more or what comes out is opaque.
    private mutating func decodeDigits<S: LeafSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ start: Int,
        isBase64: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var index = start
        while index < text.count {
            var count = 0
            let goesOn =
                isBase64
                ? digits.decode(text, &index, into: &decoded, &count)
                : hexDigits.decode(text, &index, into: &decoded, &count)
            if count > 0 { nested?.decoder.consume(decoded.span.extracting(0..<count), &decode, &sink) }
            // Before the next octet is looked at, so that it does not matter whether it came with these digits.
            if nested?.decoder.isOpaque == true {
                state = .skipping(isBase64: isBase64)
                return
            }
            guard goesOn else {
                // Not coded after all, or no longer: from here on the value is text.
                nested?.decoder.finish(isTruncated: true, &decode, &sink)
                beginText(text.extracting(index..<text.count), &decode, &sink)
                return
            }
        }
    }

    /// Holds what follows a hole until 64 digits in a row, or one octet that is none, tell whether base64 goes on.
    private mutating func regain<S: LeafSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var index = 0
        while index < text.count, held.count < 64 {
            let octet = text[index]
            guard Base64Decoder.isDigit(octet) || octet == UInt8(ascii: "=") || octet == 0x0a || octet == 0x0d else {
                nested?.decoder.finish(isTruncated: true, &decode, &sink)
                let octets = takeHeld()
                beginText(octets.span, &decode, &sink)
                sink.leafText(text.extracting(index..<text.count))
                return
            }
            held.append(octet)
            index += 1
        }
        guard held.count == 64 else { return }
        resumeDigits(&decode, &sink)
        self.text(text.extracting(index..<text.count), &decode, &sink)
    }

    /// Base64 goes on after a hole; the digits held are its first.
    private mutating func resumeDigits<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        let octets = takeHeld()
        decode.meter.change(to: unreadable)
        if unreadable != .inspected {
            state = .skipping(isBase64: true)
            return
        }
        if octets.count == 64, nested?.decoder.isText == true {
            // The hole may have reached into another value, where groups start elsewhere.
            var trial = digits
            var sample = [UInt8](repeating: 0, count: 64)
            var index = 0
            var count = 0
            _ = trial.decode(octets.span, &index, into: &sample, &count)
            if !PayloadSniff.isText(sample.span.extracting(0..<count)) {
                nested?.decoder.finish(isTruncated: true, &decode, &sink)
                let verdict = ValueProbe.verdict(octets.span, trust: .resumed, isWhole: true) ?? .text
                settle(verdict, octets.span, &decode, &sink)
                return
            }
        }
        state = .base64
        decodeDigits(octets.span, 0, isBase64: true, &decode, &sink)
    }
}
