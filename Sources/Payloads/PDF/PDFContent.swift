/// Reads the text of a content stream as it comes (ISO 32000-2 § 9.4, Text objects).
///
/// Text that is shown elsewhere than behind the last is set off by a blank, or, on another line, by a line feed: how wide
/// characters are is not known, so that of words put together by moves alone some fall apart.
struct PDFContent {
    /// What has been shown, in UTF-8; taken away by `takeText`.
    private(set) var text: [UInt8] = []
    /// Codes that were shown, and those of them that could not be read.
    private(set) var glyphs = 0
    private(set) var unreadable = 0

    private let fonts: [[UInt8]: PDFFont]
    private var window: [UInt8] = []
    private var isInImage = false
    private var isInArray = false

    private var numbers: [Double] = []
    private var name: [UInt8] = []
    /// The strings before an operator, one behind the other, and where in them numbers of a `TJ` make a blank.
    private var strings: [UInt8] = []
    private var blanks: [Int] = []

    private var font = PDFFont()
    private var place = PDFTextPlace()

    /// Reads with the fonts that the stream's resources name.
    init(fonts: [[UInt8]: PDFFont]) {
        self.fonts = fonts
    }

    /// Takes the next octets.
    mutating func consume(_ octets: Span<UInt8>) {
        for index in octets.indices { window.append(octets[index]) }
        read(isWhole: false)
    }

    /// Ends the stream.
    mutating func finish() {
        read(isWhole: true)
        window = []
    }

    /// What has been shown since the last time.
    mutating func takeText() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &text)
        return taken
    }

    private mutating func read(isWhole: Bool) {
        // Taken out meanwhile: reading changes the rest.
        var octets: [UInt8] = []
        swap(&octets, &window)
        var position = 0
        while position < octets.count {
            if isInImage {
                skipImage(octets.span, &position, isWhole)
                if isInImage { break }
                continue
            }
            let isLong = octets.count - position >= PDFLimits.token
            guard let token = PDFLexer.next(octets.span, &position, isWhole: isWhole || isLong), token != .end else {
                break
            }
            take(token, octets.span)
        }
        octets.removeFirst(min(position, octets.count))
        swap(&octets, &window)
    }

    /// Passes over the data of an image in the stream, up to `EI` between blanks.
    private mutating func skipImage(_ octets: Span<UInt8>, _ position: inout Int, _ isWhole: Bool) {
        while position + 3 < octets.count {
            if octets[position + 1] == UInt8(ascii: "E"), octets[position + 2] == UInt8(ascii: "I"),
                PDFLexer.isSpace(octets[position]), PDFLexer.isSpace(octets[position + 3])
            {
                position += 3
                isInImage = false
                return
            }
            position += 1
        }
        if isWhole { position = octets.count }
    }

    private mutating func take(_ token: PDFToken, _ octets: Span<UInt8>) {
        switch token {
        case .number(let number):
            if isInArray {
                // Thousandths of the font's size to the left: where no blank is written, this is one.
                if number < -180, blanks.count < PDFLimits.pieces { blanks.append(strings.count) }
            } else {
                if numbers.count >= 6 { numbers.removeFirst() }
                numbers.append(number)
            }
        case .name(let range):
            name.removeAll(keepingCapacity: true)
            for index in range.prefix(128) { name.append(octets[index]) }
        case .string(let range) where strings.count < PDFLimits.token:
            PDFString.literal(octets.extracting(range), into: &strings)
        case .hex(let range) where strings.count < PDFLimits.token:
            PDFString.hex(octets.extracting(range), into: &strings)
        case .string, .hex: break
        case .arrayBegin: isInArray = true
        case .arrayEnd: isInArray = false
        case .dictionaryBegin, .dictionaryEnd, .end: break
        case .word(let range): perform(PDFOperator(octets.extracting(range)))
        }
    }

    private mutating func perform(_ operation: PDFOperator?) {
        switch operation {
        case .show, .showAdjusted: show()
        case .nextLineAndShow, .nextLineSpacedAndShow:
            place.breakLine()
            show()
        case .nextLine: place.breakLine()
        case .move, .moveAndLead:
            if numbers.count >= 2 { place.move(numbers[numbers.count - 2], numbers[numbers.count - 1]) }
        case .matrix: if numbers.count == 6 { place.set(numbers) }
        case .begin: place.begin()
        case .transform: place.breakLine()
        case .font:
            font = fonts[name] ?? PDFFont()
            if let size = numbers.last { place.size = abs(size) }
        case .image: isInImage = true
        case nil: break
        }
        numbers.removeAll(keepingCapacity: true)
        strings.removeAll(keepingCapacity: true)
        blanks.removeAll(keepingCapacity: true)
        isInArray = false
    }

    private mutating func show() {
        guard !strings.isEmpty else { return }
        var text: [UInt8] = []
        swap(&text, &self.text)
        if let separator = place.separator(), !text.isEmpty || glyphs > 0 { text.append(separator) }
        var start = 0
        var shown = 0
        for end in blanks + [strings.count] {
            // Between the octets of one code there is no blank.
            let (count, unknown) = font.append(strings.span.extracting(start..<end), to: &text)
            shown += count
            unreadable += unknown
            if end < strings.count, end > 0 { text.append(0x20) }
            start = end
        }
        swap(&text, &self.text)
        glyphs += shown
        place.shown(shown)
    }
}

/// The operators that matter for text (ISO 32000-2 Annex A).
enum PDFOperator {
    case show, showAdjusted, nextLineAndShow, nextLineSpacedAndShow, nextLine, move, moveAndLead, matrix, begin
    case transform, font, image

    /// The operator of a word; nil for all others.
    init?(_ word: Span<UInt8>) {
        guard word.count <= 2, let first = word.isEmpty ? nil : word[0] else { return nil }
        switch (first, word.count == 2 ? word[1] : 0) {
        case (UInt8(ascii: "T"), UInt8(ascii: "j")): self = .show
        case (UInt8(ascii: "T"), UInt8(ascii: "J")): self = .showAdjusted
        case (UInt8(ascii: "'"), 0): self = .nextLineAndShow
        case (UInt8(ascii: "\""), 0): self = .nextLineSpacedAndShow
        case (UInt8(ascii: "T"), UInt8(ascii: "*")): self = .nextLine
        case (UInt8(ascii: "T"), UInt8(ascii: "d")): self = .move
        case (UInt8(ascii: "T"), UInt8(ascii: "D")): self = .moveAndLead
        case (UInt8(ascii: "T"), UInt8(ascii: "m")): self = .matrix
        case (UInt8(ascii: "B"), UInt8(ascii: "T")): self = .begin
        case (UInt8(ascii: "c"), UInt8(ascii: "m")): self = .transform
        case (UInt8(ascii: "T"), UInt8(ascii: "f")): self = .font
        case (UInt8(ascii: "I"), UInt8(ascii: "D")): self = .image
        default: return nil
        }
    }
}
