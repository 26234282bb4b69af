import Foundation
import TOMLSource
import TestSupport
import Testing

@Suite("TOML sources")
struct TOMLSourceTests {
    @Test("each type of value is read by its getter")
    func types() throws {
        let text = """
            text = "x\\n\\u00e9"
            number = 0x1F
            real = 2.5
            truth = true
            words = ["a", 'b']
            day = 2026-11-22
            inline = { a = 1, b.c = 2 }
            """
        let root = try TOMLSource(text: text, name: "t.toml").root
        #expect(try root.string("text") == "x\né")
        #expect(try root.integer("number") == 31)
        #expect(try root.double("real") == 2.5)
        #expect(try root.double("number") == 31)
        #expect(try root.boolean("truth") == true)
        #expect(try root.strings("words") == ["a", "b"])
        #expect(root.value("day")?.typeName == "a date or time")
        let inline = try #require(try root.table("inline"))
        #expect(try inline.integer("a") == 1)
        #expect(try inline.table("b")?.integer("c") == 2)
        #expect(root.keys == ["text", "number", "real", "truth", "words", "day", "inline"])
        #expect(try root.string("absent") == nil)
        #expect(try root.tables("absent").isEmpty)
    }

    @Test(
        "a value of another type is an error at its line",
        arguments: [
            ("\na = 1", "t:2: a must be a string, and this is an integer"),
            ("\n\na.b = 1", "t:3: a must be a string, and this is a table"),
            ("[[a]]", "t:1: a must be a string, and this is an array"),
            ("a = 1979-05-27T07:32:00Z", "t:1: a must be a string, and this is a date or time"),
        ]
    )
    func wrongType(text: String, message: String) throws {
        let root = try TOMLSource(text: text, name: "t").root
        #expect(errorText { () throws(TOMLError) in _ = try root.string("a") } == message)
    }

    @Test("an element of the wrong type is an error at the element's line")
    func wrongElement() throws {
        let root = try TOMLSource(text: "hosts = [\n  \"a\", # first\n\n  2,\n]", name: "t").root
        #expect(
            errorText { () throws(TOMLError) in _ = try root.strings("hosts") }
                == "t:4: hosts must hold strings only, and this is an integer"
        )
        #expect(root.elementLines(of: "hosts") == [2, 4])
    }

    @Test("an unknown key is named with its line and the key that was meant")
    func unknownKey() throws {
        let root = try TOMLSource(text: "a = 1\n[capture]\nsnap_lenght = 3\n", name: "weir.toml").root
        let capture = try #require(try root.table("capture"))
        #expect(
            errorText { () throws(TOMLError) in try capture.rejectUnknown(["interfaces", "snap_length"]) }
                == "weir.toml:3: unknown key snap_lenght; did you mean snap_length?"
        )
        #expect(
            errorText { () throws(TOMLError) in try root.rejectUnknown(["capture"]) } == "weir.toml:1: unknown key a"
        )
    }

    @Test("a key that must be there is missed at its table's line")
    func missing() throws {
        let root = try TOMLSource(text: "\n[[rule]]\nid = \"x\"\n[[rule]]\nname = \"y\"", name: "t").root
        let rules = try root.tables("rule")
        #expect(try rules.first?.require(string: "id") == "x")
        let second = try #require(rules.last)
        #expect(errorText { () throws(TOMLError) in _ = try second.require(string: "id") } == "t:4: id is missing")
    }

    @Test(
        "bad syntax is an error with line and column",
        arguments: [
            ("a = \n", "t:1:5: expected a value"),
            ("a = 1\nb = [1,\n", "t:3:1: expected a value"),
            ("b = [1 2]", "t:1:8: expected a comma or ]"),
            ("b = {a = 1", "t:1:11: expected a comma or }"),
            ("b = [, 1]", "t:1:6: expected a value"),
            ("[a\n", "t:1:3: expected ]"),
            ("[[a]\n", "t:1:5: expected ]]"),
            ("[]", "t:1:2: expected a key"),
            ("[é]", "t:1:2: expected a key"),
            ("a b = 1", "t:1:3: expected = after the key"),
            ("\n'é' = 1 2", "t:2:9: expected the end of the line"),
            ("a = 'x\n'", "t:1:7: expected the string's closing quote"),
            ("\na = \"\"\"x\n", "t:2: the string that begins here does not end"),
        ]
    )
    func syntax(text: String, message: String) {
        #expect(errorText { () throws(TOMLError) in _ = try TOMLSource(text: text, name: "t") } == message)
    }

    @Test(
        "what only the parser can know is an error with line and column too",
        arguments: [
            ("a = 1\na = 2", 2), ("x = \"\u{1}\"", 1), ("x = 2026-13-01", 1), ("x = \"\\q\"", 1),
            ("\na = {b = 1}\na.c = 2", 3), ("a = [1]\n[[a]]", 2), ("x = 99999999999999999999", 1),
        ]
    )
    func meaning(text: String, line: Int) {
        let error = #expect(throws: TOMLError.self) { try TOMLSource(text: text, name: "t") }
        #expect(error?.line == line)
        #expect(error?.column != nil)
        #expect(error?.description.contains("\n") == false)
    }

    @Test(
        "bare values are exactly those of the standard",
        arguments: [
            ("0", true), ("+99", true), ("-17", true), ("1_000", true), ("0xdead_BEEF", true), ("0o755", true),
            ("0b1101", true), ("3.14", true), ("-0.01", true), ("5e+22", true), ("6.626e-34", true), ("-inf", true),
            ("nan", true), ("true", true), ("1979-05-27", true), ("07:32:00.999", true),
            ("1979-05-27 07:32:00Z", true), ("1979-05-27t00:32:00-07:00", true), ("00", false), ("1_", false),
            ("_1", false), ("1__0", false), ("+0x1", false), ("0x", false), ("1.", false), (".5", false),
            ("1.e5", false), ("1e", false), ("truE", false), ("maybe", false), ("7:32:00", false), ("07:32", false),
            ("-", false),
            ("1979-05-27T", false), ("1979-05-27T07:32:00+07", false), ("1979-5-27", false), ("07:32:00.", false),
        ]
    )
    func bareValues(text: String, isValid: Bool) {
        let source = try? TOMLSource(text: "x = [\(text)]", name: "t")
        #expect((source != nil) == isValid)
    }

    @Test(
        "nesting is bounded, however it is written",
        arguments: [("", "a.", "a = 1"), ("[", "a.", "a]"), ("a = ", "[", ""), ("a = ", "{a = ", "")]
    )
    func nesting(start: String, middle: String, end: String) {
        let text = start + String(repeating: middle, count: 100_000) + end
        #expect(
            errorText { () throws(TOMLError) in _ = try TOMLSource(text: text, name: "t") }
                == "t:1: keys nest deeper than 64"
        )
    }

    @Test("U+0000 is refused, as an octet and as an escape", arguments: ["a = \"\0\"", "a = \"\\u0000\""])
    func nul(text: String) {
        #expect(throws: TOMLError.self) { try TOMLSource(text: text, name: "t") }
    }

    @Test("a file that cannot be read is an error with its reason")
    func unreadable() throws {
        let missing = #expect(throws: TOMLError.self) { try TOMLSource(contentsOf: "/nonexistent/x.toml") }
        #expect(missing?.description == "/nonexistent/x.toml: no such file")
        #expect(missing?.kind == .missing)
        let folder = #expect(throws: TOMLError.self) { try TOMLSource(contentsOf: "/usr") }
        #expect(folder?.description == "/usr: it is a folder")
        #expect(folder?.kind == .unreadable)
    }

    @Test("a file that is no text, or too large, is refused")
    func unfit() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("x.toml").path
        try Data([0x61, 0xFF]).write(to: URL(fileURLWithPath: path))
        #expect(
            errorText { () throws(TOMLError) in _ = try TOMLSource(contentsOf: path) }
                == "\(path): the file is not UTF-8"
        )
        try Data(repeating: 0x23, count: TOMLSource.maximumOctets + 1).write(to: URL(fileURLWithPath: path))
        #expect(
            errorText { () throws(TOMLError) in _ = try TOMLSource(contentsOf: path) }
                == "\(path): the file exceeds 4 MiB"
        )
        try Data("a = 1".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try TOMLSource(contentsOf: path).root.integer("a") == 1)
    }

    @Test("no prefix and no changed octet of a file traps")
    func torture() throws {
        let text =
            "a.'b' = [ \"x\\u0041\", {c = '''\ny'''} ] # z\r\n[[d.e]]\nf = \"\"\"\\\n g\"\"\"\"\n[d.h]\n"
            + "i = [-1, 0x1F, 1e5, inf, 1979-05-27T07:32:00Z, 07:32:00, true]\n"
        let octets = Array(text.utf8)
        _ = try TOMLSource(text: String(decoding: octets, as: UTF8.self), name: "t")
        Torture.everything(of: octets) { chunks in
            let text = String(decoding: chunks.flatMap { Array($0) }, as: UTF8.self)
            _ = try? TOMLSource(text: text, name: "t")
        }
    }

    @Test("no file put together from TOML's own marks traps")
    func marks() {
        let marks = [
            "[", "]", "[[", "]]", "{", "}", ",", ".", "=", "\n", "\"", "'", "\"\"\"", "\'\'\'", "\\", "\\u12", "#", "a",
            "b",
            "1", "-", "_", " ", "\t", "\r\n", "true", "0x", "1979-05-27", "07:32:00", "é", "\u{FEFF}", "\u{85}", "inf",
            "[a]\n", "[[a]]\n", "a = 1\n", "b.a = ", "a = {b = 1}\n", "\"a\" = [", "e", "+", ":", "\u{7F}", "\u{FFFE}",
        ]
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                text += marks.randomElement(using: &generator) ?? ""
            }
            _ = try? TOMLSource(text: text, name: "t")
        }
    }

    private func errorText(_ body: () throws(TOMLError) -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return error.description
        }
    }
}
