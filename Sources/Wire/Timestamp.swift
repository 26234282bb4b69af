/// A moment of packet time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
@usableFromInline
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch; negative before it.
    @usableFromInline package let nanoseconds: Int64

    /// A moment that many nanoseconds after the Unix epoch.
    @inlinable
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A moment from a capture's whole seconds and its fraction in nanoseconds; saturates instead of overflowing.
    @inlinable
    package init(seconds: Int64, fraction: Int64) {
        let (product, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, wrapped) = product.addingReportingOverflow(fraction)
        nanoseconds = tooLarge || wrapped ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whether `lhs` is the earlier moment.
    @inlinable
    package static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

    /// The nanoseconds from `earlier` to this moment, saturating; negative when `earlier` is later.
    @inlinable
    package func nanoseconds(since earlier: Timestamp) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? (nanoseconds < earlier.nanoseconds ? .min : .max) : difference
    }

    /// This moment moved by `duration` nanoseconds, saturating.
    @inlinable
    package func advanced(byNanoseconds duration: Int64) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration)
        return Timestamp(nanoseconds: overflow ? (duration < 0 ? .min : .max) : sum)
    }

    /// The moment as Suricata's EVE writes it: `2026-11-22T20:34:01.123456+0000`, UTC, microseconds, truncated.
    package var eve: String {
        let microseconds = Timestamp.floorDivide(nanoseconds, 1_000)
        let seconds = Timestamp.floorDivide(microseconds, 1_000_000)
        let fraction = microseconds - seconds * 1_000_000
        let days = Timestamp.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Timestamp.civil(daysSinceEpoch: days)
        return Timestamp.padded(year, 4) + "-" + Timestamp.padded(month, 2) + "-" + Timestamp.padded(day, 2) + "T"
            + Timestamp.padded(second / 3_600, 2) + ":" + Timestamp.padded(second / 60 % 60, 2) + ":"
            + Timestamp.padded(second % 60, 2) + "." + Timestamp.padded(fraction, 6) + "+0000"
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Days since the epoch to a proleptic Gregorian date, by Howard Hinnant's `civil_from_days`.
    private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
