import Testing

/// Expects that the sums of a `stats` record's ledger meet, and, of a run that is over, that nothing is left undecided.
func expectLedger(_ stats: JSON, isOver: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) {
    let ledger = stats["ledger"]
    func sum(_ group: JSON) -> Int { group.members.values.reduce(0) { $0 + ($1.integer ?? .min / 64) } }
    func expect(_ left: Int, _ right: Int?, _ note: Comment) {
        #expect(left == right, note, sourceLocation: sourceLocation)
    }
    expect(sum(ledger["packets"]), stats["packets"].integer, "packets: \(ledger["packets"])")
    expect(sum(ledger["wire_bytes"]), stats["bytes"].integer, "wire: \(ledger["wire_bytes"])")
    func payload(_ transport: String) -> Int {
        (ledger["wire_bytes"]["\(transport)_payload"].integer ?? 0)
            + (ledger["reassembled_bytes"][transport].integer ?? 0)
    }
    expect(sum(ledger["segment_bytes"]), payload("tcp"), "segments: \(ledger["segment_bytes"])")
    expect(ledger["stream_bytes"]["udp"].integer ?? 0, payload("udp"), "streams: \(ledger["stream_bytes"])")
    expect(
        sum(ledger["stream_bytes"]),
        sum(ledger["payload_bytes"]),
        "\(ledger["stream_bytes"]) \(ledger["payload_bytes"])"
    )
    let sent = ["services", "services_unread"].reduce(0) { $0 + (ledger["payload_bytes"][$1].integer ?? 0) }
    expect(sum(ledger["request_bytes"]), sent, "requests: \(ledger["request_bytes"])")
    let decided = ["inspected", "opaque"].reduce(0) { $0 + (ledger["request_bytes"][$1].integer ?? 0) }
    expect(decided, stats["request_bytes"].integer, "requests: \(ledger["request_bytes"])")
    expect(sum(stats["opaque_bytes"]), ledger["request_bytes"]["opaque"].integer ?? 0, "opaque: \(stats)")
    for (from, to) in [("tcp_in_order", "in_order"), ("tcp_only_counted", "only_counted")] {
        #expect(ledger["stream_bytes"][from] == ledger["segment_bytes"][to], sourceLocation: sourceLocation)
    }
    guard isOver else { return }
    for (group, line) in [("segment_bytes", "waiting"), ("payload_bytes", "open"), ("request_bytes", "open")] {
        #expect(ledger[group][line] == .null, "\(group).\(line) in a run that is over", sourceLocation: sourceLocation)
    }
}
