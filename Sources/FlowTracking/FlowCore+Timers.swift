internal import Wire

/// What happens by the passing of packet time.
extension FlowCore {
    /// Moves the clock, and now and then looks at what is due.
    mutating func runTimers(to time: Timestamp, _ sink: FlowSink) {
        guard clock.advance(to: time), clock.milliseconds(since: sweptAt) >= Self.sweepInterval else { return }
        sweptAt = clock.tick
        declareDueHoles(sink)
        expire(sink)
        review(sink)
    }

    /// Puts a flow in the queue for its next review.
    mutating func scheduleReview(_ flow: Int) {
        let due = clock.tick &+ UInt32(truncatingIfNeeded: limits.reviewInterval)
        reviews.append(ReviewQueue.Item(flow: flow, first: slab[flow].first, due: due))
    }

    private mutating func declareDueHoles(_ sink: FlowSink) {
        var waiting = reassemblies.longestWaiting
        while let index = waiting {
            // A flow that is closed on the way frees this reassembly, and no other.
            waiting = reassemblies.nextWaiting(after: index)
            let flow = Int(reassemblies[index].flow)
            declareDueHoles(flow, .lower, sink)
            declareDueHoles(flow, .higher, sink)
            settle(flow, sink)
        }
    }

    private mutating func declareDueHoles(_ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        while slab[flow].isRead(side) {
            let index = Int(slab[flow].reassembly)
            guard reassemblies[index, side].isDue(slab[flow, side], clock: clock, limits: limits) else { return }
            if reassemblies[index, side].isHolding {
                endHolding(flow, side)
                drain(flow, side, sink)
            } else if !declareHole(.lost, flow, side, sink) {
                return
            }
        }
    }

    private mutating func expire(_ sink: FlowSink) {
        for list in FlowList.allCases {
            let timeout = list.timeout(limits)
            while let flow = slab.oldest(of: list), clock.milliseconds(since: slab[flow].tick) >= timeout {
                if list == .closing, slab[flow].flags.contains(.revived) {
                    slab[flow].flags.subtract([.reset, .revived])
                    slab.move(flow, to: slab[flow].properList, tick: clock.tick)
                } else {
                    end(flow, .timeout, sink)
                }
            }
        }
    }

    private mutating func review(_ sink: FlowSink) {
        while let item = reviews.first, clock.milliseconds(since: item.due) > 0 || clock.tick == item.due {
            reviews.removeFirst()
            guard slab.isCurrent(item.flow, first: item.first) else { continue }
            guard slab[item.flow].flags.contains(.wanted), slab[item.flow].state != FlowEntry.none else {
                slab[item.flow].flags.remove(.hasReview)
                continue
            }
            let facts = slab[item.flow].facts(salt: salt)
            _ = sink(.reviewed(slab[item.flow].totals), facts, slab[item.flow].state, stamp)
            scheduleReview(item.flow)
        }
    }
}
