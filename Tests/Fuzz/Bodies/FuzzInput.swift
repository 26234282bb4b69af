/// An input, read from its front for choices; an input that has ended chooses zero.
struct FuzzInput {
    private var octets: ArraySlice<UInt8>

    init(_ octets: [UInt8]) {
        self.octets = octets[...]
    }

    var isAtEnd: Bool { octets.isEmpty }

    mutating func octet() -> UInt8 { octets.popFirst() ?? 0 }

    mutating func take(_ count: Int) -> [UInt8] {
        defer { octets = octets.dropFirst(count) }
        return Array(octets.prefix(count))
    }

    mutating func rest() -> [UInt8] { take(octets.count) }

    /// How the rest is cut: four octets that are applied in turn, see `Piece.pieces`.
    mutating func plan() -> [UInt8] { (0..<4).map { _ in octet() } }
}

/// One step in which a stream is given.
enum Piece: Equatable {
    /// These of the octets.
    case octets(Range<Int>)
    /// A hole that hides the next of the octets, or that was never among them; 0 when its size is unknown.
    case hole(Int)

    /// Cuts `count` octets by a plan whose octets are applied in turn.
    ///
    /// Zero gives all that is left, 1…127 so many octets, 128…191 up to 4 KiB; 192…223 hides 1…32 octets, 224…254 tells
    /// of a hole of a power of two octets that hides nothing, and 255 of one whose size is unknown.
    static func pieces(_ count: Int, by plan: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var position = 0
        var step = 0
        while position < count {
            let choice = Int(plan[step % plan.count])
            step += 1
            switch choice {
            case 1..<192:
                let length = min(choice < 128 ? choice : (choice - 127) * 64, count - position)
                pieces.append(.octets(position..<(position + length)))
                position += length
            case 192..<224:
                let length = min(choice - 191, count - position)
                pieces.append(.hole(length))
                position += length
            case 224... where step <= 3 * plan.count: pieces.append(.hole(choice == 255 ? 0 : 1 << (choice - 224)))
            default:
                pieces.append(.octets(position..<count))
                position = count
            }
        }
        return pieces
    }

    /// The same octets without holes, cut at the same places.
    static func cuts(_ count: Int, by plan: [UInt8]) -> [Range<Int>] {
        pieces(count, by: plan.map { $0 < 192 ? $0 : $0 - 191 }).compactMap {
            if case .octets(let range) = $0 { return range }
            return nil
        }
    }
}
