/// Grams and winnowing of the tokens of one file.
struct ShapeSelection {
    private static let room = 32

    private var roller = ShapeRoller()
    private var partRoller = ShapeRoller(length: ShapeRoller.partLength)
    private var winnower = Winnower(window: ShapeRoller.window)
    private var grams = InlineArray<32, UInt64>(repeating: 0)
    private var firsts = InlineArray<32, Int>(repeating: 0)
    private var ends = InlineArray<32, Int>(repeating: 0)
    private var parts = InlineArray<32, UInt32>(repeating: 0)
    /// Tokens pushed.
    private var count = 0

    /// Takes the next token; gives the fingerprint that it completes, if any.
    mutating func push(_ token: ShapeToken) -> Fingerprint? {
        let slot = count % Self.room
        firsts[slot] = Int(token.first)
        ends[slot] = Int(token.end)
        parts[slot] = UInt32(truncatingIfNeeded: partRoller.push(token.value).map(Self.part(ofState:)) ?? 0)
        count += 1
        guard let state = roller.push(token.value) else { return nil }
        let gram = HashMixing.gram(state)
        grams[slot] = gram
        let span = Int(token.end) - firsts[(count - ShapeRoller.gramLength) % Self.room]
        let isFit = span > 0 && span < IndexFormat.spanLimit && roller.isRich
        return fingerprint(winnower.push(isFit ? gram : Winnower.excluded, count - 1))
    }

    /// Ends the file; gives the fingerprint of one too short to fill a window.
    mutating func end() -> Fingerprint? { fingerprint(winnower.finish()) }

    /// What stands for a part among those of public code.
    static func part(ofState state: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: HashMixing.gram(state) >> 32) }

    /// The gram whose last token is that of this ordinal: one of the last ten, so all of it is among the last 29 tokens.
    private func fingerprint(_ last: Int?) -> Fingerprint? {
        guard let last else { return nil }
        let first = firsts[(last + 1 - ShapeRoller.gramLength) % Self.room]
        let slot = last % Self.room
        let parts = InlineArray<11, UInt32> { self.parts[(last - 10 + $0) % Self.room] }
        let span = ends[slot] - first
        return Fingerprint(gram: grams[slot], position: first, span: span, isShape: true, parts: parts)
    }
}
