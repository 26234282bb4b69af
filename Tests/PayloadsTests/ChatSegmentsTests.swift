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

    @Test(
        "OpenAI responses: items by role, by type and by name; roles and types that come last too",
        arguments: [false, true]
    )
    func responses(isLast: Bool) {
        func item(_ who: String, _ content: String) -> String { isLast ? "{\(content),\(who)}" : "{\(who),\(content)}" }
        let file = base64(Array("a file of plain text, long enough to be taken for one: int main(void);".utf8))
        let body = """
            {"instructions":"I","tools":[{"type":"function","description":"T"}],"text":{"format":{"description":"F"}},
            "model":"gpt-5-codex","input":[
            \(item(#""type":"message","role":"developer""#, #""content":[{"type":"input_text","text":"D"}]"#)),
            \(item(#""role":"user","type":"message""#, #""content":[{"text":"U","type":"input_text"},{"type":"input_file","filename":"x.c","file_data":"data:text/x-c;base64,\#(file)"}]"#)),
            \(item(#""type":"message","role":"assistant""#, #""content":[{"type":"output_text","text":"A"}]"#)),
            \(item(#""type":"reasoning""#, #""summary":[{"type":"summary_text","text":"R1"}],"content":[{"text":"R2"}]"#)),
            \(item(#""type":"function_call""#, #""name":"f","arguments":"{\"path\":\"ARGS\"}""#)),
            \(item(#""type":"custom_tool_call""#, #""name":"exec","input":"RAW""#)),
            \(item(#""type":"local_shell_call""#, #""action":{"type":"exec","command":["sh","CMD"]}"#)),
            \(item(#""type":"function_call_output""#, #""output":"O1""#)),
            \(item(#""type":"custom_tool_call_output""#, #""output":[{"type":"input_text","text":"O2"}]"#)),
            \(item(#""type":"additional_tools""#, #""tools":[{"description":"T2"}]"#)),
            {"role":"user","content":"U2"}]}
            """
        for format in [BodyFormat.openAIResponses, .openAIResponsesEvents] {
            let found = segments(body, format)
            let expected: [String: Segment] = [
                "I": .system, "T": .system, "F": .body, "D": .system, "U": .user, "A": .assistant, "R1": .assistant,
                "R2": .assistant, #"{"path":"ARGS"}"#: .toolArguments, "RAW": .toolArguments, "CMD": .toolArguments,
                "O1": .toolResult,
                "O2": .toolResult, "T2": .system, "U2": .user, "f": .assistant,
            ]
            for (text, segment) in expected { #expect(found[text] == segment, "\(text)") }
            let leaf = decode(body, .json(format)).leaves.first { $0.text.hasPrefix("a file of plain text") }
            #expect(leaf?.segment == .file)
            #expect(leaf?.filename == "x.c")
            #expect(leaf?.chain == [.json, .base64])
            #expect(decode(body, .json(format)).models == ["gpt-5-codex"])
        }
    }

    @Test(
        "OpenAI responses: a string, and a list of strings, is the user's; so are embeddings, completions and prompts"
    )
    func strings() {
        #expect(segments(#"{"input":"U","model":"m"}"#, .openAIResponses)["U"] == .user)
        #expect(segments(#"{"input":["U","V"]}"#, .openAIEmbeddings) == ["U": .user, "V": .user])
        #expect(segments(#"{"prompt":["P"],"suffix":"S"}"#, .openAICompletions) == ["P": .user, "S": .user])
        #expect(segments(#"{"prompt":"P"}"#, .anthropicComplete) == ["P": .user])
        #expect(segments(#"{"prompt":"P","suffix":"S"}"#, .middle) == ["P": .user, "S": .user])
    }

    @Test("Gemini: contents by role, functions, inline data, in both spellings", arguments: [false, true])
    func gemini(isRoleLast: Bool) {
        func content(_ role: String, _ parts: String) -> String {
            isRoleLast ? #"{"parts":\#(parts),"role":"\#(role)"}"# : #"{"role":"\#(role)","parts":\#(parts)}"#
        }
        let data = base64(
            Array("inline data of plain text, long enough to be taken for such: let x = 1".utf8),
            url: true
        )
        let inner = """
            "systemInstruction":{"parts":[{"text":"S"}]},"tools":[{"functionDeclarations":[{"description":"T"}]}],
            "generationConfig":{"responseSchema":{"description":"G"}},"contents":[
            \(content("user", #"[{"text":"U"},{"inlineData":{"mimeType":"text/plain","data":"\#(data)"}},{"fileData":{"fileUri":"URI"}}]"#)),
            \(content("model", #"[{"text":"A"},{"functionCall":{"name":"f","args":{"path":"ARGS"}}},{"executableCode":{"code":"C"}}]"#)),
            \(content("function", #"[{"functionResponse":{"name":"f","response":{"content":{"x":["O"]}}}}]"#)),
            {"parts":[{"function_response":{"response":{"output":"O2"}}},{"codeExecutionResult":{"output":"O3"}},{"text":"U2"}]}]
            """
        let expected: [String: Segment] = [
            "S": .system, "T": .system, "G": .body, "U": .user, "URI": .file, "A": .assistant, "ARGS": .toolArguments,
            "C": .toolArguments, "O": .toolResult, "O2": .toolResult, "O3": .toolResult, "U2": .user,
        ]
        for (format, body) in [
            (BodyFormat.gemini, "{\(inner)}"),
            (.geminiCodeAssist, "{\"model\":\"gemini-3-pro\",\"request\":{\(inner)}}"),
            (.gemini, "{\"generateContentRequest\":{\(inner)}}"),
            (.gemini, "{\"requests\":[{\(inner)}]}"),
        ] {
            let found = segments(body, format)
            for (text, segment) in expected { #expect(found[text] == segment, "\(format) \(text)") }
            #expect(found["inline data of plain text, long enough to be taken for such: let x = 1"] == .file)
        }
        let snake = #"{"system_instruction":{"parts":[{"text":"S"}]},"content":{"parts":[{"text":"E"}]}}"#
        #expect(segments(snake, .gemini) == ["S": .system, "E": .user])
        let many = #"{"requests":[{"model":"m","content":{"parts":[{"text":"E"}]}}]}"#
        #expect(segments(many, .gemini)["E"] == .user)
    }

    @Test("Cohere, Mistral, Bedrock, batches and wrapped requests")
    func others() {
        let cohere = """
            {"message":"M","preamble":"P","documents":[{"snippet":"D"}],"tool_results":[{"outputs":[{"x":"O"}]}],
            "chat_history":[{"message":"A","role":"CHATBOT"},{"role":"USER","message":"U"},{"role":"SYSTEM","message":"S"}]}
            """
        let first = segments(cohere, .cohere1)
        let expected: [String: Segment] = [
            "M": .user, "P": .system, "D": .file, "O": .toolResult, "A": .assistant, "U": .user, "S": .system,
        ]
        for (text, segment) in expected { #expect(first[text] == segment, "\(text)") }
        let second = segments(
            #"{"documents":["D",{"data":{"t":"D2"}}],"messages":[{"role":"tool","content":[{"document":{"data":"R"}}]},{"tool_calls":[{"function":{"arguments":"ARGS"}}],"role":"assistant"}]}"#,
            .cohere2
        )
        #expect(
            second["D"] == .file && second["D2"] == .file && second["R"] == .file && second["ARGS"] == .toolArguments
        )
        let mistral = segments(
            #"{"instructions":"S","inputs":[{"role":"user","content":"U"},{"type":"function.result","result":"R"}]}"#,
            .mistralConversations
        )
        #expect(mistral["S"] == .system && mistral["U"] == .user && mistral["R"] == .toolResult)
        let bedrock = segments(
            #"{"system":[{"text":"S"}],"messages":[{"role":"user","content":[{"text":"U"},{"toolResult":{"content":[{"text":"R"},{"document":{"source":{"text":"D"}}}]}},{"document":{"source":{"text":"D2"}}}]},{"role":"assistant","content":[{"toolUse":{"input":{"a":"I"}}}]}]}"#,
            .bedrockConverse
        )
        #expect(bedrock["S"] == .system && bedrock["U"] == .user && bedrock["R"] == .toolResult)
        #expect(bedrock["D"] == .file && bedrock["D2"] == .file && bedrock["I"] == .toolArguments)
        let batch = segments(
            #"{"requests":[{"custom_id":"c","params":{"system":"S","messages":[{"content":[{"text":"A"}],"role":"assistant"}]}}]}"#,
            .anthropicBatches
        )
        #expect(batch["S"] == .system && batch["A"] == .assistant)
        let event = segments(
            #"{"type":"conversation.item.create","item":{"type":"message","content":[{"type":"input_text","text":"A"}],"role":"assistant"}}"#,
            .openAIRealtime
        )
        #expect(event["A"] == .assistant)
        let session = segments(#"{"type":"session.update","session":{"instructions":"S"}}"#, .openAIRealtime)
        #expect(session["S"] == .system)
    }

    @Test("an unknown format is body, whatever its members are called")
    func unknown() {
        let body = #"{"system":"S","messages":[{"role":"user","content":"U"}],"contents":[{"parts":[{"text":"G"}]}]}"#
        #expect(Set(segments(body, .unknown).values) == [.body])
    }

    @Test("a role is not looked for in what only looks like a message")
    func notMessages() {
        let body = #"{"x":{"messages":[{"role":"system","content":"C"}]},"messages":{"a":{"role":"tool"}}}"#
        #expect(segments(body, .openAIChat)["C"] == .body)
        #expect(segments(body, .openAIChat)["tool"] == .user)
    }

    @Test(
        "the path tells the format",
        arguments: [
            ("/v1/chat/completions", BodyFormat.openAIChat),
            ("/openai/deployments/x/chat/completions?v=1", .openAIChat),
            ("/v1/messages", .anthropicMessages), ("/api/generate", .ollama), ("/api/chat", .ollama),
            ("/v1beta/models/g:generateContent", .gemini), ("/v1/responses", .openAIResponses),
            ("/v1/completions", .openAICompletions),
            ("/v1/embeddings?x", .openAIEmbeddings), ("/v1/files", .unknown),
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
