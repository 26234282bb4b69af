import TestSupport

/// Invents source code and prose that look like nothing public: seeded, so every machine makes the same.
struct TextGenerator {
    private var random: SeededGenerator
    private let words: [[UInt8]]

    private static let syllables = [
        "ba", "cor", "dek", "fin", "gal", "hem", "ix", "jor", "kel", "lum", "mar", "nod", "or", "pel", "qui", "ros",
        "sul", "tam",
        "ur", "vex", "wal", "yor", "zen",
    ]
    private static let prose = [
        "the", "a", "please", "look", "at", "this", "function", "and", "tell", "me", "why", "it", "is", "slow", "when",
        "we", "call",
        "from", "another", "thread", "with", "larger", "input", "than", "before", "thanks", "also", "could", "you",
        "write", "tests",
    ]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var invented: [[UInt8]] = []
        for _ in 0..<8_000 {
            let count = Int(random.next() % 3) + 1
            let parts = (0..<count).map { _ in Self.syllables[Int(random.next() % UInt64(Self.syllables.count))] }
            invented.append(Array(parts.joined(separator: random.next() % 2 == 0 ? "_" : "").utf8))
        }
        words = invented
        self.random = random
    }

    private mutating func word() -> [UInt8] { words[Int(random.next() % UInt64(words.count))] }

    /// One line of code with its line end.
    mutating func line(into text: inout [UInt8]) {
        let indent = Int(random.next() % 4) * 4
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
        switch random.next() % 6 {
        case 0:
            text +=
                Array("if (".utf8) + word() + Array(".".utf8) + word() + Array(" < ".utf8) + word() + Array(") {".utf8)
        case 1:
            text +=
                Array("return ".utf8) + word() + Array("(".utf8) + word() + Array(", ".utf8) + word() + Array(");".utf8)
        case 2:
            text += Array("// ".utf8) + word() + Array(" ".utf8) + word() + Array(" of the ".utf8) + word()
        case 3:
            text +=
                Array("static int ".utf8) + word() + Array("(struct ".utf8) + word() + Array(" *".utf8) + word()
                + Array(")".utf8)
        default:
            text +=
                word() + Array("->".utf8) + word() + Array(" = ".utf8) + word() + Array(" + ".utf8) + word()
                + Array("[".utf8) + Array(String(random.next() % 97).utf8) + Array("];".utf8)
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// A line of chat with its line end.
    mutating func sentence(into text: inout [UInt8]) {
        for _ in 0..<(8 + random.next() % 12) {
            text += Array(Self.prose[Int(random.next() % UInt64(Self.prose.count))].utf8) + [UInt8(ascii: " ")]
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// A chat completion request whose body has about `size` octets, escaped as JSON writes it.
    mutating func chatBody(size: Int) -> [UInt8] {
        var body = Array(#"{"model":"gpt-5","messages":[{"role":"user","content":""#.utf8)
        var text: [UInt8] = []
        while body.count < size {
            text.removeAll(keepingCapacity: true)
            if random.next() % 5 == 0 { sentence(into: &text) } else { line(into: &text) }
            for octet in text {
                switch octet {
                case UInt8(ascii: "\n"): body += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): body += [UInt8(ascii: "\\"), octet]
                default: body.append(octet)
                }
            }
        }
        body += Array(#""}],"stream":true}"#.utf8)
        return body
    }

    mutating func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
}
