/// The most memory that the settings let Weir take: what `MemoryMax=` must exceed.
package struct MemoryCeiling: Hashable, Sendable {
    /// What takes memory, and how many octets at most.
    package let shares: [MemoryShare]

    /// The sum, in octets.
    package var octets: Int { shares.reduce(0) { $0 + $1.octets } }

    /// A line of the sum.
    package struct MemoryShare: Hashable, Sendable {
        /// The setting that bounds it, or what it is where none does.
        package let name: String

        /// How many octets at most.
        package let octets: Int
    }
}

extension Settings {
    // Measured by `make bench` and by the hostile captures of the tests; each rounded up by a third at least.

    /// Octets that a flow takes which is only counted: 180 over IPv6 before its first payload, and as much again while
    /// the table moves to a larger place.
    private static let trackedFlow = 384

    /// Octets of the secrets of 100,000 sessions and what finds them.
    private static let keyStore = 48 << 20

    /// Octets of a head or greeting that grows to its limit of 64 KiB, of one direction of a flow.
    private static let openHead = 80 << 10

    /// Octets of a message that is being scanned, however large it is: 126 KiB with a text of code and an index.
    private static let openMessage = 176 << 10

    /// Octets of a flow whose streams are put in order: a head in each direction, and an open message.
    private static let reassemblingFlow = 2 * openHead + openMessage

    /// Octets of the program, the shipped rules and catalogue, and the queues of findings: 45 MiB when it has begun.
    private static let program = 160 << 20

    /// Octets by which a scan thread may pass the cap on decompression before it looks: one window more.
    private static let window = 24 << 20

    /// Octets of the tables of connection ids, those in clear and those issued: 16,384 ids, and as many flows and ends, each.
    private static let connectionIDs = 32 << 20

    /// Octets that a name of an address takes.
    private static let name = 512

    /// The most memory that may be taken, with as many interfaces as the settings name, at least `interfaces`.
    ///
    /// Indexes are mapped from their files and not counted.
    package func memoryCeiling(interfaces: Int = 1) -> MemoryCeiling {
        let count = min(max(1, interfaces, capture.interfaces.count), 1_024) * capture.workers
        let mebi = 1 << 20
        // How many cores there are is not known here.
        let scanners = inspect.workers == 0 ? 8 : inspect.workers
        let hasKeys = !tls.keyLogs.isEmpty || !tls.keySocket.isEmpty
        let shares = [
            ("the program, rules and services", Self.program),
            ("capture.ring_mib", capture.ringMiB * mebi * count),
            ("flows.tracked", flows.tracked * Self.trackedFlow * count),
            ("flows.reassembling", flows.reassembling * Self.reassemblingFlow * count),
            // TCP has its own, and QUIC.
            ("flows.out_of_order_total_mib", 2 * flows.outOfOrderTotalMiB * mebi * count),
            ("ids of QUIC connections", Self.connectionIDs * count),
            ("flows.fragments_mib", flows.fragmentsMiB * mebi * count),
            ("flows.names", flows.names * Self.name * count),
            ("tls.key_logs", hasKeys ? Self.keyStore : 0),
            ("tls.key_wait_total_mib", hasKeys ? tls.keyWaitTotalMiB * mebi : 0),
            ("inspect.scan_queue_mib", inspect.scanQueueMiB * mebi),
            ("inspect.decoder_total_mib", inspect.decoderTotalMiB * mebi + Self.window * scanners),
            ("inspect.resent_mib", inspect.resentMiB * mebi * scanners),
        ]
        return MemoryCeiling(shares: shares.map { MemoryCeiling.MemoryShare(name: $0.0, octets: $0.1) })
    }
}
