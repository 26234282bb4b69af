/// Puts what the threads of a scan report into one order: by packet, at the end of the capture by shard.
///
/// A report is given out when no thread can come up with an earlier one any more: each has either a later report
/// waiting, or said that it is past that packet. So the order depends on the capture alone.
struct ReportMerge {
    private var lanes: [Lane]

    /// Merges what comes through these queues, until each has brought an end.
    init(_ queues: [BoundedQueue<ScanEvent>]) {
        lanes = queues.map(Lane.init)
    }

    /// How each thread ended; those that have not are left out.
    var ends: [ScanEnd] { lanes.compactMap(\.end) }

    /// The octets of packets that the first thread has read.
    var octets: UInt64 { lanes.first?.octets ?? 0 }

    /// The next reports; empty when there are none just now; nil when every thread has ended.
    mutating func next() -> [Report]? {
        let first = lanes.indices.min { lanes[$0].position < lanes[$1].position }
        guard let first, lanes[first].position < .end else { return nil }
        if let reports = lanes[first].take() { return reports }
        lanes[first].receive()
        return []
    }

    /// Where a thread is: the place of its first report that waits, else the place up to which it has none.
    private struct Position: Comparable {
        var packet: UInt64
        var shard: Int

        /// After everything.
        static let end = Position(packet: .max, shard: .max)

        static func < (one: Position, other: Position) -> Bool {
            one.packet != other.packet ? one.packet < other.packet : one.shard < other.shard
        }
    }

    /// What has come from one thread.
    private struct Lane {
        let queue: BoundedQueue<ScanEvent>
        private(set) var end: ScanEnd?
        private(set) var octets: UInt64 = 0
        private(set) var position = Position(packet: 0, shard: -1)
        private var waiting: ArraySlice<ScanEvent> = []

        init(_ queue: BoundedQueue<ScanEvent>) {
            self.queue = queue
        }

        /// Takes the reports at the lane's position; nil when there are none and more must be received.
        mutating func take() -> [Report]? {
            guard case .reports(let reports, _, _) = waiting.first else { return nil }
            waiting.removeFirst()
            advance()
            return reports
        }

        /// Waits for more.
        mutating func receive() {
            waiting += queue.popAll(waiting: 100)?[...] ?? [.ended(end ?? ScanEnd())]
            advance()
        }

        /// Notes what stands before the next reports.
        private mutating func advance() {
            while let event = waiting.first {
                switch event {
                case .reports(_, let packet, let shard):
                    return position = Position(packet: packet, shard: shard)
                case .reached(let packet, let octets):
                    // The packet itself is done, and has one shard at most.
                    position = Position(packet: packet, shard: .max)
                    self.octets = octets
                case .ended(let end):
                    position = .end
                    self.end = end
                case .ready, .unready: break
                }
                waiting.removeFirst()
            }
        }
    }
}
