package import Wire

/// The names that an address has in DNS, by what clients were told before a moment.
package struct ResolvedNames: Hashable, Sendable {
    /// Names for which the client itself was told the address, the last first.
    package var asked: [Hostname] = []
    /// Those of them for which it asked in the `recency` before that moment.
    package var recent: [Hostname] = []
    /// Names for which any client was told the address, the last first; only where the client itself asked for none.
    package var others: [Hostname] = []
    /// Whether there are more others than are kept: the address is one that many names share.
    package var isCrowded = false

    /// Nanoseconds within which a connection follows its name's answer: no more than what clients take to try addresses.
    package static let recency: Int64 = 10_000_000_000

    /// No names.
    package init() {}

    /// Whether no name is known.
    package var isEmpty: Bool { asked.isEmpty && others.isEmpty }
}
