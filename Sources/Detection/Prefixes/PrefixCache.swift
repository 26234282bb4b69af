/// What scanning the beginnings of messages came to, so that a beginning that is sent again is not scanned again.
///
/// An agent sends its whole conversation with every turn. For each beginning, by its digest, is kept what was found at its end,
/// and from time to time where the scanner stood, from which the rest can be scanned. Findings are the same as if everything
/// had been scanned, and come at the same place of the message; only time is saved.
///
/// Memory is capped: entries are of two generations, and when the younger one is seven sixteenths of the cap the older is
/// forgotten; what is asked for becomes young again. A class because all messages of a thread share it; it never leaves its
/// thread.
final class PrefixCache {
    /// What is known of a beginning.
    struct Entry {
        /// What was found at its end that was not known before.
        let finding: Finding?
        /// What scanning all of it came to, if it is a whole text.
        var text: TextResult?
        /// Where the scanner stood, if that is kept.
        var position: KeptPosition?

        /// Octets of memory that the entry takes, about: arrays have room for more than they hold, tables for twice as much.
        fileprivate var octets: Int {
            256 + 2 * ((finding?.octets ?? 0) + (text?.finding.octets ?? 0) + (position?.position.octets ?? 0))
        }
    }

    /// Keeps a position in one place, since it is large.
    final class KeptPosition {
        let position: LeafScanner.Position

        init(_ position: LeafScanner.Position) {
            self.position = position
        }
    }

    let key = PrefixDigest.Key()
    /// Octets of text that were recognised and not scanned again, since this was last taken.
    private var recognised = 0
    /// Octets of text that messages hold back, lest it must be scanned.
    private(set) var held = 0

    private let limit: Int
    private var young: [PrefixDigest.Value: Entry] = [:]
    private var old: [PrefixDigest.Value: Entry] = [:]
    private var youngOctets = 0

    /// Keeps up to `limit` octets, an eighth of them text that messages hold back.
    init(octets limit: Int) {
        self.limit = limit
    }

    /// Octets of positions that are kept at most each, so that a generation holds several.
    var positionLimit: Int { limit / 32 }

    /// What is known of a beginning.
    func entry(_ value: PrefixDigest.Value) -> Entry? {
        if let entry = young[value] { return entry }
        guard let entry = old.removeValue(forKey: value) else { return nil }
        keep(entry, for: value)
        return entry
    }

    /// Keeps what is known of a beginning, in place of what was.
    func keep(_ entry: Entry, for value: PrefixDigest.Value) {
        if youngOctets + entry.octets > limit * 7 / 16 {
            old = young
            young = [:]
            youngOctets = 0
        }
        if let before = young.updateValue(entry, forKey: value) { youngOctets -= before.octets }
        youngOctets += entry.octets
    }

    /// Forgets where the scanner stood at the end of a beginning.
    func forgetPosition(_ value: PrefixDigest.Value) {
        guard var entry = young[value] else {
            old[value]?.position = nil
            return
        }
        youngOctets -= entry.octets
        entry.position = nil
        youngOctets += entry.octets
        young[value] = entry
    }

    /// Has a message hold back so many octets more; false where all together would be too many.
    func hold(_ octets: Int) -> Bool {
        guard held + octets <= limit / 8 else { return false }
        held += octets
        return true
    }

    /// Takes note that so many octets are held back no more.
    func release(_ octets: Int) { held -= octets }

    /// Takes note that so many octets were not scanned again.
    func recognise(_ octets: Int) { recognised += octets }

    /// Octets of text that were recognised since the last call.
    func takeRecognised() -> Int {
        defer { recognised = 0 }
        return recognised
    }
}
