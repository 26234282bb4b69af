import TOMLSource

/// The text that the configuration's readers are given.
enum TOMLBody {
    static func fuzzOne(_ octets: [UInt8]) {
        guard let source = source(octets) else { return }
        visit(source.root, lines: source.text.utf8.count { $0 == 10 } + 1)
    }

    /// The input as a file; nil when it is none.
    static func source(_ octets: [UInt8]) -> TOMLSource? {
        do throws(TOMLError) {
            return try TOMLSource(text: String(decoding: octets, as: UTF8.self), name: "input.toml")
        } catch {
            check(error)
            return nil
        }
    }

    static func check(_ error: TOMLError) {
        hold(error.description.hasPrefix("input.toml"), "errors name the file: \(error)")
        hold(error.line >= 0, "errors name a line: \(error)")
    }

    private static func visit(_ root: TOMLTable, lines: Int) {
        var open = [root]
        var visited = 0
        while let table = open.popLast() {
            visited += 1
            hold(visited < 100_000, "tables are not endless")
            hold(0...lines ~= table.line, "a table's line is one of the file: \(table.line) of \(lines)")
            for key in table.keys {
                hold(0...lines ~= table.line(of: key), "a key's line is one of the file: \(key)")
                hold(table.value(key) != nil, "a key has a value: \(key)")
                _ = (try? table.string(key), try? table.integer(key), try? table.double(key), try? table.boolean(key))
                _ = (try? table.strings(key), table.elementLines(of: key))
                if let inner = try? table.table(key) { open.append(inner) }
                if let inner = try? table.tables(key) { open += inner }
            }
            do throws(TOMLError) { try table.rejectUnknown(["rules", "services", "id"]) } catch { check(error) }
        }
    }
}
