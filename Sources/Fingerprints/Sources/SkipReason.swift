/// Why a file or folder below an indexed path was not indexed.
package enum SkipReason: String, Sendable, CaseIterable, Hashable {
    /// A `.gitignore` names it.
    case ignored
    /// It holds octets that no text holds.
    case binary
    /// It is over 1 MiB and looks made by a program.
    case generated
    /// It is over 64 MiB.
    case large
    /// Its name is that of a file of keys or passwords.
    case secret
    /// It is the text of a licence.
    case licence
    /// A folder of other people's code, by its manifest or licence, see `VendoredTrees`.
    case vendored
    /// Most of what it holds is in public code, see `PublicShare`.
    case publicCode = "public"
    /// A package manager wrote it, to name public packages.
    case lock
    /// It is a script or style sheet that a program packed.
    case minified
    /// It is a symbolic link.
    case link
    /// It is neither file nor folder nor link.
    case special
    /// It could not be read.
    case unreadable
    /// It lies outside the paths that belong to the collection.
    case excluded
    /// A file indexed before it has the same contents.
    case duplicate
    /// It is a version control system's own folder.
    case versionControl = "version_control"
}

/// What was not indexed: of each reason how many, and the names of the first thousand.
package struct SkippedFiles: Sendable, Equatable {
    /// Names kept for one reason.
    package static let nameLimit = 1000

    /// The number of files or folders, by reason.
    package private(set) var counts: [SkipReason: Int] = [:]
    /// The paths of the first `nameLimit` of each reason, as they would have been indexed.
    package private(set) var names: [SkipReason: [String]] = [:]

    /// Nothing skipped.
    package init() {}

    /// The number of files or folders of all reasons.
    package var total: Int { counts.values.reduce(0, +) }

    /// Notes one more.
    mutating func add(_ path: [UInt8], _ reason: SkipReason) {
        counts[reason, default: 0] += 1
        guard names[reason, default: []].count < Self.nameLimit else { return }
        names[reason, default: []].append(String(decoding: path, as: UTF8.self))
    }

    /// These and what was noted elsewhere.
    func joined(with other: SkippedFiles) -> SkippedFiles {
        var joined = self
        joined.counts.merge(other.counts, uniquingKeysWith: +)
        for (reason, names) in other.names {
            joined.names[reason] = Array((joined.names[reason, default: []] + names).prefix(Self.nameLimit))
        }
        return joined
    }
}
