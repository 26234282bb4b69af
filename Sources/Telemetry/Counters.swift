/// What a run counted: the content of a `stats` record, and later of the metrics.
///
/// A plain value. Each worker fills its own and publishes a copy; the copies are summed with `+=`, which is
/// commutative, so the sum does not depend on how work was shared out. All counts saturate.
package struct Counters: Hashable, Sendable {
    /// Packets read from devices and files.
    package var packets: UInt64 = 0
    /// Packets that the kernel says passed the filter of live captures, dropped ones included; 0 for files.
    package var received: UInt64 = 0
    /// Octets of those packets on the wire.
    package var bytes: UInt64 = 0
    /// Flows seen.
    package var flows: UInt64 = 0
    /// Requests to LLM services, and connections to them that could not be read.
    package var llmRequests: UInt64 = 0
    /// Incidents opened.
    package var incidents: UInt64 = 0
    /// Holes in streams of which octets were wanted.
    package var gaps: UInt64 = 0
    /// Body octets of requests to LLM services, before content decoding.
    package var requestBytes: UInt64 = 0
    /// Those of `requestBytes` that were inspected; the rest is in `opaqueBytes`.
    package var inspectedBytes: UInt64 = 0
    /// Octets of text, all codings removed, that were known from earlier messages and not scanned again; 0 for files, since it
    /// depends on how work is shared out.
    package var resentBytes: UInt64 = 0
    /// Packets lost before they could be read, by who lost them; always lists `kernel`, `interface` and `filter`.
    package var drops = CounterGroup([("filter", 0), ("interface", 0), ("kernel", 0)])
    /// Octets of requests to LLM services that were not inspected, by reason.
    package var opaqueBytes = CounterGroup()
    /// Payload octets that were no LLM service's business and passed over, by why.
    package var skippedBytes = CounterGroup()
    /// IP fragments by what became of them; besides, `received` ones, the `packets` made of them, and the `tiny` ones.
    package var fragments = CounterGroup()
    /// Headers of tunnels that were taken away, by the kind of tunnel.
    package var tunnels = CounterGroup()
    /// Packets and messages that could not be understood, by the kind of error.
    package var errors = CounterGroup()
    /// How often a limit was reached, by the limit.
    package var limits = CounterGroup()
    /// How often an interface was lost, and how often it returned; empty where none was.
    package var interfaces = CounterGroup()
    /// Where every packet and octet went.
    package var ledger = TrafficLedger()
    /// Secrets for decryption: how many were known and used, and for how many sessions none was.
    package var keys = KeyCounters()

    /// Counters that all stand at 0.
    package init() {}

    /// Adds every count of `rhs`.
    package static func += (lhs: inout Counters, rhs: Counters) {
        lhs.packets = sum(lhs.packets, rhs.packets)
        lhs.received = sum(lhs.received, rhs.received)
        lhs.bytes = sum(lhs.bytes, rhs.bytes)
        lhs.flows = sum(lhs.flows, rhs.flows)
        lhs.llmRequests = sum(lhs.llmRequests, rhs.llmRequests)
        lhs.incidents = sum(lhs.incidents, rhs.incidents)
        lhs.gaps = sum(lhs.gaps, rhs.gaps)
        lhs.requestBytes = sum(lhs.requestBytes, rhs.requestBytes)
        lhs.inspectedBytes = sum(lhs.inspectedBytes, rhs.inspectedBytes)
        lhs.resentBytes = sum(lhs.resentBytes, rhs.resentBytes)
        lhs.drops += rhs.drops
        lhs.opaqueBytes += rhs.opaqueBytes
        lhs.skippedBytes += rhs.skippedBytes
        lhs.fragments += rhs.fragments
        lhs.tunnels += rhs.tunnels
        lhs.errors += rhs.errors
        lhs.limits += rhs.limits
        lhs.interfaces += rhs.interfaces
        lhs.ledger += rhs.ledger
        lhs.keys += rhs.keys
    }

    /// The sum of two counts, `UInt64.max` where it would not fit.
    static func sum(_ lhs: UInt64, _ rhs: UInt64) -> UInt64 {
        let (sum, overflow) = lhs.addingReportingOverflow(rhs)
        return overflow ? .max : sum
    }
}

/// What became of the secrets that decryption needs.
package struct KeyCounters: Hashable, Sendable {
    /// Secrets read from key logs and captures.
    package var read: UInt64 = 0
    /// Those of `read` that were known already.
    package var repeated: UInt64 = 0
    /// Those of `read` in whose place another was known, which then does not count any more.
    package var replaced: UInt64 = 0
    /// Secrets that opened a session.
    package var used: UInt64 = 0
    /// Encrypted sessions to LLM services for which no secret was known.
    package var sessionsWithout: UInt64 = 0

    /// Counters that all stand at 0.
    package init() {}

    /// Adds every count of `rhs`.
    package static func += (lhs: inout KeyCounters, rhs: KeyCounters) {
        lhs.read = Counters.sum(lhs.read, rhs.read)
        lhs.repeated = Counters.sum(lhs.repeated, rhs.repeated)
        lhs.replaced = Counters.sum(lhs.replaced, rhs.replaced)
        lhs.used = Counters.sum(lhs.used, rhs.used)
        lhs.sessionsWithout = Counters.sum(lhs.sessionsWithout, rhs.sessionsWithout)
    }
}
