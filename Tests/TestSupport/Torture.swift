/// Feeds a parser everything that a hostile or unlucky network can make of one good message.
///
/// Each call runs its body many times; the body must neither trap nor, where it checks, disagree with itself. One
/// helper for every parser, so that none forgets a way to be cut.
package enum Torture {
    /// Runs `body` on every prefix of `octets`, from none of them to all but the last.
    package static func everyPrefix(of octets: [UInt8], _ body: (Span<UInt8>) throws -> Void) rethrows {
        for count in 0..<octets.count { try body(octets.span.extracting(0..<count)) }
    }

    /// Runs `body` on `octets` with each octet in turn changed to 0, 255, each single flipped bit of it, and its
    /// successor: eleven variants an octet.
    package static func everyChangedOctet(of octets: [UInt8], _ body: (Span<UInt8>) throws -> Void) rethrows {
        var changed = octets
        for index in octets.indices {
            let original = octets[index]
            for value in [0, 255, original &+ 1] + (0..<8).map({ original ^ (1 << UInt8($0)) }) {
                changed[index] = value
                try body(changed.span)
            }
            changed[index] = original
        }
    }

    /// Runs `body` with `octets` cut in two at every place, then into single octets, then into runs of 2, 3, 7 and 64.
    package static func everySplit(of octets: [UInt8], _ body: ([ArraySlice<UInt8>]) throws -> Void) rethrows {
        for cut in 0...octets.count { try body([octets[..<cut], octets[cut...]]) }
        for size in [1, 2, 3, 7, 64] { try body(chunks(of: octets, size: size)) }
    }

    /// Everything at once, for parsers whose outcome on damaged input is not compared: `body` must only not trap.
    package static func everything(of octets: [UInt8], _ body: ([ArraySlice<UInt8>]) throws -> Void) rethrows {
        for count in 0...octets.count { try body([octets[..<count]]) }
        try everyChangedOctet(of: octets) { span in
            var copy: [UInt8] = []
            copy.reserveCapacity(span.count)
            for index in span.indices { copy.append(span[index]) }
            try body([copy[...]])
        }
        try everySplit(of: octets, body)
    }

    /// `octets` cut into runs of `size`; the last may be shorter.
    package static func chunks(of octets: [UInt8], size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: octets.count, by: size).map { octets[$0..<min($0 + size, octets.count)] }
    }
}
