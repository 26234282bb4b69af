package import FlowTracking
internal import SecureTransport
package import Wire

/// The flows that are open and wait for secrets of theirs, or for a greeting: each is woken when its secrets are there and
/// when its time is over, whether it brings a packet or not.
struct WaitingFlows {
    /// A flow, what its secrets are named by, and until when it waits.
    struct Entry {
        let key: FlowKey
        /// Nil where no secrets are waited for.
        let random: SessionRandom?
        let due: Timestamp
    }

    private var entries: [Entry] = []
    private var additions = 0
    private var reviewed = Timestamp(nanoseconds: 0)

    /// Enters a flow; false when there are too many.
    mutating func append(_ entry: Entry) -> Bool {
        guard entries.count < SessionLimits.waitingOpen else { return false }
        entries.append(entry)
        return true
    }

    /// Whether it is time to look for flows to be woken.
    @inline(__always)
    func isDue(at time: Timestamp, _ source: KeySource) -> Bool {
        guard !entries.isEmpty else { return false }
        return WaitingFlows.isDue(time, since: reviewed, hasNews: source.additions != additions)
    }

    /// The flows to be woken, which are then none of these any more.
    mutating func takeDue(at time: Timestamp, _ source: KeySource) -> [FlowKey] {
        let news = source.additions
        let hasNews = news != additions
        additions = news
        reviewed = time
        var due: [FlowKey] = []
        entries.removeAll { entry in
            let isFound = hasNews && entry.random.map { source.opensApplicationData(of: $0) } ?? false
            guard isFound || time.nanoseconds(since: entry.due) >= 0 else { return false }
            due.append(entry.key)
            return true
        }
        return due
    }

    /// Forgets all of them.
    mutating func removeAll() { entries.removeAll() }

    /// Whether what waits is to be looked at again: soon when secrets have come, else now and then.
    static func isDue(_ time: Timestamp, since last: Timestamp, hasNews: Bool) -> Bool {
        let passed = time.nanoseconds(since: last)
        // A clock that was set back is no reason to wait for the old time.
        guard passed >= 0 else { return true }
        return passed >= (hasNews ? SessionLimits.newSecretsInterval : SessionLimits.waitingReviewInterval)
    }
}

extension SessionTracker where Consumer: ~Copyable {
    /// Whether flows are to be woken at this time; to be asked often.
    @inline(__always)
    package func mustWake(at time: Timestamp) -> Bool {
        guard let keys else { return false }
        return waiting.isDue(at: time, keys.source)
    }

    /// The flows whose secrets have come, or whose time to wait is over: whoever has their table wakes them there.
    package mutating func takeFlowsToWake(at time: Timestamp) -> [FlowKey] {
        guard let keys else { return [] }
        return waiting.takeDue(at: time, keys.source)
    }

    /// Looks again at a flow that waits, though it brings nothing.
    package mutating func flowWoken(_ session: inout Session, at stamp: PacketStamp) -> Interest {
        self.stamp = stamp
        session.parts?.pending?.isListed = false
        settle(&session, isFinal: false)
        endLate(&session)
        return session.interest
    }

    /// Enters a flow that waits among those to be woken, once.
    mutating func list(_ pending: inout PendingTLS, _ keys: KeyAccess, _ session: borrowing Session) {
        guard keys.source.mayGrow, !pending.isListed, let facts = session.context.facts else { return }
        let due = pending.since.advanced(byNanoseconds: keys.wait.patience)
        guard due > stamp.timestamp else { return }
        let random = pending.hasSecrets ? nil : SessionRandom(pending.hello.random.span)
        let entry = WaitingFlows.Entry(key: facts.key, random: random, due: due)
        pending.isListed = waiting.append(entry)
        guard !pending.isListed, !pending.isUnlisted else { return }
        pending.isUnlisted = true
        unlistedFlows += 1
    }

    /// Tells the end of the client's stream that came while it could not be read yet.
    mutating func endLate(_ session: inout Session) {
        guard let end = session.parts?.lateEnd, session.pending?.waitsForSecrets != true else { return }
        session.parts?.lateEnd = nil
        finishLayers(&session)
        finishClient(&session, orderly: end == .fin)
    }
}
