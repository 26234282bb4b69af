internal import CTextScan

/// The memory in which matchers turn a slice of text into grams, and ask filters for them in batches.
@safe
struct CodeScratch: ~Copyable {
    /// Words kept behind those looked up, for following runs back.
    static let history = EvidenceTracker.backward + Winnower.gramLength
    /// The most words that one slice of text can complete: every second octet one, and what was open before.
    private static let most = WordRuns.slice / 2 + 8

    private var runs = WordRuns()
    private var gathered = GatheredWords(capacity: history + most)
    /// For each new word the rolling state of the gram that it ends.
    private var states = [UInt64](repeating: 0, count: most)
    /// Where in a filter those grams stand: the near word, and what chooses the rest.
    private var nears = [Int](repeating: 0, count: most)
    private let masks = GramFilter.masks
    private var bits = [UInt64](repeating: 0, count: most)
    /// The first gram that was looked for, and the places after it of those that a filter let pass.
    private var first = 0
    private var passed = [Int](repeating: 0, count: most)

    /// The words that a matcher keeps, and behind them those that its text has just completed.
    var words: [UInt64] { gathered.words }

    /// Has a matcher's normalizer read a slice, and gives the number of words that it completed.
    mutating func read(_ slice: Span<UInt8>, with normalizer: inout Normalizer) -> Int {
        gathered.count = Self.history
        normalizer.consume(slice, &runs, &gathered)
        return gathered.count - Self.history
    }

    /// Has a matcher's normalizer end its text, and gives the number of words that it completed.
    mutating func finish(_ normalizer: inout Normalizer) -> Int {
        gathered.count = Self.history
        normalizer.finish(&gathered)
        return gathered.count - Self.history
    }

    /// Puts the words that a matcher keeps before those gathered.
    mutating func precede(_ history: [UInt64]) {
        let kept = history.span
        var words = gathered.words.mutableSpan
        for place in 0..<Self.history { words[place] = kept[place] }
    }

    /// Puts the last words, `count` of them new, where the matcher keeps them.
    func keep(_ count: Int, in history: inout [UInt64]) {
        let words = gathered.words.span
        var kept = history.mutableSpan
        for place in 0..<Self.history { kept[place] = words[count &+ place] }
    }

    /// Takes `state`, the rolling state before the new words, on over `count` of them.
    mutating func roll(_ count: Int, from state: inout UInt64) {
        Self.roll(gathered.words, count, from: &state, into: &states)
    }

    /// Asks an index's filter for the grams that end at the new words of these places.
    ///
    /// - Returns: How many passed; `gram` gives them in order.
    mutating func filter(_ places: Range<Int>, _ index: FingerprintIndex, _ words: Span<UInt64>) -> Int {
        let start = index.layout.firstWord(of: .filter)
        let filter = words.extracting(start..<(start + index.layout.filterWords))
        first = places.lowerBound
        Self.find(states, places, index.filterKey, filter, &nears, &bits)
        return Self.ask(places.count, nears, bits, masks, filter, into: &passed)
    }

    /// One of the grams that passed, and the new word that it ends at.
    func gram(_ ordinal: Int) -> (place: Int, gram: UInt64) {
        let place = first + passed[ordinal]
        return (place, HashMixing.gram(states[place]))
    }

    private static func roll(_ words: [UInt64], _ count: Int, from state: inout UInt64, into states: inout [UInt64]) {
        let input = words.span
        var output = states.mutableSpan
        var rolling = state
        for place in 0..<count {
            let word = history &+ place
            rolling = HashMixing.roll(rolling, entering: input[word], leaving: input[word &- Winnower.gramLength])
            output[place] = rolling
        }
        state = rolling
    }

    /// Finds where grams stand in a filter, and has those words fetched from memory: so all waits overlap.
    private static func find(
        _ states: [UInt64],
        _ places: Range<Int>,
        _ key: FilterKey,
        _ filter: Span<UInt64>,
        _ nears: inout [Int],
        _ bits: inout [UInt64]
    ) {
        let states = states.span.extracting(places)
        let half = filter.count / 2
        var words = nears.mutableSpan
        var selectors = bits.mutableSpan
        // Nothing is read through the addresses, which lie within the filter.
        unsafe filter.withUnsafeBufferPointer { filter in
            guard let base = filter.baseAddress else { return }
            for place in states.indices {
                let address = key.address(of: states[place])
                let near = GramFilter.word(address.near, of: half)
                words[place] = near
                selectors[place] = address.bits
                unsafe ctextscan_prefetch(base + near)
            }
        }
    }

    /// Asks a filter for `count` grams, and gives the number of those that passed.
    private static func ask(
        _ count: Int,
        _ nears: [Int],
        _ bits: [UInt64],
        _ masks: [UInt64],
        _ filter: Span<UInt64>,
        into passed: inout [Int]
    ) -> Int {
        guard count <= min(nears.count, bits.count, passed.count) else { return 0 }
        let half = filter.count / 2
        var found = 0
        // Each array has an element for each gram; a near word lies in the filter's first half, a far one as many words behind
        // its middle; there is a mask for each number that `nearMask` and `farMask` give.
        unsafe filter.withUnsafeBufferPointer { filter in
            unsafe withPointers(nears, bits, masks, &passed) { nears, bits, masks, passed in
                guard let filter = filter.baseAddress else { return }
                var near = 0
                for place in 0..<count {
                    let selector = unsafe bits[place]
                    let mask = unsafe masks[GramFilter.nearMask(selector)]
                    guard unsafe filter[nears[place]] & mask == mask else { continue }
                    unsafe passed[near] = place
                    near &+= 1
                    unsafe ctextscan_prefetch(filter + half + GramFilter.word(selector, of: half))
                }
                for candidate in 0..<near {
                    let place = unsafe passed[candidate]
                    let selector = unsafe bits[place]
                    let mask = unsafe masks[GramFilter.farMask(selector)]
                    guard unsafe filter[half &+ GramFilter.word(selector, of: half)] & mask == mask else { continue }
                    unsafe passed[found] = place
                    found &+= 1
                }
            }
        }
        return found
    }

    /// Gives `body` where the arrays begin; each has elements.
    @inline(__always)
    private static func withPointers(
        _ nears: [Int],
        _ bits: [UInt64],
        _ masks: [UInt64],
        _ passed: inout [Int],
        _ body: (UnsafePointer<Int>, UnsafePointer<UInt64>, UnsafePointer<UInt64>, UnsafeMutablePointer<Int>) -> Void
    ) {
        unsafe nears.withUnsafeBufferPointer { nears in
            unsafe bits.withUnsafeBufferPointer { bits in
                unsafe masks.withUnsafeBufferPointer { masks in
                    unsafe passed.withUnsafeMutableBufferPointer { passed in
                        guard let nears = nears.baseAddress, let bits = bits.baseAddress,
                            let masks = masks.baseAddress, let passed = passed.baseAddress
                        else { return }
                        unsafe body(nears, bits, masks, passed)
                    }
                }
            }
        }
    }
}

/// The words that have come, behind room for those before.
private struct GatheredWords: WordSink {
    var words: [UInt64]
    var count = 0

    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: capacity)
    }

    mutating func word(_ hash: UInt64, at offset: Int) {
        guard count < words.count else { return }
        words[count] = hash
        count += 1
    }

    mutating func words(_ runs: borrowing WordRuns, base: Int) {
        let found = runs.foundHashes
        let number = min(runs.count, words.count - count)
        let start = count
        var output = words.mutableSpan
        for place in 0..<number { output[start &+ place] = found[place] }
        count = start + number
    }
}
