internal import Dispatch
internal import Synchronization

/// A queue of bounded weight from producer threads to one consumer thread: the only crossing between threads.
///
/// Weight is whatever a producer says an element costs, octets for body chunks. When full, a queue that may refuse
/// answers so and the producer counts the loss; one that waits holds the producer back until there is room.
package final class BoundedQueue<Element: Sendable>: Sendable {
    private let state: Mutex<State>
    private let arrived = DispatchSemaphore(value: 0)
    private let drained = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let policy: QueuePolicy

    /// A queue that holds elements of at most `capacity` weight in all, and always at least one.
    package init(capacity: Int, policy: QueuePolicy) {
        self.capacity = max(1, capacity)
        self.policy = policy
        state = Mutex(State())
    }

    /// Appends an element that costs `weight`; false when the queue is full and refuses, or is closed.
    ///
    /// Of a queue that refuses, an element may use so much `reserve` beyond the capacity; a `mandatory` one, a small one
    /// such as an end, arrives however full it is.
    package func push(_ element: Element, weight: Int = 1, reserve: Int = 0, mandatory: Bool = false) -> Bool {
        while true {
            let outcome = state.withLock { state -> Outcome in
                if state.isClosed { return .refused }
                let room = capacity + (policy == .refuse ? reserve : 0)
                let fits = state.elements.isEmpty || state.weight + weight <= room
                if fits || mandatory && policy == .refuse {
                    state.elements.append((element, weight))
                    state.weight += weight
                    let wasWaiting = state.isConsumerWaiting
                    state.isConsumerWaiting = false
                    return wasWaiting ? .pushedToWaiting : .pushed
                }
                if policy == .refuse {
                    state.refused += 1
                    return .refused
                }
                state.waitingProducers += 1
                return .full
            }
            switch outcome {
            case .pushed: return true
            case .pushedToWaiting:
                arrived.signal()
                return true
            case .refused: return false
            case .full: drained.wait()
            }
        }
    }

    /// Takes what waits, in order; empty when nothing came within `milliseconds`; nil once closed and drained.
    ///
    /// With a `limit`, what is taken weighs no more, but for a first element that does.
    package func popAll(waiting milliseconds: Int, upTo limit: Int = .max) -> [Element]? {
        var mayWait = true
        while true {
            let (batch, isClosed, held) = state.withLock { state -> ([(element: Element, weight: Int)], Bool, Int) in
                let batch = state.take(upTo: limit)
                // Every producer that is held back looks again whether there is room for it now.
                let held = batch.isEmpty ? 0 : state.waitingProducers
                if !batch.isEmpty { state.waitingProducers = 0 }
                state.isConsumerWaiting = batch.isEmpty && !state.isClosed && mayWait
                return (batch, state.isClosed, held)
            }
            for _ in 0..<held { drained.signal() }
            if !batch.isEmpty { return batch.map(\.element) }
            if isClosed { return nil }
            guard mayWait else { return [] }
            mayWait = false
            _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
        }
    }

    /// Refuses what comes from now on; what waits can still be taken.
    package func close() {
        let (wake, held) = state.withLock { state -> (Bool, Int) in
            state.isClosed = true
            defer {
                state.isConsumerWaiting = false
                state.waitingProducers = 0
            }
            return (state.isConsumerWaiting, state.waitingProducers)
        }
        if wake { arrived.signal() }
        for _ in 0..<held { drained.signal() }
    }

    /// Elements that a full queue has refused so far.
    package var refused: UInt64 { state.withLock { $0.refused } }

    /// The weight that waits now.
    package var weight: Int { state.withLock { $0.weight } }

    private struct State {
        var elements: [(element: Element, weight: Int)] = []
        var weight = 0
        var refused: UInt64 = 0
        var isClosed = false
        var isConsumerWaiting = false
        var waitingProducers = 0

        mutating func take(upTo limit: Int) -> [(element: Element, weight: Int)] {
            if weight <= limit {
                weight = 0
                defer { elements = [] }
                return elements
            }
            var taken = 0
            var count = 0
            while count < elements.count, count == 0 || taken + elements[count].weight <= limit {
                taken += elements[count].weight
                count += 1
            }
            let batch = Array(elements[..<count])
            elements.removeFirst(count)
            weight -= taken
            return batch
        }
    }

    private enum Outcome {
        case pushed
        case pushedToWaiting
        case refused
        case full
    }
}

/// What a full queue does to its producer.
package enum QueuePolicy: Sendable {
    /// Refuses the element; the producer counts it.
    case refuse
    /// Holds the producer back until there is room.
    case wait
}
