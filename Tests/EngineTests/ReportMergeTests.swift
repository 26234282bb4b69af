import Foundation
import Telemetry
import Testing
import Wire

@testable import Engine

/// What stands for a report in these tests: the counters of a moment, told apart by the moment.
private func report(_ mark: Int64) -> Report {
    .stats(StatsRecord(timestamp: Timestamp(nanoseconds: mark), counters: Counters()))
}

@Suite("The order of a scan's reports")
struct ReportMergeTests {
    /// Merges lanes whose events have all come, and gives the marks of what comes out.
    private func merged(_ lanes: [[ScanEvent]]) -> [Int64] {
        let queues = lanes.map { events in
            let queue = BoundedQueue<ScanEvent>(capacity: 1_000, policy: .wait)
            for event in events { _ = queue.push(event) }
            return queue
        }
        var merge = ReportMerge(queues)
        var marks: [Int64] = []
        while let reports = merge.next() {
            for case .stats(let record) in reports { marks.append(record.timestamp?.nanoseconds ?? -1) }
        }
        #expect(merge.ends.count == lanes.count)
        return marks
    }

    @Test("reports come by packet, whoever made them")
    func byPacket() {
        let marks = merged([
            [
                .reports([report(1), report(2)], packet: 3, shard: 0), .reached(packet: 100, octets: 9),
                .ended(ScanEnd()),
            ],
            [.reached(packet: 2, octets: 1), .reports([report(3)], packet: 7, shard: 0), .ended(ScanEnd())],
            [
                .reports([report(0)], packet: 1, shard: 0), .reports([report(4)], packet: 90, shard: 0),
                .ended(ScanEnd()),
            ],
        ])
        #expect(marks == [0, 1, 2, 3, 4])
    }

    @Test("what the capture's end brings comes last, by shard")
    func byShard() {
        let marks = merged([
            [
                .reports([report(2)], packet: .max, shard: 0), .reports([report(4)], packet: .max, shard: 2),
                .ended(ScanEnd()),
            ],
            [
                .reports([report(1)], packet: 1_000_000, shard: 0), .reports([report(3)], packet: .max, shard: 1),
                .reports([report(5)], packet: .max, shard: 3), .ended(ScanEnd()),
            ],
        ])
        #expect(marks == [1, 2, 3, 4, 5])
    }

    @Test("a report waits until no thread can come up with an earlier one")
    func waits() {
        let queues = (0..<2).map { _ in BoundedQueue<ScanEvent>(capacity: 10, policy: .wait) }
        var merge = ReportMerge(queues)
        _ = queues[0].push(.reports([report(5)], packet: 50, shard: 0))
        _ = queues[1].push(.reached(packet: 49, octets: 0))
        for _ in 0..<4 { #expect(merge.next()?.isEmpty == true) }
        _ = queues[1].push(.reports([report(4)], packet: 49, shard: 0))
        _ = queues[1].push(.reached(packet: 64, octets: 0))
        var marks: [Int64] = []
        for _ in 0..<4 {
            for case .stats(let record) in merge.next() ?? [] { marks.append(record.timestamp?.nanoseconds ?? -1) }
        }
        #expect(marks == [4, 5])
    }

    @Test("a thread that is gone does not hold the others up")
    func closedQueue() {
        let queue = BoundedQueue<ScanEvent>(capacity: 10, policy: .wait)
        queue.close()
        var merge = ReportMerge([queue])
        while merge.next() != nil {}
        #expect(merge.ends.count == 1)
    }
}

@Suite("Shards of a capture")
struct ShardPlanTests {
    @Test(
        "every flow has exactly one owner, and its shard does not depend on the number of workers",
        arguments: [1, 2, 3, 4, 16, 64]
    )
    func owners(workers: Int) {
        var generator = SystemRandomNumberGenerator()
        let plans = (0..<workers).map { ShardPlan.file(worker: $0, of: workers) }
        for _ in 0..<1_000 {
            let hash = generator.next()
            let owners = plans.filter { $0.place(of: hash) != nil }
            #expect(owners.count == 1)
            guard let owner = owners.first, let place = owner.place(of: hash) else { continue }
            #expect(Array(owner.owned)[place] == Int(hash & 63))
        }
        #expect(plans.flatMap { Array($0.owned) }.sorted() == Array(0..<64))
    }

    @Test("more workers than shards, or none, become as many as can be")
    func bounds() {
        #expect(ShardPlan.file(worker: 0, of: 1_000).workers == 64)
        #expect(ShardPlan.file(worker: 0, of: 0).workers == 1)
        #expect(ShardPlan.whole.place(of: .max) == 0)
    }
}
