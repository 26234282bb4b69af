import TOMLSource
import Testing

@Suite("TOML lines")
struct TOMLScannerTests {
    /// Every way to write a key, each on a line that its name tells.
    private static let text = """
        # comment = "none"
        l2 = "a # no comment"
        'l3' = 'b'
        "l\\u0034" = 4
        x.l5 = 5
        x . "l6" = 6
        m = \"""
        l9 = "not a key"
        \"""
        l10 = '''
        ]] ''''
        l12 = [
          [ 1, 2 ], # ]
          { l14 = 1, y.l14 = "}" },
          "x",
        ]
        l17 = { l17 = { l17 = 1 }, z = [ { l17 = 2 } ] }

        [l19.t]
        l20 = 1979-05-27T07:32:00Z
          [ "l21" ]   # indented
          l22 = -1.5e+3
        [[a.l23]]
        l24 = 1
        [[a.l23.l25]]
        l26 = true
        [a.l23.l27]
        l28 = 0b1
        [[a.l23]]
        l30 = inf
        """

    @Test("every key that is named after its line is found there")
    func lines() throws {
        var found = 0
        try check(TOMLSource(text: Self.text, name: "t").root, &found)
        #expect(found == 24)
    }

    @Test("tables know the lines of their headers, elements their own")
    func tables() throws {
        let root = try TOMLSource(text: Self.text, name: "t").root
        let a = try #require(try root.table("a"))
        #expect(try a.tables("l23").map(\.line) == [23, 29])
        #expect(try a.tables("l23").first?.tables("l25").map(\.line) == [25])
        #expect(root.elementLines(of: "l12") == [13, 14, 15])
        #expect(try root.table("x")?.line == 5)
        #expect(try root.table("l17")?.line == 17)
        #expect(try root.table("l19")?.table("t")?.line == 19)
    }

    @Test("a header moves its table, though a table below came first")
    func superTable() throws {
        let root = try TOMLSource(text: "[a.b]\nx = 1\n[a]\ny = 1\n", name: "t").root
        #expect(try root.table("a")?.line == 3)
        #expect(try root.table("a")?.table("b")?.line == 1)
    }

    @Test("line ends of either kind count once")
    func carriageReturns() throws {
        let root = try TOMLSource(text: "a = 1\r\n\r\nb = \"\"\"\r\nx\r\n\"\"\"\r\nc = 1\r\n", name: "t").root
        #expect(root.line(of: "b") == 3)
        #expect(root.line(of: "c") == 6)
    }

    private func check(_ table: TOMLTable, _ found: inout Int) throws {
        for key in table.keys {
            if key.hasPrefix("l"), let line = Int(key.dropFirst()), table.value(key) != nil {
                // The parents of [l19.t] and [[a.l23]] are named by the first header that mentions them.
                #expect(table.line(of: key) == line, "\(key)")
                found += 1
            }
            switch table.value(key) {
            case .table(let inner): try check(inner, &found)
            case .array(let elements):
                for case .table(let inner) in elements.map(\.value) { try check(inner, &found) }
            default: break
            }
        }
    }
}
