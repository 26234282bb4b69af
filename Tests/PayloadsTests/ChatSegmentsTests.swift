import Payloads
import TestSupport
import Testing

@Suite("Segments from the place in a chat body")
struct ChatSegmentsTests {
    private func segments(_ body: String, _ format: BodyFormat) -> [String: Segment] {
        var found: [String: Segment] = [:]
        for leaf in decode(body, .json(format)).leaves { found[leaf.text] = leaf.segment }
        return found
    }

    @Test("OpenAI chat: by role, by tool, by file; a role that comes last too", arguments: [false, true])
    func openAI(isRoleLast: Bool) {
        func message(_ role: String, _ content: String) -> String {
            isRoleLast ? "{\(content),\"role\":\"\(role)\"}" : "{\"role\":\"\(role)\",\(content)}"
        }
        let body = """
            {"model":"gpt-5","tools":[{"function":{"description":"T"}}],"metadata":{"x":"M"},"messages":[
            \(message("developer", #""content":"D""#)),
            \(message("user", #""content":[{"type":"text","text":"U"},{"type":"file","file":{"file_data":"plain F"}}]"#)),
            \(message("assistant", #""content":"A","tool_calls":[{"function":{"name":"f","arguments":"ARGS"}}]"#)),
            \(message("tool", #""content":[{"text":"R"}],"tool_call_id":"c1""#)),
            \(message("user", #""content":"U2""#))]}
            """
        let found = segments(body, .openAIChat)
        #expect(found["T"] == .system)
        #expect(found["D"] == .system)
        #expect(found["U"] == .user)
        #expect(found["plain F"] == .file)
        #expect(found["A"] == .assistant)
        #expect(found["ARGS"] == .toolArguments)
        #expect(found["R"] == .toolResult)
        #expect(found["U2"] == .user)
        #expect(found["M"] == .body)
        #expect(decode(body, .json(.openAIChat)).models == ["gpt-5"])
    }

    @Test("Anthropic messages: system, tool results, tool input, documents", arguments: [false, true])
    func anthropic(isRoleLast: Bool) {
        func message(_ role: String, _ content: String) -> String {
            isRoleLast ? "{\(content),\"role\":\"\(role)\"}" : "{\"role\":\"\(role)\",\(content)}"
        }
        let body = """
            {"system":[{"type":"text","text":"S"}],"tools":[{"description":"T"}],"messages":[
            \(message("user", #""content":"U""#)),
            \(message("assistant", #""content":[{"text":"A"},{"type":"tool_use","input":{"path":"/x","e":[{"n":"I"}]}}]"#)),
            \(message("user", #""content":[{"content":"R1","type":"tool_result"},{"content":[{"text":"R2"}]},{"text":"U2"},{"type":"document","source":{"data":"plain","type":"text"}}]"#)),
            \(message("system", #""content":"S2""#))]}
            """
        let found = segments(body, .anthropicMessages)
        let expected: [String: Segment] = [
            "S": .system, "T": .system, "U": .user, "A": .assistant, "I": .toolArguments, "/x": .toolArguments,
            "R1": .toolResult, "R2": .toolResult, "U2": .user, "plain": .file, "S2": .system,
        ]
        for (text, segment) in expected { #expect(found[text] == segment, "\(text)") }
    }

    @Test("Ollama: prompt, system, template, suffix and messages")
    func ollama() {
        let body = """
            {"prompt":"P","system":"S","template":"T","suffix":"X","messages":[{"content":"R","role":"tool"}],"images":[]}
            """
        let found = segments(body, .ollama)
        #expect(found == ["P": .user, "S": .system, "T": .system, "X": .user, "R": .toolResult, "tool": .toolResult])
    }

    @Test("other formats are body, whatever their members are called", arguments: [BodyFormat.gemini, .unknown])
    func others(format: BodyFormat) {
        let body = #"{"system":"S","messages":[{"role":"user","content":"U"}],"contents":[{"parts":[{"text":"G"}]}]}"#
        #expect(Set(segments(body, format).values) == [.body])
    }

    @Test("a role is not looked for in what only looks like a message")
    func notMessages() {
        let body = #"{"x":{"messages":[{"role":"system","content":"C"}]},"messages":{"a":{"role":"tool"}}}"#
        #expect(segments(body, .openAIChat)["C"] == .body)
    }

    @Test(
        "the path tells the format",
        arguments: [
            ("/v1/chat/completions", BodyFormat.openAIChat),
            ("/openai/deployments/x/chat/completions?v=1", .openAIChat),
            ("/v1/messages", .anthropicMessages), ("/api/generate", .ollama), ("/api/chat", .ollama),
            ("/v1beta/models/g:generateContent", .gemini), ("/v1/responses", .unknown),
        ]
    )
    func formats(path: String, format: BodyFormat) {
        #expect(BodyFormat(path: path) == format)
    }

    @Test("a model's name is told only when it is printable, and at most 128 octets of it")
    func models() {
        #expect(decode(#"{"model":"a b","x":{"model":"inner"}}"#, .json()).models == [])
        #expect(decode(#"{"model":"qwen3:8b"}"#, .json()).models == ["qwen3:8b"])
        let long = String(repeating: "m", count: 300)
        #expect(decode(#"{"model":"\#(long)"}"#, .json()).models == [String(long.prefix(128))])
    }
}
