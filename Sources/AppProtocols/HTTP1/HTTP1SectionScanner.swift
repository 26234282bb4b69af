/// Finds the blank line that ends a head or a trailer section, over any number of chunks.
struct HTTP1SectionScanner {
    /// What the current line holds so far.
    private enum Line {
        case empty
        case carriageReturn
        case text
    }

    private var line = Line.empty

    /// Whether a whole line has gone by.
    private(set) var hasLine = false

    /// The index after the blank line's LF, searching from `start`; nil when it is not in `chunk`.
    ///
    /// Lines end with LF; a CR before it is not part of the line.
    mutating func end(in chunk: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        let count = chunk.count
        while index < count {
            if line == .text {
                while index < count, chunk[index] != UInt8(ascii: "\n") { index += 1 }
                guard index < count else { return nil }
            }
            let octet = chunk[index]
            index += 1
            if octet == UInt8(ascii: "\n") {
                if line != .text { return index }
                hasLine = true
                line = .empty
            } else {
                line = octet == UInt8(ascii: "\r") && line == .empty ? .carriageReturn : .text
            }
        }
        return nil
    }
}
