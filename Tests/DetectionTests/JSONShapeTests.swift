import Payloads
import TestSupport
import Testing

@testable import Detection

@Suite("text that is JSON as a whole (RFC 8259)")
struct JSONShapeTests {
    private func keys(_ text: String) -> Set<String>? {
        let octets = Array(text.utf8)
        return JSONShape(octets.span)?.topKeys
    }

    @Test(
        "objects and arrays are JSON",
        arguments: [
            "{}", "[]", " \t\r\n{ } ", #"[1,-0.5e+3,"x",true,false,null,{"a":[]}]"#,
            #"{"a":{"b":[{"c":"\u00e9\n\\\""}]}}"#,
            "[0]", "[[],[],{}]",
        ]
    )
    func whole(text: String) {
        #expect(keys(text) != nil)
    }

    @Test(
        "anything else is a person's text",
        arguments: [
            "", " ", "hello", "\"text\"", "12", "true", "{", "[", "{}x", "{} {}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "[01]", "[1.]", "[.5]", "[-]", "[1e]", "[tru]", "[\"\\x\"]", "[\"\\u12g4\"]",
            "[\"a\nb\"]",
            "[1 2]", "[}", "{]", "{\"a\" 1}", "[\"open", "[1", "{\"a\":1", "[\"\\", "[\"\\u12",
        ]
    )
    func notWhole(text: String) {
        #expect(keys(text) == nil)
    }

    @Test("only the outermost object's keys are told")
    func topKeys() {
        #expect(keys(#"{"model":"m","messages":[{"role":"user","content":{"deep":1}}]}"#) == ["model", "messages"])
        #expect(keys(#"[{"inner":1}]"#) == [])
    }

    @Test("a hundred thousand levels are neither a stack nor a wait")
    func deep() {
        let depth = 100_000
        #expect(keys(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) != nil)
        #expect(keys(String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)) == ["a"])
        #expect(keys(String(repeating: "[", count: depth)) == nil)
    }

    @Test("damage of any kind does not trap")
    func torture() {
        let text = Array(#"{"a":[1,-2.5e3,"\u0041\n",true,null],"b":{"c":{}}}"#.utf8)
        Torture.everyPrefix(of: text) { prefix in
            let keys = JSONShape(prefix)?.topKeys
            #expect(keys == nil)
        }
        Torture.everyChangedOctet(of: text) { _ = JSONShape($0) }
    }

    @Test(
        "top keys tell the API",
        arguments: [
            (["model", "messages"], "openai-chat"),
            (["model", "messages", "max_tokens", "system"], "anthropic-messages"),
            (["model", "messages", "options"], "ollama"), (["model", "prompt", "keep_alive"], "ollama"),
            (["contents"], "gemini"), (["model", "input"], "openai-responses"), ([], "unknown"),
            (["model", "prompt"], "openai-completions"), (["model", "message"], "cohere-v1"), (["prompt"], "unknown"),
        ]
    )
    func formats(keys: [String], format: String) {
        #expect(TextScan.format(of: Set(keys)).rawValue == format)
    }
}
