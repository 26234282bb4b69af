package import PacketDecode

/// How much a table of flows may hold and how long it waits; all times are packet time in milliseconds.
@usableFromInline
package struct FlowLimits: Hashable, Sendable {
    /// Flows in all.
    @usableFromInline package var trackedFlows = 262_144
    /// TCP flows whose streams are put in order, and as many UDP flows whose datagrams are handed on.
    @usableFromInline package var reassemblingFlows = 16_384
    /// Octets of memory, overhead included, for out-of-order data of one direction.
    @usableFromInline package var directionBuffer = 1 << 20
    /// Octets of memory, overhead included, for out-of-order data of all flows.
    @usableFromInline package var tableBuffer = 64 << 20

    /// A TCP flow without packets for so long is closed.
    @usableFromInline package var idle = 300_000
    /// The same for a flow that the consumer wants.
    @usableFromInline package var wantedIdle = 3_600_000
    /// A TCP connection that has brought no payload for so long is forgotten.
    @usableFromInline package var handshakeIdle = 30_000
    /// A UDP flow without packets for so long is closed.
    @usableFromInline package var datagramIdle = 30_000
    /// The same for a flow that the consumer wants.
    @usableFromInline package var wantedDatagramIdle = 120_000
    /// How long a flow stays after RST, or after FIN while octets are missing, so that late packets still count.
    @usableFromInline package var linger = 5_000

    /// A hole that the peer acknowledged stays open for so long (up to twice as long, as time is kept coarsely).
    ///
    /// The receiver has them, so only the tap can have them later: capture queues put packets out of order by some tens
    /// of milliseconds, and each millisecond more costs buffers.
    @usableFromInline package var gapGrace = 500
    /// A hole in a flow of whose peer no acknowledgement was ever seen stays open for so long.
    @usableFromInline package var holePatience = 5_000
    /// The first data of a direction whose SYN was not seen waits for so long, in case earlier data or the SYN is late.
    @usableFromInline package var midstreamGrace = 100
    /// At most so many octets wait for that.
    @usableFromInline package var midstreamHold = 65_536
    /// How often the consumer may look at a flow that it wants.
    @usableFromInline package var reviewInterval = 10_000

    /// A segment whose sequence number is farther than this from the expected one, either way, is out of the window.
    @usableFromInline package var window = 1 << 26
    /// A segment out of the window after so long a silence of its flow belongs to a new connection.
    @usableFromInline package var resynchroniseQuiet = 60_000
    /// How far beyond the expected sequence number an RST may lie.
    @usableFromInline package var resetWindow = 1 << 20

    /// What fragments that wait for others may take, before the table.
    package var fragments = FragmentLimits()
    /// Names of addresses that are remembered from DNS, before the table.
    package var names = 65_536

    /// The defaults.
    @usableFromInline
    package init() {}

    /// Payload octets of a packet on the wire, as flows count them: of those that the snap length cut at most 128 KiB.
    @inline(__always)
    package static func payloadLength(_ packet: borrowing DecodedPacket) -> Int {
        packet.payload.count + min(max(0, packet.missing), 1 << 17)
    }

    /// The limits of one of `count` tables that together hold what these limits say.
    package func divided(by count: Int) -> FlowLimits {
        let divisor = max(1, count)
        var share = self
        share.trackedFlows = max(16, trackedFlows / divisor)
        share.reassemblingFlows = max(4, reassemblingFlows / divisor)
        share.tableBuffer = tableBuffer / divisor
        share.directionBuffer = min(directionBuffer, share.tableBuffer)
        return share
    }

    /// The same limits with every value inside what the table can work with.
    ///
    /// Counts become at least 1 (flows in all at most 2^28), times 0…86,400,000 (a day), windows 1…2^30 octets.
    func clamped() -> FlowLimits {
        var limits = self
        limits.trackedFlows = min(max(4, trackedFlows), 1 << 28)
        limits.reassemblingFlows = min(max(1, reassemblingFlows), limits.trackedFlows)
        limits.directionBuffer = max(0, directionBuffer)
        limits.tableBuffer = max(0, tableBuffer)
        for path in FlowLimits.times { limits[keyPath: path] = min(max(0, limits[keyPath: path]), 86_400_000) }
        limits.reviewInterval = max(1, limits.reviewInterval)
        limits.window = min(max(1, window), 1 << 30)
        limits.resetWindow = min(max(0, resetWindow), 1 << 30)
        return limits
    }

    private static var times: [WritableKeyPath<FlowLimits, Int>] {
        [
            \.idle, \.wantedIdle, \.handshakeIdle, \.datagramIdle, \.wantedDatagramIdle, \.linger, \.gapGrace,
            \.holePatience, \.midstreamGrace, \.reviewInterval, \.resynchroniseQuiet,
        ]
    }
}
