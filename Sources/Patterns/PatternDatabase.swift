import CHyperscan
import Glibc

/// The expressions of a rule set as one Vectorscan database for streams.
///
/// It tells which rules *may* match and near which offset; RE2 confirms. Immutable, and shared between threads.
@safe
struct PatternDatabase: ~Copyable, Sendable {
    /// The database's address.
    ///
    /// An integer, for a pointer is not `Sendable` and a Vectorscan database, never written after its making, is.
    private let address: UInt

    /// The version of Vectorscan, such as `5.4.9`.
    static var engineVersion: String {
        // The library's own constant string: "5.4.9 2023-04-01", never freed.
        guard let text = unsafe hs_version() else { return "unknown" }
        return unsafe String(cString: text).split(separator: " ").first.map(String.init) ?? "unknown"
    }

    /// Compiles expressions, each with the flags of its mode.
    ///
    /// - Throws: ``Failure`` at the first expression that Vectorscan does not take.
    init(_ expressions: [Expression]) throws(Failure) {
        guard hs_valid_platform() == HS_SUCCESS else {
            throw Failure(index: nil, reason: "Vectorscan needs SSE4.2 (x86-64) or NEON (arm64)")
        }
        let flags = expressions.map(\.mode.flags)
        let identifiers = expressions.map(\.identifier)
        // Each string is copied by strdup and freed below, after the call that reads it.
        var patterns = unsafe expressions.map { unsafe UnsafePointer(strdup($0.pattern)) }
        defer { unsafe patterns.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
        var database: OpaquePointer?
        var failure: UnsafeMutablePointer<hs_compile_error_t>?
        // All arrays have one count and outlive the call; Vectorscan copies what it keeps.
        let status = unsafe hs_compile_multi(
            &patterns,
            flags,
            identifiers,
            UInt32(truncatingIfNeeded: expressions.count),
            UInt32(HS_MODE_STREAM),
            nil,
            &database,
            &failure
        )
        guard status == HS_SUCCESS, let made = unsafe database else {
            throw unsafe Failure(consuming: failure)
        }
        address = UInt(bitPattern: made)
    }

    deinit {
        // Made by hs_compile_multi; streams and scratch hold no pointer into it once they are closed.
        _ = unsafe hs_free_database(OpaquePointer(bitPattern: address))
    }

    /// The pointer for the calls of this file; valid while the database is borrowed.
    @unsafe
    fileprivate var pointer: OpaquePointer? { unsafe OpaquePointer(bitPattern: address) }

    /// The greatest length in octets of what an expression matches, `Int.max` if unbounded; nil if it is refused.
    static func maximumWidth(_ expression: Expression) -> Int? {
        var info: UnsafeMutablePointer<hs_expr_info_t>?
        var failure: UnsafeMutablePointer<hs_compile_error_t>?
        // The string lives for the call; what comes back is ours to free.
        let status = unsafe hs_expression_info(expression.pattern, expression.mode.flags, &info, &failure)
        guard status == HS_SUCCESS, let found = unsafe info else {
            _ = unsafe Failure(consuming: failure)
            return nil
        }
        defer { unsafe free(found) }
        let width = unsafe found.pointee.max_width
        return width == .max ? .max : Int(width)
    }

    /// An expression and how Vectorscan is to read it.
    struct Expression: Sendable {
        /// The expression in RE2's syntax, of which Vectorscan's is a superset as far as it goes.
        var pattern: String
        /// How it is read.
        var mode: Mode
        /// Which rule's marks it sets.
        var rule: Int
        /// Whether the next cell is marked as well, because the rule's match may go on after what is found.
        var marksNext = false

        /// What Vectorscan hands to the callback.
        fileprivate var identifier: UInt32 {
            UInt32(truncatingIfNeeded: rule) & ~Self.nextFlag | (marksNext ? Self.nextFlag : 0)
        }

        fileprivate static let nextFlag: UInt32 = 1 << 31

        /// An expression for a word, ASCII case ignored.
        static func word(_ octets: [UInt8], rule: Int) -> Self {
            let digits = octets.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            return Self(pattern: digits.joined(), mode: .word, rule: rule, marksNext: true)
        }
    }

    /// How Vectorscan reads an expression; exact modes report the same ends as RE2, the others more.
    enum Mode: Sendable {
        case octets, scalars, octetsPrefiltered, scalarsPrefiltered, word

        fileprivate var flags: UInt32 {
            switch self {
            case .octets: 0
            case .word: UInt32(HS_FLAG_CASELESS)
            case .scalars: UInt32(HS_FLAG_UTF8)
            case .octetsPrefiltered: UInt32(HS_FLAG_PREFILTER)
            case .scalarsPrefiltered: UInt32(HS_FLAG_UTF8 | HS_FLAG_PREFILTER)
            }
        }

        /// What is tried when an expression is refused in this mode; nil when there is nothing left.
        var next: Self? {
            switch self {
            case .octets: .octetsPrefiltered
            case .scalars: .scalarsPrefiltered
            case .octetsPrefiltered, .scalarsPrefiltered, .word: nil
            }
        }
    }

    /// Vectorscan did not compile an expression.
    struct Failure: Error, Equatable, Sendable {
        /// Which expression; nil when the fault lies with none.
        let index: Int?
        /// Vectorscan's own words.
        let reason: String

        init(index: Int?, reason: String) {
            self.index = index
            self.reason = reason
        }

        /// Takes the words out of Vectorscan's error and frees it.
        @unsafe
        fileprivate init(consuming failure: UnsafeMutablePointer<hs_compile_error_t>?) {
            guard let failure = unsafe failure else {
                self.init(index: nil, reason: "out of memory")
                return
            }
            let number = unsafe failure.pointee.expression
            let words = unsafe failure.pointee.message.map { unsafe String(cString: $0) } ?? "refused"
            // Given to us by the compile call; not used after this.
            _ = unsafe hs_free_compile_error(failure)
            self.init(index: number >= 0 ? Int(number) : nil, reason: words)
        }
    }
}

/// The working memory that Vectorscan needs while it scans: one a thread, whatever the number of streams.
@safe
struct PatternScratch: ~Copyable {
    private var handle: OpaquePointer?

    /// Nothing, for sets that Vectorscan has no part in.
    init() {}

    /// Memory that suits a database; nil when there is none to be had.
    init?(for database: borrowing PatternDatabase) {
        // The handle starts as null, which asks for a new scratch.
        guard unsafe hs_alloc_scratch(database.pointer, &handle) == HS_SUCCESS else { return nil }
    }

    deinit {
        // Ours alone, and no scan is under way, for each borrows this value.
        _ = unsafe hs_free_scratch(handle)
    }

    @unsafe
    fileprivate var pointer: OpaquePointer? { unsafe handle }
}

/// The state of one text that comes in pieces.
///
/// It must not outlive its database: ``OpenLeaf`` holds both.
@safe
struct PatternStream: ~Copyable {
    private var handle: OpaquePointer?

    /// Opens a stream on a database; nil when there is no memory.
    init?(on database: borrowing PatternDatabase) {
        guard unsafe hs_open_stream(database.pointer, 0, &handle) == HS_SUCCESS else { return nil }
    }

    deinit {
        // Without a callback no scratch is needed, and no match is reported.
        _ = unsafe hs_close_stream(handle, nil, nil, nil)
    }

    /// Scans the next piece and marks the cells where expressions may end; see ``CellMarks``.
    ///
    /// - Returns: false if Vectorscan failed, whereupon nothing is known of this piece.
    mutating func scan(_ text: Span<UInt8>, _ scratch: borrowing PatternScratch, _ marks: inout CellMarks) -> Bool {
        guard !text.isEmpty, let length = UInt32(exactly: text.count) else { return text.isEmpty }
        return unsafe marks.withWords { words, count in
            // Span and words outlive the call; the callback writes within `count` words and keeps nothing.
            unsafe text.withUnsafeBytes { octets in
                var context = unsafe MarkContext(words: words, count: count)
                let start = unsafe octets.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe hs_scan_stream(handle, start, length, 0, scratch.pointer, Self.mark, &context)
                    == HS_SUCCESS
            }
        }
    }

    /// Marks what matches at the end of the text, and makes the stream ready for another text.
    ///
    /// - Returns: false if Vectorscan failed.
    mutating func restart(_ scratch: borrowing PatternScratch, _ marks: inout CellMarks) -> Bool {
        unsafe marks.withWords { words, count in
            var context = unsafe MarkContext(words: words, count: count)
            // As above; the stream stays open.
            return unsafe hs_reset_stream(handle, 0, scratch.pointer, Self.mark, &context) == HS_SUCCESS
        }
    }

    /// What the callback writes to: one word a rule, and one for all.
    @unsafe
    private struct MarkContext {
        var words: UnsafeMutablePointer<UInt64>
        var count: Int
    }

    /// Vectorscan's callback: sets the bit of the cell in which the match ends.
    private static let mark: match_event_handler = { identifier, _, end, _, context in
        // `context` is the MarkContext of the scan call that is under way on this thread.
        guard let marks = unsafe context?.assumingMemoryBound(to: MarkContext.self), end > 0 else { return 0 }
        var bit = CellMarks.bit(ofEnd: end)
        if identifier & PatternDatabase.Expression.nextFlag != 0 { bit |= bit &<< 1 | bit &>> 63 }
        let rule = Int(identifier & ~PatternDatabase.Expression.nextFlag)
        let last = unsafe marks.pointee.count - 1
        guard rule < last else { return 0 }
        unsafe marks.pointee.words[rule] |= bit
        unsafe marks.pointee.words[last] |= bit
        return 0
    }
}

/// Where in a text each rule may match: for each rule, one bit a cell of 4 KiB.
///
/// Cells lie at multiples of 4 KiB from the text's first octet, so that what is confirmed, and with how much text
/// around it, does not depend on how the text came. Bits go round after 64 cells; a text is settled long before.
@safe
struct CellMarks {
    /// The octets of a cell.
    static let cellOctets = 4096

    private var words: [UInt64]

    /// No marks, for `rules` rules.
    init(rules: Int) {
        words = Array(repeating: 0, count: rules + 1)
    }

    /// The bit of the cell in which a match ends, `end` being exclusive and above 0.
    @inline(__always)
    static func bit(ofEnd end: UInt64) -> UInt64 { 1 &<< (((end &- 1) / UInt64(cellOctets)) & 63) }

    /// Whether any rule has a mark in a cell.
    func isMarked(cell: Int) -> Bool { (words.last ?? 0) & Self.bit(of: cell) != 0 }

    /// Whether a rule has a mark in a cell; takes the mark away.
    mutating func take(rule: Int, cell: Int) -> Bool {
        let bit = Self.bit(of: cell)
        guard words[rule] & bit != 0 else { return false }
        words[rule] &= ~bit
        return true
    }

    /// Marks a cell for a rule.
    mutating func set(rule: Int, cell: Int) {
        words[rule] |= Self.bit(of: cell)
        words[words.count - 1] |= Self.bit(of: cell)
    }

    /// Notes that every rule's mark in a cell has been taken.
    mutating func clear(cell: Int) { words[words.count - 1] &= ~Self.bit(of: cell) }

    /// Takes all marks away.
    mutating func clear() {
        for index in words.indices { words[index] = 0 }
    }

    private static func bit(of cell: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: cell & 63) }

    fileprivate mutating func withWords(_ body: (UnsafeMutablePointer<UInt64>, Int) -> Bool) -> Bool {
        // The array is not empty and not reached in another way while the closure runs.
        unsafe words.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe body(start, buffer.count)
        }
    }
}
