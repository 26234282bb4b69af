/// The layouts of several lines, and what they are turned into.
extension PromptWrappers {
    /// Lines without a change after which a diff of words is over.
    private static let wordsLimit = 60

    /// Ends the layout at hand: what was held of another version comes behind.
    mutating func leave<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        switch mode {
        case .plain: return
        case .hunk, .columns, .context, .words: giveOther(&sink)
        case .dump, .digits:
            if case .digits = mode { decoder.finish(into: &output) }
            flush(&sink)
            sink.leafBegan(tag: tag)
        }
        hasOther = false
        mode = .plain
    }

    mutating func beginVersions<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        put(0x0A)
        flush(&sink)
        sink.versionsBegan()
    }

    /// Gives on what was held of the other version, if it is another, and of the third.
    private mutating func giveOther<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        if hasOther, !second.isEmpty {
            put(0x0A)
            flush(&sink)
            sink.versionBegan()
            sink.leafText(second.span)
            if isMixed {
                sink.versionBegan()
                sink.leafText(whole.span)
            }
        }
        second.removeAll(keepingCapacity: true)
        whole.removeAll(keepingCapacity: true)
        (isMixed, wasAdded) = (false, false)
    }

    /// Reads a line of a hunk: those of the new file go on at once, those of the old are held.
    mutating func readHunk<S: UnwrappedText & ~Copyable>(
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
        if !isOld, !isNew, LineLayout.hasWords(line) { return false }
        let isDone = hunk.isNumbered && hunk.oldCount <= 0 && hunk.newCount <= 0
        if isDone, line.isEmpty || LineLayout.path(line) != nil { return false }
        if isOld { hasOther = true }
        let text = line.extracting(min(hunk.width, line.count)..<line.count)
        makeRoom(for: text.count, &sink)
        if hunk.width == 1, isOld, wasAdded { isMixed = true }
        wasAdded = isNew && !isOld
        if whole.count + text.count <= Self.columnLimit { Self.append(number: 0, text, to: &whole) }
        if !isOld {
            put(number: hunk.newLine)
            put(text)
            put(0x0A)
            if hunk.newLine > 0 { hunk.newLine += 1 }
            hunk.newCount -= 1
        }
        if isOld || !isNew {
            Self.append(number: hunk.oldLine, text, to: &second)
            if hunk.oldLine > 0 { hunk.oldLine += 1 }
            hunk.oldCount -= 1
        }
        mode = .hunk(hunk)
        return true
    }

    /// Reads a line of a context diff.
    mutating func readContext<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ number: Int,
        _ sink: inout S
    ) -> Bool {
        if let number = LineLayout.context(line) {
            mode = .context(number)
            put(0x0A)
            flush(&sink)
            sink.versionBegan()
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
    mutating func readColumns<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ layout: ColumnLayout,
        _ sink: inout S
    ) -> Bool {
        guard let (leftEnd, rightStart) = layout.split(line) else { return false }
        if leftEnd > 0 {
            put(line.extracting(0..<leftEnd))
            put(0x0A)
        }
        makeRoom(for: line.count, &sink)
        if rightStart < line.count { Self.append(number: 0, line.extracting(rightStart..<line.count), to: &second) }
        return true
    }

    /// Reads a line of a diff of words: what is new goes on at once, what is old is held.
    mutating func readWords<S: UnwrappedText & ~Copyable>(
        _ line: Span<UInt8>,
        _ left: Int,
        _ sink: inout S
    ) -> Bool {
        if LineLayout.hunk(line) != nil || LineLayout.isGit(line) { return false }
        makeRoom(for: line.count, &sink)
        var (old, new): ([Range<Int>], [Range<Int>]) = ([], [])
        let isDiff = LineLayout.splitWords(line) { range, isOld, isNew in
            if isOld { old.append(range) }
            if isNew { new.append(range) }
        }
        guard isDiff || left > 0 else { return false }
        for range in new { put(line.extracting(range)) }
        put(0x0A)
        for range in old { for index in range { second.append(line[index]) } }
        second.append(0x0A)
        hasOther = true
        mode = .words(isDiff ? Self.wordsLimit : left - 1)
        return true
    }

    /// Reads a line of a dump.
    mutating func readDump<S: UnwrappedText & ~Copyable>(_ line: Span<UInt8>, _ sink: inout S) -> Bool {
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
    mutating func readRun<S: UnwrappedText & ~Copyable>(
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
    mutating func readDigits<S: UnwrappedText & ~Copyable>(
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

    /// Gives on what is held of another version, if with a line more it would be too much.
    private mutating func makeRoom<S: UnwrappedText & ~Copyable>(for count: Int, _ sink: inout S) {
        if second.count + count > Self.columnLimit {
            giveOther(&sink)
            beginVersions(&sink)
        }
        if output.count >= Self.outputSize { flush(&sink) }
    }

    private static func append(number: Int, _ text: Span<UInt8>, to version: inout [UInt8]) {
        if number > 0 {
            for digit in String(number).utf8 { version.append(digit) }
            version.append(0x09)
        }
        for index in text.indices { version.append(text[index]) }
        version.append(0x0A)
    }
}

// MARK: - Output

extension PromptWrappers {
    /// Gives text on as it is.
    mutating func pass<S: UnwrappedText & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) {
        guard !text.isEmpty else { return }
        flush(&sink)
        sink.leafText(text)
    }

    mutating func put(_ text: Span<UInt8>) {
        for index in text.indices { output.append(text[index]) }
    }

    mutating func put(_ octet: UInt8) { output.append(octet) }

    /// Puts a gutter with a line's number, unless there is none.
    mutating func put(number: Int) {
        guard number > 0 else { return }
        for digit in String(number).utf8 { output.append(digit) }
        output.append(0x09)
    }

    mutating func flush<S: UnwrappedText & ~Copyable>(_ sink: inout S) {
        guard !output.isEmpty else { return }
        let text = output
        output.removeAll(keepingCapacity: true)
        sink.leafText(text.span)
    }
}
