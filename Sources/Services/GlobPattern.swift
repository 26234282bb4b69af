/// A text with wildcards: `*` stands for one or more octets without the separator, `**` for any octets or none.
struct GlobPattern: Hashable, Sendable {
    private let steps: [Step]
    private let separator: UInt8

    /// The number of octets that must be there as they are: the measure of exactness.
    let literalCount: Int

    /// Whether `**` occurs.
    let crossesSeparators: Bool

    /// Whether no wildcard occurs.
    var isLiteral: Bool { literalCount == steps.count }

    private enum Step: Hashable {
        case octet(UInt8)
        case part
        case rest
    }

    init(_ text: String, separator: UInt8) {
        var steps: [Step] = []
        let octets = Array(text.utf8)
        var index = 0
        while index < octets.count {
            if octets[index] != UInt8(ascii: "*") {
                steps.append(.octet(octets[index]))
            } else if index + 1 < octets.count, octets[index + 1] == UInt8(ascii: "*") {
                steps.append(.rest)
                index += 1
            } else {
                steps.append(.part)
            }
            index += 1
        }
        self.steps = steps
        self.separator = separator
        literalCount = steps.count { if case .octet = $0 { true } else { false } }
        crossesSeparators = steps.contains(.rest)
    }

    /// Whether the whole of `octets` is meant.
    func matches(_ octets: Span<UInt8>) -> Bool { end(in: octets, isPrefix: false) != nil }

    /// Where a beginning of `octets` ends that is meant; nil when there is none.
    func matchedPrefix(of octets: Span<UInt8>) -> Int? { end(in: octets, isPrefix: true) }

    /// Matches with two places to come back to, one for each wildcard; no recursion.
    ///
    /// Costs the product of the two lengths, or that times the octets' number where `*` follows `**`.
    private func end(in octets: Span<UInt8>, isPrefix: Bool) -> Int? {
        var step = 0
        var index = 0
        var part: (step: Int, index: Int)?
        var rest: (step: Int, index: Int)?
        while true {
            if step == steps.count {
                if isPrefix || index == octets.count { return index }
            } else {
                switch steps[step] {
                case .rest:
                    if !isPrefix, step + 1 == steps.count { return octets.count }
                    rest = (step + 1, index)
                    part = nil
                    step += 1
                    continue
                case .part:
                    if index < octets.count, octets[index] != separator {
                        part = (step + 1, index + 1)
                        step += 1
                        index += 1
                        continue
                    }
                case .octet(let octet):
                    if index < octets.count, octets[index] == octet {
                        step += 1
                        index += 1
                        continue
                    }
                }
            }
            if let back = part, back.index < octets.count, octets[back.index] != separator {
                part = (back.step, back.index + 1)
                step = back.step
                index = back.index + 1
            } else if let back = rest, back.index < octets.count {
                rest = (back.step, back.index + 1)
                part = nil
                step = back.step
                index = back.index + 1
            } else {
                return nil
            }
        }
    }
}
