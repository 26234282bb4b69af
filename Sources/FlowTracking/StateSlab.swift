public import BasicContainers

/// The consumer's states, found by handles that stay the same while the states lie densely packed: when one is taken out,
/// the last one moves into its place.
@usableFromInline
package struct StateSlab<State: ~Copyable>: ~Copyable {
    /// A state and its handle.
    @usableFromInline
    package struct Item: ~Copyable {
        /// What the consumer keeps.
        @usableFromInline package var state: State
        /// Under which it is found.
        @usableFromInline package let handle: UInt32

        /// Joins the two.
        @inlinable
        package init(_ state: consuming State, _ handle: UInt32) {
            self.state = state
            self.handle = handle
        }
    }

    /// The states.
    @usableFromInline package var items = UniqueArray<Item>()
    /// Where the state of a handle is; of an unused handle, the next unused one.
    @usableFromInline package var places = UniqueArray<UInt32>()
    /// The first unused handle; the greatest number when there is none.
    @usableFromInline package var free = UInt32.max

    /// No states.
    @inlinable
    package init() {}

    /// The state of a handle that `insert` gave and `remove` has not taken back, in place.
    @inlinable
    package subscript(handle: UInt32) -> State {
        _read { yield items[Int(places[Int(handle)])].state }
        _modify { yield &items[Int(places[Int(handle)])].state }
    }

    /// Keeps a state; returns its handle.
    @inlinable
    package mutating func insert(_ state: consuming State) -> UInt32 {
        let place = UInt32(truncatingIfNeeded: items.count)
        let handle: UInt32
        if free == .max {
            handle = UInt32(truncatingIfNeeded: places.count)
            places.append(place)
        } else {
            handle = free
            free = places[Int(handle)]
            places[Int(handle)] = place
        }
        items.append(Item(state, handle))
        return handle
    }

    /// Takes a state out; its handle may be given to another.
    @inlinable
    package mutating func remove(_ handle: UInt32) -> State {
        let place = Int(places[Int(handle)])
        items.swapAt(place, items.count - 1)
        let item = items.removeLast()
        if place < items.count { places[Int(items[place].handle)] = UInt32(truncatingIfNeeded: place) }
        places[Int(handle)] = free
        free = handle
        return item.state
    }
}
