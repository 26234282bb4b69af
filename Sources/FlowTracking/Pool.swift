internal import BasicContainers

/// Small values found by numbers that are used again; they never move, so growing costs no copy and no second place.
struct Pool<Element>: ~Copyable {
    private var pages = UniqueArray<UniqueArray<Element>>()
    private var count: UInt32 = 0
    private var free = UniqueArray<UInt32>()

    private static var pageBits: UInt32 { 9 }

    /// The element of a number that `insert` gave and `remove` has not taken back.
    subscript(number: UInt32) -> Element { pages[Pool.page(of: number)][Pool.place(of: number)] }

    /// Keeps an element; returns its number.
    mutating func insert(_ element: Element) -> UInt32 {
        if let number = free.popLast() {
            pages[Pool.page(of: number)][Pool.place(of: number)] = element
            return number
        }
        let number = count
        count += 1
        if Pool.page(of: number) == pages.count { pages.append(UniqueArray(minimumCapacity: 1 << Pool.pageBits)) }
        pages[Pool.page(of: number)].append(element)
        return number
    }

    /// Takes a number back.
    mutating func remove(_ number: UInt32) { free.append(number) }

    private static func page(of number: UInt32) -> Int { Int(number >> pageBits) }
    private static func place(of number: UInt32) -> Int { Int(number & (1 << pageBits - 1)) }
}
