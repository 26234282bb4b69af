import Wire

/// How a pcapng interface counts time: ticks of a power of ten or two of a second, from an offset.
struct TimestampResolution {
    private let base: Base
    private let offsetSeconds: Int64

    private enum Base {
        case microseconds
        case nanoseconds
        /// Ticks of 10⁻ⁿ seconds, 0…127.
        case decimal(Int)
        /// Ticks of 2⁻ⁿ seconds, 0…127.
        case binary(Int)
    }

    /// By the octet of `if_tsresol` and the seconds of `if_tsoffset`
    /// (draft-ietf-opsawg-pcapng § 4.2, Interface Description Block).
    init(octet: UInt8 = 6, offsetSeconds: Int64 = 0) {
        self.offsetSeconds = offsetSeconds
        base =
            switch octet {
            case 6: .microseconds
            case 9: .nanoseconds
            case 0x80...: .binary(Int(octet & 0x7F))
            default: .decimal(Int(octet))
            }
    }

    /// The moment of a packet; saturates at the ends of `Timestamp`.
    func timestamp(ticks: UInt64) -> Timestamp {
        switch base {
        case .microseconds: moment(ticks / 1_000_000, ticks % 1_000_000 * 1_000)
        case .nanoseconds: moment(ticks / 1_000_000_000, ticks % 1_000_000_000)
        case .decimal(let exponent): decimal(ticks, exponent)
        case .binary(let exponent): binary(ticks, exponent)
        }
    }

    private func decimal(_ ticks: UInt64, _ exponent: Int) -> Timestamp {
        if exponent <= 9 {
            let unit = TimestampResolution.powerOfTen(exponent)
            return moment(ticks / unit, ticks % unit * TimestampResolution.powerOfTen(9 - exponent))
        }
        // 10¹⁹ is the last power below 2⁶⁴: beyond it no count of ticks reaches a nanosecond.
        let nanoseconds = exponent - 9 <= 19 ? ticks / TimestampResolution.powerOfTen(exponent - 9) : 0
        return moment(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
    }

    private func binary(_ ticks: UInt64, _ exponent: Int) -> Timestamp {
        let nanoseconds = (UInt128(ticks) * 1_000_000_000) >> UInt128(exponent)
        return moment(UInt64(nanoseconds / 1_000_000_000), UInt64(nanoseconds % 1_000_000_000))
    }

    private func moment(_ seconds: UInt64, _ nanoseconds: UInt64) -> Timestamp {
        let (sum, overflow) = Int64(clamping: seconds).addingReportingOverflow(offsetSeconds)
        let whole = overflow ? Int64.max : sum
        return Timestamp(seconds: whole, fraction: Int64(nanoseconds))
    }

    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
