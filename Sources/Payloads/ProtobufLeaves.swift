/// Reads protocol buffers (protobuf.dev/programming-guides/encoding) without their schema, as they come.
///
///     message = (tag value)*; tag = number << 3 | type; type 0 varint, 1 eight octets, 2 length and content, 5 four octets
///
/// Whether content is a message, text or neither is told by its first octets; text is a leaf whose pointer is made of
/// field numbers, `/1/3/2`. What is neither is a payload of its own, if it is long enough to be one. Never recurses and
/// never fails: what is no protobuf after all passes as text, so that nothing goes unscanned. Numbers are not leaves.
struct ProtobufLeaves: ~Copyable {
    enum Place {
        case tag, varint, fixed, length
        /// At the beginning of content that is not known yet; `held` are its first octets.
        case content
        case text, payload
        /// Within content that is passed over.
        case passed
    }

    /// A message within messages.
    struct Level {
        /// Where it ends, counted from the beginning of the outermost.
        let end: Int
        /// The number of the field that holds it.
        let number: UInt64
    }

    static let depthLimit = 64

    var place = Place.tag
    var origin = PayloadOrigin(segment: .body, depth: 0)
    let limits: DecodeLimits
    var route: ValueRoute
    var payload: NestedPayload?

    var levels: [Level] = []
    /// The number of the field at hand; 0 for what has none.
    var number: UInt64 = 0
    var position = 0
    /// Octets of the field at hand that have not come.
    var left = 0

    private var word: UInt64 = 0
    private var wordOctets = 0

    var held: [UInt8] = []
    private var wanted = 0
    /// Octets that were held and are read again, as a message's.
    private var queue: [UInt8] = []
    var isTracked = false
    private var prefix: [UInt8] = []

    init(_ limits: DecodeLimits, depth: Int) {
        self.limits = limits
        route = ValueRoute(depth: depth)
    }

    /// Starts another message.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        prefix = Array(origin.place.text.utf8)
        place = .tag
        levels.removeAll(keepingCapacity: true)
        number = 0
        position = 0
        resetWord()
        held.removeAll(keepingCapacity: true)
        queue.removeAll(keepingCapacity: true)
    }

    /// Takes the next octets.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        isTracked: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var index = 0
        while index < input.count {
            self.isTracked = isTracked
            step(input, &index, &decode, &sink)
            drain(&decode, &sink)
        }
        self.isTracked = isTracked
        track(input.count, &decode)
    }

    /// Reads what was held and turned out to be a message.
    private mutating func drain<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        while !queue.isEmpty {
            let octets = queue
            queue.removeAll(keepingCapacity: true)
            var index = 0
            while index < octets.count, queue.isEmpty { step(octets.span, &index, &decode, &sink) }
            queue.append(contentsOf: octets[index...])
        }
    }

    /// Ends the message; `isTruncated` when not all of it was given.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        settleHeld(&decode, &sink)
        let isCut = isTruncated || number != 0 || !levels.isEmpty
        if route.isOpen { route.end(isTruncated: isCut, &decode, &sink) }
        if place == .payload { payload?.decoder.finish(isTruncated: isCut, &decode, &sink) }
    }

    /// Passes over octets that were never seen.
    ///
    /// Within content the hole's size tells where it goes on. Behind any other hole the rest of the message is text.
    mutating func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        settleHeld(&decode, &sink)
        switch place {
        case .content, .text, .payload, .passed, .fixed:
            let within = min(octets, left)
            position += within
            left -= within
            switch place {
            case .text: if !route.gap(within, &decode, &sink), left > 0 { beginText(.resumed) }
            case .payload: payload?.decoder.gap(within, &decode, &sink)
            case .content:
                place = .text
                beginText(.resumed)
            default: break
            }
            if left == 0 { endContent(isTruncated: true, &decode, &sink) }
            if octets > within { misplace(octets - within) }
        case .tag, .varint, .length: misplace(octets)
        }
    }

    /// Goes on behind a hole that hides tags.
    private mutating func misplace(_ octets: Int) {
        position += octets
        while let level = levels.last, position > level.end { levels.removeLast() }
        guard levels.last?.end != position else { return endField() }
        lose(isText: true, .resumed)
    }

    /// Decides by what is held, since no more comes in order.
    private mutating func settleHeld<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        // Each turn reads what was held as the message that it began with, which is shorter.
        while place == .content, !held.isEmpty {
            let octets = held
            held.removeAll(keepingCapacity: true)
            let verdict = ProtobufProbe.verdict(octets.span, length: left + octets.count, isLast: true) ?? .text
            settle(verdict, held: octets, &decode, &sink)
            drain(&decode, &sink)
        }
    }

    // MARK: Fields

    /// Reads what comes next of a message; takes an octet, or knows more about those that come.
    private mutating func step<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        switch place {
        case .tag, .varint, .length:
            guard let value = readVarint(input, &index) else { return }
            resetWord()
            switch place {
            case .tag: beginField(value)
            case .length: beginContent(value)
            default: endField()
            }
        case .fixed:
            let count = min(left, input.count - index)
            index += count
            position += count
            left -= count
            if left == 0 { endField() }
        case .content: probe(input, &index, &decode, &sink)
        case .text, .payload, .passed: readContent(input, &index, &decode, &sink)
        }
    }

    private mutating func resetWord() {
        word = 0
        wordOctets = 0
    }

    /// Reads a variable-length integer; nil when more of it must come, or when it is none and the message is lost.
    private mutating func readVarint(_ input: Span<UInt8>, _ index: inout Int) -> UInt64? {
        while index < input.count {
            let octet = input[index]
            word |= UInt64(octet & 0x7F) << UInt64(7 * wordOctets)
            wordOctets += 1
            index += 1
            position += 1
            if octet & 0x80 == 0 { return word }
            guard wordOctets < 10, position < levels.last?.end ?? Int.max else {
                lose(isText: levels.isEmpty)
                return nil
            }
        }
        return nil
    }

    private mutating func beginField(_ tag: UInt64) {
        number = tag >> 3
        guard number > 0, number < 1 << 29 else { return lose(isText: levels.isEmpty) }
        switch tag & 7 {
        case 0: place = .varint
        case 1: beginFixed(8)
        case 2: place = .length
        // Groups: their fields are read as though they stood outside.
        case 3, 4: endField()
        case 5: beginFixed(4)
        default: return lose(isText: levels.isEmpty)
        }
        if place != .tag, position >= levels.last?.end ?? Int.max { lose(isText: false) }
    }

    private mutating func beginFixed(_ octets: Int) {
        left = octets
        place = .fixed
        if octets > room { lose(isText: levels.isEmpty) }
    }

    private mutating func beginContent(_ length: UInt64) {
        guard length <= UInt64(clamping: room) else { return lose(isText: levels.isEmpty) }
        left = Int(clamping: length)
        guard left > 0 else { return endField() }
        wanted = min(left, ProtobufProbe.window)
        place = .content
    }

    /// Octets that the message at hand still has.
    private var room: Int { (levels.last?.end ?? Int.max) - position }

    mutating func endField() {
        place = .tag
        number = 0
        while let level = levels.last, position >= level.end { levels.removeLast() }
    }

    /// The message at hand is none, or its fields cannot be found: the rest of it is text, or content without a number.
    private mutating func lose(isText: Bool, _ trust: ValueProbe.Trust = .none) {
        resetWord()
        number = 0
        left = room
        guard left > 0 else { return endField() }
        if isText {
            place = .text
            beginText(trust)
        } else {
            wanted = min(left, ProtobufProbe.window)
            place = .content
        }
    }

    // MARK: Content

    /// Looks at the first octets of content, which are held where they do not come at once.
    private mutating func probe<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let available = input.count - index
        if held.isEmpty, available >= wanted {
            let first = input.extracting(index..<(index + wanted))
            if let verdict = ProtobufProbe.verdict(first, length: left, isLast: false) {
                track(index, &decode)
                return settle(verdict, held: [], &decode, &sink)
            }
            wanted = left
            if available >= wanted { return }
        }
        if held.isEmpty {
            track(index, &decode)
            decode.meter.change(to: .pending)
        }
        let count = min(wanted - held.count, available)
        for octet in index..<(index + count) { held.append(input[octet]) }
        index += count
        position += count
        left -= count
        guard held.count == wanted else { return }
        let length = left + held.count
        let octets = held
        guard let verdict = ProtobufProbe.verdict(octets.span, length: length, isLast: false) else {
            wanted = length
            return
        }
        held.removeAll(keepingCapacity: true)
        track(index, &decode)
        settle(verdict, held: octets, &decode, &sink)
    }

    /// The content is known: `octets` of it were held.
    private mutating func settle<S: LeafSink & ~Copyable>(
        _ verdict: ProtobufProbe.Verdict,
        held octets: [UInt8],
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        // What was held stays pending until those who are given it know what it is.
        switch verdict {
        case .message where number > 0 && levels.count < Self.depthLimit:
            decode.meter.change(to: .inspected)
            position -= octets.count
            levels.append(Level(end: position + octets.count + left, number: number))
            place = .tag
            number = 0
            queue = octets
            return
        case .text:
            place = .text
            beginText(.none)
            route.text(octets.span, &decode, &sink)
        case .message where number > 0:
            decode.meter.change(to: .opaque(.nesting))
            place = .passed
        case .other, .message:
            // As short as that it is an identifier, a digest or numbers.
            place = left + octets.count <= ProtobufProbe.window ? .passed : .payload
            guard place == .payload else {
                decode.meter.change(to: .inspected)
                break
            }
            guard origin.depth < limits.nesting else {
                decode.meter.change(to: .opaque(.nesting))
                place = .passed
                break
            }
            openPayload()
            payload?.decoder.consume(octets.span, &decode, &sink)
        }
        if left == 0 { endContent(isTruncated: false, &decode, &sink) }
    }

    private mutating func beginText(_ trust: ValueProbe.Trust) {
        route.begin(provenance, trust: trust)
    }

    private mutating func openPayload() {
        var inner = PayloadOrigin(segment: origin.segment, depth: origin.depth + 1)
        inner.codings = origin.codings
        inner.filename = origin.filename
        inner.group = origin.group
        inner.place = provenance.place
        if let payload {
            payload.decoder.reset(inner)
        } else {
            payload = NestedPayload(inner, limits)
        }
    }

    private mutating func readContent<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let count = min(left, input.count - index)
        let octets = input.extracting(index..<(index + count))
        track(index, &decode)
        switch place {
        case .text where count == left: route.whole(octets, &decode, &sink)
        case .text: route.text(octets, &decode, &sink)
        case .payload: payload?.decoder.consume(octets, &decode, &sink)
        default: break
        }
        index += count
        position += count
        left -= count
        track(index, &decode)
        if left == 0 { endContent(isTruncated: false, &decode, &sink) }
    }

    private mutating func endContent<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if route.isOpen { route.end(isTruncated: isTruncated, &decode, &sink) }
        if place == .payload { payload?.decoder.finish(isTruncated: isTruncated, &decode, &sink) }
        decode.meter.change(to: .inspected)
        endField()
    }

    // MARK: Places

    /// What a leaf here is called.
    private var provenance: Provenance {
        var pointer = prefix
        for level in levels where level.number > 0 { Self.append(level.number, to: &pointer) }
        if number > 0 { Self.append(number, to: &pointer) }
        if pointer.count > limits.pointerOctets {
            pointer.removeSubrange(max(0, limits.pointerOctets)...)
            pointer.append(contentsOf: "/…".utf8)
        }
        var provenance = origin.provenance
        provenance.place = LeafPointer(pointer.span)
        return provenance
    }

    private static func append(_ number: UInt64, to pointer: inout [UInt8]) {
        pointer.append(UInt8(ascii: "/"))
        pointer.append(contentsOf: String(number).utf8)
    }

    private func track(_ position: Int, _ decode: inout DecodeState) {
        if isTracked { decode.meter.offset = decode.meter.base + position }
    }
}
