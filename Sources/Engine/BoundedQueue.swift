internal import Dispatch
internal import Synchronization

/// A queue of bounded weight between one producer and one consumer thread: the only crossing between threads.
///
/// Weight is whatever the producer says an element costs, octets for body chunks. When full, a queue that may refuse
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
    /// A `mandatory` element, a small one such as an end, arrives even when a queue that refuses is full.
    package func push(_ element: Element, weight: Int = 1, mandatory: Bool = false) -> Bool {
        while true {
            let outcome = state.withLock { state -> Outcome in
                if state.isClosed { return .refused }
                let fits = state.elements.isEmpty || state.weight + weight <= capacity
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
                state.isProducerWaiting = true
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

    /// Takes everything that waits, in order; empty when nothing came within `milliseconds`; nil once closed and drained.
    package func popAll(waiting milliseconds: Int) -> [Element]? {
        var mayWait = true
        while true {
            let (batch, isClosed, wasFull) = state.withLock { state -> ([Element], Bool, Bool) in
                let batch = state.elements.map(\.element)
                state.elements.removeAll(keepingCapacity: true)
                state.weight = 0
                let wasFull = state.isProducerWaiting
                state.isProducerWaiting = false
                state.isConsumerWaiting = batch.isEmpty && !state.isClosed && mayWait
                return (batch, state.isClosed, wasFull)
            }
            if wasFull { drained.signal() }
            if !batch.isEmpty { return batch }
            if isClosed { return nil }
            guard mayWait else { return [] }
            mayWait = false
            _ = arrived.wait(timeout: .now() + .milliseconds(milliseconds))
        }
    }

    /// Refuses what comes from now on; what waits can still be taken.
    package func close() {
        let (wake, release) = state.withLock { state -> (Bool, Bool) in
            state.isClosed = true
            defer {
                state.isConsumerWaiting = false
                state.isProducerWaiting = false
            }
            return (state.isConsumerWaiting, state.isProducerWaiting)
        }
        if wake { arrived.signal() }
        if release { drained.signal() }
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
        var isProducerWaiting = false
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
