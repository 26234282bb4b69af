import Payloads

/// Matches text as though it had been sent in a prompt: what `weir check` does.
package enum TextScan {
    /// Scans a whole text.
    ///
    /// Text that is, as a whole, a JSON object or array is a request body, of the API that its top keys tell; any other text
    /// is a user's message.
    package static func scan(_ text: Span<UInt8>, with worker: DetectionWorker) -> Finding {
        var leaves = MessageLeaves(worker)
        if let shape = JSONShape(text) {
            let head = MessageHead(contentType: "application/json", format: format(of: shape.topKeys))
            let decoder = MessageDecoder(head, limits: worker.set.limits)
            decoder.consume(text, &leaves)
            decoder.finish(complete: true, &leaves)
            worker.trace?.ledger = decoder.ledger
        } else {
            leaves.leafBegan(Provenance(segment: .user))
            leaves.leafText(text)
            leaves.leafEnded(truncated: false)
        }
        return leaves.messageEnded()
    }

    /// The API that a body's top keys tell; where two would do, the one of which the keys are more telling.
    static func format(of keys: Set<String>) -> BodyFormat {
        if keys.contains("contents") { return .gemini }
        if keys.contains("messages") {
            let anthropic: Set = ["system", "anthropic_version", "stop_sequences", "thinking", "top_k"]
            if !keys.isDisjoint(with: anthropic) { return .anthropicMessages }
            let ollama: Set = ["options", "keep_alive", "think"]
            return keys.isDisjoint(with: ollama) ? .openAIChat : .ollama
        }
        if keys.contains("input") { return .openAIResponses }
        if keys.contains("chat_history") || keys.isSuperset(of: ["message", "model"]) { return .cohere1 }
        if keys.contains("prompt"), !keys.isDisjoint(with: ["options", "keep_alive", "raw", "template"]) {
            return .ollama
        }
        if keys.isSuperset(of: ["prompt", "model"]) { return .openAICompletions }
        return .unknown
    }
}
