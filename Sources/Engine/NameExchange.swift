package import Sessions

/// Hands what one capture worker learns from DNS to the others.
///
/// On a live interface an answer, and the connection that it names, may come to different queues: the kernel shares packets
/// out by their addresses. What a full inbox refuses is counted; its worker knows that name a little later, or never.
package struct NameExchange: Sendable {
    private let inboxes: [BoundedQueue<NameAnswer>]

    /// Answers that may wait for one worker, which looks after each block of packets.
    private static let capacity = 4_096

    /// An exchange between so many workers.
    package init(workers: Int) {
        inboxes = (0..<workers).map { _ in BoundedQueue(capacity: NameExchange.capacity, policy: .refuse) }
    }

    /// Tells all workers but the one that it comes from; returns how many have no room for it.
    package func tell(_ answer: NameAnswer, from worker: Int) -> Int {
        var refused = 0
        for (index, inbox) in inboxes.enumerated() where index != worker {
            if !inbox.push(answer) { refused += 1 }
        }
        return refused
    }

    /// What others have told a worker since it last asked; never waits.
    package func take(_ worker: Int) -> [NameAnswer] {
        inboxes.indices.contains(worker) ? inboxes[worker].popAll(waiting: 0) ?? [] : []
    }

    /// Whether there is anybody to tell.
    package var isNeeded: Bool { inboxes.count > 1 }
}
