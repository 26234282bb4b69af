import Foundation

/// A JSON value, for reading records without knowing all of them.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// Reads one line.
    init(line: String) throws {
        do {
            self = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
        } catch {
            throw Malformed(line: line)
        }
    }

    /// The member of an object; null where there is none.
    subscript(_ key: String) -> JSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    /// The element of a list; null where there is none.
    subscript(_ index: Int) -> JSON {
        if case .list(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var double: Double? { if case .number(let number) = self { number } else { nil } }
    var integer: Int? { double.flatMap { Int(exactly: $0) } }
    var array: [JSON] { if case .list(let elements) = self { elements } else { [] } }
    var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
    var strings: [String] { array.compactMap(\.string) }

    /// Whether null occurs anywhere.
    var holdsNull: Bool {
        switch self {
        case .null: true
        case .bool, .number, .text: false
        case .list(let elements): elements.contains(where: \.holdsNull)
        case .object(let members): members.values.contains(where: \.holdsNull)
        }
    }

    /// The keys of each object of a line, as they stand there.
    static func keys(ofObjectsIn line: String) -> [[String]] {
        var open: [[String]?] = []
        var done: [[String]] = []
        var text: [UInt8]?
        var last = ""
        var isEscaped = false
        for octet in line.utf8 {
            if var current = text {
                if !isEscaped, octet == UInt8(ascii: "\"") {
                    last = String(decoding: current, as: UTF8.self)
                    text = nil
                } else {
                    isEscaped = !isEscaped && octet == UInt8(ascii: "\\")
                    current.append(octet)
                    text = current
                }
                continue
            }
            switch octet {
            case UInt8(ascii: "\""): text = []
            case UInt8(ascii: ":"): open[open.count - 1]?.append(last)
            case UInt8(ascii: "{"): open.append([])
            case UInt8(ascii: "["): open.append(nil)
            case UInt8(ascii: "}"): if let keys = open.popLast() as? [String] { done.append(keys) }
            case UInt8(ascii: "]"): _ = open.popLast()
            default: break
            }
        }
        return done
    }

    struct Malformed: Error, CustomStringConvertible {
        let line: String
        var description: String { "no JSON: \(line.prefix(300))" }
    }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}
