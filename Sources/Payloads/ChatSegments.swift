/// Finds the segment of a leaf from its place in the body of a known API, and the role of the message it stands in.
///
/// The APIs have so much in common that one set of names serves them all; they differ in what holds the messages and what
/// wraps the whole. A message's role may come after its content (encoders that sort keys write it so): leaves are then told a
/// provisional segment and a group, which is resolved as soon as the role is read.
struct ChatSegments {
    private let isKnown: Bool
    private let fallback: Segment

    private var role: Segment?
    private var group = -1

    init(format: BodyFormat, fallback: Segment) {
        isKnown = format != .unknown
        self.fallback = fallback
    }

    /// A container was opened: perhaps the next message.
    mutating func opened(_ path: borrowing JSONPath) {
        guard isKnown, path.depth <= 6, let level = Self.messageLevel(path), path.depth == level + 1 else { return }
        role = nil
        group = -1
    }

    /// The role of the message at hand was read, or, in APIs whose items have none, its type; tells the group that this
    /// resolves.
    mutating func roleRead(_ name: Span<UInt8>, isType: Bool) -> (group: Int, segment: Segment)? {
        let name = String(copying: name).lowercased()
        if isType {
            guard role == nil, let segment = Self.segment(ofType: name) else { return nil }
            role = segment
        } else {
            role = Self.segment(ofRole: name)
        }
        defer { group = -1 }
        guard group >= 0, let role else { return nil }
        return (group, role)
    }

    /// Whether the value at hand is the role of a message, or its type.
    func isRole(_ path: borrowing JSONPath) -> Bool {
        guard isKnown, let level = Self.messageLevel(path), path.depth == level + 1 else { return false }
        return path.key(level) == .role || path.key(level) == .type
    }

    /// The segment of the value at hand, and its group (-1 when the segment is final).
    mutating func segment(_ path: borrowing JSONPath, _ state: inout DecodeState) -> (Segment, Int) {
        guard isKnown, !path.isLoose else { return (fallback, -1) }
        if let level = Self.messageLevel(path), path.depth > level {
            if let segment = Self.segment(inMessage: path, level) { return (segment, -1) }
            return byRole(&state)
        }
        return (Self.segment(besideMessages: path) ?? fallback, -1)
    }

    // MARK: - Places

    /// The level at which the members of what is wrapped stand: 0 unless the request stands in another object.
    private static func base(_ path: borrowing JSONPath) -> Int {
        switch path.key(0) {
        case .request, .session, .response, .setup, .thread, .body: return 1
        case .requests where path.key(1) == .element:
            switch path.key(2) {
            case .params, .request, .body: return 3
            default: return 2
            }
        default: return 0
        }
    }

    /// The level at which the members of the message at hand stand; nil outside messages.
    private static func messageLevel(_ path: borrowing JSONPath) -> Int? {
        let base = base(path)
        switch path.key(base) {
        case .messages, .contents, .input, .inputs, .chatHistory, .turns, .items:
            return path.key(base + 1) == .element ? base + 2 : nil
        case .item: return base + 1
        default: return nil
        }
    }

    /// What a message's member is by its name, whoever wrote the message; nil where the role decides.
    private static func segment(inMessage path: borrowing JSONPath, _ level: Int) -> Segment? {
        switch path.key(level) {
        case .toolCalls, .functionCall, .arguments, .input, .action, .code: return .toolArguments
        case .output, .result, .toolResults: return .toolResult
        case .tools: return .system
        case .summary: return .assistant
        case .documents: return .file
        case .content, .parts: break
        default: return nil
        }
        guard path.key(level + 1) == .element else { return nil }
        switch path.key(level + 2) {
        // A tool's result is text or parts again, and those may be documents.
        case .content: return path.key(level + 4) == .source ? .file : .toolResult
        case .toolResult: return path.key(level + 5) == .document ? .file : .toolResult
        case .input, .functionCall, .toolUse, .code: return .toolArguments
        case .source, .file, .fileData, .inlineData, .document: return .file
        default: return nil
        }
    }

    /// What a member beside the messages is; nil where nothing is known.
    private static func segment(besideMessages path: borrowing JSONPath) -> Segment? {
        let base = base(path)
        switch path.key(base) {
        case .system, .tools, .functions, .template: return .system
        case .prompt, .suffix, .prediction, .message, .query, .content, .contents, .input, .inputs, .messages:
            return .user
        // The Responses API has an object of this name, which says how the answer is to look.
        case .text: return path.depth == base + 1 ? .user : nil
        case .documents: return .file
        case .toolResults: return .toolResult
        default: return nil
        }
    }

    // MARK: - Roles

    private mutating func byRole(_ state: inout DecodeState) -> (Segment, Int) {
        if let role { return (role, -1) }
        if group < 0 { group = state.newGroup() }
        return (.user, group)
    }

    private static func segment(ofRole name: String) -> Segment {
        switch name {
        case "system", "developer": .system
        case "assistant", "model", "chatbot": .assistant
        case "tool", "function", "ipython": .toolResult
        default: .user
        }
    }

    /// The author of an item of the Responses API that has no role; nil for those that have one.
    private static func segment(ofType name: String) -> Segment? {
        if name == "reasoning" || name.hasSuffix("_call") { return .assistant }
        if name.hasSuffix("_output") || name.hasSuffix("_result") { return .toolResult }
        return nil
    }
}
