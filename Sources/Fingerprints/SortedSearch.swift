/// Finds a number among ascending ones that are spread evenly, as hashes are.
enum SortedSearch {
    /// The ordinal of the element equal to `value`; nil when there is none.
    ///
    /// The search begins where the element should be and takes a few steps, whatever `count`. Elements that are not
    /// ascending give a wrong nil, never an ordinal out of range.
    @inline(__always)
    static func ordinal(of value: UInt64, count: Int, at element: (Int) -> UInt64) -> Int? {
        guard count > 0 else { return nil }
        let guess = Int(truncatingIfNeeded: value.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
        var low = guess
        var high = guess
        var stride = 16
        while low > 0, element(low) > value {
            low = max(0, low &- stride)
            stride &*= 2
        }
        stride = 16
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
