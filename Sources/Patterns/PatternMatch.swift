/// What a rule found in a leaf.
package struct PatternMatch: Sendable {
    /// The rule.
    package let rule: Rule

    /// What the caller gave at ``PatternScanner/leafBegan(tag:path:)``.
    package let tag: Int

    /// The ends of the secret as ``Redactor`` cuts them; nil for rules that show nothing but their id.
    package let redacted: String?

    /// Tells equal secrets from different ones within this process; see ``digest(of:)``.
    package let secretDigest: UInt64

    /// Where the secret begins in its leaf, in octets.
    package let offset: Int

    /// The digest of a text, as ``secretDigest`` holds it.
    ///
    /// Keyed anew in each process, so that it says nothing outside: never print, store or sort by it.
    package static func digest(of text: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(text.count)
        for index in text.indices { hasher.combine(text[index]) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
