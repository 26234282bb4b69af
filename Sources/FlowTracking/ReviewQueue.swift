/// The flows that are due for a review, in order of time: every review comes the same time after it is entered.
struct ReviewQueue {
    /// A review to come.
    struct Item {
        /// The flow's index.
        let flow: UInt32
        /// The generation of its entry, which tells it from another flow at the same index.
        let generation: UInt8
        /// When the review is due, in ticks of the packet clock.
        let due: UInt32
    }

    private var items: [Item] = []
    private var head = 0

    /// The next review; nil when none is to come.
    var first: Item? { head < items.count ? items[head] : nil }

    /// Enters a review that is due no earlier than those entered before.
    mutating func append(_ item: Item) { items.append(item) }

    /// Removes the next review.
    mutating func removeFirst() {
        guard head < items.count else { return }
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= items.count {
            items.removeSubrange(0..<head)
            head = 0
        }
    }

    /// Removes all.
    mutating func removeAll() {
        items.removeAll()
        head = 0
    }
}
