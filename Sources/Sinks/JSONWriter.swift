/// Writes JSON values: keys sorted by their octets, no white space, nothing that a terminal would act on.
///
/// RFC 8259 § 7, Strings, asks for quotation marks, backslashes and controls below U+0020 to be escaped. Escaped too
/// are DEL, C1 controls, the line separators that JavaScript once tripped on, and bidirectional controls: names and
/// headers come from strangers, and people read logs with `cat`.
package struct JSONWriter {
    /// What was written so far: UTF-8.
    package private(set) var octets: [UInt8] = []

    /// A writer that has written nothing.
    package init() {}

    /// The octets of one value.
    package static func octets(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.octets
    }

    /// One value as a line: its octets and a line feed.
    package static func line(_ object: JSONObject) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(.object(object))
        writer.octets.append(UInt8(ascii: "\n"))
        return writer.octets
    }

    /// Forgets what was written and keeps the memory.
    package mutating func removeAll() { octets.removeAll(keepingCapacity: true) }

    /// Appends a value.
    ///
    /// Recursion is as deep as the value, and values are ours: a handful of levels.
    package mutating func write(_ value: JSONValue) {
        switch value {
        case .string(let text): write(text)
        case .integer(let number): octets.append(contentsOf: String(number).utf8)
        case .count(let number): octets.append(contentsOf: String(number).utf8)
        case .number(let number): octets.append(contentsOf: JSONWriter.decimal(number).utf8)
        case .boolean(let flag): octets.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null: octets.append(contentsOf: "null".utf8)
        case .array(let values):
            octets.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                write(value)
            }
            octets.append(UInt8(ascii: "]"))
        case .object(let object):
            octets.append(UInt8(ascii: "{"))
            let sorted = object.fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, field) in sorted.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: ",")) }
                write(field.key)
                octets.append(UInt8(ascii: ":"))
                write(field.value)
            }
            octets.append(UInt8(ascii: "}"))
        }
    }

    private mutating func write(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": octets.append(contentsOf: "\\\"".utf8)
            case "\\": octets.append(contentsOf: "\\\\".utf8)
            case "\n": octets.append(contentsOf: "\\n".utf8)
            case "\r": octets.append(contentsOf: "\\r".utf8)
            case "\t": octets.append(contentsOf: "\\t".utf8)
            case _ where scalar.value < 0x7F && scalar.value >= 0x20: octets.append(UInt8(scalar.value))
            case _ where PlainText.isHazardous(scalar): escape(scalar)
            default: octets.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        octets.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let units = String(scalar).utf16
        for unit in units {
            let digits = String(unit, radix: 16)
            octets.append(contentsOf: "\\u".utf8)
            octets.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
            octets.append(contentsOf: digits.utf8)
        }
    }

    /// At most four decimals, no exponent, and the same text on every machine.
    private static func decimal(_ number: Double) -> String {
        guard number.isFinite else { return "0" }
        let scaled = (number * 10_000).rounded(.toNearestOrAwayFromZero)
        guard abs(scaled) < 9e15 else { return String(Int64(max(-9e18, min(9e18, number)))) }
        let units = Int64(scaled)
        let sign = units < 0 ? "-" : ""
        let fraction = String(units.magnitude % 10_000)
        let padded = String(repeating: "0", count: 4 - fraction.utf8.count) + fraction
        let trimmed = String(padded.reversed().drop { $0 == "0" }.reversed())
        return sign + String(units.magnitude / 10_000) + (trimmed.isEmpty ? "" : "." + trimmed)
    }
}
