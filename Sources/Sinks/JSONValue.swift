/// A JSON value on its way out.
///
/// Records are built as values and written once: a record is a few hundred octets, so nothing is gained by streaming,
/// and the order of keys can be the writer's business alone.
package enum JSONValue: Hashable, Sendable {
    /// Text; octets that are no UTF-8 became U+FFFD when the `String` was made.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// A count, which may exceed what `integer` holds.
    case count(UInt64)
    /// A fraction, written with at most four decimals; not finite is written as 0.
    case number(Double)
    /// True or false.
    case boolean(Bool)
    /// No value: only for the answers that the contract writes so, records leave fields out.
    case null
    /// Values in order.
    case array([JSONValue])
    /// Named values, written in the order of their names.
    case object(JSONObject)

    /// An array of strings.
    package static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }
}

/// The fields of a JSON object: absent rather than null, later values of a name replacing earlier ones.
package struct JSONObject: Hashable, Sendable {
    /// The fields by name.
    package private(set) var fields: [String: JSONValue] = [:]

    /// An object without fields.
    package init() {}

    /// The field of that name; setting nil removes it.
    package subscript(name: String) -> JSONValue? {
        get { fields[name] }
        set { fields[name] = newValue }
    }

    /// Sets a field to text, or leaves it out where there is none.
    package mutating func set(_ name: String, _ text: String?) { fields[name] = text.map { .string($0) } }

    /// Sets a field to a truth value, or leaves it out where there is none.
    package mutating func set(_ name: String, _ flag: Bool?) { fields[name] = flag.map { .boolean($0) } }

    /// Sets a field to a whole number, or leaves it out where there is none.
    package mutating func set(_ name: String, _ number: (some BinaryInteger)?) {
        fields[name] = number.map { .integer(Int64(clamping: $0)) }
    }

    /// Sets a field to an object, or leaves it out where the object has no fields.
    package mutating func set(_ name: String, _ object: JSONObject?) {
        fields[name] = object.flatMap { $0.fields.isEmpty ? nil : .object($0) }
    }

    /// Sets a field to strings, or leaves it out where there are none.
    package mutating func set(_ name: String, _ texts: [String]?) {
        fields[name] = texts.flatMap { $0.isEmpty ? nil : .strings($0) }
    }
}
