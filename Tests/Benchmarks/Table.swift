import Foundation

/// A table of text, its columns as wide as what they hold.
struct Table {
    private var rows: [[String]]

    init(_ head: [String]) {
        rows = [head]
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines.
    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.indices.map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }
                .joined(separator: "  ")
        }
        return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }
}

/// A line of JSON, its keys in the order given; absent rather than null.
struct JSONLine: CustomStringConvertible {
    enum Value {
        case number(Double)
        case integer(Int)
        case text(String)
    }

    private let members: [(String, Value?)]

    init(_ members: [(String, Value?)]) {
        self.members = members
    }

    var description: String {
        let parts = members.compactMap { name, value -> String? in
            switch value {
            case nil: nil
            case .number(let number): "\"\(name)\":\(rounded(number))"
            case .integer(let number): "\"\(name)\":\(number)"
            case .text(let text): "\"\(name)\":\"\(text)\""
            }
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}

/// A number with two decimals.
func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
