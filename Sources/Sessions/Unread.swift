/// Why a connection cannot be read.
package enum Unread: Sendable {
    /// It is encrypted, and there is no source of secrets.
    case encrypted
    /// It is encrypted, and its secrets are not among those that are known.
    case noKey
    /// It is encrypted in a way that cannot be undone here.
    case cipher
    /// It is encrypted, and its beginning was not seen.
    case midstream
    /// It is encrypted, and too much of it is missing.
    case gap
    /// What it speaks, or what was found inside its encryption, is not known here.
    case unknownProtocol
}
