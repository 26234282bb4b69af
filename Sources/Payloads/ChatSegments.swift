/// Finds the segment of a leaf from its place in the body of a known API, and the role of the message it stands in.
///
/// A message's role may come after its content (encoders that sort keys write it so): leaves are then told a provisional
/// segment and a group, which is resolved as soon as the role is read.
struct ChatSegments {
    private let format: BodyFormat
    private let fallback: Segment

    private var role: Segment?
    private var group = -1

    init(format: BodyFormat, fallback: Segment) {
        self.format = format
        self.fallback = fallback
    }

    /// A container was opened: perhaps the next message.
    mutating func opened(_ path: borrowing JSONPath) {
        guard path.depth == 3, path.key(0) == .messages else { return }
        role = nil
        group = -1
    }

    /// The role of the message at hand was read; tells the group that this resolves.
    mutating func roleRead(_ name: Span<UInt8>) -> (group: Int, segment: Segment)? {
        let segment = Self.segment(ofRole: name)
        role = segment
        defer { group = -1 }
        return group >= 0 ? (group, segment) : nil
    }

    /// Whether the value at hand is the role of a message.
    func isRole(_ path: borrowing JSONPath) -> Bool {
        path.depth == 3 && path.key(0) == .messages && path.key(1) == .element && path.key(2) == .role
    }

    /// The segment of the value at hand, and its group (-1 when the segment is final).
    mutating func segment(_ path: borrowing JSONPath, _ state: inout DecodeState) -> (Segment, Int) {
        guard !path.isLoose else { return (fallback, -1) }
        switch format {
        case .anthropicMessages: return anthropic(path, &state)
        case .openAIChat, .ollama: return openAI(path, &state)
        case .gemini, .unknown: return (fallback, -1)
        }
    }

    private mutating func anthropic(_ path: borrowing JSONPath, _ state: inout DecodeState) -> (Segment, Int) {
        switch path.key(0) {
        case .system, .tools: return (.system, -1)
        case .prompt: return (.user, -1)
        case .messages where path.key(1) == .element:
            guard path.key(2) == .content, path.key(3) == .element else { return byRole(&state) }
            return switch path.key(4) {
            case .content: path.key(6) == .source ? (.file, -1) : (.toolResult, -1)
            case .input: (.toolArguments, -1)
            case .source: (.file, -1)
            default: byRole(&state)
            }
        default: return (fallback, -1)
        }
    }

    private mutating func openAI(_ path: borrowing JSONPath, _ state: inout DecodeState) -> (Segment, Int) {
        switch path.key(0) {
        case .system, .tools, .functions, .template: return (.system, -1)
        case .prompt, .suffix, .prediction: return (.user, -1)
        case .messages where path.key(1) == .element:
            switch path.key(2) {
            case .toolCalls, .functionCall: return (.toolArguments, -1)
            case .content where path.key(4) == .file: return (.file, -1)
            default: return byRole(&state)
            }
        default: return (fallback, -1)
        }
    }

    private mutating func byRole(_ state: inout DecodeState) -> (Segment, Int) {
        if let role { return (role, -1) }
        if group < 0 { group = state.newGroup() }
        return (.user, group)
    }

    private static func segment(ofRole name: Span<UInt8>) -> Segment {
        switch String(copying: name) {
        case "system", "developer": .system
        case "assistant", "model": .assistant
        case "tool", "function", "ipython": .toolResult
        default: .user
        }
    }
}
