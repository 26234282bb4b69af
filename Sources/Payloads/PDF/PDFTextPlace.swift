/// Where text is shown, as far as it tells what stands between two pieces of it (ISO 32000-2 § 9.4.2).
struct PDFTextPlace {
    /// The font's size.
    var size = 1.0

    private var matrix = [1.0, 0, 0, 1, 0, 0]
    /// Where the line began on which something was last shown; nil when nothing was.
    private var last: (x: Double, y: Double)?
    private var glyphs = 0
    private var hasBroken = false

    /// A text object begins.
    mutating func begin() { matrix = [1, 0, 0, 1, 0, 0] }

    /// `Tm`: six numbers.
    mutating func set(_ numbers: [Double]) {
        if numbers.count == 6 { matrix = numbers }
    }

    /// `Td`.
    mutating func move(_ x: Double, _ y: Double) {
        matrix[4] += x * matrix[0] + y * matrix[2]
        matrix[5] += x * matrix[1] + y * matrix[3]
    }

    /// What is shown next stands on a line of its own.
    mutating func breakLine() { hasBroken = true }

    /// What stands before the text that is shown next; nil when it follows on.
    func separator() -> UInt8? {
        if hasBroken { return 0x0a }
        guard let last else { return nil }
        let (x, y) = (matrix[4] - last.x, matrix[5] - last.y)
        if x == 0, y == 0 { return nil }
        let scale = (matrix[0] * matrix[0] + matrix[1] * matrix[1]).squareRoot()
        guard scale > 0 else { return 0x0a }
        let em = size * scale
        let along = (x * matrix[0] + y * matrix[1]) / scale
        let across = (y * matrix[0] - x * matrix[1]) / scale
        if abs(across) > 0.3 * em { return 0x0a }
        // Characters that are placed one by one are at most as wide as the font is high.
        return along >= 0 && glyphs == 1 && along < 1.15 * em ? nil : 0x20
    }

    /// Text of so many characters was shown.
    mutating func shown(_ count: Int) {
        let here = (x: matrix[4], y: matrix[5])
        // Several pieces of text without a move between them are one.
        glyphs = !hasBroken && last.map { $0.x == here.x && $0.y == here.y } == true ? glyphs + count : count
        last = here
        hasBroken = false
    }
}
