/// What a request's head says about its body.
package struct MessageHead: Sendable {
    /// The Content-Type as sent; nil when there was none.
    package var contentType: String?

    /// The content codings in the order they were applied; each element may itself be a comma-separated list.
    package var contentEncoding: [String]

    /// The coding of compressed messages in the envelopes of gRPC or Connect; nil when none was named.
    package var messageEncoding: String?

    /// Whether HTTP chunked framing was removed from the octets that the decoder is given.
    package var chunked: Bool

    /// Whether the body is a message of a WebSocket.
    package var isWebSocket = false

    /// Whether such a message, if it is compressed, may refer to those before it (RFC 7692 § 7.1.1).
    package var takesContext = true

    /// The API whose bodies these are, by which text finds its segment.
    package var format: BodyFormat

    /// What text outside any known structure is: `body`, `user` for a text that is itself a prompt, `file` for a raw
    /// upload.
    package var segment: Segment

    /// Names the codings of a body.
    package init(
        contentType: String? = nil,
        contentEncoding: [String] = [],
        chunked: Bool = false,
        format: BodyFormat = .unknown,
        segment: Segment = .body
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.chunked = chunked
        self.format = format
        self.segment = segment
    }
}

/// The API whose request bodies are read; raw values are the names of the catalogue's body formats.
package enum BodyFormat: String, Sendable, Hashable, CaseIterable {
    case openAIChat = "openai-chat"
    case openAICompletions = "openai-completions"
    case openAIResponses = "openai-responses"
    case openAIResponsesEvents = "openai-responses-ws"
    case openAIRealtime = "openai-realtime-ws"
    case openAIEmbeddings = "openai-embeddings"
    case openAIAssistants = "openai-assistants"
    case openAIImages = "openai-images"
    case middle = "fim"
    case anthropicMessages = "anthropic-messages"
    case anthropicComplete = "anthropic-complete"
    case anthropicBatches = "anthropic-batches"
    case ollama
    case gemini
    case geminiCodeAssist = "gemini-codeassist"
    case geminiInteractions = "gemini-interactions"
    case geminiLive = "gemini-live-ws"
    case cohere1 = "cohere-v1"
    case cohere2 = "cohere-v2"
    case mistralConversations = "mistral-conversations"
    case bedrockConverse = "bedrock-converse"
    case bedrockInvoke = "bedrock-invoke"
    case unknown

    /// The format that the last words of a request path tell; `unknown` where they tell none.
    package init(path: some StringProtocol) {
        let path = path.prefix { $0 != "?" && $0 != "#" }
        self = Self.endings.first { path.hasSuffix($0.ending) }?.format ?? .unknown
    }

    private static let endings: [(ending: String, format: BodyFormat)] = [
        ("/chat/completions", .openAIChat), ("/v1/responses", .openAIResponses), ("/v1/embeddings", .openAIEmbeddings),
        ("/completions", .openAICompletions),
        ("/v1/messages", .anthropicMessages), ("/v1/messages/count_tokens", .anthropicMessages),
        ("/v1/messages/batches", .anthropicBatches),
        ("/api/chat", .ollama), ("/api/generate", .ollama), ("/api/embed", .ollama),
        (":generateContent", .gemini), (":streamGenerateContent", .gemini), (":countTokens", .gemini),
        (":embedContent", .gemini), (":batchEmbedContents", .gemini),
        ("/converse", .bedrockConverse), ("/converse-stream", .bedrockConverse), ("/v2/chat", .cohere2),
    ]
}
