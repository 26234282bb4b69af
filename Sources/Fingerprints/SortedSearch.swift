/// Finds a number among ascending ones that are spread evenly, as hashes are.
enum SortedSearch {
    /// The ordinal of the element equal to `value`; nil when there is none.
    ///
    /// The search begins where the element should be and takes a few steps, whatever `count`. Elements that are not
    /// ascending give a wrong nil, never an ordinal out of range.
    @inline(__always)
    static func ordinal(of value: UInt64, count: Int, at element: (Int) -> UInt64) -> Int? {
        guard count > 0 else { return nil }
        let count64 = UInt64(truncatingIfNeeded: count)
        var guess = Int(truncatingIfNeeded: value.multipliedFullWidth(by: count64).high)
        // Chance puts elements off their place by the root of their number; each correction takes the root of what is left.
        for _ in 0..<2 {
            let found = element(guess)
            let isBelow = found < value
            let distance = isBelow ? value &- found : found &- value
            let places = Int(truncatingIfNeeded: distance.multipliedFullWidth(by: count64).high)
            guess = isBelow ? min(count &- 1, guess &+ places) : max(0, guess &- places)
        }
        var low = guess
        var high = guess
        var stride = 4
        while low > 0, element(low) > value {
            low = max(0, low &- stride)
            stride &*= 2
        }
        stride = 4
        while high < count, element(high) < value {
            high = min(count, high &+ stride)
            stride &*= 2
        }
        while low < high {
            let middle = (low + high) / 2
            if element(middle) < value { low = middle + 1 } else { high = middle }
        }
        return low < count && element(low) == value ? low : nil
    }
}
