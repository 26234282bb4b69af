internal import FlowTracking
internal import Incidents
internal import PacketDecode
internal import Synchronization

/// The memory that decompression of open messages may take on all threads of a live scan together.
package final class DecoderPool: Sendable {
    let limit: Int
    private let held = Atomic<Int>(0)

    /// A pool of `octets`.
    package init(octets: Int) {
        limit = octets
    }

    /// Octets that messages hold.
    package var octets: Int { held.load(ordering: .relaxed) }

    func add(_ octets: Int) {
        held.add(octets, ordering: .relaxed)
    }
}

/// What messages of one scanner may hold of it: of a pool, or, where results must not depend on how many threads there are, of
/// a share for each shard of a capture file.
struct DecoderBudget {
    private let pool: DecoderPool?
    private let limit: Int
    private var held: [Int]

    /// The least share: the largest window of a coding fits, with the tables beside it, or a document of 32 MiB.
    static let leastShare = 40 << 20

    /// The budget of a live scanner.
    init(pool: DecoderPool) {
        self.pool = pool
        limit = pool.limit
        held = []
    }

    /// The budget of a scanner of files, `octets` being for all shards.
    init(octets: Int) {
        pool = nil
        limit = max(octets / ShardPlan.fileShards, Self.leastShare)
        held = [Int](repeating: 0, count: ShardPlan.fileShards)
    }

    /// WebSockets of one share whose compression context is kept between messages, 72 KiB each.
    var socketContexts: Int { pool == nil ? 16 : 256 }

    /// The share of a flow.
    func share(of envelope: borrowing Envelope) -> Int {
        guard pool == nil else { return 0 }
        let key = FlowKey(
            envelope.client,
            envelope.server,
            transport: envelope.transport == .tcp ? .tcp : .udp,
            vlan: VLANTags(envelope.vlan)
        )
        return Int(truncatingIfNeeded: key.hash(seed: OfflineScan.seed)) & (ShardPlan.fileShards - 1)
    }

    /// What a message that holds `octets` may hold in all.
    func allowance(in share: Int, holding octets: Int) -> Int {
        max(0, limit - (pool?.octets ?? held[share]) + octets)
    }

    /// A message that held `before` now holds `after`.
    mutating func change(in share: Int, from before: Int, to after: Int) {
        guard before != after else { return }
        if let pool { pool.add(after - before) } else { held[share] += after - before }
    }
}
