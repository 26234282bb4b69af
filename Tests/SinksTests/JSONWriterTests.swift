import Sinks
import TestSupport
import Testing

@Suite("JSON (RFC 8259)")
struct JSONWriterTests {
    private func text(_ value: JSONValue) -> String { String(decoding: JSONWriter.octets(value), as: UTF8.self) }

    @Test("keys come out in byte order and values without white space")
    func sorted() {
        var inner = JSONObject()
        inner.set("b", 1)
        inner.set("a", "x")
        var object = JSONObject()
        object.set("zeta", true)
        object.set("Zeta", "first: capitals sort before small letters")
        object.set("a_b", inner)
        object["list"] = .array([.integer(-1), .count(.max), .number(0.18), .null])
        #expect(
            text(.object(object))
                == #"{"Zeta":"first: capitals sort before small letters","a_b":{"a":"x","b":1},"#
                + #""list":[-1,18446744073709551615,0.18,null],"zeta":true}"#
        )
    }

    @Test("what is absent leaves no field")
    func absent() {
        var object = JSONObject()
        object.set("text", String?.none)
        object.set("flag", Bool?.none)
        object.set("number", Int?.none)
        object.set("object", JSONObject())
        object.set("strings", [String]())
        #expect(text(.object(object)) == "{}")
    }

    @Test(
        "characters that a terminal or a reader would act on are escaped",
        arguments: [
            ("a\"b\\c", #""a\"b\\c""#),
            ("\u{0}\u{1B}[31m\u{7F}", #""\u0000\u001b[31m\u007f""#),
            ("\n\r\t\u{8}", #""\n\r\t\u0008""#),
            ("\u{85}\u{9B}", #""\u0085\u009b""#),
            ("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#),
            ("\u{202E}gpj.exe\u{2066}", #""\u202egpj.exe\u2066""#),
            ("\u{FEFF}", #""\ufeff""#),
            ("\u{E0041}", #""\udb40\udc41""#),
            ("größe 数 🙂", #""größe 数 🙂""#),
            ("\r\n", #""\r\n""#),
        ]
    )
    func escapes(text source: String, expected: String) {
        #expect(text(.string(source)) == expected)
    }

    @Test("octets that are no UTF-8 become replacement characters, never broken JSON")
    func illFormed() {
        let octets: [UInt8] = [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x62]
        let written = text(.string(String(decoding: octets, as: UTF8.self)))
        #expect(written == "\"a\u{FFFD}\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}b\"")
    }

    @Test(
        "fractions have at most four decimals and no exponent",
        arguments: [
            (0, "0"), (0.18, "0.18"), (1, "1"), (0.5, "0.5"), (2.0 / 3.0, "0.6667"), (0.00001, "0"), (-0.25, "-0.25"),
            (.nan, "0"), (.infinity, "0"), (1e18, "1000000000000000000"), (0.1 + 0.2, "0.3"), (0.0500, "0.05"),
        ] as [(Double, String)]
    )
    func numbers(number: Double, expected: String) {
        #expect(text(.number(number)) == expected)
    }

    @Test("whatever is written is one line of valid JSON with sorted keys")
    func property() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let line = JSONWriter.line(randomObject(&generator, depth: 0))
            #expect(JSONCheck.fault(inLine: line) == nil)
        }
    }

    private func randomObject(_ generator: inout SeededGenerator, depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            object[randomText(&generator)] = randomValue(&generator, depth: depth)
        }
        return object
    }

    private func randomValue(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &generator) {
        case 0: .string(randomText(&generator))
        case 1: .integer(.random(in: .min ... .max, using: &generator))
        case 2: .count(.random(in: 0 ... .max, using: &generator))
        case 3: .number(.random(in: -1_000...1_000, using: &generator))
        case 4: .boolean(.random(using: &generator))
        case 5: .null
        case 6: .array((0..<3).map { _ in randomValue(&generator, depth: depth + 1) })
        default: .object(randomObject(&generator, depth: depth + 1))
        }
    }

    private func randomText(_ generator: inout SeededGenerator) -> String {
        let octets = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}

@Suite("the tests' own JSON check")
struct JSONCheckTests {
    @Test(
        "it refuses what the contract forbids",
        arguments: [
            #"{"b":1,"a":2}"#, #"{"a":1,"a":2}"#, #"{"a": 1}"#, #"{"a":1}{"#, #"{"a":01}"#, #"{"a":"\x"}"#,
            #"{"a":tru}"#,
            #"{"a":[1,]}"#, #"{"a""#, "", "[1]", "{\"a\":\"\u{1B}\"}", #"{"a":1e5}"#, #"{"a":-}"#,
        ]
    )
    func refuses(text: String) {
        #expect(JSONCheck.fault(inLine: Array((text + "\n").utf8)) != nil)
    }

    @Test("it takes what is right", arguments: [#"{}"#, #"{"A":[],"a":{"x":-0.5,"y":[true,null,"\u00ff"]}}"#])
    func takes(text: String) {
        #expect(JSONCheck.fault(inLine: Array((text + "\n").utf8)) == nil)
    }
}
