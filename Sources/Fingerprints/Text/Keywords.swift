internal import CTextScan

/// The words that stand for themselves in the shape of code: those that common languages reserve, and primitive types.
///
/// All other words are names, which a copy may have changed. Changing the list changes every index: the format's version
/// must change with it.
struct Keywords: Sendable {
    private static let room = 512

    /// Hashes, each in the place of the one table that its low bits name or of the other that its high bits do; zero is none.
    private var low = [UInt64](repeating: 0, count: room)
    private var high = [UInt64](repeating: 0, count: room)

    /// What marks count for, which stand for themselves too, by their octets.
    let marks = (0..<128).map { ShapeToken.markValue(UInt8($0)) }

    /// The keywords of all languages.
    static let all = Keywords()

    private init() {
        for word in Self.list.split(whereSeparator: \.isWhitespace) {
            var hash = WordHash()
            for octet in word.utf8 { hash.append(octet | 0x20) }
            add(hash.value)
        }
    }

    /// Adds a hash, moving others to their other place as need be (Pagh and Rodler, 2001); the tables are a third full.
    private mutating func add(_ hash: UInt64) {
        guard !contain(hash) else { return }
        var moved = hash
        for _ in 0..<Self.room {
            swap(&moved, &low[Self.lowPlace(moved)])
            guard moved != 0 else { return }
            swap(&moved, &high[Self.highPlace(moved)])
            guard moved != 0 else { return }
        }
    }

    /// The number of keywords.
    var count: Int { (low + high).count { $0 != 0 } }

    @inline(__always)
    private static func lowPlace(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (room &- 1) }

    @inline(__always)
    private static func highPlace(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 32) & (room &- 1) }

    /// Gives `body` where the tables begin, for loops in C.
    @inline(__always)
    func withValues<Result>(_ body: (ctextscan_values) -> Result) -> Result {
        // The tables have the sizes that the loops count on, and live as long as `body` runs.
        unsafe marks.withUnsafeBufferPointer { marks in
            unsafe low.withUnsafeBufferPointer { low in
                unsafe high.withUnsafeBufferPointer { high in
                    unsafe body(
                        ctextscan_values(marks: marks.baseAddress, low: low.baseAddress, high: high.baseAddress)
                    )
                }
            }
        }
    }

    /// Whether a word of this hash is a keyword.
    @inline(__always)
    func contain(_ hash: UInt64) -> Bool {
        let (low, high) = (low.span, high.span)
        return low[Self.lowPlace(hash)] == hash || high[Self.highPlace(hash)] == hash
    }

    /// The keywords, parted by white space.
    static let list = """
        abstract alignas alignof always always_comb always_ff always_latch and any as asc asm assert assign
        associatedtype async auto await begin between bigint bit bool boolean break by byte cascade case casex casez
        catch chan char class co_await co_return co_yield coalesce complex128 complex64 const const_cast consteval
        constexpr constinit continue crate debugger declare decltype def default defer define defined deinit del
        delete desc distinct do double dyn dynamic dynamic_cast each echo elif else elseif elsif end endcase
        endclass endfor endforeach endfunction endgenerate endif endinterface endmodule endpackage endproperty
        endsequence endswitch endtask endwhile enum error esac eval except explicit export extends extension extern
        f32 f64 fallthrough false fi fileprivate final finally float float32 float64 fn for foreach foreign forever
        friend from fun func function generate genvar global go goto grant guard having i128 i16 i32 i64 i8 if ifdef
        ifeq ifndef ifneq impl implements implicit import in include init initial inline inner inout input insert
        instanceof insteadof int int16 int16_t int32 int32_t int64 int64_t int8 int8_t integer interface internal
        into intptr_t is isize isset join lambda lateinit let like local localparam logic long loop macro match mod
        modport module move mut mutable mutating namespace native negedge never new nil noexcept none nonisolated
        nonlocal nonmutating not null nullptr number object of on operator or outer output override package pass
        plpgsql posedge pragma private protected protocol ptrdiff_t pub public raise range readonly ref references
        reg register reinterpret_cast repeat requires rescue restrict rethrows return returning returns revoke
        rollback rune sbyte sealed select self short signed size_t sizeof ssize_t stackalloc static static_assert
        static_cast str strictfp string struct subscript super suspend switch synchronized task template then this
        thread_local throw throws trait transient tri true try type typealias typedef typeid typename typeof u128
        u16 u32 u64 u8 uint uint16 uint16_t uint32 uint32_t uint64 uint64_t uint8 uint8_t uintptr uintptr_t ulong
        unchecked undef undefined union unknown unless unowned unset unsigned until use ushort using usize
        var varchar virtual void volatile wchar_t when where while wire with xor yield
        """
}
