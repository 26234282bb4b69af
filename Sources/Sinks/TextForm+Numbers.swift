import Wire

extension TextForm {
    /// `2026-11-22 20:34:01`, UTC.
    static func time(_ timestamp: Timestamp) -> String {
        let text = timestamp.eve
        return String(text.prefix { $0 != "." }.map { $0 == "T" ? " " : $0 })
    }

    /// `2026-11-22 20:34:01`, and ` – 20:39:12` or a whole later moment where it lasted.
    static func span(_ first: Timestamp, _ last: Timestamp) -> String {
        let (from, to) = (time(first), time(last))
        guard from != to else { return from }
        return from.prefix(10) == to.prefix(10) ? "\(from) – \(to.dropFirst(11))" : "\(from) – \(to)"
    }

    /// `48,211`.
    static func grouped(_ number: UInt64) -> String {
        var text: [Character] = []
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// `48,211 B`.
    static func octets(_ count: Int) -> String { octets(UInt64(clamping: count)) }

    /// `48,211 B`.
    static func octets(_ count: UInt64) -> String { grouped(count) + " B" }

    /// `18 %`; `<1 %` for little, `99 %` for nearly all.
    static func percent(_ share: Double) -> String {
        guard share.isFinite, share > 0 else { return "0 %" }
        if share < 0.01 { return "<1 %" }
        return share < 1 ? "\(max(1, min(99, Int((share * 100).rounded())))) %" : "100 %"
    }
}
