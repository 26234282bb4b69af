/// The text of strings: unescaping, gathering, passing on.
extension JSONLeaves {
    /// Reads a string's octets up to its closing quote.
    mutating func readString<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = gatherPlain(input, &index, &decode, &sink)
            guard let octet else { return }
            guard octet == UInt8(ascii: "\\") else {
                index += 1
                return endString(index, &decode, &sink)
            }
            escapes.begin()
            index += 1
        }
    }

    /// Reads text in which strings are unescaped in place, up to the next quote.
    mutating func readWholeText<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            guard let octet = gatherPlain(input, &index, &decode, &sink) else { return }
            index += 1
            guard octet == UInt8(ascii: "\\") else {
                put(escapes.dropSurrogate(), index - 1, &decode, &sink)
                put(octet, index, &decode, &sink)
                flush(index, &decode, &sink)
                lexical = .quotedInText
                return
            }
            escapes.begin()
        }
    }

    /// Holds the octets after a quote for as long as they may be base64.
    mutating func readQuotedInText<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = input[index]
            guard Base64Decoder.isDigit(octet) || Self.isDataURLMark(octet) else {
                if decode.meter.mode == .pending { decode.meter.change(to: .inspected) }
                lexical = .wholeText
                return
            }
            gathered[gatheredCount] = octet
            gatheredCount += 1
            index += 1
            if gatheredCount == 128 {
                // Long enough to be looked at by itself: the text before it ends here.
                if route.isOpen { route.end(isTruncated: false, &decode, &sink) }
                isValueOpen = false
                lexical = .string
                use = .quoted
                return
            }
        }
    }

    private static func isDataURLMark(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "="): true
        default: false
        }
    }

    /// Tells by the octet after it whether a quote after a hole closed a string or opened one.
    mutating func readQuoteAfterHole(_ input: Span<UInt8>, _ index: inout Int) {
        while index < input.count {
            switch input[index] {
            case 0x20, 0x0a, 0x0d, 0x09: index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"):
                lexical = .structure
                return
            default:
                lexical = .string
                use = .value
                return
            }
        }
    }

    /// The input is over, more may come: passes on what need not wait.
    mutating func endInput<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        switch lexical {
        case .structure, .word, .quoteAfterHole: break
        case .quotedInText:
            if gatheredCount > 0 { decode.meter.change(to: .pending) }
        case .string where use == .name:
            if gatheredCount > Self.nameLimit {
                use = .longName
                nameFromGathered()
                flush(position, &decode, &sink)
            }
        case .string, .wholeText: flush(position, &decode, &sink)
        }
    }

    /// Gathers octets up to a quote or a backslash, which it returns without passing it; nil at the input's end.
    private mutating func gatherPlain<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) -> UInt8? {
        while index < input.count {
            if escapes.isIdle {
                var count = gatheredCount
                let stop = PlainText.unescape(input, &index, into: &gathered, &count)
                gatheredCount = count
                switch stop {
                case .full: flush(index, &decode, &sink)
                case .end: return nil
                case .quote: return UInt8(ascii: "\"")
                case .escape: return UInt8(ascii: "\\")
                }
            } else if escapes.isOpen {
                let (output, isTaken) = escapes.take(input[index])
                if isTaken { index += 1 }
                put(output, index, &decode, &sink)
            } else {
                // Half a surrogate pair: only another escape can bring the other half.
                if input[index] == UInt8(ascii: "\\") { return UInt8(ascii: "\\") }
                put(escapes.dropSurrogate(), index, &decode, &sink)
            }
        }
        return nil
    }

    private mutating func endString<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if !escapes.isIdle { put(escapes.finish(), position, &decode, &sink) }
        switch use {
        case .name:
            let isLong = gatheredCount > Self.nameLimit
            nameFromGathered()
            if isLong {
                use = .longName
                flush(position - 1, &decode, &sink)
                track(position - 1, &decode)
                closeValue(&decode, &sink)
            }
            gatheredCount = 0
            lexical = .structure
        case .value where !isValueOpen && gatheredCount > 0:
            openValue(&decode)
            capture(gatheredCount)
            let text = gathered
            route.whole(text.span.extracting(0..<gatheredCount), &decode, &sink)
            gatheredCount = 0
            track(position - 1, &decode)
            closeValue(&decode, &sink)
            lexical = .structure
        case .value, .longName:
            flush(position - 1, &decode, &sink)
            closeValue(&decode, &sink)
            lexical = .structure
        case .resumed:
            flush(position - 1, &decode, &sink)
            closeValue(&decode, &sink)
            lexical = .quoteAfterHole
        case .quoted:
            flush(position - 1, &decode, &sink)
            closeValue(&decode, &sink)
            lexical = .wholeText
            put(UInt8(ascii: "\""), position, &decode, &sink)
        }
        expectsName = false
    }

    private mutating func nameFromGathered() {
        let isCut = gatheredCount > Self.nameLimit
        let name = gathered
        path.setKey(name.span.extracting(0..<min(gatheredCount, Self.nameLimit)), isCut: isCut)
    }

    /// Undoes an escape that nothing will follow.
    mutating func finishEscapes<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        put(escapes.finish(), 0, &decode, &sink)
    }

    private mutating func put<S: LeafSink & ~Copyable>(
        _ output: JSONEscapes.Output,
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        for place in 0..<output.count { put(output.octets[place], position, &decode, &sink) }
    }

    mutating func put<S: LeafSink & ~Copyable>(
        _ octet: UInt8,
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if gatheredCount == Self.bufferSize { flush(position, &decode, &sink) }
        gathered[gatheredCount] = octet
        gatheredCount += 1
    }

    /// Passes the gathered text on; `position` is where in the input it ends.
    mutating func flush<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if gatheredCount > 0 {
            if lexical == .string, use == .name {
                // Only a name longer than the buffer comes here.
                nameFromGathered()
                use = .longName
            }
            if !isValueOpen { openValue(&decode) }
            capture(gatheredCount)
            let text = gathered
            route.text(text.span.extracting(0..<gatheredCount), &decode, &sink)
            gatheredCount = 0
        }
        track(position, &decode)
    }

    /// Remembers the beginning of a value whose meaning matters.
    private mutating func capture(_ count: Int) {
        guard capture != .none, captured.count < 128 else { return }
        for place in 0..<min(count, 128 - captured.count) { captured.append(gathered[place]) }
    }

    /// Tells the meter how far the input has been passed on.
    mutating func track(_ position: Int, _ decode: inout DecodeState) {
        if isTracked { decode.meter.offset = decode.meter.base + position }
    }
}
