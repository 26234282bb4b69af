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

    @Test("a reserve is for those who may use it")
    func reserve() {
        let queue = BoundedQueue<Int>(capacity: 10, policy: .refuse)
        #expect(queue.push(1, weight: 10))
        #expect(!queue.push(2, weight: 1))
        #expect(queue.push(3, weight: 4, reserve: 4))
        #expect(!queue.push(4, weight: 1, reserve: 4))
        #expect(queue.popAll(waiting: 0) == [1, 3])
    }

    @Test("as much is taken at once as may be, at least one element")
    func limited() {
        let queue = BoundedQueue<Int>(capacity: 100, policy: .refuse)
        for number in 1...4 { #expect(queue.push(number, weight: 10)) }
        #expect(queue.popAll(waiting: 0, upTo: 25) == [1, 2])
        #expect(queue.weight == 20)
        #expect(queue.popAll(waiting: 0, upTo: 5) == [3])
        #expect(queue.popAll(waiting: 0, upTo: 25) == [4])
        #expect(queue.weight == 0)
    }

    @Test("several producers that wait lose nothing, each in its own order", .timeLimit(.minutes(1)))
    func producers() {
        let queue = BoundedQueue<(Int, Int)>(capacity: 8, policy: .wait)
        let count = 3_000
        let threads = (0..<4).map { producer in
            Thread { for number in 0..<count { _ = queue.push((producer, number)) } }
        }
        threads.forEach { $0.start() }
        var next = [0, 0, 0, 0]
        var isInOrder = true
        while next.reduce(0, +) < 4 * count, let batch = queue.popAll(waiting: 1_000, upTo: 3) {
            for (producer, number) in batch {
                isInOrder = isInOrder && next[producer] == number
                next[producer] = number + 1
            }
        }
        #expect(isInOrder)
        #expect(next == [count, count, count, count])
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
