/// Reads JSON (RFC 8259) as it comes and gives its strings, unescaped, with their place.
///
/// Never recurses and never fails: values in a row (JSON lines) are read one after another; what is not JSON passes as
/// text, so that nothing goes unscanned; after a hole it finds its feet at the next quote. Numbers, literals and names of
/// at most 64 octets are not leaves.
struct JSONLeaves: ~Copyable {
    /// What the octets at hand belong to.
    enum Lexical {
        case structure
        case string
        /// A number or a word.
        case word
        /// After a quote that either closed or opened a string: the next octet tells.
        case quoteAfterHole
        /// Everything is text, strings being unescaped in place.
        case wholeText
        /// In such text, after a quote: octets are held that may be base64.
        case quotedInText
    }

    /// What the string at hand is.
    enum Use {
        case name, value
        /// A name too long to be only a name.
        case longName
        /// What follows a hole, up to the next quote.
        case resumed
        /// A string of a whole text that is routed by itself.
        case quoted
    }

    enum Capture {
        case none, role, model, filename, name
    }

    static let nameLimit = 64
    static let bufferSize = 4_096

    var path: JSONPath
    var chat: ChatSegments
    var route: ValueRoute
    var origin: PayloadOrigin

    var lexical = Lexical.structure
    var use = Use.value
    var escapes = JSONEscapes()
    var expectsName = false

    /// Unescaped text that waits to be passed on.
    var gathered: [UInt8] = []
    var gatheredCount = 0
    var isValueOpen = false

    var capture = Capture.none
    var captured: [UInt8] = []
    private var filename: String?
    private var filenameDepth = 0

    private var word: UInt64 = 0
    private var wordCount = 0
    private var isNumber = true
    private var stumbles = 0

    /// Whether the meter follows the span at hand.
    var isTracked = false
    private var isAfterHole = false

    init(_ limits: DecodeLimits, depth: Int) {
        path = JSONPath(limits: limits)
        chat = ChatSegments(format: .unknown, fallback: .body)
        route = ValueRoute(depth: depth)
        origin = PayloadOrigin(segment: .body, depth: depth)
        gathered = [UInt8](repeating: 0, count: Self.bufferSize + PlainText.slack)
    }

    /// Starts another text, its buffers being kept.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        path.reset(prefix: origin.place)
        chat = ChatSegments(format: origin.format, fallback: origin.segment)
        lexical = origin.wantsLeaves ? .structure : .wholeText
        escapes = JSONEscapes()
        expectsName = false
        gatheredCount = 0
        isValueOpen = false
        capture = .none
        filename = nil
        stumbles = 0
        isAfterHole = false
        use = .value
        resetWord()
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
        if isAfterHole { readHoleEdge(input, &index, &decode, &sink) }
        while index < input.count {
            switch lexical {
            case .structure: readStructure(input, &index, &decode, &sink)
            case .string: readString(input, &index, &decode, &sink)
            case .word: readWord(input, &index, &decode, &sink)
            case .quoteAfterHole: readQuoteAfterHole(input, &index)
            case .wholeText: readWholeText(input, &index, &decode, &sink)
            case .quotedInText: readQuotedInText(input, &index, &decode, &sink)
            }
        }
        endInput(input.count, &decode, &sink)
    }

    /// Ends the text; `isTruncated` when not all of it was given.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isTracked = false
        switch lexical {
        case .structure, .quoteAfterHole: break
        case .word: endWord(&decode, &sink)
        case .string where use == .name:
            // A name that the end cut may be a value whose text was lost before it: nothing is kept back.
            use = .longName
            finishEscapes(&decode, &sink)
        case .string, .wholeText, .quotedInText: finishEscapes(&decode, &sink)
        }
        flush(0, &decode, &sink)
        let isCut = isTruncated || lexical == .string || path.depth > 0
        if route.isOpen { route.end(isTruncated: isCut, &decode, &sink) }
        isValueOpen = false
    }

    /// Passes over octets that were never seen.
    ///
    /// Where a string was open, the hole may have closed it; so may have been any container. Up to the next quote all is
    /// text, then strings are values whose place is unknown.
    mutating func gap<S: LeafSink & ~Copyable>(
        _ octets: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isTracked = false
        if lexical == .word { endWord(&decode, &sink) }
        if lexical == .string, use == .name { use = .longName }
        finishEscapes(&decode, &sink)
        flush(0, &decode, &sink)
        if capture != .none { capture = .none }
        let goesOn = route.isOpen && route.gap(octets, &decode, &sink)
        if lexical == .wholeText || lexical == .quotedInText {
            lexical = .wholeText
            isValueOpen = false
            return
        }
        if lexical == .string, use == .quoted {
            if !goesOn {
                lexical = .wholeText
                isValueOpen = false
            }
            return
        }
        path.loosen()
        expectsName = false
        isAfterHole = true
        lexical = .string
        use = .resumed
        isValueOpen = goesOn
    }

    /// Reads the backslashes that follow a hole, and a quote after them, as they stand: more likely the rest of escapes than
    /// the string's end; and if it is the end, the next quote tells.
    private mutating func readHoleEdge<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard lexical == .string else {
            isAfterHole = false
            return
        }
        while index < input.count, isAfterHole {
            let octet = input[index]
            isAfterHole = octet == UInt8(ascii: "\\")
            guard isAfterHole || octet == UInt8(ascii: "\"") else { return }
            put(octet, index, &decode, &sink)
            index += 1
        }
    }

    // MARK: - Structure

    private mutating func readStructure<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = input[index]
            switch octet {
            case UInt8(ascii: ","):
                switch path.kind {
                case .object: expectsName = true
                case .array: path.nextElement()
                case .top, .unknown: break
                }
            case UInt8(ascii: "\""):
                index += 1
                beginString(index, &decode)
                return
            case UInt8(ascii: ":"):
                expectsName = false
                if path.kind == .unknown, capture == .name {
                    let name = captured
                    path.setLooseKey(name.span)
                }
                capture = .none
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = octet == UInt8(ascii: "{")
                path.push(isObject: isObject)
                expectsName = isObject
                chat.opened(path)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if path.depth <= filenameDepth { filename = nil }
                expectsName = false
                if !path.pop(isObject: octet == UInt8(ascii: "}")) { return stumble(index, &decode, &sink) }
            // RS begins and ends records in RFC 7464 and SignalR.
            case 0x20, 0x0a, 0x0d, 0x09, 0x1e: break
            // A byte order mark, before the text or between values in a row.
            case 0xef where path.kind == .top, 0xbb where path.kind == .top, 0xbf where path.kind == .top: break
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                lexical = .word
                return
            default: return stumble(index, &decode, &sink)
            }
            index += 1
        }
    }

    private mutating func beginString(_ position: Int, _ decode: inout DecodeState) {
        lexical = .string
        use = expectsName && path.kind == .object ? .name : .value
        escapes = JSONEscapes()
        gatheredCount = 0
        isValueOpen = false
        track(position, &decode)
    }

    /// What stands here is not JSON.
    ///
    /// After a hole it is the inside of a string; otherwise all that follows is text.
    private mutating func stumble<S: LeafSink & ~Copyable>(
        _ position: Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        track(position, &decode)
        stumbles += 1
        isValueOpen = false
        gatheredCount = 0
        if path.isLoose, stumbles <= 16 {
            lexical = .string
            use = .resumed
        } else {
            lexical = .wholeText
        }
    }

    // MARK: - Words

    private mutating func resetWord() {
        word = 0
        wordCount = 0
        isNumber = true
    }

    private mutating func readWord<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        while index < input.count {
            let octet = input[index]
            switch octet {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                break
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                isNumber = false
            default:
                endWord(&decode, &sink, position: index)
                return
            }
            if !isNumber, wordCount >= 8 { return endWord(&decode, &sink, position: index) }
            word = word << 8 | UInt64(octet)
            wordCount += 1
            index += 1
        }
    }

    /// Checks the number or word that is over; one that JSON does not know is the beginning of text.
    private mutating func endWord<S: LeafSink & ~Copyable>(
        _ decode: inout DecodeState,
        _ sink: inout S,
        position: Int = 0
    ) {
        let octets = word
        let count = min(8, wordCount)
        let isKnown = isNumber || wordCount <= 8 && Self.words.contains(octets)
        resetWord()
        lexical = .structure
        guard !isKnown else { return }
        stumble(position, &decode, &sink)
        for place in (0..<count).reversed() {
            gathered[gatheredCount] = UInt8(truncatingIfNeeded: octets >> UInt64(8 * place))
            gatheredCount += 1
        }
    }

    private static let words: [UInt64] = ["true", "false", "null", "NaN", "Infinity"].map { word in
        word.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: - Values

    /// Starts the leaf of the value at hand, whose first text is about to be passed on.
    mutating func openValue(_ decode: inout DecodeState) {
        isValueOpen = true
        var (segment, group) = chat.segment(path, &decode)
        var file = origin.filename
        var trust = ValueProbe.Trust.never
        if lexical == .string {
            switch use {
            case .resumed: trust = .resumed
            case .longName, .quoted, .name: trust = .none
            case .value: trust = trustAndCapture(&file)
            }
        }
        if !origin.wantsLeaves {
            segment = origin.segment
            group = origin.group
        }
        route.begin(
            Provenance(segment: segment, codings: origin.codings, place: path.pointer(), filename: file, group: group),
            trust: trust
        )
    }

    /// Whether base64 is expected at this place, and whether the value itself must be remembered.
    private mutating func trustAndCapture(_ file: inout String?) -> ValueProbe.Trust {
        capture = .none
        captured.removeAll(keepingCapacity: true)
        switch path.lastKey {
        case .fileData, .bytes:
            file = filename ?? file
            return .base64
        case .data
        where path.depth == 0 || path.parentKey == .source || path.parentKey == .inlineData
            || path.parentKey == .inputAudio:
            return .base64
        case .url where path.parentKey == .imageURL: return .base64
        case .imageURL: return .base64
        case .element where path.parentKey == .images: return .base64
        case .role where chat.isRole(path), .type where chat.isRole(path): capture = .role
        case .model where path.depth == 1 && origin.depth == 0: capture = .model
        case .filename: capture = .filename
        default: if path.kind == .unknown { capture = .name }
        }
        return .none
    }

    /// The value at hand is over.
    mutating func closeValue<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        if route.isOpen { route.end(isTruncated: false, &decode, &sink) }
        isValueOpen = false
        switch capture {
        case .none, .name: return
        case .role:
            let name = captured
            if let (group, segment) = chat.roleRead(name.span, isType: path.lastKey == .type) {
                sink.groupResolved(group, segment)
            }
        case .model:
            let isPrintable = captured.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            if isPrintable, !captured.isEmpty { sink.modelNamed(String(copying: captured.span)) }
        case .filename:
            filename = String(copying: captured.span)
            filenameDepth = path.depth
        }
        capture = .none
    }
}
