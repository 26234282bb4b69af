/// Undoes what tools put around the lines that they show: so that what is left is the text they were given.
///
/// - Diffs: of a hunk with lines of both files, each file's lines by themselves; columns of `diff -y` one after the other.
/// - Prefixes of `grep`, of compilers and of `git blame` become the number of the line alone, a hunk's lines get theirs.
/// - Dumps of `xxd` and `hexdump -C`, base64 and base16 inside text, in one line or several, are decoded.
/// - The soft line ends of quoted-printable text vanish.
///
/// What is character by character (gutters, quotes, escapes, references) is left to whoever reads words. Most text passes
/// as it is, without a copy. What a line is taken for depends on whole lines and on the lines before, never on how the text
/// was cut; at most `lineLimit` octets of a line are held back, and `columnLimit` of a second column.
package struct PromptWrappers: ~Copyable {
    private enum Mode {
        case plain
        case hunk(LineLayout.Hunk)
        case context(Int)
        case columns(ColumnLayout)
        case dump
        case digits
    }

    /// Octets of a line that are held back; of a longer line the rest passes as it is.
    package static let lineLimit = 4_096
    /// Octets of a second column, or of a hunk's other side, that are held back.
    static let columnLimit = 16_384
    private static let outputSize = 4_096

    private let form: Int32
    private var mode = Mode.plain
    private var tag = 0
    /// A line as far as it has come.
    private var held: [UInt8] = []
    /// Whether what comes up to the next line end belongs to a line that was too long.
    private var isLong = false
    /// Text that waits to be given on.
    private var output: [UInt8] = []
    /// The right column, or the old side of a hunk; and whether it differs from what is given on at once.
    private var second: [UInt8] = []
    private var isSecondWanted = false
    private var decoder = RunDecoder()

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
        let rest = text.extracting(start..<text.count)
        let place = start + LayoutSearch.next(in: rest, form)
        // Up to the start of the line that the place is in, or that is not whole.
        var line = place
        while line > start, text[line - 1] != 0x0A { line -= 1 }
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
        var count = line.count
        if count > 0, line[count - 1] == 0x0D { count -= 1 }
        let content = line.extracting(0..<count)
        switch mode {
        case .hunk(let hunk): if readHunk(content, hunk, &sink) { return }
        case .context(let number): if readContext(content, number, &sink) { return }
        case .columns(let layout): if readColumns(content, layout, &sink) { return }
        case .dump: if readDump(content, &sink) { return }
        case .digits: if decoder.decode(line: content, into: &output) { return }
        case .plain: break
        }
        leave(&sink)
        if begin(content, hasEnd: hasEnd, &sink) { return }
        put(line)
        if hasEnd { put(0x0A) }
        if output.count >= Self.outputSize { flush(&sink) }
    }

    /// Reads a line outside of any layout; false when it is to be passed as it is.
    private mutating func begin<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        hasEnd: Bool,
        _ sink: inout S
    ) -> Bool {
        guard line.count > 1, LayoutSearch.next(in: line, form) < line.count else { return false }
        if let hunk = LineLayout.hunk(line) {
            mode = .hunk(hunk)
            put(0x0A)
            return true
        }
        if let number = LineLayout.context(line) {
            mode = .context(number)
            put(0x0A)
            return true
        }
        if let path = LineLayout.path(line) {
            sink.fileNamed(line.extracting(path))
            return false
        }
        if let prefix = LineLayout.search(line) ?? LineLayout.blame(line) {
            if prefix.pathEnd > prefix.pathStart { sink.fileNamed(line.extracting(prefix.pathStart..<prefix.pathEnd)) }
            put(number: prefix.number)
            put(line.extracting(min(prefix.start, line.count)..<line.count))
            put(0x0A)
            return true
        }
        if 64...77 ~= line.count, line[line.count - 1] == UInt8(ascii: "="), line[line.count - 2] != UInt8(ascii: "=") {
            // A soft line end of quoted-printable text.
            put(line.extracting(0..<(line.count - 1)))
            return true
        }
        if readDump(line, &sink) { return true }
        if let layout = ColumnLayout(line), readColumns(line, layout, &sink) {
            mode = .columns(layout)
            isSecondWanted = true
            return true
        }
        if let run = RunDecoder.find(in: line) {
            readRun(run, in: line, isLineEnd: hasEnd, &sink)
            return true
        }
        return false
    }
}

// MARK: - Layouts

extension PromptWrappers {
    /// Ends the layout at hand: what was held of the other side comes behind.
    private mutating func leave<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        switch mode {
        case .plain: return
        case .hunk, .columns, .context: giveSecond(&sink)
        case .dump, .digits:
            if case .digits = mode { decoder.finish(into: &output) }
            flush(&sink)
            sink.leafBegan(tag: tag)
        }
        mode = .plain
    }

    private mutating func giveSecond<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        if isSecondWanted, !second.isEmpty {
            put(0x0A)
            flush(&sink)
            sink.leafText(second.span)
        }
        second.removeAll(keepingCapacity: true)
        isSecondWanted = false
    }

    /// Reads a line of a hunk: those of the new file go on at once, those of the old are held if there are others.
    private mutating func readHunk<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ known: LineLayout.Hunk,
        _ sink: inout S
    ) -> Bool {
        var hunk = known
        var (isOld, isNew) = (false, false)
        for place in 0..<min(hunk.width, line.count) {
            switch line[place] {
            case UInt8(ascii: "+"): isNew = true
            case UInt8(ascii: "-"): isOld = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"): break
            case UInt8(ascii: "\\"): return true
            default: return false
            }
        }
        let isDone = hunk.isNumbered && hunk.oldCount <= 0 && hunk.newCount <= 0
        if isDone, line.isEmpty || LineLayout.path(line) != nil { return false }
        let text = line.extracting(min(hunk.width, line.count)..<line.count)
        if isOld {
            isSecondWanted = true
        } else {
            put(number: hunk.newLine)
            put(text)
            put(0x0A)
            if hunk.newLine > 0 { hunk.newLine += 1 }
            hunk.newCount -= 1
        }
        if !isNew {
            hold(number: hunk.oldLine, text, &sink)
            if hunk.oldLine > 0 { hunk.oldLine += 1 }
            hunk.oldCount -= 1
        }
        mode = .hunk(hunk)
        if output.count >= Self.outputSize { flush(&sink) }
        return true
    }

    /// Reads a line of a context diff.
    private mutating func readContext<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ number: Int,
        _ sink: inout S
    ) -> Bool {
        if let number = LineLayout.context(line) {
            mode = .context(number)
            put(0x0A)
            return true
        }
        guard line.count > 1, line[1] == 0x20 else { return line.isEmpty }
        switch line[0] {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "!"), UInt8(ascii: " "): break
        default: return false
        }
        put(number: number)
        put(line.extracting(2..<line.count))
        put(0x0A)
        mode = .context(number + 1)
        if output.count >= Self.outputSize { flush(&sink) }
        return true
    }

    /// Reads a line of two columns.
    private mutating func readColumns<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ layout: ColumnLayout,
        _ sink: inout S
    ) -> Bool {
        guard let (leftEnd, rightStart) = layout.split(line) else { return false }
        if leftEnd > 0 {
            put(line.extracting(0..<leftEnd))
            put(0x0A)
        }
        if rightStart < line.count { hold(number: 0, line.extracting(rightStart..<line.count), &sink) }
        if output.count >= Self.outputSize { flush(&sink) }
        return true
    }

    /// Reads a line of a dump.
    private mutating func readDump<S: UnwrappedText & ~Copyable>(_ line: Span<UInt8>, _ sink: inout S) -> Bool {
        var octets: [UInt8] = []
        guard LineLayout.dump(line, into: &octets) else { return false }
        if case .dump = mode {
        } else {
            flush(&sink)
            sink.leafBegan(tag: Self.tag(tag, removed: .hex))
            mode = .dump
        }
        put(octets.span)
        if output.count >= Self.outputSize { flush(&sink) }
        return true
    }

    /// Begins to decode a run of digits; what stands before it in the line is text.
    private mutating func readRun<S: UnwrappedText & ~Copyable>(
        _ run: (start: Int, isHex: Bool),
        in line: Span<UInt8>,
        isLineEnd: Bool,
        _ sink: inout S
    ) {
        put(line.extracting(0..<run.start))
        flush(&sink)
        sink.leafBegan(tag: Self.tag(tag, removed: run.isHex ? .hex : .base64))
        decoder = RunDecoder(isHex: run.isHex)
        mode = .digits
        readDigits(line.extracting(run.start..<line.count), isLineEnd: isLineEnd, &sink)
    }

    /// Goes on to decode, up to what is no digit: that is text up to the end of the line.
    private mutating func readDigits<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        isLineEnd: Bool,
        _ sink: inout S
    ) {
        let end = decoder.decode(line, into: &output)
        if output.count >= Self.outputSize { flush(&sink) }
        if end == line.count { return }
        leave(&sink)
        put(line.extracting(end..<line.count))
        if isLineEnd { put(0x0A) }
    }

    /// Holds a line of the other side back.
    private mutating func hold<S: UnwrappedText & ~Copyable>(number: Int, _ text: Span<UInt8>, _ sink: inout S) {
        if second.count + text.count > Self.columnLimit {
            let wanted = isSecondWanted
            giveSecond(&sink)
            isSecondWanted = wanted
        }
        if number > 0 {
            for digit in String(number).utf8 { second.append(digit) }
            second.append(0x09)
        }
        for index in text.indices { second.append(text[index]) }
        second.append(0x0A)
    }
}

// MARK: - Output

extension PromptWrappers {
    /// Gives text on as it is.
    private mutating func pass<S: UnwrappedText & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) {
        guard !text.isEmpty else { return }
        flush(&sink)
        sink.leafText(text)
    }

    private mutating func put(_ text: Span<UInt8>) {
        for index in text.indices { output.append(text[index]) }
    }

    private mutating func put(_ octet: UInt8) { output.append(octet) }

    /// Puts a gutter with a line's number, unless there is none.
    private mutating func put(number: Int) {
        guard number > 0 else { return }
        for digit in String(number).utf8 { output.append(digit) }
        output.append(0x09)
    }

    private mutating func flush<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        guard !output.isEmpty else { return }
        let text = output
        output.removeAll(keepingCapacity: true)
        sink.leafText(text.span)
    }
}
