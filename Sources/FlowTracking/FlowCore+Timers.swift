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
        let index = UInt32(truncatingIfNeeded: flow)
        reviews.append(ReviewQueue.Item(flow: index, generation: slab[flow].generation, due: due))
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
        while slab[flow].isRead(side), let index = slab[flow].reassembly {
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
        for list in FlowList.all {
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
            let flow = Int(item.flow)
            guard slab.isCurrent(flow, generation: item.generation) else { continue }
            guard slab[flow].flags.contains(.wanted), let state = slab[flow].state else {
                slab[flow].flags.remove(.hasReview)
                continue
            }
            _ = sink(.reviewed(slab[flow].totals), state, stamp)
            scheduleReview(flow)
        }
    }
}
