/// A value of a TOML file.
package enum TOMLValue: Sendable {
    /// Text; any Unicode scalar but U+0000.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction or exponent; may be infinite or no number.
    case double(Double)
    /// True or false.
    case boolean(Bool)
    /// A date, a time or both; Weir's files use none, so the value itself is not kept.
    case date
    /// Values in order.
    case array([TOMLElement])
    /// Keys and values.
    case table(TOMLTable)

    /// The type's name with its article, as error messages use it.
    package var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .double: "a float"
        case .boolean: "a boolean"
        case .date: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// A value in an array, or of a key, with the line on which it begins.
package struct TOMLElement: Sendable {
    /// The value.
    package let value: TOMLValue

    /// The 1-based line of the value in an array, of the key in a table.
    package let line: Int
}
