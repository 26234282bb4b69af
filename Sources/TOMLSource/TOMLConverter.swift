import TOMLKit

/// Turns TOMLKit's values, which are references, into our own with their lines.
struct TOMLConverter {
    let name: String
    let locations: TOMLLocation

    /// The table with its keys in the order of the file; the scanner has bounded its depth.
    func table(_ parsed: TOMLKit.TOMLTable, at node: Int?, line: Int) -> TOMLTable {
        let location = node.map { locations.nodes[$0] }
        let present = parsed.keys
        var entries: [String: TOMLElement] = [:]
        entries.reserveCapacity(present.count)
        for key in present {
            let child = location?.children[key]
            let childLine = child.map { locations.nodes[$0].line } ?? line
            guard let value: TOMLKit.TOMLValue = parsed[key]?.tomlValue else { continue }
            entries[key] = TOMLElement(value: convert(value, at: child, line: childLine), line: childLine)
        }
        let ordered = (location?.order ?? []).filter { entries[$0] != nil }
        let unplaced = present.filter { location?.children[$0] == nil }
        return TOMLTable(name: name, line: line, keys: ordered + unplaced, entries: entries)
    }

    private func convert(_ value: TOMLKit.TOMLValue, at node: Int?, line: Int) -> TOMLValue {
        if let text = value.string { return .string(text) }
        if let number = value.int { return .integer(number) }
        if let truth = value.bool { return .boolean(truth) }
        if let number = value.double { return .double(number) }
        if let parsed = value.table { return .table(table(parsed, at: node, line: line)) }
        if let parsed = value.array { return .array(array(parsed, at: node, line: line)) }
        return .date
    }

    private func array(_ parsed: TOMLKit.TOMLArray, at node: Int?, line: Int) -> [TOMLElement] {
        let places = node.map { locations.nodes[$0].elements } ?? []
        var elements: [TOMLElement] = []
        elements.reserveCapacity(parsed.count)
        for index in 0..<parsed.count {
            let place = index < places.count ? places[index] : nil
            let line = place.map { locations.nodes[$0].line } ?? line
            elements.append(TOMLElement(value: convert(parsed[index].tomlValue, at: place, line: line), line: line))
        }
        return elements
    }
}
