import TestSupport

/// What a bad network and a bad tap do to the clients' segments, in the proportions that were measured on real ones.
///
/// Of 100,000 segments with payload some 1,913 pass one to three segments late, 491 pass twice, 485 are followed by one
/// that overlaps them, and 982 are never seen though their receiver has them.
struct Nastiness {
    /// Whether segments are lost too.
    let loses: Bool
    private var random: SeededGenerator

    /// What becomes of a segment.
    enum Fate {
        case plain
        case late(by: Int)
        case twice
        case overlapped(by: Int)
        case lost
    }

    init(seed: UInt64, loses: Bool) {
        random = SeededGenerator(seed: seed)
        self.loses = loses
    }

    /// The fate of the next segment; the same with and without losses, so that the two captures differ in nothing else.
    mutating func fate() -> Fate {
        let draw = random.next() % 100_000
        let size = Int(random.next() % 1_000)
        return switch draw {
        case ..<1_913: .late(by: 1 + size % 3)
        case ..<2_404: .twice
        case ..<2_889: .overlapped(by: 100 + size % 600)
        case ..<3_871: loses ? .lost : .plain
        default: .plain
        }
    }
}
