/// The part of a conversation that a piece of text stands in.
package enum Segment: String, Sendable, Hashable, CaseIterable {
    case system, user, assistant
    case toolResult = "tool_result"
    case toolArguments = "tool_args"
    case file, header, url, body
}
