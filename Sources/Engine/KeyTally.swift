internal import SecureTransport
internal import Telemetry

/// What was read of key logs.
package struct KeyTally: Hashable, Sendable {
    /// Secrets.
    package var secrets = 0
    /// Those of them that were known already.
    package var repeated = 0
    /// Those of them in whose place another was known.
    package var replaced = 0
    /// Lines that could not be understood.
    package var badLines = 0

    /// Nothing.
    package init() {}

    /// What a reader has read.
    init(_ reader: borrowing KeyLogReader) {
        secrets = reader.secretCount
        repeated = reader.repeatedCount
        replaced = reader.replacedCount
        badLines = reader.badLines
    }

    static func += (left: inout KeyTally, right: KeyTally) {
        left.secrets += right.secrets
        left.repeated += right.repeated
        left.replaced += right.replaced
        left.badLines += right.badLines
    }

    static func -= (left: inout KeyTally, right: KeyTally) {
        left.secrets -= right.secrets
        left.repeated -= right.repeated
        left.replaced -= right.replaced
        left.badLines -= right.badLines
    }

    /// Adds it to counters.
    func count(in counters: inout Counters) {
        counters.keys.read += UInt64(clamping: secrets)
        counters.keys.repeated += UInt64(clamping: repeated)
        counters.keys.replaced += UInt64(clamping: replaced)
        if badLines > 0 { counters.errors.add(UInt64(clamping: badLines), to: "key_log_line") }
    }
}
