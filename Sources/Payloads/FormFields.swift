internal import Wire

/// Reads urlencoded forms (WHATWG URL § 5.1): each value a leaf, its name the pointer.
struct FormFields: ~Copyable {
    private enum Place { case name, value }

    private var place = Place.name
    private var name: [UInt8] = []
    private var origin = PayloadOrigin(segment: .body, depth: 0)
    private var route: ValueRoute
    private var gathered: [UInt8]
    private var gatheredCount = 0

    /// Octets of an open percent escape: 0 none, 1 the sign, 2 the sign and `digit`.
    private var escaped = 0
    private var digit: UInt8 = 0
    private var isTracked = false

    private static let nameLimit = 256

    init(depth: Int) {
        route = ValueRoute(depth: depth)
        gathered = [UInt8](repeating: 0, count: 4_096)
    }

    /// Starts another form.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        place = .name
        name.removeAll(keepingCapacity: true)
        gatheredCount = 0
        escaped = 0
    }

    /// Takes the next octets; all text that they hold is passed on before this returns.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        isTracked: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        self.isTracked = isTracked
        var index = 0
        while index < input.count {
            if place == .value, escaped == 0 {
                var count = gatheredCount
                Self.unescape(input, &index, into: &gathered, &count)
                gatheredCount = count
                if count == gathered.count { flush(index, &decode, &sink) }
                guard index < input.count else { break }
            }
            let octet = input[index]
            defer { index += 1 }
            if escaped > 0, takeEscaped(octet, index, &decode, &sink) { continue }
            switch octet {
            case UInt8(ascii: "%"): escaped = 1
            case UInt8(ascii: "+"): put(0x20, index, &decode, &sink)
            case UInt8(ascii: "&"): endField(index, isTruncated: false, &decode, &sink)
            case UInt8(ascii: "=") where place == .name:
                place = .value
                track(index + 1, &decode)
            default: put(octet, index, &decode, &sink)
            }
        }
        if place == .value { flush(input.count, &decode, &sink) }
    }

    /// Ends the form.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isTracked = false
        putOpenEscape(0, &decode, &sink)
        endField(0, isTruncated: isTruncated, &decode, &sink)
    }

    /// Passes over octets that were never seen; what follows is a value, its name unknown.
    mutating func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        putOpenEscape(0, &decode, &sink)
        if place == .name, !name.isEmpty { nameBecomesValue(0, &decode, &sink) }
        flush(0, &decode, &sink)
        place = .value
        if route.isOpen, route.gap(octets, &decode, &sink) { return }
        name.removeAll(keepingCapacity: true)
        openValue(trust: .resumed)
    }

    /// The hot loop: copies octets and undoes whole escapes, until something else comes or the buffer is full.
    private static func unescape(
        _ input: Span<UInt8>,
        _ index: inout Int,
        into buffer: inout [UInt8],
        _ gathered: inout Int
    ) {
        var position = index
        var count = gathered
        var room = buffer.mutableSpan
        while position < input.count, count < room.count {
            var octet = input[position]
            if octet == UInt8(ascii: "&") { break }
            if octet == UInt8(ascii: "+") {
                octet = 0x20
            } else if octet == UInt8(ascii: "%") {
                guard position + 2 < input.count, let high = ASCII.hexValue(input[position + 1]),
                    let low = ASCII.hexValue(input[position + 2])
                else { break }
                octet = high << 4 | low
                position += 2
            }
            room[count] = octet
            count += 1
            position += 1
        }
        index = position
        gathered = count
    }

    /// Takes the octet after a percent sign; false when it is none of the escape's and must be read as it stands.
    private mutating func takeEscaped<S: LeafSink & ~Copyable>(
        _ octet: UInt8,
        _ index: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> Bool {
        guard let value = ASCII.hexValue(octet) else {
            putOpenEscape(index, &decode, &sink)
            return false
        }
        if escaped == 1 {
            escaped = 2
            digit = octet
        } else {
            escaped = 0
            put((ASCII.hexValue(digit) ?? 0) << 4 | value, index, &decode, &sink)
        }
        return true
    }

    private mutating func putOpenEscape<S: LeafSink & ~Copyable>(
        _ index: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let count = escaped
        escaped = 0
        if count > 0 { put(UInt8(ascii: "%"), index, &decode, &sink) }
        if count > 1 { put(digit, index, &decode, &sink) }
    }

    private mutating func put<S: LeafSink & ~Copyable>(
        _ octet: UInt8,
        _ index: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard place == .value else {
            name.append(octet)
            // Nobody names a field so: it is text without a name.
            if name.count > Self.nameLimit { nameBecomesValue(index, &decode, &sink) }
            return
        }
        if gatheredCount == gathered.count { flush(index, &decode, &sink) }
        gathered[gatheredCount] = octet
        gatheredCount += 1
    }

    private mutating func nameBecomesValue<S: LeafSink & ~Copyable>(
        _ index: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        place = .value
        let octets = name
        name.removeAll(keepingCapacity: true)
        for octet in octets { put(octet, index, &decode, &sink) }
    }

    private mutating func openValue(trust: ValueProbe.Trust) {
        var provenance = origin.provenance
        provenance.place = LeafPointer(name.span)
        route.begin(provenance, trust: trust)
    }

    private mutating func flush<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if gatheredCount > 0 {
            if !route.isOpen { openValue(trust: .none) }
            let text = gathered
            route.text(text.span.extracting(0..<gatheredCount), &decode, &sink)
            gatheredCount = 0
        }
        track(position, &decode)
    }

    private mutating func endField<S: LeafSink & ~Copyable>(
        _ position: Int,
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        // A body without `=` is one value: senders that post text as a form.
        if place == .name, !name.isEmpty { nameBecomesValue(position, &decode, &sink) }
        flush(position, &decode, &sink)
        if route.isOpen { route.end(isTruncated: isTruncated, &decode, &sink) }
        name.removeAll(keepingCapacity: true)
        place = .name
    }

    private func track(_ position: Int, _ decode: inout DecodeState) {
        if isTracked { decode.meter.offset = decode.meter.base + position }
    }
}
