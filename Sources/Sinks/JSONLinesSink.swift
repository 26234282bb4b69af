/// Appends records as lines to a file, a pipe or a terminal, never leaving half a line behind.
///
/// Lines reach the file in whole runs: a buffer is written when it is full, at `flush()`, or after each record where
/// `buffered` is false. `SIGPIPE` must be ignored by the process, so that a closed pipe is an error and not an end.
package struct JSONLinesSink: ~Copyable {
    private var file: AppendFile
    private let buffered: Bool
    private var pending: [UInt8] = []
    private var pendingLines: UInt64 = 0

    /// Whether the last write failed.
    package private(set) var isFailing = false

    /// Lines that stand in the file.
    package private(set) var linesWritten: UInt64 = 0
    /// Lines that a failed write lost.
    package private(set) var linesLost: UInt64 = 0

    /// Octets held back before a buffered sink writes.
    package static let bufferOctets = 1 << 16

    /// Appends to the file at `path`, made with mode 0640 where it does not exist.
    package init(path: String, buffered: Bool) throws(SinkError) {
        file = try AppendFile(path: path)
        self.buffered = buffered
    }

    /// Whether the file's last line was cut off when it was opened, by a kill or a crash; it has been ended, and what is
    /// left of it is no record.
    package var hadCutLine: Bool { file.hadCutLine }

    /// Writes to standard output.
    package init(standardOutput buffered: Bool) {
        file = AppendFile(standardOutput: ())
        self.buffered = buffered
    }

    /// Writes to a descriptor that stays the caller's; `name` stands in errors.
    package init(descriptor: Int32, name: String, buffered: Bool) {
        file = AppendFile(path: name, descriptor: descriptor, owned: false)
        self.buffered = buffered
    }

    deinit {
        // What nobody flushed is worth a try; nobody is left to be told of a failure.
        let rest = pending
        if !rest.isEmpty { _ = file.append(rest.span) }
    }

    /// Appends one record.
    ///
    /// - Throws: `SinkError` when a write failed: at the first failure, and again only after one that succeeded, so that
    ///   a full disk is said once; `closedOutput` each time.
    package mutating func write(_ record: JSONObject) throws(SinkError) { try write(line: JSONWriter.line(record)) }

    /// Appends one or more lines that end with a line feed, as they are.
    ///
    /// - Throws: as `write(_:)`.
    package mutating func write(line: [UInt8]) throws(SinkError) {
        guard !line.isEmpty else { return }
        pending.append(contentsOf: line)
        pendingLines += JSONLinesSink.lines(in: line.span, upTo: line.count)
        if !buffered || pending.count >= JSONLinesSink.bufferOctets { try flush() }
    }

    /// Writes what the buffer holds.
    ///
    /// - Throws: as `write(_:)`.
    package mutating func flush() throws(SinkError) {
        guard !pending.isEmpty else { return }
        let (written, error) = file.append(pending.span)
        let whole = error == nil ? pendingLines : JSONLinesSink.lines(in: pending.span, upTo: written)
        linesWritten += whole
        linesLost += pendingLines - whole
        pending.removeAll(keepingCapacity: true)
        pendingLines = 0
        guard let error else {
            isFailing = false
            return
        }
        let wasFailing = isFailing
        isFailing = true
        if error == .closedOutput || !wasFailing { throw error }
    }

    /// Opens the file anew by its name, which after a rotation is that of another file; buffered lines go to the old one.
    ///
    /// - Throws: `cannotOpen`, and then the old file stays in use; as `write(_:)` for what was buffered.
    package mutating func reopen() throws(SinkError) {
        try flush()
        guard let fresh = try file.reopened() else { return }
        file = fresh
        isFailing = false
    }

    private static func lines(in octets: Span<UInt8>, upTo end: Int) -> UInt64 {
        var count: UInt64 = 0
        for index in 0..<end where octets[index] == UInt8(ascii: "\n") { count += 1 }
        return count
    }
}
