/// What a request's head says about its body.
package struct MessageHead: Sendable {
    /// The Content-Type as sent; nil when there was none.
    package var contentType: String?

    /// The content codings in the order they were applied; each element may itself be a comma-separated list.
    package var contentEncoding: [String]

    /// Whether HTTP chunked framing was removed from the octets that the decoder is given.
    package var chunked: Bool

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
    case anthropicMessages = "anthropic-messages"
    case ollama
    case gemini
    case unknown

    /// The format that the last words of a request path tell; `unknown` where they tell none.
    package init(path: some StringProtocol) {
        let path = path.prefix { $0 != "?" && $0 != "#" }
        if path.hasSuffix("/chat/completions") {
            self = .openAIChat
        } else if path.hasSuffix("/v1/messages") || path.hasSuffix("/v1/messages/count_tokens") {
            self = .anthropicMessages
        } else if path.hasSuffix("/api/chat") || path.hasSuffix("/api/generate") {
            self = .ollama
        } else if path.hasSuffix(":generateContent") || path.hasSuffix(":streamGenerateContent") {
            self = .gemini
        } else {
            self = .unknown
        }
    }
}
