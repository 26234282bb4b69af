internal import BasicContainers
internal import FlowTracking
internal import SecureTransport
package import Wire

/// Flows that closed while secrets of theirs were waited for: a short connection may be over before its key log was read.
extension SessionTracker where Consumer: ~Copyable {
    /// Whether a flow that closes now may still become readable.
    func mayWaitClosed(_ session: borrowing Session) -> Bool {
        guard let keys, let pending = session.pending, pending.waitsForSecrets else { return false }
        return closed.count < SessionLimits.waitingClosed
            && stamp.timestamp.nanoseconds(since: pending.since) < keys.wait.patience
    }

    /// Looks again for the secrets of flows that have closed, and gives up those whose time is over.
    ///
    /// To be called often, with the time that it is; all of them are given up when it `isFinal`.
    package mutating func reviewClosed(at time: Timestamp, isFinal: Bool = false) {
        if isFinal { waiting.removeAll() }
        guard closed.count > 0, let keys else { return }
        let additions = keys.source.additions
        let isDue = WaitingFlows.isDue(time, since: closedReviewed, hasNews: additions != closedAdditions)
        guard isFinal || isDue else { return }
        closedAdditions = additions
        closedReviewed = time
        stamp = PacketStamp(timestamp: max(time, stamp.timestamp), number: stamp.number)
        var waiting = UniqueArray<ClosedFlow>()
        swap(&waiting, &closed)
        while var flow = waiting.popLast() {
            settle(&flow.session, isFinal: isFinal)
            if flow.session.pending == nil {
                finish(flow)
            } else {
                closed.append(flow)
            }
        }
    }

    private mutating func finish(_ flow: consuming ClosedFlow) {
        let (totals, end) = (flow.totals, flow.end)
        close(totals, flow.takeSession(), end)
    }
}

/// A flow that has closed, and all that is needed to end its session later.
struct ClosedFlow: ~Copyable {
    let totals: FlowTotals
    let end: FlowEnd
    var session: Session

    consuming func takeSession() -> Session { session }
}
