/// What a line outside of any layout begins or is.
enum LineKind {
    case hunk(LineLayout.Hunk)
    case context(Int)
    /// It names a file there, and stands as it is.
    case path(Range<Int>)
    /// A diff of words.
    case words
    case prefix(LineLayout.Prefix)
    /// Quoted-printable text that goes on in the next line.
    case softEnd
    /// Only what stands there is the tool's text.
    case content(Range<Int>)
    case dump
    case columns(ColumnLayout)
    /// Digits from `start` on.
    case run(start: Int, isHex: Bool)

    /// The kind of a line, whatever controls it holds; nil when it is none of these.
    init?(_ line: Span<UInt8>) {
        if let plain = LineLayout.withoutControls(line) {
            self.init(content: plain.span)
        } else {
            self.init(content: LineLayout.withoutReturn(line))
        }
    }

    /// The kind of a line without controls; nil when it is none of these.
    init?(content line: Span<UInt8>) {
        guard line.count > 1 else { return nil }
        if let hunk = LineLayout.hunk(line) {
            self = .hunk(hunk)
        } else if let number = LineLayout.context(line) {
            self = .context(number)
        } else if let path = LineLayout.path(line) {
            self = .path(path)
        } else if LineLayout.hasWords(line) {
            self = .words
        } else if let prefix = LineLayout.search(line) ?? LineLayout.blame(line) ?? LineLayout.brackets(line) {
            self = .prefix(prefix)
        } else if 64...77 ~= line.count, line[line.count - 1] == UInt8(ascii: "="),
            line[line.count - 2] != UInt8(ascii: "=")
        {
            self = .softEnd
        } else if let content = LineLayout.cell(line) ?? LineLayout.string(line) {
            self = .content(content)
        } else if LineLayout.isDump(line) {
            self = .dump
        } else if let layout = ColumnLayout(line), layout.split(line) != nil {
            self = .columns(layout)
        } else if let run = RunDecoder.find(in: line) {
            self = .run(start: run.start, isHex: run.isHex)
        } else {
            return nil
        }
    }
}
