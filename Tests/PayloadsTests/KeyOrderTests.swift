import Payloads
import TestSupport
import Testing

@Suite("The order of an object's members is nobody's business (RFC 8259 § 4)")
struct KeyOrderTests {
    /// JSON whose members can be put in any order.
    indirect enum Tree: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral, Sendable
    {
        case object([(String, Tree)])
        case array([Tree])
        case text(String)

        init(dictionaryLiteral elements: (String, Tree)...) { self = .object(elements) }
        init(arrayLiteral elements: Tree...) { self = .array(elements) }
        init(stringLiteral value: String) { self = .text(value) }

        /// The text, with the members of each object in an order of chance.
        func text(_ generator: inout SeededGenerator) -> String {
            switch self {
            case .object(let members):
                let order = members.shuffled(using: &generator)
                return "{" + order.map { "\"\($0.0)\":" + $0.1.text(&generator) }.joined(separator: ",") + "}"
            case .array(let elements): return "[" + elements.map { $0.text(&generator) }.joined(separator: ", ") + "]"
            case .text(let text): return "\"\(text)\""
            }
        }
    }

    static let bodies: [(BodyFormat, Tree)] = [
        (
            .openAIChat,
            [
                "model": "m", "tools": [["function": ["description": "T"]]],
                "messages": [
                    ["role": "system", "content": "S"], ["role": "user", "content": [["type": "text", "text": "U"]]],
                    [
                        "role": "assistant", "content": "A",
                        "tool_calls": [["function": ["arguments": "G", "name": "n"]]],
                    ],
                    ["role": "tool", "content": "R", "tool_call_id": "c"], ["content": "no role"],
                ],
            ]
        ),
        (
            .anthropicMessages,
            [
                "system": [["type": "text", "text": "S"]],
                "messages": [
                    [
                        "role": "user",
                        "content": [
                            ["type": "tool_result", "content": [["type": "text", "text": "R"]], "tool_use_id": "t"],
                            ["type": "document", "source": ["type": "text", "data": "D"], "title": "N"],
                            ["type": "text", "text": "U"],
                        ],
                    ],
                    ["role": "assistant", "content": [["type": "tool_use", "input": ["a": ["b": "I"]], "name": "n"]]],
                ],
            ]
        ),
        (
            .openAIResponses,
            [
                "instructions": "I",
                "input": [
                    ["type": "message", "role": "developer", "content": [["type": "input_text", "text": "D"]]],
                    ["type": "reasoning", "summary": [["text": "H"]], "content": [["text": "C"]]],
                    ["type": "function_call", "arguments": "G", "name": "f", "call_id": "c"],
                    ["type": "function_call_output", "output": "O", "call_id": "c"],
                    ["role": "user", "content": "U", "type": "message"],
                ],
            ]
        ),
        (
            .gemini,
            [
                "systemInstruction": ["parts": [["text": "S"]], "role": "user"],
                "contents": [
                    [
                        "role": "user",
                        "parts": [["text": "U"], ["functionResponse": ["response": ["x": "R"], "name": "f"]]],
                    ],
                    ["role": "model", "parts": [["text": "A"], ["functionCall": ["args": ["y": "G"], "name": "f"]]]],
                ],
            ]
        ),
        (
            .cohere1,
            [
                "message": "M", "preamble": "P",
                "chat_history": [["role": "CHATBOT", "message": "A"], ["role": "USER", "message": "U"]],
            ]
        ),
    ]

    @Test("each text has its segment, wherever its role and type stand", arguments: bodies.indices)
    func order(index: Int) {
        let (format, tree) = Self.bodies[index]
        var generator = SeededGenerator(seed: UInt64(index))
        var expected: [String: String] = [:]
        for _ in 0..<40 {
            let body = Array(tree.text(&generator).utf8)
            let cut = Int.random(in: 0...body.count, using: &generator)
            let result = decode([.octets(body[..<cut]), .octets(body[cut...])], .json(format))
            var found: [String: String] = [:]
            for leaf in result.leaves { found[leaf.pointer] = "\(leaf.segment) \(leaf.text)" }
            if expected.isEmpty { expected = found }
            #expect(found == expected)
            #expect(result.breaches.isEmpty)
        }
        #expect(expected.count > 3)
    }
}
