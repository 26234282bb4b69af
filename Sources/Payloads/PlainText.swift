internal import CTextScan

/// Copies the text of JSON strings by blocks, undoing the common escapes on the way.
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
    static let slack = 64

    /// The newest form of the loop that this machine can run.
    static let newestForm = ctextscan_form()

    /// Copies from `position` on into `buffer`, of which `count` octets are in use, until something else comes.
    ///
    /// Stops as full when `count` has reached the buffer's length less `slack`. `position` and `count` go on. All forms give
    /// the same; where they stop as full may differ.
    static func unescape(
        _ input: Span<UInt8>,
        _ position: inout Int,
        into buffer: inout [UInt8],
        _ count: inout Int,
        form: Int32 = newestForm
    ) -> Stop {
        var room = buffer.mutableSpan
        let limit = room.count - slack
        guard position < input.count else { return .end }
        guard count < limit else { return .full }
        let text = input.extracting(position..<input.count)
        var taken = 0
        // What is read lies in `text`; what is written past the limit, and past `count`, lies in the slack.
        count += unsafe text.withUnsafeBufferPointer { text in
            unsafe room.withUnsafeMutableBufferPointer { room in
                guard let from = text.baseAddress, let to = room.baseAddress else { return 0 }
                return unsafe ctextscan_unescape(form, from, text.count, to + count, limit - count, &taken)
            }
        }
        position += taken
        guard position < input.count else { return .end }
        guard count < limit else { return .full }
        return input[position] == UInt8(ascii: "\"") ? .quote : .escape
    }
}
