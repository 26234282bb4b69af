internal import CTextScan

/// The rolling states of the grams of a slice's tokens: as `ShapeRoller` gives them one by one, for all at once.
///
/// Scratch memory, to be shared by all texts of a thread.
@safe
struct ShapeStates: ~Copyable {
    private var values: [UInt64]
    private var heads: [UInt32]
    private var nexts: [UInt8]
    private let tables: ctextscan_shape_tables
    private let capacity: Int
    /// The form of the loops in C that is used.
    private let form: Int32

    /// Room for `capacity` tokens; `form` is as `WordRuns` has it.
    init(capacity: Int, form: Int32 = .max) {
        let room = capacity + ShapeRoller.gramLength + Int(ctextscan_shape_block)
        values = [UInt64](repeating: 0, count: room)
        heads = [UInt32](repeating: 0, count: room)
        nexts = [UInt8](repeating: 0, count: room)
        tables = Self.tables()
        self.capacity = capacity
        self.form = min(form, ctextscan_form())
    }

    /// Takes the first `count` tokens, behind which there is room for `WordRuns.lookAhead` more, and writes for each the state of
    /// the gram that it ends; zero where there are not tokens enough.
    mutating func roll(
        _ tokens: [ShapeToken],
        _ count: Int,
        from state: inout ctextscan_shape_state,
        into states: inout [UInt64]
    ) {
        guard count > 0, count <= min(tokens.count - WordRuns.lookAhead, states.count, capacity) else { return }
        Self.roll(form, tables, tokens, count, &values, &heads, &nexts, from: &state, into: &states)
    }

    private static func roll(
        _ form: Int32,
        _ tables: ctextscan_shape_tables,
        _ tokens: [ShapeToken],
        _ count: Int,
        _ values: inout [UInt64],
        _ heads: inout [UInt32],
        _ nexts: inout [UInt8],
        from state: inout ctextscan_shape_state,
        into states: inout [UInt64]
    ) {
        // There are so many tokens and more, laid out as C's, and states; the scratch has room for a gram and a block more.
        unsafe withUnsafePointer(to: tables) { tables in
            unsafe tokens.withUnsafeBytes { tokens in
                unsafe values.withUnsafeMutableBufferPointer { values in
                    unsafe heads.withUnsafeMutableBufferPointer { heads in
                        unsafe nexts.withUnsafeMutableBufferPointer { nexts in
                            unsafe states.withUnsafeMutableBufferPointer { states in
                                unsafe ctextscan_shapes(
                                    form,
                                    tables,
                                    tokens.baseAddress?.assumingMemoryBound(to: ctextscan_token.self),
                                    count,
                                    ctextscan_shape_scratch(
                                        values: values.baseAddress,
                                        heads: heads.baseAddress,
                                        nexts: nexts.baseAddress
                                    ),
                                    &state,
                                    states.baseAddress
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    /// What `ShapeRoller` counts by, as C has it.
    private static func tables() -> ctextscan_shape_tables {
        let roller = ShapeRoller()
        var tables = ctextscan_shape_tables()
        // Each has 32 numbers.
        unsafe withUnsafeMutableBytes(of: &tables.distances) { octets in
            let numbers = unsafe octets.bindMemory(to: UInt64.self)
            for place in 0..<32 { unsafe numbers[place] = roller.distances[place] }
        }
        unsafe withUnsafeMutableBytes(of: &tables.changes) { octets in
            let numbers = unsafe octets.bindMemory(to: UInt64.self)
            for place in 0..<32 { unsafe numbers[place] = roller.changes[place] }
        }
        return tables
    }
}
