package import Fingerprints
package import Payloads

/// Notes what one message consisted of and how its text was matched, for `weir explain`.
///
/// A worker has none in all other use. A class because the scanner of a message writes to it while its owner keeps it; it
/// never leaves its thread.
package final class ScanTrace {
    /// Leaves that are kept one by one; of those beyond only the number is.
    package static let leafLimit = 4_096
    /// Octets of text kept, where text is kept at all.
    package static let textLimit = 4 << 20

    /// A piece of text that was looked at.
    package struct Leaf {
        /// Where it came from; its segment is final once the message has ended.
        package var provenance: Provenance
        /// Its octets, all codings removed.
        package var octets = 0
        /// The words of the message that are its own, by number.
        package var words: Range<Int>
        /// Whether a hole or the body's end cut it.
        package var isTruncated = false
        /// Its text as far as it is kept.
        package var text: [UInt8] = []
    }

    /// How its code was matched.
    package let code = MatchTrace()
    /// The leaves, in order.
    package private(set) var leaves: [Leaf] = []
    /// Leaves beyond those kept.
    package private(set) var moreLeaves = 0
    /// What became of the body's octets; nil where the text was no body.
    package var ledger: OctetLedger?

    private let keepsText: Bool
    private var textOctets = 0
    private var isOpen = false

    /// Notes nothing yet; `keepsText` keeps the leaves' text too, for its owner to see.
    package init(keepsText: Bool = false) {
        self.keepsText = keepsText
    }

    func leafBegan(_ provenance: borrowing Provenance, words: Int) {
        isOpen = leaves.count < Self.leafLimit
        guard isOpen else { return moreLeaves += 1 }
        leaves.append(Leaf(provenance: copy provenance, words: words..<words))
    }

    func leafText(_ text: Span<UInt8>) {
        guard isOpen else { return }
        let last = leaves.count - 1
        leaves[last].octets += text.count
        guard keepsText else { return }
        let kept = min(text.count, Self.textLimit - textOctets)
        for index in 0..<kept { leaves[last].text.append(text[index]) }
        textOctets += kept
    }

    func leafEnded(truncated: Bool, words: Int) {
        guard isOpen else { return }
        isOpen = false
        let last = leaves.count - 1
        leaves[last].words = leaves[last].words.lowerBound..<max(leaves[last].words.lowerBound, words)
        leaves[last].isTruncated = truncated
    }

    func groupResolved(_ group: Int, _ segment: Segment) {
        for index in leaves.indices where leaves[index].provenance.group == group {
            leaves[index].provenance.segment = segment
        }
    }
}
