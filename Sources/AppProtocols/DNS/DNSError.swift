/// Why a DNS message cannot be read.
package enum DNSError: Error, Equatable, Sendable {
    /// The header is cut short.
    case truncatedHeader
    /// The question is cut short, or its name is none.
    case question
}

extension DNSError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .truncatedHeader: "truncated DNS header"
        case .question: "unreadable DNS question"
        }
    }
}
