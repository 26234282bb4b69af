internal import CTextScan

/// Grams of a slice of text that are looked up together: first in an index's filter, all at once.
@safe
struct GramBatch: ~Copyable {
    /// For each gram the rolling state.
    private var states: [UInt64]
    /// Where in a filter those grams stand: the near word, and what chooses the rest.
    private var nears: [UInt32]
    private var selectors: [UInt64]
    /// The grams that were looked for last, and the places behind the first of them of those that a filter let pass.
    private var sought = 0..<0
    private var passed: [UInt32]
    /// How many of them the near half of the filter let pass.
    private var candidates = 0

    private let masks = GramFilter.masks
    /// The form of the loops in C that is used.
    private let form: Int32

    /// Room for `capacity` grams; `form` is as `WordRuns` has it.
    init(capacity: Int, form: Int32 = .max) {
        states = [UInt64](repeating: 0, count: capacity)
        nears = [UInt32](repeating: 0, count: capacity)
        selectors = [UInt64](repeating: 0, count: capacity)
        passed = [UInt32](repeating: 0, count: capacity)
        self.form = min(form, ctextscan_form())
    }

    /// Takes `state`, the rolling state before the words behind the first `history`, on over `count` of them.
    mutating func roll(_ words: [UInt64], behind history: Int, _ count: Int, from state: inout UInt64) {
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

    /// Takes `state` on over `count` tokens; `shapes` is scratch.
    mutating func roll(
        _ tokens: [ShapeToken],
        _ count: Int,
        _ shapes: inout ShapeStates,
        from state: inout ctextscan_shape_state
    ) {
        shapes.roll(tokens, count, from: &state, into: &states)
    }

    /// Finds where in an index's filter the grams at these places stand, and has it fetched from memory: so all waits overlap,
    /// with each other and with what is done before `askNear`.
    mutating func seek(_ places: Range<Int>, _ index: FingerprintIndex, _ words: Span<UInt64>) {
        sought = places.clamped(to: states.indices)
        guard !sought.isEmpty else { return }
        index.withFilter(words) {
            Self.seek(form, states, sought, $0, index, masks, into: &nears, &selectors)
        }
        let count = sought.count
        index.layout.checkFilter(nears.span.extracting(0..<count), selectors.span.extracting(0..<count), in: words)
    }

    /// Asks the near half of the filter for the grams that were sought, and has of the far half fetched what is asked next.
    mutating func askNear(_ index: FingerprintIndex, _ words: Span<UInt64>) {
        candidates = 0
        guard !sought.isEmpty else { return }
        candidates = index.withFilter(words) {
            Self.ask(form, nears, selectors, sought.count, $0, index, masks, into: &passed)
        }
    }

    /// Asks the far half for those that the near half let pass.
    ///
    /// - Returns: How many passed; `gram` gives them in order.
    mutating func askFar(_ index: FingerprintIndex, _ words: Span<UInt64>) -> Int {
        guard candidates > 0 else { return 0 }
        return index.withFilter(words) { Self.ask(selectors, candidates, $0, index, masks, in: &passed) }
    }

    /// The gram at a place, whether it passed or not.
    func gram(at place: Int) -> UInt64 { HashMixing.gram(states[place]) }

    /// One of the grams that passed, and its place.
    func gram(_ ordinal: Int) -> (place: Int, gram: UInt64) {
        let place = sought.lowerBound + Int(passed[ordinal])
        return (place, HashMixing.gram(states[place]))
    }

    private static func seek(
        _ form: Int32,
        _ states: [UInt64],
        _ sought: Range<Int>,
        _ filter: Span<UInt64>,
        _ index: FingerprintIndex,
        _ masks: [UInt64],
        into nears: inout [UInt32],
        _ selectors: inout [UInt64]
    ) {
        // There are so many states from there on, and room for as many addresses, which lie within the filter.
        unsafe withFilter(index, filter, masks) { filter in
            unsafe states.withUnsafeBufferPointer { states in
                unsafe nears.withUnsafeMutableBufferPointer { nears in
                    unsafe selectors.withUnsafeMutableBufferPointer { selectors in
                        guard let first = states.baseAddress else { return }
                        unsafe ctextscan_find(
                            form,
                            filter,
                            first + sought.lowerBound,
                            sought.count,
                            nears.baseAddress,
                            selectors.baseAddress
                        )
                    }
                }
            }
        }
    }

    private static func ask(
        _ form: Int32,
        _ nears: [UInt32],
        _ selectors: [UInt64],
        _ count: Int,
        _ filter: Span<UInt64>,
        _ index: FingerprintIndex,
        _ masks: [UInt64],
        into passed: inout [UInt32]
    ) -> Int {
        var found = 0
        // `seek` has written so many addresses; they lie within the filter, whose length is the index's, copied or not.
        unsafe withFilter(index, filter, masks) { filter in
            unsafe nears.withUnsafeBufferPointer { nears in
                unsafe selectors.withUnsafeBufferPointer { selectors in
                    unsafe passed.withUnsafeMutableBufferPointer { passed in
                        found = unsafe ctextscan_ask_near(
                            form,
                            filter,
                            nears.baseAddress,
                            selectors.baseAddress,
                            count,
                            passed.baseAddress
                        )
                    }
                }
            }
        }
        return found
    }

    private static func ask(
        _ selectors: [UInt64],
        _ count: Int,
        _ filter: Span<UInt64>,
        _ index: FingerprintIndex,
        _ masks: [UInt64],
        in passed: inout [UInt32]
    ) -> Int {
        var found = 0
        // `askNear` has written so many places of selectors.
        unsafe withFilter(index, filter, masks) { filter in
            unsafe selectors.withUnsafeBufferPointer { selectors in
                unsafe passed.withUnsafeMutableBufferPointer { passed in
                    found = unsafe ctextscan_ask_far(filter, selectors.baseAddress, count, passed.baseAddress)
                }
            }
        }
        return found
    }

    /// Gives `body` an index's filter as the loops in C have it; nothing where that has another length than the index says.
    @inline(__always)
    private static func withFilter(
        _ index: FingerprintIndex,
        _ words: Span<UInt64>,
        _ masks: [UInt64],
        _ body: (UnsafePointer<ctextscan_filter>) -> Void
    ) {
        let bands = index.layout.header.bands
        guard words.count == bands.words else { return }
        // The filter and the masks are borrowed as long as `body` runs.
        unsafe words.withUnsafeBufferPointer { words in
            unsafe masks.withUnsafeBufferPointer { masks in
                var filter = unsafe ctextscan_filter(
                    words: words.baseAddress,
                    half: UInt64(bands.half),
                    key: index.filterKey.words,
                    starts: tuple(bands.starts),
                    sizes: tuple(bands.sizes),
                    masks: masks.baseAddress
                )
                unsafe body(&filter)
            }
        }
    }

    private static func tuple(_ numbers: SIMD4<Int>) -> (UInt64, UInt64, UInt64, UInt64) {
        (UInt64(numbers[0]), UInt64(numbers[1]), UInt64(numbers[2]), UInt64(numbers[3]))
    }
}
