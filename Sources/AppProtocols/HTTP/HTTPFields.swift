internal import Wire

/// One field line of a header or trailer section.
package struct HTTPField: Hashable, Sendable {
    /// The name as sent.
    package let name: String
    /// The value without surrounding white space; octets that are no UTF-8 become U+FFFD.
    package let value: String

    /// Joins a name and a value.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A header or trailer section: its octets, and where in them each field stands.
///
/// Strings are made only when asked for. Order and duplicates are kept.
package struct HTTPFields: Sendable {
    private var octets: [UInt8]
    private var entries: [Entry]

    private struct Entry {
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32
    }

    /// A section without fields; allocates nothing.
    package init() {
        octets = []
        entries = []
    }

    /// Reads field lines (RFC 9112 § 5) until the first empty line or the end of `section`, which is copied.
    ///
    /// - Note: Lenient, as a tap must be: line ends may be bare LF, white space before the colon is dropped (a server
    ///   that tolerates it is what an attacker looks for), obsolete folding is joined (§ 5.2), and a line without a
    ///   name or a colon is passed over.
    package init(_ section: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(section.count)
        for index in section.indices { copy.append(section[index]) }
        octets = copy
        entries = []
        entries.reserveCapacity(min(section.count / 24, 32))
        var lineStart = 0
        while lineStart < section.count {
            // One pass finds the colon and the line's end; the colon matters only in a line that is no continuation.
            var colon = -1
            var lineFeed = lineStart
            while lineFeed < section.count {
                let octet = section[lineFeed]
                if octet == UInt8(ascii: "\n") { break }
                if octet == UInt8(ascii: ":"), colon < 0 { colon = lineFeed }
                lineFeed += 1
            }
            var lineEnd = lineFeed
            if lineEnd > lineStart, section[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }
            if lineEnd == lineStart { break }
            if section[lineStart] == UInt8(ascii: " ") || section[lineStart] == UInt8(ascii: "\t") {
                fold(section, lineStart, lineEnd)
            } else if colon >= 0 {
                add(
                    name: HTTPFields.trimmed(section, lineStart, colon),
                    value: HTTPFields.trimmed(section, colon + 1, lineEnd)
                )
            }
            lineStart = lineFeed + 1
        }
    }

    /// The octets of the section, or of all names and values where they came one by one.
    package var octetCount: Int { octets.count }

    /// Adds a field behind the others; its octets are copied.
    package mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        let start = octets.count
        for index in name.indices { octets.append(name[index]) }
        for index in value.indices { octets.append(value[index]) }
        let middle = start + name.count
        add(name: start..<middle, value: middle..<octets.count)
    }

    /// Leaves out the fields whose names begin with a colon: pseudo-header fields (RFC 9113 § 8.3).
    package mutating func removePseudoFields() {
        entries.removeAll { octets[Int($0.nameStart)] == UInt8(ascii: ":") }
    }

    /// How many fields there are.
    package var count: Int { entries.count }

    /// Whether there are none.
    package var isEmpty: Bool { entries.isEmpty }

    /// The field at `index`, 0 … `count` − 1, as strings; nil outside.
    package func field(at index: Int) -> HTTPField? {
        guard entries.indices.contains(index) else { return nil }
        let entry = entries[index]
        return HTTPField(name: text(entry.nameStart, entry.nameEnd), value: text(entry.valueStart, entry.valueEnd))
    }

    /// All fields as strings, in order.
    package var all: [HTTPField] { entries.indices.compactMap { field(at: $0) } }

    /// The value of the first field of that name, ASCII case ignored; nil without one.
    package func value(of name: String) -> String? {
        for entry in entries where matches(entry, name) { return text(entry.valueStart, entry.valueEnd) }
        return nil
    }

    /// The values of every field of that name, ASCII case ignored, in order.
    package func values(of name: String) -> [String] {
        var found: [String] = []
        for entry in entries where matches(entry, name) { found.append(text(entry.valueStart, entry.valueEnd)) }
        return found
    }

    /// The members of the comma-separated lists in every field of that name, lower case, empty ones dropped.
    package func list(of name: String) -> [String] {
        var members: [String] = []
        for entry in entries where matches(entry, name) {
            var start = Int(entry.valueStart)
            let end = Int(entry.valueEnd)
            while start <= end {
                var stop = start
                while stop < end, octets[stop] != UInt8(ascii: ",") { stop += 1 }
                let member = HTTPFields.trimmed(octets.span, start, stop)
                if !member.isEmpty {
                    members.append(String(decoding: octets[member].map { ASCII.lowercased($0) }, as: UTF8.self))
                }
                start = stop + 1
            }
        }
        return members
    }

    private func matches(_ entry: Entry, _ name: String) -> Bool {
        guard Int(entry.nameEnd - entry.nameStart) == name.utf8.count else { return false }
        let range = Int(entry.nameStart)..<Int(entry.nameEnd)
        return ASCII.equals(octets.span.extracting(range), ignoringCase: name)
    }

    private func text(_ start: UInt32, _ end: UInt32) -> String {
        String(decoding: octets[Int(start)..<Int(end)], as: UTF8.self)
    }

    private mutating func add(name: Range<Int>, value: Range<Int>) {
        guard !name.isEmpty else { return }
        entries.append(
            Entry(
                nameStart: UInt32(clamping: name.lowerBound),
                nameEnd: UInt32(clamping: name.upperBound),
                valueStart: UInt32(clamping: value.lowerBound),
                valueEnd: UInt32(clamping: value.upperBound)
            )
        )
    }

    /// Joins a continuation line to the value before it, the line break becoming spaces.
    private mutating func fold(_ section: Span<UInt8>, _ start: Int, _ end: Int) {
        guard let last = entries.indices.last else { return }
        let more = HTTPFields.trimmed(section, start, end)
        guard !more.isEmpty else { return }
        if entries[last].valueStart == entries[last].valueEnd {
            entries[last].valueStart = UInt32(clamping: more.lowerBound)
        } else {
            for index in Int(entries[last].valueEnd)..<more.lowerBound { octets[index] = UInt8(ascii: " ") }
        }
        entries[last].valueEnd = UInt32(clamping: more.upperBound)
    }

    /// The range without white space and control octets at its ends.
    static func trimmed(_ octets: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int> {
        var lower = start
        var upper = end
        while lower < upper, octets[lower] <= 0x20 { lower += 1 }
        while upper > lower, octets[upper - 1] <= 0x20 { upper -= 1 }
        return lower..<upper
    }
}
