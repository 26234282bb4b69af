/// Undoes what tools put around the lines that they show: so that what is left is the text they were given.
///
/// - Diffs: each file's lines of a hunk by themselves, and where an added line stands before a removed one, as no tool sets
///   them, all as they stand besides; so the columns of `diff -y`, and what `git diff --word-diff` takes
///   out and puts in.
/// - Prefixes of `grep`, of compilers and of `git blame` become the number of the line alone, a hunk's lines get theirs.
/// - Dumps of `xxd` and `hexdump -C`, base64 and base16 inside text, in one line or several, are decoded.
/// - The soft line ends of quoted-printable text vanish.
///
/// What is character by character (gutters, quotes, escapes, references) is left to whoever reads words. Most text passes
/// as it is, without a copy. What a line is taken for depends on whole lines and on the lines before, never on how the text
/// was cut; at most `lineLimit` octets of a line are held back, and `columnLimit` of a second column, or of each other version
/// of a hunk.
package struct PromptWrappers: ~Copyable {
    enum Mode {
        case plain
        case hunk(LineLayout.Hunk)
        case context(Int)
        case columns(ColumnLayout)
        /// A diff of words; how many lines without one may follow.
        case words(Int)
        case dump
        case digits
    }

    /// Octets of a line that are held back; of a longer line the rest passes as it is.
    package static let lineLimit = 4_096
    /// Octets of a second column, or of a hunk's other side, that are held back.
    static let columnLimit = 16_384
    static let outputSize = 4_096

    private let form: Int32
    var mode = Mode.plain
    var tag = 0
    /// A line as far as it has come.
    private var held: [UInt8] = []
    /// Whether what comes up to the next line end belongs to a line that was too long.
    private var isLong = false
    /// Text that waits to be given on.
    var output: [UInt8] = []
    /// Another version of what is given on at once: the right column, a hunk's old side; and whether it is another.
    var second: [UInt8] = []
    var hasOther = false
    /// A hunk's lines as they stand; whether these are a third version, and whether the last line is an added one.
    var whole: [UInt8] = []
    var isMixed = false
    var wasAdded = false
    var decoder = RunDecoder()

    /// Starts before the first text; `form` keeps to an older form of the search than the newest that this machine can run.
    package init(form: Int32 = .max) {
        self.form = min(form, LayoutSearch.newestForm)
    }

    /// What stands for a leaf of which `step` was removed besides what stands for the leaf itself, which is below 2³¹.
    package static func tag(_ tag: Int, removed step: DecodeStep) -> Int {
        tag | (1 + (DecodeStep.allCases.firstIndex(of: step) ?? 0)) << 32
    }

    /// The leaf and the step of a tag.
    package static func parts(of tag: Int) -> (tag: Int, step: DecodeStep?) {
        let step = tag >> 32
        return (tag & 0x7FFF_FFFF, 1...DecodeStep.allCases.count ~= step ? DecodeStep.allCases[step - 1] : nil)
    }

    /// Begins a leaf.
    package mutating func leafBegan<S: UnwrappedText & ~Copyable>(tag: Int, _ sink: inout S) {
        leafEnded(&sink)
        self.tag = tag
        sink.leafBegan(tag: tag)
    }

    /// Takes the next octets of the leaf.
    package mutating func leafText<S: UnwrappedText & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) {
        var index = 0
        if isLong { index = passLong(text, &sink) }
        if !held.isEmpty { index = completeHeld(text, &sink) }
        while index < text.count {
            if case .plain = mode {
                index = passPlain(text, index, &sink)
            } else {
                index = readLine(text, index, &sink)
            }
        }
        flush(&sink)
    }

    /// Ends the leaf.
    package mutating func leafEnded<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        if !held.isEmpty {
            let line = held
            held.removeAll(keepingCapacity: true)
            read(line.span, hasEnd: false, &sink)
        }
        isLong = false
        leave(&sink)
        flush(&sink)
    }
}

// MARK: - Lines

extension PromptWrappers {
    /// Passes the rest of a line that was too long; gives where the next begins, or the text's end.
    private mutating func passLong<S: UnwrappedText & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) -> Int {
        var end = 0
        while end < text.count, text[end] != 0x0A { end += 1 }
        isLong = end == text.count
        let rest = text.extracting(0..<end)
        if case .digits = mode { readDigits(rest, isLineEnd: false, &sink) } else { pass(rest, &sink) }
        guard !isLong else { return end }
        leave(&sink)
        pass(text.extracting(end..<(end + 1)), &sink)
        return end + 1
    }

    /// Completes the line that is held; gives where the next begins, or the text's end.
    private mutating func completeHeld<S: UnwrappedText & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) -> Int {
        var index = 0
        while index < text.count, held.count <= Self.lineLimit {
            let octet = text[index]
            index += 1
            if octet == 0x0A {
                let line = held
                held.removeAll(keepingCapacity: true)
                read(line.span, hasEnd: true, &sink)
                return index
            }
            held.append(octet)
        }
        guard held.count > Self.lineLimit else { return index }
        let line = held
        held.removeAll(keepingCapacity: true)
        readLong(line.span, &sink)
        return index == text.count ? index : index + passLong(text.extracting(index..<text.count), &sink)
    }

    /// Passes lines that nothing is to be seen of, and reads one of which there is; gives where the next begins.
    private mutating func passPlain<S: UnwrappedText & ~Copyable>(
        _ text: Span<UInt8>,
        _ start: Int,
        _ sink: inout S
    ) -> Int {
        var line = start
        while line < text.count {
            let place = line + LayoutSearch.next(in: text.extracting(line..<text.count), form)
            // Up to the start of the line that the place is in, or that is not whole.
            let known = line
            line = place
            while line > known, text[line - 1] != 0x0A { line -= 1 }
            guard place < text.count else { break }
            var end = place
            while end < text.count, text[end] != 0x0A { end += 1 }
            guard end < text.count, end - line <= Self.lineLimit else { break }
            if LineKind(text.extracting(line..<end)) != nil { break }
            line = end + 1
        }
        if line > start { pass(text.extracting(start..<line), &sink) }
        return line < text.count ? readLine(text, line, &sink) : line
    }

    /// Reads the line that begins at `start`, or holds what has come of it; gives where the next begins.
    private mutating func readLine<S: UnwrappedText & ~Copyable>(
        _ text: Span<UInt8>,
        _ start: Int,
        _ sink: inout S
    ) -> Int {
        var end = start
        while end < text.count, text[end] != 0x0A, end - start <= Self.lineLimit { end += 1 }
        let line = text.extracting(start..<end)
        if line.count > Self.lineLimit {
            readLong(line, &sink)
            return end + passLong(text.extracting(end..<text.count), &sink)
        }
        if end == text.count {
            for index in line.indices { held.append(line[index]) }
            return end
        }
        read(line, hasEnd: true, &sink)
        return end + 1
    }

    /// Reads the first octets of a line that is too long: of it nothing is undone but digits.
    private mutating func readLong<S: UnwrappedText & ~Copyable>(_ line: Span<UInt8>, _ sink: inout S) {
        isLong = true
        leave(&sink)
        guard let run = RunDecoder.find(in: line) else { return pass(line, &sink) }
        readRun(run, in: line, isLineEnd: false, &sink)
    }

    /// Reads a whole line, without its end.
    private mutating func read<S: UnwrappedText & ~Copyable>(_ line: Span<UInt8>, hasEnd: Bool, _ sink: inout S) {
        // Asked of the line as it stands, as where lines are passed.
        let isLaidOut = LayoutSearch.next(in: line, form) < line.count
        let isRead: Bool
        if let plain = LineLayout.withoutControls(line) {
            isRead = readContent(plain.span, isLaidOut, hasEnd: hasEnd, &sink)
        } else {
            isRead = readContent(LineLayout.withoutReturn(line), isLaidOut, hasEnd: hasEnd, &sink)
        }
        if !isRead {
            put(line)
            if hasEnd { put(0x0A) }
        }
        if output.count >= Self.outputSize { flush(&sink) }
    }

    /// Reads what a line holds; false when it is to be passed as it is.
    private mutating func readContent<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ isLaidOut: Bool,
        hasEnd: Bool,
        _ sink: inout S
    ) -> Bool {
        switch mode {
        case .hunk(let hunk): if readHunk(line, hunk, &sink) { return true }
        case .context(let number): if readContext(line, number, &sink) { return true }
        case .columns(let layout): if readColumns(line, layout, &sink) { return true }
        case .words(let left): if readWords(line, left, &sink) { return true }
        case .dump: if readDump(line, &sink) { return true }
        case .digits: if decoder.decode(line: line, into: &output) { return true }
        case .plain: break
        }
        leave(&sink)
        guard isLaidOut, let kind = LineKind(content: line) else { return false }
        return begin(kind, line, hasEnd: hasEnd, &sink)
    }

    /// Reads a line outside of any layout; false when it is to be passed as it is.
    private mutating func begin<S: UnwrappedText & ~Copyable>(
        _ kind: LineKind,
        _ line: Span<UInt8>,
        hasEnd: Bool,
        _ sink: inout S
    ) -> Bool {
        switch kind {
        case .hunk(let hunk):
            beginVersions(&sink)
            mode = .hunk(hunk)
        case .context(let number):
            beginVersions(&sink)
            mode = .context(number)
        case .path(let path):
            sink.fileNamed(line.extracting(path))
            return false
        case .words:
            beginVersions(&sink)
            return readWords(line, 0, &sink)
        case .prefix(let prefix):
            if prefix.pathEnd > prefix.pathStart {
                sink.fileNamed(line.extracting(prefix.pathStart..<prefix.pathEnd))
            }
            put(number: prefix.number)
            put(line.extracting(min(prefix.start, line.count)..<line.count))
            put(0x0A)
        case .softEnd: put(line.extracting(0..<(line.count - 1)))
        case .content(let content):
            put(line.extracting(content))
            put(0x0A)
        case .dump: return readDump(line, &sink)
        case .columns(let layout):
            beginVersions(&sink)
            hasOther = true
            mode = .columns(layout)
            return readColumns(line, layout, &sink)
        case .run(let start, let isHex): readRun((start, isHex), in: line, isLineEnd: hasEnd, &sink)
        }
        return true
    }
}
