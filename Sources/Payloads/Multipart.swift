/// Reads multipart bodies (RFC 2046 § 5.1, RFC 7578) as they come: each part is a payload of its own.
///
/// - Note: Liberal: a boundary line may end in a bare line feed, headers may be missing, the last boundary too.
struct Multipart: ~Copyable {
    private enum Place {
        /// Before the first boundary, which no line break need precede.
        case preamble
        /// After a boundary: the rest of its line.
        case boundaryLine
        case header
        case body
        /// After the last boundary.
        case epilogue
    }

    private var place = Place.preamble
    private var origin = PayloadOrigin(segment: .body, depth: 0)
    private let limits: DecodeLimits

    /// What ends a part: a line break, two hyphens and the boundary.
    private var delimiter: [UInt8] = []
    /// For each matched length, the longest shorter one that is still matched when the next octet differs.
    private var fallbacks: [Int] = []
    private var matched = 0
    /// Of the octets matched, how many were only assumed: the line break before a boundary that comes first.
    private var assumed = 0
    private var lineBreak = 2

    private var line: [UInt8] = []
    private var header = PartHeader()
    private var headerCount = 0
    private var part: NestedPayload?
    private var transfer = TransferDecoder()
    private var isPartOpen = false
    private var isTracked = false

    init(_ limits: DecodeLimits) {
        self.limits = limits
    }

    /// Starts another body.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        setDelimiter([0x0d, 0x0a])
        place = .preamble
        isPartOpen = false
        assumeLineBreak()
        line.removeAll(keepingCapacity: true)
    }

    private mutating func setDelimiter(_ lineBreak: [UInt8]) {
        self.lineBreak = lineBreak.count
        delimiter = lineBreak + [0x2d, 0x2d] + origin.type.boundary
        fallbacks = Self.fallbacks(of: delimiter)
    }

    /// A boundary may follow at once, as though a line break came before it.
    private mutating func assumeLineBreak() {
        matched = lineBreak
        assumed = lineBreak
    }

    private static func fallbacks(of pattern: [UInt8]) -> [Int] {
        var fallbacks = [Int](repeating: 0, count: pattern.count + 1)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = fallbacks[length] }
            if pattern[index] == pattern[length] { length += 1 }
            fallbacks[index + 1] = length
        }
        return fallbacks
    }

    /// Takes the next octets; all text that they determine is passed on before this returns.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        isTracked: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        self.isTracked = isTracked
        var index = 0
        while index < input.count {
            switch place {
            case .preamble, .body, .epilogue: readBody(input, &index, &decode, &sink)
            case .boundaryLine: readBoundaryLine(input, &index, &decode, &sink)
            case .header: readHeader(input, &index, &decode, &sink)
            }
        }
    }

    /// Ends the body; `isTruncated` when not all of it was given.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isTracked = false
        if place == .body { emitDelimiter(matched, &decode, &sink) }
        endPart(isTruncated: isTruncated, &decode, &sink)
    }

    /// Passes over octets that were never seen.
    ///
    /// What follows counts to the part at hand until the next boundary.
    mutating func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        if place == .body { emitDelimiter(matched, &decode, &sink) }
        matched = 0
        assumed = 0
        if place != .body {
            endPart(isTruncated: true, &decode, &sink)
            header = PartHeader()
            openPart(&decode)
        }
        guard isPartOpen else { return }
        transfer.gap(octets, part, &decode, &sink)
    }

    // MARK: - Parts

    private mutating func readBody<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var start = index
        while index < input.count {
            if matched == 0 {
                let first = delimiter[0]
                while index < input.count, input[index] != first { index += 1 }
                guard index < input.count else { break }
            }
            if input[index] == delimiter[matched] {
                if matched == 0 { emit(input, start..<index, &decode, &sink) }
                matched += 1
                index += 1
                start = index
                if matched == delimiter.count { return endAtBoundary(index, &decode, &sink) }
            } else {
                // The octets matched so far were text: all but those that begin a shorter match.
                let shorter = fallbacks[matched]
                emitDelimiter(matched - shorter, &decode, &sink)
                matched = shorter
                start = index
                if matched == 0, input[index] != delimiter[0] { index += 1 }
            }
        }
        if matched == 0 { emit(input, start..<index, &decode, &sink) }
    }

    private mutating func endAtBoundary<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        track(position - min(position, delimiter.count), &decode)
        endPart(isTruncated: false, &decode, &sink)
        matched = 0
        assumed = 0
        line.removeAll(keepingCapacity: true)
        place = .boundaryLine
    }

    private mutating func readBoundaryLine<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = input[index]
            index += 1
            if octet == 0x0a {
                if line.last != 0x0d, lineBreak == 2 { setDelimiter([0x0a]) }
                place = .header
                header = PartHeader()
                headerCount = 0
                line.removeAll(keepingCapacity: true)
                return
            }
            if line.count == 2 { line.removeFirst() }
            line.append(octet)
            if line == [0x2d, 0x2d] {
                place = .epilogue
                return
            }
        }
    }

    private mutating func readHeader<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = input[index]
            index += 1
            headerCount += 1
            if octet == 0x0a {
                if line.last == 0x0d { line.removeLast() }
                if line.isEmpty {
                    place = .body
                    track(index, &decode)
                    openPart(&decode)
                    // An empty part's boundary may follow at once: the line break is the header's own.
                    assumeLineBreak()
                    return
                }
                let field = line
                header.read(field.span)
                line.removeAll(keepingCapacity: true)
            } else if headerCount <= limits.partHeaderOctets {
                line.append(octet)
            } else {
                // Too long for a header: what is left of the part is not looked at.
                track(index, &decode)
                decode.meter.change(to: .opaque(.headers))
                line.removeAll(keepingCapacity: true)
                place = .body
                matched = 0
                return
            }
        }
    }

    private mutating func openPart(_ decode: inout DecodeState) {
        var inner = PayloadOrigin(segment: origin.segment, depth: origin.depth + 1)
        inner.codings = origin.codings
        inner.type = header.type
        inner.place = LeafPointer(header.name.span)
        inner.filename = header.filename
        if header.filename != nil { inner.segment = .file }
        // A field of JSON is read like a body; a file of it is text that happens to be JSON.
        inner.wantsLeaves = header.filename == nil
        if let step = header.transfer.step { inner.codings.append(step) }
        if let part {
            part.decoder.reset(inner)
        } else {
            part = NestedPayload(inner, limits)
        }
        transfer.reset(header.transfer)
        isPartOpen = true
        place = .body
    }

    private mutating func endPart<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if isPartOpen {
            transfer.finish(part, isTruncated: isTruncated, &decode, &sink)
            isPartOpen = false
        }
        decode.meter.change(to: .inspected)
    }

    /// Passes on octets of a part, or of what stands around the parts.
    private mutating func emit<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ range: Range<Int>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard !range.isEmpty else { return }
        if place != .body, !isPartOpen {
            // Nobody should write here, so what is written is looked at.
            header = PartHeader()
            let around = place
            openPart(&decode)
            place = around
        }
        guard isPartOpen else { return }
        track(range.lowerBound, &decode)
        transfer.consume(input.extracting(range), part, &decode, &sink)
        track(range.upperBound, &decode)
    }

    /// Passes on the first octets of the delimiter, which turned out to be text.
    private mutating func emitDelimiter<S: LeafSink & ~Copyable>(
        _ count: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let start = min(assumed, count)
        assumed = 0
        guard count > start, isPartOpen else { return }
        let text = delimiter
        transfer.consume(text.span.extracting(start..<count), part, &decode, &sink)
    }

    private func track(_ position: Int, _ decode: inout DecodeState) {
        if isTracked { decode.meter.offset = decode.meter.base + position }
    }
}
