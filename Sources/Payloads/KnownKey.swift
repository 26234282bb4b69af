/// Member names that tell a leaf's segment, or that its text is base64.
enum KnownKey: UInt8 {
    /// No name yet, or one that tells nothing.
    case other
    /// The place is in an array.
    case element

    // What holds messages, or wraps a request.
    case messages, contents, input, inputs, chatHistory, turns, items, item
    case requests, request, params, session, response, setup, thread, body

    // What a message or a part of it holds.
    case role, type, content, parts, text, summary, source, data, document, documents
    case arguments, toolCalls, functionCall, function, code, action, toolUse
    case output, result, toolResult, toolResults

    // What stands beside messages.
    case system, tools, functions, template, prompt, suffix, prediction, message, query

    case file, fileData, filename, imageURL, url, inlineData, inputAudio, images, bytes, model

    /// The key that `name` spells, after unescaping.
    init(_ name: Span<UInt8>) {
        self = .other
        guard name.count < KnownKey.starts.count - 1 else { return }
        let low = KnownKey.pack(name, 0)
        let high = KnownKey.pack(name, 16)
        for index in KnownKey.starts[name.count]..<KnownKey.starts[name.count + 1] {
            let spelling = KnownKey.spellings[index]
            if spelling.low == low, spelling.high == high {
                self = spelling.key
                return
            }
        }
    }

    private struct Spelling {
        let count: Int
        let low: UInt128
        let high: UInt128
        let key: KnownKey

        init(_ name: String, _ key: KnownKey) {
            let octets = Array(name.utf8)
            count = octets.count
            low = pack(octets.span, 0)
            high = pack(octets.span, 16)
            self.key = key
        }
    }

    /// Sixteen octets from `start` on, fewer at the end.
    private static func pack(_ name: Span<UInt8>, _ start: Int) -> UInt128 {
        var packed: UInt128 = 0
        var index = start
        let end = min(name.count, start + 16)
        while index < end {
            packed = packed << 8 | UInt128(name[index])
            index += 1
        }
        return packed
    }

    /// By length, because a name of another length is another name.
    private static let spellings: [Spelling] = [
        Spelling("text", .text), Spelling("role", .role), Spelling("type", .type), Spelling("content", .content),
        Spelling("messages", .messages), Spelling("additional_messages", .messages), Spelling("contents", .contents),
        Spelling("input", .input), Spelling("inputs", .inputs), Spelling("chat_history", .chatHistory),
        Spelling("turns", .turns), Spelling("items", .items), Spelling("item", .item), Spelling("parts", .parts),
        Spelling("requests", .requests), Spelling("request", .request), Spelling("params", .params),
        Spelling("generateContentRequest", .request), Spelling("session", .session), Spelling("response", .response),
        Spelling("setup", .setup), Spelling("clientContent", .setup), Spelling("client_content", .setup),
        Spelling("thread", .thread), Spelling("body", .body),
        Spelling("system", .system), Spelling("instructions", .system), Spelling("systemInstruction", .system),
        Spelling("system_instruction", .system), Spelling("preamble", .system),
        Spelling("tools", .tools), Spelling("functions", .functions), Spelling("toolConfig", .tools),
        Spelling("tool_config", .tools), Spelling("template", .template),
        Spelling("prompt", .prompt), Spelling("inputText", .prompt), Spelling("texts", .prompt),
        Spelling("suffix", .suffix), Spelling("prediction", .prediction), Spelling("message", .message),
        Spelling("query", .query), Spelling("summary", .summary), Spelling("encrypted_content", .summary),
        Spelling("source", .source), Spelling("data", .data), Spelling("document", .document),
        Spelling("documents", .documents),
        Spelling("arguments", .arguments), Spelling("tool_calls", .toolCalls), Spelling("function_call", .functionCall),
        Spelling("functionCall", .functionCall), Spelling("function", .function), Spelling("code", .code),
        Spelling("executableCode", .code), Spelling("executable_code", .code), Spelling("action", .action),
        Spelling("toolUse", .toolUse),
        Spelling("output", .output), Spelling("outputs", .output), Spelling("result", .result),
        Spelling("results", .result), Spelling("functionResponse", .toolResult),
        Spelling("function_response", .toolResult), Spelling("codeExecutionResult", .toolResult),
        Spelling("code_execution_result", .toolResult), Spelling("toolResult", .toolResult),
        Spelling("tool_results", .toolResults),
        Spelling("file", .file), Spelling("file_data", .fileData), Spelling("fileData", .fileData),
        Spelling("filename", .filename), Spelling("image_url", .imageURL), Spelling("url", .url),
        Spelling("inlineData", .inlineData), Spelling("inline_data", .inlineData),
        Spelling("input_audio", .inputAudio), Spelling("images", .images), Spelling("bytes", .bytes),
        Spelling("model", .model),
    ].sorted { $0.count < $1.count }

    /// Where the spellings of each length start; one more at the end.
    private static let starts: [Int] = {
        let longest = spellings.last?.count ?? 0
        return (0...(longest + 1)).map { length in spellings.firstIndex { $0.count >= length } ?? spellings.count }
    }()
}
