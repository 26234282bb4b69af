import Payloads
import TestSupport
import Testing

@Suite("JSON leaves (RFC 8259)")
struct JSONLeavesTests {
    private func texts(_ body: String) -> [String] { decode(body, .json()).texts }

    @Test("each string is a leaf with its pointer; numbers, literals, short names and empty strings are none")
    func pointers() {
        let body = #"{"a":"x","b":[1,"y",{"c/d":"z","e~":["w"]},true,null,-1.5e3],"":"v","long":{"f":""}} "#
        let result = decode(body, .json())
        #expect(result.leaves.map(\.pointer) == ["/a", "/b/1", "/b/2/c~1d", "/b/2/e~0/0", "/"])
        #expect(result.texts == ["x", "y", "z", "w", "v"])
        #expect(result.leaves.allSatisfy { $0.chain == [.json] && $0.segment == .body && !$0.isTruncated })
        #expect(result.ledger.inspectedOctets == body.utf8.count)
        #expect(result.breaches.isEmpty)
    }

    @Test(
        "escapes are undone, and what is no escape stands",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#"\u0041\u00e9\u20AC"#, "Aé€"),
            (#"\ud83d\ude00!"#, "😀!"),
            (#"a\ud83dz"#, "a\u{fffd}z"),
            (#"\ud83d\n"#, "\u{fffd}\n"),
            (#"\ud83d\ud83d\ude00"#, "\u{fffd}😀"),
            (#"\ude00x"#, "\u{fffd}x"),
            (#"\ud83d"#, "\u{fffd}"),
            (#"\ud83d\u0041"#, "\u{fffd}A"),
            (#"\x41\u12G4\q"#, #"\x41\u12G4\q"#),
            (#"\ud83d\u1z"#, "\u{fffd}\\u1z"),
            ("tab\there\nand line", "tab\there\nand line"),
            ("é€😀", "é€😀"),
        ]
    )
    func escapes(escaped: String, text: String) {
        #expect(texts("[\"\(escaped)\"]") == [text])
        Torture.everySplit(of: Array("[\"\(escaped)\"]".utf8)) { chunks in
            #expect(decode(chunks.map { .octets($0) }, .json()).texts == [text])
        }
    }

    @Test("of equal names every value is a leaf")
    func duplicates() {
        let result = decode(#"{"a":"1","a":"2","a":{"a":"3"}}"#, .json())
        #expect(result.texts == ["1", "2", "3"])
        #expect(result.leaves.map(\.pointer) == ["/a", "/a", "/a/a"])
    }

    @Test("values in a row and JSON lines are read one after another")
    func sequences() {
        let result = decode("{\"a\":\"1\"}\n{\"a\":\"2\"}\u{1e}[\"3\"]{\"a\":\"4\"}", .json())
        #expect(result.texts == ["1", "2", "3", "4"])
        #expect(result.leaves.map(\.pointer) == ["/a", "/a", "/0", "/a"])
    }

    @Test("100,000 containers deep, and beyond what is remembered, the text is found", arguments: [100_000, 1_000_100])
    func nesting(depth: Int) throws {
        var body = [UInt8](repeating: UInt8(ascii: "["), count: depth)
        body += Array("{\"key\":\"deep\"}".utf8)
        body += [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        body += Array("{\"b\":\"after\"}".utf8)
        let result = decode(body, .json())
        #expect(result.texts.filter { $0 != "key" } == ["deep", "after"])
        #expect(result.leaves.last?.pointer == "/b")
        let pointer = try #require(result.leaves.first?.pointer)
        #expect(pointer.hasPrefix("/0/0/0/") && pointer.hasSuffix("…"))
        #expect(result.ledger.inspectedOctets == body.count)
    }

    @Test("a pointer is whole again after what was too deep to write")
    func deepAndBack() {
        let open = String(repeating: "[", count: 64)
        let deeper = String(repeating: "{\"k\":[\"x\"]},", count: 500)
        let result = decode("\(open)\(deeper)\"y\"", .json())
        #expect(result.leaves.first?.pointer == String(repeating: "/0", count: 64) + "/…")
        #expect(result.leaves.last?.pointer == String(repeating: "/0", count: 63) + "/500")
        #expect(result.leaves[400].pointer == String(repeating: "/0", count: 63) + "/400/…")
    }

    @Test("a pointer is cut at its limit and marked")
    func longPointer() throws {
        let name = String(repeating: "n", count: 60)
        let body = String(repeating: "{\"\(name)\":", count: 40) + "\"x\"" + String(repeating: "}", count: 40)
        let pointer = try #require(decode(body, .json()).leaves.first?.pointer)
        #expect(pointer.utf8.count <= 1_030)
        #expect(pointer.hasSuffix("…"))
    }

    @Test("a name longer than 64 octets is a leaf, however it is split")
    func longNames() {
        let name = String(repeating: "code ", count: 14)
        let body = Array("{\"\(name)\":\"x\",\"\(String(repeating: "k", count: 64))\":\"y\"}".utf8)
        Torture.everySplit(of: body) { chunks in
            #expect(decode(chunks.map { .octets($0) }, .json()).texts == [name, "x", "y"])
        }
    }

    @Test(
        "what is not JSON passes as text and nothing goes unscanned",
        arguments: [
            (#"{"a":"1", oops "b":"2"} tail"#, ["1", #"oops "b":"2"} tail"#]),
            (#"{"a":"1"]"#, ["1", "]"]),
            (#"{"a":undefined_value_here}"#, ["undefined_value_here}"]),
            (#"["x"] // comment"#, ["x", "// comment"]),
            (#"{"a":"1"}} int main"#, ["1", "} int main"]),
        ]
    )
    func broken(body: String, leaves: [String]) {
        let result = decode(body, .json())
        #expect(result.texts == leaves)
        #expect(result.breaches.isEmpty)
        #expect(result.ledger.inspectedOctets == body.utf8.count)
    }

    @Test("text passes on before the body ends: cut anywhere, all that came has been given")
    func truncation() {
        let body = Array(#"{"messages":[{"content":"one two\nthree \u0041 four"},{"content":"five"}]}"#.utf8)
        var sink = LeafCollector()
        let decoder = MessageDecoder(.json())
        var seen = 0
        for index in body.indices {
            decoder.consume(body.span.extracting(index..<(index + 1)), &sink)
            let octets = sink.leaves.reduce(0) { $0 + $1.octets.count }
            #expect(octets >= seen)
            seen = octets
            if index == 40 { #expect(sink.leaves.first?.text.hasPrefix("one two\nthre") == true) }
        }
        Torture.everyPrefix(of: body) { prefix in
            var sink = LeafCollector()
            let decoder = MessageDecoder(.json())
            decoder.consume(prefix, &sink)
            decoder.finish(complete: false, &sink)
            sink.finished()
            #expect(sink.breaches.isEmpty)
            #expect(decoder.ledger.inspectedOctets == prefix.count)
        }
    }

    @Test("every split gives the same leaves")
    func splits() {
        let code = String(repeating: "if (x < 10) {\n\treturn \"é\" + x;\n}\n", count: 5)
        let body = Array(
            "\u{feff}{\"model\":\"gpt-5\",\"messages\":[{\"content\":\(quoted(code)),\"role\":\"user\"}],\"n\":12,\"j\":\(quoted("{\"k\":\(quoted(code))}"))}"
                .utf8
        )
        let head = MessageHead.json(.openAIChat)
        let expected = decode(body, head)
        #expect(expected.leaves.count == 4)
        #expect(expected.models == ["gpt-5"])
        Torture.everySplit(of: body) { chunks in
            #expect(decode(chunks.map { .octets($0) }, head) == expected)
        }
    }

    @Test("changed octets neither trap nor unbalance the ledger")
    func torture() {
        let body = Array(#"{"a":["\u00e9\ud83d\ude00",1e5,tru],"d":"data:text/plain;base64,aGVsbG8gd29ybGQ="}"#.utf8)
        Torture.everything(of: body) { chunks in
            let result = decode(chunks.map { .octets($0) }, .json(.openAIChat), isComplete: false)
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.requestOctets == chunks.reduce(0) { $0 + $1.count })
        }
    }

    @Test("JSON in a string is unescaped once more, as one leaf that keeps its words beside each other")
    func nested() {
        let inner = #"{"path":"a.c","code":"int a;\n\"b\""}"#
        let result = decode("{\"arguments\":\(quoted(inner))}", .json())
        #expect(result.leaves.map(\.chain) == [[.json, .json]])
        #expect(result.texts == ["{\"path\":\"a.c\",\"code\":\"int a;\n\"b\"\"}"])
        #expect(result.leaves.first?.pointer == "/arguments")
    }
}
