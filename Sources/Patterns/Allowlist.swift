/// What a rule must not report although it matches: gitleaks' `[[allowlists]]`.
struct Allowlist: Sendable {
    /// Whether one of the checks suffices or all are needed.
    let condition: Condition

    /// What the expressions are applied to.
    let target: Target

    /// Expressions for the target.
    let expressions: [RE2Expression]

    /// Expressions for the name of the file that the leaf came from.
    let paths: [RE2Expression]

    /// Words in lower case that allow a secret that holds them.
    let stopwords: [[UInt8]]

    /// Whether commits are named; there are none in what is sent, so this check never holds.
    let hasCommits: Bool

    /// Whether a match is let go.
    func allows(secret: Span<UInt8>, match: Span<UInt8>, line: Span<UInt8>, path: [UInt8]?) -> Bool {
        var checks = 0
        var holding = 0
        if hasCommits { checks += 1 }
        if !paths.isEmpty {
            checks += 1
            if let path, !path.isEmpty, paths.contains(where: { $0.matches(path.span) }) { holding += 1 }
        }
        if !expressions.isEmpty {
            checks += 1
            let text =
                switch target {
                case .secret: secret
                case .match: match
                case .line: line
                }
            if !text.isEmpty, expressions.contains(where: { $0.matches(text) }) { holding += 1 }
        }
        if !stopwords.isEmpty {
            checks += 1
            if stopwords.contains(where: { TextSearch.contains(secret, $0) }) { holding += 1 }
        }
        return condition == .any ? holding > 0 : checks > 0 && holding == checks
    }

    /// How the checks are joined.
    enum Condition: Sendable {
        case any, all
    }

    /// What expressions are applied to.
    enum Target: String, CaseIterable, Sendable {
        case secret, match, line
    }
}

/// Looks for words in text, ASCII case ignored.
enum TextSearch {
    /// Whether `word`, which is in lower case, stands in `text`.
    static func contains(_ text: Span<UInt8>, _ word: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        guard text.count >= word.count else { return false }
        for start in 0...(text.count - word.count) where lowercased(text[start]) == first {
            var index = 1
            while index < word.count, lowercased(text[start + index]) == word[index] { index += 1 }
            if index == word.count { return true }
        }
        return false
    }

    @inline(__always)
    private static func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
}
