internal import SecureTransport
internal import Telemetry

/// All that keys come from while a daemon runs: key logs that are followed, and the socket at which they are pushed.
struct KeyFeeds: Sendable {
    /// The secrets, wherever they came from.
    let store: KeyStore
    private let follower: KeyLogFollower?
    private let socket: KeySocket?

    /// Prepares the feeds that the options name; nil where they name none.
    init?(_ options: DaemonOptions, complain: @escaping @Sendable (String) -> Void) throws(LocalSocketError) {
        guard !options.keyLogs.isEmpty || options.keySocket != nil else { return nil }
        let store = KeyStore()
        self.store = store
        follower = options.keyLogs.isEmpty ? nil : KeyLogFollower(options.keyLogs, into: store, complain: complain)
        if let access = options.keySocket {
            socket = try KeySocket(access, into: store, complain: complain)
        } else {
            socket = nil
        }
    }

    /// Reads what there is, then goes on until stopped.
    func start() {
        follower?.start()
        socket?.start()
    }

    /// Ends all of them.
    func stop() {
        follower?.stop()
        socket?.stop()
    }

    /// Whether no secret can be swapped to disk.
    var areLocked: Bool { store.isLocked }

    /// Adds what came by them.
    func count(in counters: inout Counters) {
        let tallies = [follower?.tally, socket?.tally].compactMap(\.self)
        for tally in tallies { tally.count(in: &counters) }
        if let refusals = socket?.refusals, refusals > 0 {
            counters.errors.add(UInt64(refusals), to: "key_socket_refused")
        }
        if store.evictedCount > 0 { counters.limits.add(UInt64(store.evictedCount), to: "key_sessions") }
    }
}
