import Engine
import Foundation
import Testing

@Suite("Bounded queues")
struct BoundedQueueTests {
    @Test("elements come out in order, all that wait at once")
    func order() {
        let queue = BoundedQueue<Int>(capacity: 10, policy: .refuse)
        for number in 1...5 { #expect(queue.push(number)) }
        #expect(queue.popAll(waiting: 0) == [1, 2, 3, 4, 5])
        #expect(queue.popAll(waiting: 0) == [])
    }

    @Test("a full queue that may refuse does, but takes what must arrive")
    func refusal() {
        let queue = BoundedQueue<Int>(capacity: 10, policy: .refuse)
        #expect(queue.push(1, weight: 8))
        #expect(!queue.push(2, weight: 3))
        #expect(queue.refused == 1, "what is refused is counted")
        #expect(queue.push(3, weight: 3, mandatory: true))
        #expect(queue.weight == 11)
        #expect(queue.popAll(waiting: 0) == [1, 3])
        #expect(queue.push(4, weight: 100), "an empty queue takes one element of any weight")
    }

    @Test("a closed queue gives what waits, then says that it is over")
    func closing() {
        let queue = BoundedQueue<Int>(capacity: 10, policy: .refuse)
        #expect(queue.push(1))
        queue.close()
        #expect(!queue.push(2))
        #expect(queue.popAll(waiting: 0) == [1])
        #expect(queue.popAll(waiting: 0) == nil)
    }

    @Test("a queue that waits loses nothing and never holds more than its capacity", .timeLimit(.minutes(1)))
    func waiting() async {
        let queue = BoundedQueue<Int>(capacity: 16, policy: .wait)
        let count = 20_000
        let producer = Thread {
            for number in 0..<count { _ = queue.push(number) }
            queue.close()
        }
        producer.start()
        var next = 0
        var isInOrder = true
        var heaviest = 0
        while let batch = queue.popAll(waiting: 100) {
            heaviest = max(heaviest, batch.count)
            for number in batch {
                isInOrder = isInOrder && number == next
                next += 1
            }
        }
        #expect(isInOrder)
        #expect(next == count)
        #expect(heaviest <= 16)
    }
}
