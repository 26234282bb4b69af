internal import Compression

/// Attributes coded octets to what became of the text they held.
///
/// The outermost container keeps `offset` at its place in the decoded piece; whoever decides that text is unreadable
/// changes the mode there. When the coded octets of a piece are settled, they are shared out in proportion to the decoded
/// ones, which is exact where nothing was compressed.
struct OctetMeter {
    /// What octets are at the moment.
    enum Mode: Equatable {
        case inspected
        /// Held until more is known; charged to what is then decided.
        case pending
        case opaque(OpaqueReason)
    }

    /// What the octets now passing are.
    private(set) var mode = Mode.inspected

    /// The outermost container's place in the decoded piece at hand.
    var offset = 0

    /// Where in that piece the span that the container was given starts.
    var base = 0

    private var mark = 0
    private var tallies: [18 of Int] = .init(repeating: 0)
    private var pendingOctets = 0
    private var settled = OctetLedger()

    /// What became of the settled octets; those still held count as inspected.
    var ledger: OctetLedger {
        var ledger = settled
        ledger.addInspected(pendingOctets)
        return ledger
    }

    /// From `offset` on, octets are what `new` says; held ones are now known to have been that too.
    mutating func change(to new: Mode) {
        guard new != mode else { return }
        attribute()
        if mode == .pending {
            tallies[Self.slot(new)] += tallies[17]
            tallies[17] = 0
            add(pendingOctets, new)
            pendingOctets = 0
        }
        mode = new
    }

    /// Shares out what was held over what became of it: of `count` octets some were not read, by reason; the rest were.
    mutating func resolve(_ unread: [OpaqueReason: Int], of count: Int) {
        guard mode == .pending else { return }
        attribute()
        let (tally, octets) = (tallies[17], pendingOctets)
        tallies[17] = 0
        pendingOctets = 0
        var left = (tally: tally, octets: octets)
        for reason in OpaqueReason.allCases {
            guard let part = unread[reason], part > 0, count > 0 else { continue }
            let share = (
                tally: min(left.tally, Self.share(tally, part, count)),
                octets: min(left.octets, Self.share(octets, part, count))
            )
            tallies[reason.slot] += share.tally
            settled.addOpaque(share.octets, reason)
            left = (left.tally - share.tally, left.octets - share.octets)
        }
        tallies[16] += left.tally
        settled.addInspected(left.octets)
        mode = .inspected
    }

    private static func share(_ octets: Int, _ part: Int, _ count: Int) -> Int {
        let (product, overflow) = octets.multipliedReportingOverflow(by: min(part, count))
        return overflow ? octets : product / count
    }

    /// Ends a decoded piece of `count` octets.
    mutating func endPiece(_ count: Int) {
        offset = count
        attribute()
        offset = 0
        mark = 0
    }

    /// Shares out the coded octets that the pieces since the last call took in.
    mutating func settle(_ octets: Int) {
        var total = 0
        for slot in tallies.indices { total += tallies[slot] }
        var left = octets
        if total > 0 {
            for slot in tallies.indices where tallies[slot] > 0 {
                let share = total == octets ? tallies[slot] : octets * tallies[slot] / total
                left -= share
                tallies[slot] = 0
                switch slot {
                case 16: settled.addInspected(share)
                case 17: pendingOctets += share
                default: settled.addOpaque(share, OpaqueReason.allCases[slot])
                }
            }
        }
        if mode == .pending { pendingOctets += left } else { add(left, mode) }
    }

    /// Charges the coded octets at hand to one reason, whatever came out of them before.
    mutating func settle(_ octets: Int, as reason: OpaqueReason) {
        tallies = .init(repeating: 0)
        addOpaque(octets, reason)
    }

    /// Charges octets that no decoder was given.
    mutating func addOpaque(_ octets: Int, _ reason: OpaqueReason) {
        settled.addOpaque(octets, reason)
    }

    private mutating func attribute() {
        guard offset > mark else { return }
        tallies[Self.slot(mode)] += offset - mark
        mark = offset
    }

    private mutating func add(_ octets: Int, _ mode: Mode) {
        switch mode {
        case .inspected, .pending: settled.addInspected(octets)
        case .opaque(let reason): settled.addOpaque(octets, reason)
        }
    }

    private static func slot(_ mode: Mode) -> Int {
        switch mode {
        case .inspected: 16
        case .pending: 17
        case .opaque(let reason): reason.slot
        }
    }
}

/// What the decoders of one message share.
struct DecodeState {
    var meter = OctetMeter()
    let limits: DecodeLimits

    /// Coded octets given so far, and decompressed ones of all layers, for the expansion limit.
    var codedOctets = 0
    private var expandedOctets = 0
    private var groups = 0

    /// Octets of memory that the message's decoders hold, and that they may.
    var decoderOctets = 0
    var decoderAllowance = Int.max

    init(limits: DecodeLimits) {
        self.limits = limits
    }

    /// Counts decompressed octets; false once they are more than the limit allows.
    mutating func expand(_ octets: Int) -> Bool {
        expandedOctets += octets
        return limits.expansion.allows(output: expandedOctets, input: codedOctets)
    }

    /// A number for a message element, unique in the message.
    mutating func newGroup() -> Int {
        groups += 1
        return groups - 1
    }
}
