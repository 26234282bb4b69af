internal import CTextScan

/// Grams of a slice of text that are looked up together: first in an index's filter, all at once.
@safe
struct GramBatch: ~Copyable {
    /// For each gram the rolling state.
    private var states: [UInt64]
    /// Where in a filter those grams stand: the near word, and what chooses the rest.
    private var nears: [Int]
    private let masks = GramFilter.masks
    private var bits: [UInt64]
    /// The first gram that was looked for, and the places after it of those that a filter let pass.
    private var first = 0
    private var passed: [Int]

    /// Room for `capacity` grams.
    init(capacity: Int) {
        states = [UInt64](repeating: 0, count: capacity)
        nears = [Int](repeating: 0, count: capacity)
        bits = [UInt64](repeating: 0, count: capacity)
        passed = [Int](repeating: 0, count: capacity)
    }

    /// Takes `state`, the rolling state before the words behind the first `history`, on over `count` of them.
    mutating func roll(_ words: [UInt64], behind history: Int, _ count: Int, from state: inout UInt64) {
        Self.roll(words, behind: history, count, from: &state, into: &states)
    }

    /// Takes `roller` on over `count` tokens.
    mutating func roll(_ tokens: [ShapeToken], _ count: Int, with roller: inout ShapeRoller) {
        var output = states.mutableSpan
        roller.push(tokens.span.extracting(0..<min(count, tokens.count)), into: &output)
    }

    /// Asks an index's filter for the grams at these places.
    ///
    /// - Returns: How many passed; `gram` gives them in order.
    mutating func filter(_ places: Range<Int>, _ index: FingerprintIndex, _ words: Span<UInt64>) -> Int {
        index.withFilter(words) { ask($0, places, index, words) }
    }

    private mutating func ask(
        _ filter: Span<UInt64>,
        _ places: Range<Int>,
        _ index: FingerprintIndex,
        _ words: Span<UInt64>
    ) -> Int {
        first = places.lowerBound
        var found = 0
        var asked = places.lowerBound
        // A part is asked for when the next one has been fetched: few enough for the nearest cache.
        for start in stride(from: places.lowerBound, to: places.upperBound, by: Self.part) {
            let end = min(start + Self.part, places.upperBound)
            Self.find(states, start..<end, first, index.filterKey, filter, &nears, &bits)
            index.layout.checkFilter(start - first..<end - first, nears, bits, in: words)
            found = Self.ask(asked - first..<start - first, nears, bits, masks, filter, into: &passed, behind: found)
            asked = start
        }
        return Self.ask(
            asked - first..<places.count,
            nears,
            bits,
            masks,
            filter,
            into: &passed,
            behind: found
        )
    }

    /// Grams whose words of the filter are fetched at once.
    private static let part = 128

    /// The gram at a place, whether it passed or not.
    func gram(at place: Int) -> UInt64 { HashMixing.gram(states[place]) }

    /// One of the grams that passed, and its place.
    func gram(_ ordinal: Int) -> (place: Int, gram: UInt64) {
        let place = first + passed[ordinal]
        return (place, HashMixing.gram(states[place]))
    }

    private static func roll(
        _ words: [UInt64],
        behind history: Int,
        _ count: Int,
        from state: inout UInt64,
        into states: inout [UInt64]
    ) {
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
        _ first: Int,
        _ key: FilterKey,
        _ filter: Span<UInt64>,
        _ nears: inout [Int],
        _ bits: inout [UInt64]
    ) {
        let states = states.span.extracting(places)
        let half = filter.count / 2
        let start = places.lowerBound - first
        var words = nears.mutableSpan
        var selectors = bits.mutableSpan
        // Nothing is read through the addresses, which lie within the filter.
        unsafe filter.withUnsafeBufferPointer { filter in
            guard let base = filter.baseAddress else { return }
            for place in states.indices {
                let address = key.address(of: states[place])
                let near = GramFilter.word(address.near, of: half)
                words[start &+ place] = near
                selectors[start &+ place] = address.bits
                unsafe ctextscan_prefetch(base + near)
            }
        }
    }

    /// Asks a filter for grams, and gives the number of all that passed, of which there were `before`.
    private static func ask(
        _ places: Range<Int>,
        _ nears: [Int],
        _ bits: [UInt64],
        _ masks: [UInt64],
        _ filter: Span<UInt64>,
        into passed: inout [Int],
        behind before: Int
    ) -> Int {
        guard places.lowerBound >= 0, places.upperBound <= min(nears.count, bits.count, passed.count),
            before >= 0, before <= places.lowerBound
        else { return before }
        let half = filter.count / 2
        var found = before
        // Each array has an element for each gram; a near word lies in the filter's first half, a far one as many words behind
        // its middle; there is a mask for each number that `nearMask` and `farMask` give.
        unsafe filter.withUnsafeBufferPointer { filter in
            unsafe withPointers(nears, bits, masks, &passed) { nears, bits, masks, passed in
                guard let filter = filter.baseAddress else { return }
                var near = before
                for place in places {
                    let selector = unsafe bits[place]
                    let mask = unsafe masks[GramFilter.nearMask(selector)]
                    guard unsafe filter[nears[place]] & mask == mask else { continue }
                    unsafe passed[near] = place
                    near &+= 1
                    unsafe ctextscan_prefetch(filter + half + GramFilter.word(selector, of: half))
                }
                for candidate in before..<near {
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
