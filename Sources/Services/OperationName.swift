/// Names what a request does by the last words of its path.
enum OperationName {
    /// The last one or two words of a path's end that has no wildcard; nil when there is none.
    ///
    /// Versions (`v1`, `v1beta`), entrances (`api`, `backend-api`, `rest`) and gRPC service names are no words:
    /// `/v1/messages` is `messages`, `/openai/v1/chat/completions` is `chat/completions`,
    /// `/v1beta/models/*:generateContent` is `generateContent`.
    static func of(pattern: String) -> String? {
        var words: [Substring] = []
        for segment in pattern.split(separator: "/").reversed() {
            if let colon = segment.lastIndex(of: ":") {
                let word = segment[segment.index(after: colon)...]
                if words.isEmpty, isWord(word) { words.append(word) }
                break
            }
            if segment.hasPrefix("*") {
                // `/eval/**` is called by what stands before it, `/sessions/*` too.
                if words.isEmpty { continue }
                break
            }
            guard isWord(segment) else { break }
            words.append(segment)
            if words.count == 2 { break }
        }
        return words.isEmpty ? nil : words.reversed().joined(separator: "/")
    }

    /// The last word of a request's own path, where the catalogue has no name for it; nil when there is none.
    ///
    /// A word is at most 40 octets of lower-case letters, `_` and `-`, or of letters in the manner of `streamChat`:
    /// no identifier shall get into a record by this way.
    static func of(path: [UInt8]) -> String? {
        let end = path[...].split(separator: UInt8(ascii: "/")).last ?? []
        let word = end.lastIndex(of: UInt8(ascii: ":")).map { end[($0 + 1)...] } ?? end
        guard !word.isEmpty, word.count <= 40 else { return nil }
        let isPlain = word.allSatisfy { isLower($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        guard isPlain || isCamelCase(word) else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    /// Whether there are letters only, and after each capital a small one.
    private static func isCamelCase(_ word: ArraySlice<UInt8>) -> Bool {
        guard let last = word.last, isLower(last) else { return false }
        for (octet, next) in zip(word, word.dropFirst()) {
            let isCapital = octet &- 0x41 < 26
            guard isLower(octet) || isCapital && isLower(next) else { return false }
        }
        return true
    }

    private static func isWord(_ segment: Substring) -> Bool {
        guard !segment.isEmpty, !segment.contains("*"), !segment.contains(".") else { return false }
        if ["api", "backend-api", "backend-anon", "rest", "client", "inference"].contains(segment) { return false }
        let octets = Array(segment.utf8)
        let isVersion = octets.count > 1 && octets[0] == UInt8(ascii: "v") && octets[1] &- 0x30 < 10
        return !isVersion && !octets.allSatisfy { $0 &- 0x30 < 10 }
    }

    private static func isLower(_ octet: UInt8) -> Bool { octet &- 0x61 < 26 }
}
