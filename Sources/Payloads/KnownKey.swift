/// Member names that tell a leaf's segment, or that its text is base64.
enum KnownKey: UInt8 {
    /// No name yet, or one that tells nothing.
    case other
    /// The place is in an array.
    case element
    case messages, role, content, text, system, tools, functions, source, data, input, arguments
    case toolCalls, functionCall, function, prompt, suffix, template, prediction
    case file, fileData, filename, imageURL, url, inlineData, inputAudio, images, bytes, model

    /// The key that `name` spells, after unescaping.
    init(_ name: Span<UInt8>) {
        self = .other
        guard name.count >= 3, name.count <= 13 else { return }
        let packed = KnownKey.pack(name)
        for entry in KnownKey.spellings where entry.packed == packed {
            self = entry.key
            return
        }
    }

    private static func pack(_ name: Span<UInt8>) -> UInt128 {
        var packed = UInt128(name.count)
        for index in name.indices { packed = packed << 8 | UInt128(name[index]) }
        return packed
    }

    private static let spellings: [(packed: UInt128, key: KnownKey)] = [
        ("text", KnownKey.text), ("role", .role), ("content", .content), ("messages", .messages),
        ("system", .system), ("tools", .tools), ("functions", .functions), ("source", .source), ("data", .data),
        ("input", .input), ("arguments", .arguments), ("tool_calls", .toolCalls), ("function_call", .functionCall),
        ("function", .function), ("prompt", .prompt), ("suffix", .suffix), ("template", .template),
        ("prediction", .prediction), ("file", .file), ("file_data", .fileData), ("filename", .filename),
        ("image_url", .imageURL), ("url", .url), ("inlineData", .inlineData), ("inline_data", .inlineData),
        ("input_audio", .inputAudio), ("images", .images), ("bytes", .bytes), ("model", .model),
    ].map { (pack(Array($0.0.utf8).span), $0.1) }
}
