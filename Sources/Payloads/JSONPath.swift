/// The place in a JSON text: open containers and the pointer (RFC 6901) to the value at hand.
///
/// Depth costs one bit a level. Names and indices are kept for the first levels only; a pointer that would go deeper or
/// grow too long ends in `…`.
struct JSONPath {
    /// The container at hand.
    enum Kind {
        case top, object, array
        /// What was opened before a hole, or deeper than is remembered.
        case unknown
    }

    /// Open containers.
    private(set) var depth = 0

    /// Whether a hole has made the containers around this place unknown.
    private(set) var isLoose = false

    private var bits: [UInt64] = []
    private var frames: [Frame] = []
    /// The pointer, in the first `count` octets: kept by hand because arrays shrink slowly.
    private var text: [UInt8]
    private var count = 0
    private var known: [8 of KnownKey] = .init(repeating: .other)
    private let depthLimit: Int
    private let textLimit: Int
    private var prefixCount = 0
    /// Length of the pointer before the mark of what is too deep.
    private var markBase = 0
    private var looseKey = KnownKey.other

    private struct Frame {
        /// Length of the pointer above this container.
        var base: Int
        /// Index of the element at hand; -1 in an object.
        var index: Int
        /// Whether the pointer ends with this frame's member or element.
        var isWritten = false
    }

    private static let frameLimit = 64
    private static let mark = Array("/…".utf8)

    init(limits: DecodeLimits) {
        depthLimit = max(0, limits.jsonDepth)
        textLimit = max(8, limits.pointerOctets)
        text = [UInt8](repeating: 0, count: textLimit + 2 * Self.mark.count)
    }

    /// Starts again at the top, below `prefix`.
    mutating func reset(prefix: LeafPointer) {
        depth = 0
        isLoose = false
        frames.removeAll(keepingCapacity: true)
        count = 0
        if !prefix.isEmpty { for octet in prefix.text.utf8.prefix(textLimit) { append(octet) } }
        prefixCount = count
        known = .init(repeating: .other)
        looseKey = .other
    }

    /// Forgets the open containers after a hole: whatever is closed from here on may have been opened before it.
    mutating func loosen() {
        depth = 0
        isLoose = true
        frames.removeAll(keepingCapacity: true)
        count = min(prefixCount, count)
        appendMark()
        known = .init(repeating: .other)
        looseKey = .other
    }

    /// What the container at hand is.
    var kind: Kind {
        if depth == 0 { return isLoose ? .unknown : .top }
        guard depth <= depthLimit else { return .unknown }
        let level = depth - 1
        return bits[level >> 6] >> UInt64(level & 63) & 1 == 1 ? .object : .array
    }

    /// The known name at a level of the pointer, 0 being a member of the outermost object.
    func key(_ level: Int) -> KnownKey {
        level < 8 && level < depth ? known[level] : .other
    }

    /// The known name of the value at hand.
    var lastKey: KnownKey {
        if depth == 0 { return looseKey }
        return depth <= 8 ? known[depth - 1] : .other
    }

    /// The known name of the container at hand within its own.
    var parentKey: KnownKey { depth > 1 && depth <= 9 ? known[depth - 2] : .other }

    /// Opens the value at hand as a container.
    mutating func push(isObject: Bool) {
        if depth < Self.frameLimit {
            writeIndex()
            frames.append(Frame(base: count, index: isObject ? -1 : 0))
        } else if depth == Self.frameLimit {
            writeIndex()
            markBase = count
            appendMark()
        }
        if depth < 8 { known[depth] = isObject ? .other : .element }
        if depth < depthLimit {
            let word = depth >> 6
            if word == bits.count { bits.append(0) }
            let bit = UInt64(1) << UInt64(depth & 63)
            if isObject { bits[word] |= bit } else { bits[word] &= ~bit }
        }
        depth += 1
    }

    /// Closes the container at hand; false when it is not of that kind or none is open.
    mutating func pop(isObject: Bool) -> Bool {
        guard depth > 0 else { return isLoose }
        let isMatched =
            switch kind {
            case .object: isObject
            case .array: !isObject
            case .unknown, .top: true
            }
        depth -= 1
        if depth < Self.frameLimit, let frame = frames.popLast() {
            count = frame.base
        } else if depth == Self.frameLimit {
            count = markBase
        }
        return isMatched
    }

    /// The member at hand has this name (unescaped).
    mutating func setKey(_ name: Span<UInt8>, isCut: Bool = false) {
        if depth > 0, depth <= 8 { known[depth - 1] = isCut ? .other : KnownKey(name) }
        guard depth <= Self.frameLimit, var frame = frames.last else { return }
        count = frame.base
        frame.isWritten = true
        frames[frames.count - 1] = frame
        append(UInt8(ascii: "/"))
        for index in name.indices {
            switch name[index] {
            case UInt8(ascii: "~"):
                append(UInt8(ascii: "~"))
                append(UInt8(ascii: "0"))
            case UInt8(ascii: "/"):
                append(UInt8(ascii: "~"))
                append(UInt8(ascii: "1"))
            case let octet: append(octet)
            }
        }
        if isCut { appendMark(from: 1) }
    }

    /// The value at hand has this name, in a container whose opening a hole took.
    mutating func setLooseKey(_ name: Span<UInt8>) {
        looseKey = depth == 0 ? KnownKey(name) : .other
    }

    /// Goes on to the array's next element.
    mutating func nextElement() {
        guard depth <= Self.frameLimit, !frames.isEmpty else { return }
        frames[frames.count - 1].index &+= 1
        frames[frames.count - 1].isWritten = false
    }

    /// The pointer to the value at hand.
    mutating func pointer() -> LeafPointer {
        writeIndex()
        return LeafPointer(text.span.extracting(0..<count))
    }

    /// Writes the index of the element at hand, put off until now because most elements are numbers nobody asks about.
    private mutating func writeIndex() {
        guard depth <= Self.frameLimit, let frame = frames.last, frame.index >= 0, !frame.isWritten else { return }
        count = frame.base
        append(UInt8(ascii: "/"))
        var divisor = 1
        while frame.index / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(frame.index / divisor % 10))
            divisor /= 10
        }
        frames[frames.count - 1].isWritten = true
    }

    private mutating func append(_ octet: UInt8) {
        if count < textLimit {
            text[count] = octet
            count += 1
        } else if count == textLimit {
            appendMark(from: 1)
        }
    }

    /// Writes the mark, of which there may be one beyond the limit.
    private mutating func appendMark(from start: Int = 0) {
        for octet in Self.mark[start...] where count < text.count {
            text[count] = octet
            count += 1
        }
    }
}
