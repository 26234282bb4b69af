import TOMLSource

/// What a thread needs for scanning, whatever the number of messages that are open: Vectorscan's scratch, and the
/// states of leaves that wait for reuse.
///
/// A class because all scanners of a thread share it; it is not `Sendable` and never leaves its thread.
package final class PatternWorker {
    /// States kept for reuse at most, each about 50 KiB after a long leaf.
    private static let maximumIdle = 64

    /// The rules.
    package let rules: RuleSet

    let scratch: PatternScratch
    private var idle: [LeafBox] = []

    /// A worker for the rules of one generation.
    ///
    /// - Throws: an error when there is no memory for the scratch.
    package init(_ rules: RuleSet) throws(RuleError) {
        self.rules = rules
        switch rules.database {
        case .some(let database):
            guard let made = PatternScratch(for: database) else {
                let message = "no memory for Vectorscan's scratch"
                throw RuleError(name: "rules", line: 0, message: message, kind: .unreadable)
            }
            scratch = consume made
        case .none: scratch = PatternScratch()
        }
    }

    /// A state for a leaf, used before if there is one; nil when there is no memory.
    func takeLeaf() -> LeafBox? {
        if let used = idle.popLast() { return used }
        guard let new = OpenLeaf(rules) else { return nil }
        return LeafBox(new)
    }

    /// Takes back the state of a leaf that has ended.
    func giveBack(_ leaf: LeafBox) {
        if idle.count < Self.maximumIdle { idle.append(leaf) }
    }
}
