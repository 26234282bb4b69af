/// Chooses which grams of a text become fingerprints: of every window of consecutive grams, the least.
///
/// Robust winnowing (Schleimer, Wilkerson and Aiken, 2003, § 4.3): of equal least grams the rightmost, unless the one
/// chosen before is still in the window and still least. So any two texts that share a run of `gramLength + window - 1`
/// words share a fingerprint of it, whatever surrounds the run.
struct Winnower {
    /// Words in a gram.
    static let gramLength = 8
    /// Grams in a window.
    static let window = 8
    /// Words of which a shared run must consist so that a fingerprint of it is certain to be shared.
    static let guaranteedRun = gramLength + window - 1

    /// A gram that may not be chosen.
    ///
    /// A run that holds one has no guarantee.
    static let excluded = UInt64.max

    /// Room for the windows of both views.
    private static let room = 16

    private let window: Int
    private var hashes = InlineArray<16, UInt64>(repeating: excluded)
    private var payloads = InlineArray<16, Int>(repeating: 0)
    /// Grams pushed since the last `finish`.
    private var count = 0
    /// The ordinal of the gram chosen last, -1 before the first.
    private var chosen = -1

    /// Starts without grams; of each `window`, which is 1…16, one is chosen.
    init(window: Int = Winnower.window) {
        self.window = min(max(window, 1), Self.room)
    }

    /// Takes the next gram and gives the payload of the fingerprint it completes, if it completes one.
    mutating func push(_ hash: UInt64, _ payload: Int) -> Int? {
        hashes[count % Self.room] = hash
        payloads[count % Self.room] = payload
        count += 1
        return count < window ? nil : choose(from: count - window)
    }

    /// Ends the text; gives the fingerprint of one too short to fill a window, and starts anew.
    mutating func finish() -> Int? {
        defer {
            count = 0
            chosen = -1
        }
        return count > 0 && count < window ? choose(from: 0) : nil
    }

    private mutating func choose(from first: Int) -> Int? {
        var least = first
        for ordinal in first..<count where hashes[ordinal % Self.room] <= hashes[least % Self.room] {
            least = ordinal
        }
        let value = hashes[least % Self.room]
        if chosen >= first, hashes[chosen % Self.room] == value { return nil }
        guard value != Self.excluded else { return nil }
        chosen = least
        return payloads[least % Self.room]
    }
}
