/// The lists that a table's flows are in, each in order of when they were last seen.
///
/// All flows of a list have the same timeout, so that the flow which times out next is at the list's end, and no wheel
/// of timers is needed; eviction takes the list's end too. *Unanswered* flows, of which only one side was seen, are apart
/// because a flood of forged packets makes nothing else.
enum FlowList: UInt8, CaseIterable {
    /// Over and reported; there to absorb what still comes.
    case tombstone
    /// Ended by RST, or by FIN with octets missing; late packets still count.
    case closing
    /// TCP without payload so far.
    case embryonic
    /// Declined by the consumer.
    case shuntedTCP
    /// Declined by the consumer.
    case shuntedUDP
    /// Read, only one side seen.
    case unansweredTCP
    /// Read, only one side seen.
    case unansweredUDP
    /// Read, nothing decided.
    case undecidedTCP
    /// Read, nothing decided.
    case undecidedUDP
    /// Wanted, but not read.
    case countedTCP
    /// Wanted, but not read.
    case countedUDP
    /// Wanted and read.
    case wantedTCP
    /// Wanted and read.
    case wantedUDP

    /// All of them, made once.
    static let all = allCases

    /// After how many milliseconds in the list a flow's time is up.
    func timeout(_ limits: FlowLimits) -> Int {
        switch self {
        case .tombstone, .closing: limits.linger
        case .embryonic: limits.handshakeIdle
        case .shuntedTCP, .unansweredTCP, .undecidedTCP: limits.idle
        case .shuntedUDP, .unansweredUDP, .undecidedUDP: limits.datagramIdle
        case .countedTCP, .wantedTCP: limits.wantedIdle
        case .countedUDP, .wantedUDP: limits.wantedDatagramIdle
        }
    }
}
