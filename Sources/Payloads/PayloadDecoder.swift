/// Where a payload comes from: what its leaves inherit.
struct PayloadOrigin {
    var segment: Segment
    var depth: Int
    var codings = DecodeChain()
    var filename: String?
    var group = -1
    var place = LeafPointer()
    var type = MediaType()
    var format = BodyFormat.unknown

    /// How compressed messages in envelopes are coded; nil when that is not told.
    var messageCoding: ContentCoding?

    /// Whether the payload is a message in an envelope, and as such like a body.
    var isMessage = false

    /// Whether strings of a JSON text are leaves of their own; otherwise the text is one leaf, its strings unescaped in
    /// place: so nothing is lost of a file that merely looks like JSON, and words stay beside each other.
    var wantsLeaves = false

    init(segment: Segment, depth: Int) {
        self.segment = segment
        self.depth = depth
    }

    /// The leaf that the payload as a whole is.
    var provenance: Provenance {
        Provenance(segment: segment, codings: codings, place: place, filename: filename, group: group)
    }
}

/// One payload: finds out what it is, then reads it; what it holds may be payloads again.
struct PayloadDecoder: ~Copyable {
    private enum Container {
        case undecided, text, json, multipart, form, utf16, protobuf, envelopes, pdf
        case coded(ContentCoding)
        case opaque(OpaqueReason)
    }

    private var container = Container.undecided
    private var origin: PayloadOrigin
    private let limits: DecodeLimits
    private var held: [UInt8] = []
    private var isLeafOpen = false

    private var json: JSONLeaves?
    private var parts: Multipart?
    private var form: FormFields?
    private var nested: NestedCoding?
    private var protobuf: ProtobufBox?
    private var envelopes: EnvelopesBox?
    private var utf16: UTF16Text?
    private var document: PDFDocument?

    init(_ origin: PayloadOrigin, _ limits: DecodeLimits) {
        self.origin = origin
        self.limits = limits
    }

    /// Starts another payload, its buffers being kept.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        container = .undecided
        held.removeAll(keepingCapacity: true)
        isLeafOpen = false
    }

    /// Whether the rest of the payload is unreadable, so that it need not be decoded for this.
    var isOpaque: Bool {
        if case .opaque = container { return true }
        return false
    }

    /// Whether the payload is plain text.
    var isText: Bool {
        if case .text = container { return true }
        return false
    }

    /// A coding around the payload was removed before its first octet.
    mutating func removed(_ step: DecodeStep) {
        origin.codings.append(step)
    }

    private var isBody: Bool { origin.depth == 0 }

    /// Takes the next octets.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard !octets.isEmpty else { return }
        switch container {
        case .undecided: sniff(octets, &decode, &sink)
        case .opaque: break
        default: pass(octets, isTracked: isBody, &decode, &sink)
        }
    }

    /// Ends the payload; `isTruncated` when not all of it was given.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if case .undecided = container, !held.isEmpty { decide(isWhole: true, &decode, &sink) }
        switch container {
        case .text: endLeaf(isTruncated: isTruncated, &sink)
        case .json: json?.finish(isTruncated: isTruncated, &decode, &sink)
        case .multipart: parts?.finish(isTruncated: isTruncated, &decode, &sink)
        case .form: form?.finish(isTruncated: isTruncated, &decode, &sink)
        case .coded: nested?.finish(missing: .damaged, &decode, &sink)
        case .utf16: utf16?.finish(isTruncated: isTruncated, &decode, &sink)
        case .protobuf: protobuf?.leaves.finish(isTruncated: isTruncated, &decode, &sink)
        case .envelopes: envelopes?.messages.finish(isTruncated: isTruncated, &decode, &sink)
        case .pdf: endDocument(isTruncated: isTruncated, &decode, &sink)
        case .undecided, .opaque: break
        }
        decode.meter.change(to: .inspected)
    }

    /// Passes over octets that were never seen.
    mutating func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        if case .undecided = container {
            if held.isEmpty { assume(&decode, &sink) } else { decide(isWhole: true, &decode, &sink) }
        }
        switch container {
        case .text: endLeaf(isTruncated: true, &sink)
        case .json: json?.gap(octets, &decode, &sink)
        case .multipart: parts?.gap(octets, &decode, &sink)
        case .form: form?.gap(octets, &decode, &sink)
        case .coded:
            nested?.finish(missing: .gap, &decode, &sink)
            becomeOpaque(.gap, &decode)
        case .utf16: utf16?.gap(octets, &decode, &sink)
        case .protobuf: protobuf?.leaves.gap(octets, &decode, &sink)
        case .envelopes: envelopes?.messages.gap(octets, &decode, &sink)
        case .pdf: document?.gap()
        case .undecided, .opaque: break
        }
    }

    /// Gives octets to the container that was decided on; `isTracked` when they are the piece that the meter follows.
    private mutating func pass<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        isTracked: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        switch container {
        case .text:
            if !isLeafOpen {
                isLeafOpen = true
                sink.leafBegan(origin.provenance)
            }
            sink.leafText(octets)
        case .json: json?.consume(octets, isTracked: isTracked, &decode, &sink)
        case .multipart: parts?.consume(octets, isTracked: isTracked, &decode, &sink)
        case .form: form?.consume(octets, isTracked: isTracked, &decode, &sink)
        case .coded:
            if let reason = nested?.consume(octets, &decode, &sink) { becomeOpaque(reason, &decode) }
        case .utf16: utf16?.consume(octets, &decode, &sink)
        case .protobuf: protobuf?.leaves.consume(octets, isTracked: isTracked, &decode, &sink)
        case .envelopes: envelopes?.messages.consume(octets, isTracked: isTracked, &decode, &sink)
        case .pdf:
            guard document?.consume(octets, &decode) != true else { break }
            endDocument(isTruncated: true, &decode, &sink)
            becomeOpaque(.buffer, &decode)
        case .undecided, .opaque: break
        }
    }

    private mutating func endDocument<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        document?.finish(isTruncated: isTruncated, &decode, &sink)
        document = nil
    }

    private mutating func endLeaf<S: LeafSink & ~Copyable>(isTruncated: Bool, _ sink: inout S) {
        guard isLeafOpen else { return }
        isLeafOpen = false
        sink.leafEnded(truncated: isTruncated)
    }

    private mutating func becomeOpaque(_ reason: OpaqueReason, _ decode: inout DecodeState) {
        container = .opaque(reason)
        decode.meter.change(to: .opaque(reason))
    }

    // MARK: - Deciding

    /// Collects the first octets until they tell what the payload is.
    private mutating func sniff<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if held.isEmpty, let container = declared(octets, isWhole: false) {
            open(container, &decode)
            pass(octets, isTracked: isBody, &decode, &sink)
            return
        }
        decode.meter.change(to: .pending)
        var taken = 0
        while taken < octets.count, case .undecided = container {
            // One by one, so that as little as possible is read without the meter following.
            held.append(octets[taken])
            taken += 1
            decide(isWhole: false, &decode, &sink)
        }
        if taken < octets.count { passRest(octets, taken, &decode, &sink) }
    }

    private mutating func passRest<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ start: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard isBody else { return pass(octets.extracting(start..<octets.count), isTracked: false, &decode, &sink) }
        decode.meter.offset = start
        decode.meter.base = start
        pass(octets.extracting(start..<octets.count), isTracked: true, &decode, &sink)
        decode.meter.base = 0
    }

    /// Decides by the octets held, if they suffice, and gives them on.
    private mutating func decide<S: LeafSink & ~Copyable>(
        isWhole: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard let container = declared(held.span, isWhole: isWhole) else { return }
        open(container, &decode)
        let octets = held
        held.removeAll(keepingCapacity: true)
        pass(octets.span, isTracked: false, &decode, &sink)
    }

    /// Joins what was declared with what the octets show; nil when more of them are needed.
    private func declared(_ octets: Span<UInt8>, isWhole: Bool) -> Container? {
        if origin.type.kind == .multipart, !origin.type.boundary.isEmpty {
            return origin.depth < limits.nesting ? .multipart : .opaque(.nesting)
        }
        if origin.type.kind == .envelopes, !octets.isEmpty, MessageEnvelopes.mayBegin(octets[0], origin.type) {
            return origin.depth < limits.nesting ? .envelopes : .opaque(.nesting)
        }
        guard let verdict = PayloadSniff.verdict(octets, isWhole: isWhole) else { return nil }
        if isProtobuf(octets, verdict) { return .protobuf }
        switch verdict {
        case .json: return .json
        case .gzip: return origin.depth < limits.nesting ? .coded(.gzip) : .opaque(.nesting)
        case .zstd: return origin.depth < limits.nesting ? .coded(.zstd) : .opaque(.nesting)
        case .utf16: return origin.depth < limits.nesting ? .utf16 : .opaque(.nesting)
        case .pdf: return origin.depth < limits.nesting ? .pdf : .opaque(.nesting)
        case .opaque(let reason): return .opaque(reason)
        case .text: return origin.type.kind == .form ? .form : .text
        case .binary:
            return switch origin.type.kind {
            // Strings stand in the clear in what was called protocol buffers and is none.
            case .protobuf: .text
            case .media: .opaque(.media)
            // What a document begins with may stand behind something else.
            case .pdf: origin.depth < limits.nesting ? .pdf : .opaque(.nesting)
            default: .opaque(.document)
            }
        }
    }

    /// Whether octets that are no format known by its magic are protocol buffers, as declared or beyond doubt.
    private func isProtobuf(_ octets: Span<UInt8>, _ verdict: PayloadSniff.Verdict) -> Bool {
        switch verdict {
        case .json, .gzip, .zstd, .pdf, .opaque: return false
        case .text, .utf16, .binary: break
        }
        let octets = octets.extracting(0..<min(octets.count, PayloadSniff.window))
        switch origin.type.kind {
        case .protobuf: return ProtobufProbe.mayBeMessage(octets, length: Int.max)
        case .absent, .other:
            // Mostly text, so that it would do as such: what was written as digits is more likely a message.
            guard verdict == .binary || origin.type.kind == .absent && !isBody else { return false }
            return ProtobufProbe.isLikely(octets) && !ProtobufProbe.isText(octets, isWhole: false)
        case .json, .multipart, .form, .text, .media, .pdf, .envelopes: return false
        }
    }

    /// The first octets were lost: what was declared must do.
    private mutating func assume<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        switch origin.type.kind {
        case .json: open(.json, &decode)
        case .multipart where !origin.type.boundary.isEmpty: open(.multipart, &decode)
        case .form: open(.form, &decode)
        // Where fields begin cannot be told, but strings stand in the clear.
        case .protobuf, .envelopes: open(.text, &decode)
        case .absent, .multipart, .text, .media, .pdf, .other: break
        }
    }

    private mutating func open(_ container: Container, _ decode: inout DecodeState) {
        self.container = container
        switch container {
        case .opaque(let reason): return decode.meter.change(to: .opaque(reason))
        case .json:
            var origin = origin
            origin.codings.append(.json)
            if json == nil { json = JSONLeaves(limits, depth: origin.depth) }
            json?.reset(origin)
        case .multipart:
            var origin = origin
            origin.codings.append(.multipart)
            if parts == nil { parts = Multipart(limits) }
            parts?.reset(origin)
        case .form:
            var origin = origin
            origin.codings.append(.form)
            if form == nil { form = FormFields(depth: origin.depth) }
            form?.reset(origin)
        case .coded(let coding):
            nested = NestedCoding(coding, origin, limits)
        case .utf16:
            utf16 = UTF16Text(origin, limits)
        case .protobuf:
            var origin = origin
            origin.codings.append(.protobuf)
            if protobuf == nil { protobuf = ProtobufBox(limits, depth: origin.depth) }
            protobuf?.leaves.reset(origin)
        case .envelopes:
            var origin = origin
            if origin.type.isBase64 { origin.codings.append(.base64) }
            origin.codings.append(.grpc)
            if envelopes == nil { envelopes = EnvelopesBox(limits) }
            envelopes?.messages.reset(origin)
        case .pdf:
            document = PDFDocument(origin, limits)
            return decode.meter.change(to: .pending)
        case .text, .undecided: break
        }
        decode.meter.change(to: .inspected)
    }
}

/// A payload inside another, on the heap because it may hold payloads itself; kept for the next one.
final class NestedPayload {
    var decoder: PayloadDecoder

    init(_ origin: PayloadOrigin, _ limits: DecodeLimits) {
        decoder = PayloadDecoder(origin, limits)
    }
}

/// A reader of protocol buffers, apart from the many payloads that are none.
private final class ProtobufBox {
    var leaves: ProtobufLeaves

    init(_ limits: DecodeLimits, depth: Int) {
        leaves = ProtobufLeaves(limits, depth: depth)
    }
}

/// A reader of envelopes, apart from the many payloads that have none.
private final class EnvelopesBox {
    var messages: MessageEnvelopes

    init(_ limits: DecodeLimits) {
        messages = MessageEnvelopes(limits)
    }
}
