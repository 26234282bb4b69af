/// Finds the lines of a TOML file's keys, in one pass and without recursion.
///
/// It checks the punctuation around keys and values, that strings end, and what a bare value may be made of; the
/// parser that runs after it checks the rest. It goes first because that parser answers some bad input with a
/// failed assertion, recurses into nested values and gets its text as a C string, which U+0000 would cut.
struct TOMLScanner {
    private let name: String
    private let octets: [UInt8]
    private var index = 0
    private var line = 1
    private var locations = TOMLLocation()

    private init(_ octets: [UInt8], name: String) {
        self.octets = octets
        self.name = name
    }

    /// The places of the keys in a file's octets.
    ///
    /// - Throws: an error with its line, and its column where something else was expected.
    static func locate(_ octets: [UInt8], name: String) throws(TOMLError) -> TOMLLocation {
        var scanner = TOMLScanner(octets, name: name)
        try scanner.scan()
        return scanner.locations
    }

    private mutating func scan() throws(TOMLError) {
        var current = TOMLLocation.root
        while true {
            skipBlank()
            guard let octet = peek else { return }
            if octet == UInt8(ascii: "[") {
                current = try header()
            } else {
                let start = line
                let node = try place(keyPath(), below: current, line: start)
                guard take(UInt8(ascii: "=")) else { throw unexpected("= after the key") }
                try value(node)
            }
            skipSpace()
            if peek == UInt8(ascii: "\r") { index += 1 }
            guard peek == nil || peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "#") else {
                throw unexpected("the end of the line")
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`: the table that the lines below belong to.
    private mutating func header() throws(TOMLError) -> Int {
        let start = line
        index += 1
        let isArray = take(UInt8(ascii: "["))
        let path = try keyPath()
        guard take(UInt8(ascii: "]")), !isArray || take(UInt8(ascii: "]")) else {
            throw unexpected(isArray ? "]]" : "]")
        }
        var node = TOMLLocation.root
        for key in path.dropLast() {
            node = try place([key], below: node, line: start)
            node = locations.table(at: node)
        }
        node = try place(path.suffix(1), below: node, line: start)
        if isArray {
            guard let element = locations.element(of: node, line: start) else { throw tooDeep(start) }
            return element
        }
        locations.move(node, to: start)
        return node
    }

    private mutating func place(
        _ path: some Sequence<String>,
        below table: Int,
        line: Int
    ) throws(TOMLError) -> Int {
        var node = table
        for key in path {
            guard let child = locations.child(of: node, key: key, line: line) else { throw tooDeep(line) }
            node = child
        }
        return node
    }

    /// One value and whatever is nested in it.
    private mutating func value(_ node: Int) throws(TOMLError) {
        var open: [(node: Int, isTable: Bool)] = []
        var target: Int? = node
        while true {
            var mayTakeElement = false
            if let node = target {
                target = nil
                skipSpace()
                switch peek {
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    _ = try string()
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    open.append((node, peek == UInt8(ascii: "{")))
                    index += 1
                    mayTakeElement = true
                default:
                    guard skipScalar() else { throw unexpected("a value") }
                }
            }
            guard let container = open.last else { return }
            skipBlank()
            if !mayTakeElement, take(UInt8(ascii: ",")) {
                skipBlank()
                mayTakeElement = true
            }
            if take(container.isTable ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                open.removeLast()
            } else if !mayTakeElement {
                throw unexpected(container.isTable ? "a comma or }" : "a comma or ]")
            } else if container.isTable {
                let start = line
                let path = try keyPath()
                guard take(UInt8(ascii: "=")) else { throw unexpected("= after the key") }
                target = try place(path, below: container.node, line: start)
            } else {
                guard let element = locations.element(of: container.node, line: line) else { throw tooDeep(line) }
                target = element
            }
        }
    }

    /// `a.'b c'."d"`: a key's parts, with the space after them.
    private mutating func keyPath() throws(TOMLError) -> [String] {
        var parts: [String] = []
        repeat {
            guard parts.count < TOMLLocation.maximumDepth else { throw tooDeep(line) }
            skipSpace()
            switch peek {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                parts.append(try string())
            default:
                let start = index
                while let octet = peek, Self.isBare(octet) { index += 1 }
                guard index > start else { throw unexpected("a key") }
                parts.append(String(decoding: octets[start..<index], as: UTF8.self))
            }
            skipSpace()
        } while take(UInt8(ascii: "."))
        return parts
    }

    /// A string of any of the four kinds, with its escapes undone.
    private mutating func string() throws(TOMLError) -> String {
        guard let quote = peek else { throw unexpected("a string") }
        let start = line
        let isBasic = quote == UInt8(ascii: "\"")
        let isMultiline = at(1) == quote && at(2) == quote
        index += isMultiline ? 3 : 1
        var text: [UInt8] = []
        while let octet = peek {
            if octet == quote {
                guard isMultiline else {
                    index += 1
                    return String(decoding: text, as: UTF8.self)
                }
                if at(1) == quote, at(2) == quote {
                    // Up to two quotes may stand before the closing three.
                    while at(3) == quote { index += 1 }
                    index += 3
                    return String(decoding: text, as: UTF8.self)
                }
            }
            if octet == UInt8(ascii: "\n") {
                guard isMultiline else { throw unexpected("the string's closing quote") }
                line += 1
            }
            if isBasic, octet == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(octet)
                index += 1
            }
        }
        throw TOMLError(name: name, line: start, message: "the string that begins here does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
        let letter = at(1)
        index += letter == nil ? 1 : 2
        switch letter {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "x"):
            let digits = letter == UInt8(ascii: "u") ? 4 : letter == UInt8(ascii: "U") ? 8 : 2
            var scalar: UInt32 = 0
            var count = 0
            while count < digits, let value = peek.flatMap(Self.hexValue) {
                scalar = scalar << 4 | value
                index += 1
                count += 1
            }
            guard count == digits else { throw unexpected("\(digits) hexadecimal digits") }
            guard scalar != 0 else {
                throw TOMLError(name: name, line: line, message: "a string must not hold U+0000")
            }
            if let scalar = Unicode.Scalar(scalar) { text.append(contentsOf: Character(scalar).utf8) }
        case UInt8(ascii: "\n"): line += 1
        case .some(let other): text.append(other)
        case nil: break
        }
    }

    /// A number, a boolean or a date; false, and nothing read, when nothing of that kind is there.
    private mutating func skipScalar() -> Bool {
        let start = index
        while let octet = peek, Self.isScalar(octet) { index += 1 }
        // A date and its time may have a space between them.
        if index - start == 10, at(-3) == UInt8(ascii: "-"), peek == 0x20, at(1).map(Self.isDigit) == true {
            index += 1
            while let octet = peek, Self.isScalar(octet) { index += 1 }
        }
        if TOMLScalar.isValid(octets[start..<index]) { return true }
        index = start
        return false
    }

    private mutating func skipSpace() {
        while peek == 0x20 || peek == 0x09 { index += 1 }
    }

    /// White space, line ends and comments.
    private mutating func skipBlank() {
        while let octet = peek {
            switch octet {
            case 0x20, 0x09, 0x0D: index += 1
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
            case UInt8(ascii: "#"):
                while let octet = peek, octet != UInt8(ascii: "\n") { index += 1 }
            default: return
            }
        }
    }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard peek == octet else { return false }
        index += 1
        return true
    }

    private var peek: UInt8? { at(0) }

    private func at(_ offset: Int) -> UInt8? {
        octets.indices.contains(index + offset) ? octets[index + offset] : nil
    }

    private static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    private static func isBare(_ octet: UInt8) -> Bool {
        (octet | 0x20) &- 0x61 < 26 || isDigit(octet) || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
    }

    private static func isScalar(_ octet: UInt8) -> Bool {
        isBare(octet) || octet == UInt8(ascii: "+") || octet == UInt8(ascii: ".") || octet == UInt8(ascii: ":")
    }

    private static func hexValue(_ octet: UInt8) -> UInt32? {
        if isDigit(octet) { return UInt32(octet &- 0x30) }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? UInt32(letter &- 0x61 &+ 10) : nil
    }

    private func tooDeep(_ line: Int) -> TOMLError {
        TOMLError(name: name, line: line, message: "keys nest deeper than \(TOMLLocation.maximumDepth)")
    }

    /// The error for what stands at `index`; columns count Unicode scalars.
    private func unexpected(_ wanted: String) -> TOMLError {
        let end = min(index, octets.count)
        var start = end
        while start > 0, octets[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        let column = 1 + octets[start..<end].count { $0 & 0xC0 != 0x80 }
        return TOMLError(name: name, line: line, column: column, message: "expected \(wanted)")
    }
}
