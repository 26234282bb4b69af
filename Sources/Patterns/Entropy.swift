import Glibc

/// Shannon's entropy of short texts, as gitleaks counts it.
package enum Entropy {
    /// Bits a character: scalars are counted, and divided by the number of octets; 0 for no text.
    ///
    /// - Complexity: linear; allocates only for text beyond ASCII.
    package static func bits(_ octets: Span<UInt8>) -> Double {
        guard !octets.isEmpty else { return 0 }
        var counts = InlineArray<128, Int>(repeating: 0)
        var isASCII = true
        for index in octets.indices {
            guard octets[index] < 128 else {
                isASCII = false
                break
            }
            counts[Int(octets[index])] += 1
        }
        let length = Double(octets.count)
        var bits = 0.0
        if isASCII {
            for index in counts.indices where counts[index] > 0 { bits += term(counts[index], length) }
        } else {
            var scalars: [UInt32: Int] = [:]
            for scalar in text(octets).unicodeScalars { scalars[scalar.value, default: 0] += 1 }
            // In ascending order, so that rounding does not differ from run to run.
            for scalar in scalars.sorted(by: { $0.key < $1.key }) { bits += term(scalar.value, length) }
        }
        return bits
    }

    private static func term(_ count: Int, _ length: Double) -> Double {
        let share = Double(count) / length
        return -share * log2(share)
    }

    /// The octets as text, U+FFFD for what is not UTF-8.
    static func text(_ octets: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        copy.reserveCapacity(octets.count)
        for index in octets.indices { copy.append(octets[index]) }
        return String(decoding: copy, as: UTF8.self)
    }
}
