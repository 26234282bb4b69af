/// The numbers that stand at the starts of a text's lines: a gutter's, by which a line may be told from its equals.
///
/// The last `room` are remembered.
struct LineNumbers {
    /// Numbers from here on count no lines; in ten times as much digits are no longer read.
    static let limit = 1_000_000
    private static let room = 2_048
    /// Words from a number on that may stand in its line.
    private static let longestLine = 40

    /// For each number the ordinal in the text of the first word behind it, ascending from `first` on, round and round.
    private var words: [Int] = []
    private var numbers: [Int32] = []
    private var first = 0

    /// No numbers.
    init() {}

    /// Octets of memory that they take.
    var octets: Int { words.count * (MemoryLayout<Int>.stride + MemoryLayout<Int32>.stride) }

    /// Adds numbers of a slice of text whose first word is number `ordinal`.
    mutating func append(_ slice: SliceNumbers, from ordinal: Int) {
        for place in 0..<slice.count { append(Int(slice.numbers[place]), before: ordinal + Int(slice.words[place])) }
    }

    private mutating func append(_ number: Int, before word: Int) {
        let value = Int32(truncatingIfNeeded: number)
        guard words.count == Self.room else {
            words.append(word)
            numbers.append(value)
            return
        }
        words[first] = word
        numbers[first] = value
        first = (first + 1) % Self.room
    }

    /// The last number that stands before a word; nil where there is none, or none near enough to be its line's.
    func number(at word: Int) -> Int? {
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if words[(first + middle) % Self.room] <= word { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let last = (first + low - 1) % Self.room
        return word - words[last] <= Self.longestLine ? Int(numbers[last]) : nil
    }
}

/// The numbers at the starts of lines of a slice of text: those before which nothing stands but what diffs, quotations and
/// gutters set there.
struct SliceNumbers {
    /// As many as a slice can have, and one that was open.
    private static let room = WordRuns.slice / 2 + 8

    /// For each number how many words of the slice stand before it.
    private(set) var words = [UInt32](repeating: 0, count: room)
    private(set) var numbers = [Int32](repeating: 0, count: room)
    /// How many there are.
    private(set) var count = 0

    /// No numbers.
    init() {}

    /// Forgets all.
    mutating func removeAll() { count = 0 }

    /// Whether a line that was at its start still is after an octet between words, or a number's first digit.
    @inline(__always)
    static func isLineStart(_ isLineStart: Bool, after octet: UInt8) -> Bool {
        isLineEnd(octet) || isLineStart && (isNothing(octet) || isDigit(octet))
    }

    /// Adds the number of a line, before which `word` words stand, if it may be one.
    mutating func append(_ number: Int, before word: UInt32) {
        guard number > 0, count < Self.room else { return }
        words[count] = word
        numbers[count] = Int32(truncatingIfNeeded: number)
        count += 1
    }

    /// Adds the numbers of the lines of a slice in which `runs` were found, behind `before` words.
    ///
    /// `isLineStart` tells whether nothing that counts has been seen since the last end of line, before and after.
    mutating func read(
        _ runs: borrowing WordRuns,
        of text: Span<UInt8>,
        behind before: UInt32,
        isLineStart: inout Bool
    ) {
        let range = runs.searched
        var word = 0
        if isLineStart { isLineStart = readLine(range.lowerBound, runs, text, before, &word) }
        let (lines, last) = (runs.numberedLines, runs.lastLine)
        for line in lines.indices where Int(lines[line]) != last {
            _ = readLine(Int(lines[line]), runs, text, before, &word)
        }
        // Of the last line what is to come is told, too.
        if last >= 0 { isLineStart = readLine(last, runs, text, before, &word) }
    }

    /// Reads the start of a line, up to what is not nothing, and tells whether all of it is nothing.
    private mutating func readLine(
        _ start: Int,
        _ runs: borrowing WordRuns,
        _ text: Span<UInt8>,
        _ before: UInt32,
        _ word: inout Int
    ) -> Bool {
        let end = runs.searched.upperBound
        var place = start
        while place < end {
            let octet = text[place]
            if octet == 0x5C {
                // A backslash is nothing, and what is behind it may be white space.
                guard place &+ 1 < end, text[place &+ 1] == 0x74 else {
                    place &+= 1
                    continue
                }
                place &+= 2
            } else if Self.isNothing(octet) {
                place &+= 1
            } else {
                break
            }
        }
        guard place < end else { return true }
        let first = place
        if text[place] | 0x20 == 0x6C { place &+= 1 }
        var value = 0
        while place < end, Self.isDigit(text[place]), value >= 0 {
            value = value < LineNumbers.limit ? value * 10 + Int(text[place] & 0x0F) : -1
            place &+= 1
        }
        // Where an end of line follows, it is a line of its own.
        guard place > first, Self.isDigit(text[place &- 1]), place == end || !Self.isOfWord(text[place]) else {
            return false
        }
        let starts = runs.foundStarts
        while Int(starts[word]) < first { word &+= 1 }
        append(value, before: before &+ UInt32(truncatingIfNeeded: word))
        return false
    }

    @inline(__always)
    private static func isLineEnd(_ octet: UInt8) -> Bool { octet == 0x0A || octet == 0x0D }

    @inline(__always)
    private static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    @inline(__always)
    private static func isOfWord(_ octet: UInt8) -> Bool {
        isDigit(octet) || (octet | 0x20) &- 0x61 < 26 || octet == 0x5F || octet == 0x24
    }

    /// White space, quotes, and the marks that a diff, a quotation or a gutter begins a line with.
    @inline(__always)
    private static func isNothing(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x0A, 0x0D: false
        case 0...0x20, 0x7F, 0x22, 0x27, 0x60, 0x2B, 0x2D, 0x3E, 0x7C, 0x3A: true
        default: false
        }
    }
}

/// How far the numbers of a text's lines are those of a file's: bounded, so that they help to decide and never decide.
struct LineAgreement {
    /// Hits that are compared.
    private static let most = 8
    /// Lines below which numbers agree by chance: files begin alike.
    private static let leastLine = 12
    /// What a hit on the same line adds to the evidence, up to so many.
    static let weight = 0.45
    private static let mostCounted = 3

    private var compared = 0
    /// Hits that stand on a line of the same number.
    private(set) var same = 0
    private var counted = 0

    /// Nothing compared.
    init() {}

    /// Whether more is to be compared.
    var isOpen: Bool { compared < Self.most }

    /// Takes a hit in a line of the text whose number is `number`, and of the file.
    mutating func compare(_ number: Int, with line: Int) {
        compared += 1
        guard number == line else { return }
        same += 1
        if line >= Self.leastLine { counted += 1 }
    }

    /// What it adds to the evidence of hits.
    var evidence: Double { Self.weight * Double(min(counted, Self.mostCounted)) }
}
