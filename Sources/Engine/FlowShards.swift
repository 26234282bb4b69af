internal import BasicContainers
internal import FlowTracking
internal import PacketDecode
internal import Sessions
internal import Wire

/// How the flows of a capture are shared out: into shards by their keys' hash, and whole shards to workers.
///
/// The caps of a shard, its clock and its order of events do not depend on who owns it, so neither does what is found:
/// one worker with all shards and sixteen with four each report the same.
package struct ShardPlan: Hashable, Sendable {
    /// Shards in all: a power of two.
    let shards: Int
    /// Which of the workers this is, from 0.
    let worker: Int
    /// Workers in all, at most one a shard.
    let workers: Int

    /// Shards of a capture file, whatever the number of workers.
    static let fileShards = 64

    /// Everything in one table: a live queue, whose flows the kernel has shared out.
    package static let whole = ShardPlan(shards: 1, worker: 0, workers: 1)

    /// The part of a capture file's flows that falls to one of `workers`, 1...64.
    package static func file(worker: Int, of workers: Int) -> ShardPlan {
        ShardPlan(shards: fileShards, worker: worker, workers: min(max(1, workers), fileShards))
    }

    /// The shards that the worker owns, in order.
    var owned: StrideTo<Int> { stride(from: worker, to: shards, by: workers) }

    /// The place among its own shards of the one that a hash falls into; nil when another worker owns it.
    @inline(__always)
    func place(of hash: UInt64) -> Int? {
        let shard = Int(truncatingIfNeeded: hash) & (shards - 1)
        if workers == 1 { return shard }
        return shard % workers == worker ? shard / workers : nil
    }
}

/// The flow tables of the shards that one worker owns.
struct FlowShards<Consumer: FlowConsumer & ~Copyable>: ~Copyable {
    private var tables = UniqueArray<FlowTable<Consumer>>()
    private var finished = FlowCounters()
    /// Which flows have moved: known to every worker of a file alike, for each sees all packets.
    private var routes = QUICRoutes()
    /// By shard, which flows have moved of their client's own accord: known only where their connection is decrypted.
    private var issued = UniqueArray<QUICRoutes>()
    private var plan: ShardPlan
    private let limits: FlowLimits
    private let seed: UInt64
    private let secret: HashSecret

    /// Empty tables that together, over all workers, hold what `limits` say; `salt` tells captures apart.
    init(_ plan: ShardPlan, limits: FlowLimits, seed: UInt64, salt: Int) {
        self.plan = plan
        self.limits = limits
        self.seed = seed
        secret = HashSecret(seed: seed)
        open(salt: salt)
    }

    /// The number of tables.
    var count: Int { tables.count }

    /// Takes a TCP segment or UDP datagram, if its flow belongs to one of the tables.
    @inline(__always)
    mutating func process(
        _ packet: borrowing DecodedPacket,
        at stamp: PacketStamp,
        consumer: inout Consumer
    ) {
        guard let own = FlowKey.route(of: packet, secret) else { return }
        let route = routes.resolve(packet, own, at: stamp.timestamp)
        guard let place = plan.place(of: route.sharing(secret)) else { return }
        let known = issued[place].resolveIssued(packet, route, at: stamp.timestamp)
        tables[place].process(packet, known, at: stamp, consumer: &consumer)
    }

    /// Runs the timers of every table up to a time.
    mutating func advance(to time: Timestamp, consumer: inout Consumer) {
        for place in 0..<tables.count { tables[place].advance(to: time, consumer: &consumer) }
    }

    /// Has a flow looked at that brings nothing itself.
    mutating func wake(_ key: FlowKey, at time: Timestamp, consumer: inout Consumer) {
        let route = key.route(secret)
        guard let place = plan.place(of: route.sharing(secret)), place < tables.count else { return }
        tables[place].wake(route, at: time, consumer: &consumer)
    }

    /// Learns an id that a server of QUIC has issued to its client.
    mutating func learn(_ id: IssuedConnectionID, at time: Timestamp) {
        guard let place = plan.place(of: id.sharing(secret)), place < issued.count else { return }
        issued[place].learn(id, secret, at: time)
    }

    /// Ends every flow of one table.
    mutating func finish(_ place: Int, consumer: inout Consumer) {
        tables[place].finish(consumer: &consumer)
    }

    /// Goes on with the empty tables of another plan; flows of the last capture must have been ended.
    mutating func restart(_ plan: ShardPlan, salt: Int) {
        self.plan = plan
        routes.removeAll()
        for place in 0..<tables.count { finished.add(tables[place].counters) }
        tables.removeAll()
        open(salt: salt)
    }

    /// What all tables have seen.
    var counters: FlowCounters {
        var sum = finished
        for place in 0..<tables.count { sum.add(tables[place].counters) }
        return sum
    }

    private mutating func open(salt: Int) {
        let share = limits.divided(by: plan.shards)
        issued.removeAll()
        for _ in plan.owned {
            tables.append(FlowTable(limits: share, seed: seed, salt: UInt64(salt)))
            issued.append(QUICRoutes(limit: QUICRoutes.defaultLimit / plan.shards))
        }
    }
}
