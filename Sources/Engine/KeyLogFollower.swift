internal import BasicContainers
internal import Foundation
package import SecureTransport
internal import Synchronization

/// Reads key logs as they grow, for as long as the daemon runs.
///
/// Changes wake it where the system tells of them, and four times a second each file is looked at anyway, for file systems
/// that tell nothing; without any telling, ten times a second. What was appended is read; a file that was cut is read
/// anew from its beginning; one that was renamed or removed is read on beside the one that took its name; one that is not
/// there is waited for, and so is its folder.
package final class KeyLogFollower: Sendable {
    /// The secrets read so far.
    package let store: KeyStore

    private let state: Mutex<State>
    private let notifies: Bool
    private let complain: @Sendable (String) -> Void

    private struct State: ~Copyable {
        var files = UniqueArray<FollowedKeyLog>()
        var isStopped = false
        var tally = KeyTally()
    }

    /// Follows these files.
    ///
    /// - Parameters:
    ///   - paths: The files.
    ///   - store: Where their secrets go.
    ///   - notifies: Whether the system is asked to tell of changes.
    ///   - complain: Takes a line for each file that cannot be read or holds lines of something else.
    package init(
        _ paths: [String],
        into store: KeyStore = KeyStore(),
        notifies: Bool = true,
        complain: @escaping @Sendable (String) -> Void
    ) {
        var initial = State()
        for path in paths { initial.files.append(FollowedKeyLog(path)) }
        state = Mutex(initial)
        self.store = store
        self.notifies = notifies
        self.complain = complain
    }

    /// Reads what there is, then goes on reading on a thread of its own until stopped.
    package func start() {
        look()
        EngineThread.start("weir-keys") { [self] in follow() }
    }

    /// Ends the following.
    package func stop() { state.withLock { $0.isStopped = true } }

    /// What was read so far.
    package var tally: KeyTally { state.withLock { $0.tally } }

    /// Reads what has been added since the last time.
    package func look(at now: ContinuousClock.Instant = .now) {
        let complaints = state.withLock { state -> [String] in
            var complaints: [String] = []
            state.tally = KeyTally()
            for index in 0..<state.files.count {
                complaints += state.files[index].look(store, at: now)
                state.tally += state.files[index].tally
            }
            return complaints
        }
        for complaint in complaints { complain(complaint) }
    }

    private func follow() {
        let follower = FileFollower()
        var isTold = !notifies
        while !state.withLock({ $0.isStopped }) {
            let isWatched = notifies && watch(follower)
            // Whatever changes from here on is told.
            look()
            if isWatched {
                let hasChanged = follower.wait(milliseconds: Self.lookInterval)
                // What is written in one go is read in one go.
                if hasChanged { Thread.sleep(forTimeInterval: Self.pause) }
                continue
            }
            if !isTold {
                isTold = true
                complain("inotify does not tell of all key logs' changes; they are looked at ten times a second")
            }
            Thread.sleep(forTimeInterval: Self.pollInterval)
        }
    }

    private func watch(_ follower: borrowing FileFollower) -> Bool {
        let paths = state.withLock { state -> [String] in
            var paths: [String] = []
            for index in 0..<state.files.count {
                paths.append(state.files[index].path)
                let resolved = state.files[index].resolvedPath
                if resolved != paths.last { paths.append(resolved) }
            }
            return paths
        }
        return paths.reduce(true) { follower.watch($1) && $0 }
    }

    /// Milliseconds after which files are looked at though nothing was told of them.
    private static let lookInterval = 250
    /// Seconds between two looks where nothing is told.
    private static let pollInterval = 0.1
    /// Seconds that a writer is given to go on.
    private static let pause = 0.002
}
