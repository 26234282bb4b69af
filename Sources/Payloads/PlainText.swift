internal import CTextScan

/// Copies the text of JSON strings, 32 octets at a time, undoing the common escapes on the way.
@safe
enum PlainText {
    /// What `unescape` came to.
    enum Stop {
        /// No more room.
        case full
        /// The end of the input.
        case end
        /// A closing quote.
        case quote
        /// A backslash whose escape is long, unknown or cut.
        case escape
    }

    /// Room that the buffer must have past its limit, for what is copied and not used.
    static let slack = 32

    /// Copies from `position` on into `buffer`, of which `count` octets are in use, until something else comes.
    ///
    /// Stops as full when `count` has reached the buffer's length less `slack`. `position` and `count` go on.
    static func unescape(
        _ input: Span<UInt8>,
        _ position: inout Int,
        into buffer: inout [UInt8],
        _ count: inout Int
    ) -> Stop {
        var room = buffer.mutableSpan
        let limit = room.count - slack
        while position < input.count {
            guard count < limit else { return .full }
            copy(input, &position, &room, limit, &count)
            guard position < input.count, count < limit else { continue }
            let octet = input[position]
            if octet == UInt8(ascii: "\"") { return .quote }
            if octet == UInt8(ascii: "\\") {
                // A newline ends every line of code, so the short escapes are common.
                guard position + 1 < input.count, let plain = JSONEscapes.plain(input[position + 1]) else {
                    return .escape
                }
                room[count] = plain
                position += 1
            } else {
                room[count] = octet
            }
            count += 1
            position += 1
        }
        return .end
    }

    /// Copies up to a quote, a backslash, the limit or the input's last octets.
    @inline(__always)
    private static func copy(
        _ input: Span<UInt8>,
        _ position: inout Int,
        _ room: inout MutableSpan<UInt8>,
        _ limit: Int,
        _ count: inout Int
    ) {
        while position <= input.count &- 32, count < limit {
            // 32 octets from `position` are there; so are as many from `count`, which is below the buffer's end by more.
            let marks = unsafe input.withUnsafeBufferPointer { from in
                unsafe room.withUnsafeMutableBufferPointer { to in
                    guard let from = from.baseAddress, let to = to.baseAddress else { return UInt32.max }
                    return unsafe ctextscan_copy(from + position, to + count)
                }
            }
            // Where nothing is marked all 32 are counted.
            let plain = marks.trailingZeroBitCount
            position &+= plain
            count &+= plain
            if marks != 0 { return }
        }
    }
}
