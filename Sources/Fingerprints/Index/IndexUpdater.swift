internal import Dispatch
internal import Synchronization

/// A file as it is now, or was, for an update of an index.
package struct UpdateFile: Sendable {
    /// The path under which it is indexed: `/`-separated, any octets.
    package var path: [UInt8]
    /// What tells a former version from the present one; empty for the present one.
    package var version: [UInt8]
    /// What names the contents for certain, such as a git object's name; empty where nothing does.
    package var identity: [UInt8]

    /// A file at a path.
    package init(path: [UInt8], version: [UInt8] = [], identity: [UInt8] = []) {
        self.path = path
        self.version = version
        self.identity = identity
    }

    /// Why a file of this name is not to be opened; nil when it is.
    package var reasonToSkip: SkipReason? {
        SourceNames.reasonToSkip(path.lastIndex(of: 0x2F).map { Array(path[($0 + 1)...]) } ?? path)
    }

    /// Whether it lies in a folder whose name says that others' code is kept there.
    var isInVendorFolder: Bool {
        path.split(separator: 0x2F).dropLast().contains { VendoredTrees.isNamedSo(Array($0)) }
    }

    /// The name under which it is indexed.
    var name: [UInt8] { version.isEmpty ? path : VersionName.name(path, version) }
}

/// What an index is to hold of one collection.
package struct UpdatePlan {
    /// The collection, with what is to be known of it.
    package var collection: CollectionInfo
    /// Its files; former versions of one path newest first.
    package var files: [UpdateFile] = []
    /// Files that are public now: what they hold tells nothing any more.
    package var released: [UpdateFile] = []
    /// What was not taken already.
    package var skipped = SkippedFiles()
    /// Public code, whose fingerprints are taken out of what is new.
    package var sketches: [PublicSketch] = []
    /// Whether others' code in the tree is protected too, see `IndexBuilder`.
    package var includesVendored = false

    /// A plan without files.
    package init(_ collection: CollectionInfo) {
        self.collection = collection
    }

    /// Notes a file that is not taken.
    package mutating func skip(_ path: [UInt8], _ reason: SkipReason) { skipped.add(path, reason) }
}

/// Follows a tree: makes of an index and what a tree has become the next generation, reading what has changed alone.
///
/// The new index answers as one would that was built of the tree anew, but for two things that are meant: fingerprints that were
/// found in too many files stay out, and so do those of files that were made public, even when those files are gone.
package struct IndexUpdater {
    /// What an update did.
    package struct Summary: Sendable, Equatable {
        /// The name of the collection.
        package var collection = ""
        /// Names that are new, and those whose contents are others than before.
        package var added = 0
        /// Names whose contents are others than before.
        package var changed = 0
        /// Names that are gone.
        package var removed = 0
        /// Names with the contents that they had.
        package var unchanged = 0
        /// Contents that were read.
        package var read = 0
        /// Fingerprints that are known to be public since this update or an earlier one.
        package var tombstones = 0
        /// What was not indexed, and why.
        package var skipped = SkippedFiles()
        /// Files of all collections.
        package var files = 0
        /// Lines of all collections.
        package var lines = 0
        /// Distinct fingerprints in the index.
        package var fingerprints = 0
        /// The length of the index in octets.
        package var octets = 0
        /// Whether there was anything to write.
        package var isWritten = true
        /// Whether public code is other than that which unchanged files were compared with.
        package var hasOtherPublicCode = false
    }

    /// Octets and number of contents that are read before they are worked on together.
    private static let batchOctets = 16 << 20
    private static let batchFiles = 256

    private let entriesInMemory: Int
    private let progress: (IndexBuilder.Progress) -> Void

    /// An updater; fingerprints kept in memory have 32 octets each.
    package init(
        entriesInMemory: Int = 1 << 22,
        progress: @escaping (IndexBuilder.Progress) -> Void = { _ in }
    ) {
        self.entriesInMemory = entriesInMemory
        self.progress = progress
    }

    /// Writes the next generation to `output`, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - index: The generation before; nil for none.
    ///   - plan: What the collection holds from now on; other collections stay as they are.
    ///   - output: Where it goes; may be where `index` is.
    ///   - key: What keys it, and `index`.
    ///   - read: Gives the first so many octets of a file's contents; nil where they cannot be read.
    /// - Returns: What was done.
    /// - Throws: `IndexError` when the index is damaged, nothing can be indexed, or the result cannot be written.
    package func update(
        _ index: FingerprintIndex?,
        to plan: UpdatePlan,
        output: String,
        key: IndexKey?,
        read: (UpdateFile, Int) throws(IndexError) -> [UInt8]?
    ) throws(IndexError) -> Summary {
        var state = try UpdateState(index, plan, output: output, key: key, entriesInMemory: entriesInMemory)
        let selection = PathSelection(include: plan.collection.included, exclude: plan.collection.excluded)
        try state.learn()
        state.summary.skipped = plan.skipped
        try state.keepOthers(before: true)
        let sequence = plan.files.indices.sorted { Self.comesFirst(plan.files, $0, $1) }
        var pending: [UpdateState.Pending] = []
        var octets = 0
        for place in sequence {
            let file = plan.files[place]
            guard selection.takes(file.path) else {
                state.summary.skipped.add(file.name, .excluded)
                continue
            }
            guard let next = try state.look(at: file, read: read) else { continue }
            pending.append(next)
            octets += next.octets
            if octets >= Self.batchOctets || pending.count >= Self.batchFiles {
                try state.take(&pending, read: read)
                octets = 0
                progress(.init(phase: .reading, files: state.files, octets: state.octetsRead))
            }
        }
        try state.take(&pending, read: read)
        try state.keepOthers(before: false)
        for file in plan.released { try state.release(file, read: read) }
        progress(.init(phase: .writing, files: state.files, octets: state.octetsRead))
        return try state.finish()
    }

    /// Present files before former versions, by path; former versions of one path as they come.
    private static func comesFirst(_ files: [UpdateFile], _ one: Int, _ other: Int) -> Bool {
        let (first, second) = (files[one], files[other])
        if first.version.isEmpty != second.version.isEmpty { return first.version.isEmpty }
        if first.path != second.path { return PathOrder.comesFirst(first.path, second.path) }
        return one < other
    }
}

/// An update under way.
private struct UpdateState: ~Copyable {
    /// A file whose turn comes.
    enum Pending: Sendable {
        /// Its contents are known, or need not be read again.
        case known(digest: UInt64, UpdateFile)
        /// It was read.
        case text([UInt8], digest: UInt64, UpdateFile)

        var octets: Int {
            switch self {
            case .known: 0
            case .text(let text, _, _): text.count
            }
        }
    }

    /// A file of the collection in the index before.
    private struct Known {
        var ordinal: Int
        var name: [UInt8]
        var digest: UInt64
        var octets: Int
    }

    var summary = IndexUpdater.Summary()
    private(set) var octetsRead = 0
    private var composition: IndexComposition

    private let index: FingerprintIndex?
    private let collections: [CollectionInfo]
    private let collection: Int
    private let key: IndexKey?
    private let seal: GramSeal
    private let sketches: [PublicSketch]
    private let includesVendored: Bool
    private let before: FileOrigins
    private var origins = FileOrigins()
    /// The files of the collection before, by path, former versions among them, in order.
    private var known: [[UInt8]: [Known]] = [:]
    private var digestBefore: [[UInt8]: UInt64] = [:]
    /// The digests that a path has now, in order.
    private var now: [[UInt8]: [UInt64]] = [:]
    private var digests: Set<UInt64> = []
    private var groups: VersionGroups
    private var otherGroups = VersionGroups([])
    private let emptyDigest: UInt64
    /// Whether anything is other than before.
    private var isChanged: Bool

    var files: Int { composition.files }

    init(
        _ index: FingerprintIndex?,
        _ plan: UpdatePlan,
        output: String,
        key: IndexKey?,
        entriesInMemory: Int
    ) throws(IndexError) {
        var collections = index?.metadata.collections ?? []
        let place = collections.firstIndex { $0.name == plan.collection.name } ?? collections.count
        isChanged = place == collections.count || collections[place] != plan.collection
        if place == collections.count {
            collections.append(plan.collection)
        } else {
            collections[place] = plan.collection
        }
        let names = plan.sketches.map(\.name)
        let older = index?.metadata.subtracted.map(\.source) ?? []
        self.index = index
        self.collections = collections
        collection = place
        self.key = key
        seal = GramSeal(key)
        sketches = plan.sketches
        includesVendored = plan.includesVendored
        before = index?.origins ?? FileOrigins()
        origins.released = before.released
        summary.collection = plan.collection.name
        summary.hasOtherPublicCode = index != nil && Set(names) != Set(older)
        emptyDigest = (key ?? .none).digest(of: [])
        groups = VersionGroups(plan.files.lazy.filter { !$0.version.isEmpty }.map { (place, $0.name) })
        composition = try IndexComposition(
            output: output,
            key: key,
            collections: collections,
            sources: names + older.filter { !names.contains($0) },
            indexes: index.map { [$0] } ?? [],
            entriesInMemory: entriesInMemory
        )
    }

    /// Learns what the index before has of the collection.
    mutating func learn() throws(IndexError) {
        guard let index, collection < index.collections.count else { return }
        for ordinal in 0..<index.layout.fileCount {
            guard let (record, name) = index.octetsOfName(ordinal) else {
                throw index.damage(in: .files, "file \(ordinal) points outside its sections")
            }
            guard record.collection == collection else { continue }
            let path = record.isVersion ? VersionName.base(of: name) : name
            known[path, default: []].append(
                Known(ordinal: ordinal, name: name, digest: record.digest, octets: record.octets)
            )
            digestBefore[name] = record.digest
        }
    }

    /// Takes over the files of the collections before this one, or after it.
    mutating func keepOthers(before: Bool) throws(IndexError) {
        guard let index, index.collections.count > 1 || collection == index.collections.count else { return }
        if before { otherGroups = Self.groups(of: index) }
        for ordinal in 0..<index.layout.fileCount {
            guard let (record, name) = index.octetsOfName(ordinal) else {
                throw index.damage(in: .files, "file \(ordinal) points outside its sections")
            }
            guard before ? record.collection < collection : record.collection > collection else { continue }
            let group = otherGroups.group(of: name, in: record.collection, record.isVersion, at: composition.files)
            try composition.keep(ordinal, of: 0, name: name, collection: record.collection, versionOf: group)
        }
    }

    /// Finds out what a file holds, reading it if need be; nil when it is not taken.
    mutating func look(
        at file: UpdateFile,
        read: (UpdateFile, Int) throws(IndexError) -> [UInt8]?
    ) throws(IndexError) -> Pending? {
        let identity = digest(ofIdentity: file)
        if let identity, let reason = before.skipped[identity],
            reason != .publicCode || !summary.hasOtherPublicCode && !includesVendored
        {
            origins.skipped[identity] = reason
            summary.skipped.add(file.name, reason)
            return nil
        }
        if let identity, let digest = before.indexed[identity] ?? origins.indexed[identity] {
            origins.indexed[identity] = digest
            return .known(digest: digest, file)
        }
        switch try contents(of: file, read) {
        case .skipped(let reason):
            if let identity, reason != .unreadable { origins.skipped[identity] = reason }
            summary.skipped.add(file.name, reason)
            return nil
        case .text(let text):
            let digest = (key ?? .none).digest(of: text)
            if let identity { origins.indexed[identity] = digest }
            // What was taken came before, so it is a copy for certain; others are told when their turn comes.
            guard digest == emptyDigest || !digests.contains(digest) else {
                summary.skipped.add(file.name, .duplicate)
                return nil
            }
            let isHeld = known[file.path]?.contains { $0.digest == digest } ?? false
            return isHeld ? .known(digest: digest, file) : .text(text, digest: digest, file)
        }
    }

    /// Takes files in their turn; what was read is worked on by all processors.
    mutating func take(
        _ pending: inout [Pending],
        read: (UpdateFile, Int) throws(IndexError) -> [UInt8]?
    ) throws(IndexError) {
        let drafts = Self.drafts(of: pending, key, seal, sketches)
        for (place, next) in pending.enumerated() {
            switch next {
            case .text(_, let digest, let file):
                guard let draft = drafts[place] else { continue }
                try take(file, digest, draft)
            case .known(let digest, let file):
                guard digest == emptyDigest || !digests.contains(digest) else {
                    summary.skipped.add(file.name, .duplicate)
                    continue
                }
                if let ordinal = reusable(digest, of: file.path) {
                    let group = note(file, digest)
                    try composition.keep(ordinal, of: 0, name: file.name, collection: collection, versionOf: group)
                    continue
                }
                guard case .text(let text) = try contents(of: file, read) else {
                    summary.skipped.add(file.name, .unreadable)
                    continue
                }
                let draft = FileDraft(text, name: file.path, digest: digest, key: key, seal: seal, sketches: sketches)
                try take(file, digest, draft)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Takes a file that was read, unless it is public code.
    private mutating func take(_ file: UpdateFile, _ digest: UInt64, _ draft: FileDraft) throws(IndexError) {
        if !includesVendored, draft.share.isPublic(inVendorFolder: file.isInVendorFolder) {
            summary.skipped.add(file.name, .publicCode)
            if let identity = self.digest(ofIdentity: file), draft.share.isPublic(inVendorFolder: false) {
                origins.indexed[identity] = nil
                origins.skipped[identity] = .publicCode
            }
            let entries = draft.publicEntries
            if !isSuppressed(entries) { isChanged = true }
            return try composition.suppress(entries)
        }
        guard digest == emptyDigest || !digests.contains(digest) else {
            return summary.skipped.add(file.name, .duplicate)
        }
        isChanged = true
        let group = note(file, digest)
        var draft = draft
        draft.name = file.name
        draft.collection = collection
        try composition.add(draft, versionOf: group)
    }

    /// Notes that a file is taken, and gives the group that it is a version of.
    private mutating func note(_ file: UpdateFile, _ digest: UInt64) -> VersionGroup? {
        digests.insert(digest)
        now[file.path, default: []].append(digest)
        switch digestBefore[file.name] {
        case nil: summary.added += 1
        case digest: summary.unchanged += 1
        default: summary.changed += 1
        }
        return groups.group(of: file.name, in: collection, !file.version.isEmpty, at: composition.files)
    }

    /// Whether the index before takes no notice of any of these fingerprints.
    private func isSuppressed(_ entries: [IndexEntry]) -> Bool {
        guard let index else { return false }
        return index.withWords { words in
            entries.allSatisfy { index.layout.suppression(of: $0.stored, in: words) != nil }
        }
    }

    private func digest(ofIdentity file: UpdateFile) -> UInt64? {
        file.identity.isEmpty ? nil : (key ?? .none).digest(of: file.identity)
    }

    /// Takes out what a file that is public holds, unless that was done before.
    mutating func release(
        _ file: UpdateFile,
        read: (UpdateFile, Int) throws(IndexError) -> [UInt8]?
    ) throws(IndexError) {
        let identity = (key ?? .none).digest(of: file.identity.isEmpty ? file.path : file.identity)
        guard origins.released.insert(identity).inserted,
            case .text(let text) = try contents(of: file, read)
        else { return }
        isChanged = true
        let draft = FileDraft(text, name: file.path, digest: 0, key: key, seal: seal, sketches: [])
        var entries: [IndexEntry] = []
        for entry in draft.entries where entry.isFirstInFile {
            entries.append(IndexEntry(stored: entry.stored, reason: .madePublic))
        }
        try composition.suppress(entries)
    }

    /// Writes, if anything has changed.
    mutating func finish() throws(IndexError) -> IndexUpdater.Summary {
        guard composition.files > 0 else { throw .nothingToIndex(path: summary.collection) }
        summary.removed = digestBefore.count - summary.unchanged - summary.changed
        if let index, !isChanged, summary.removed == 0, origins == before {
            summary.isWritten = false
            summary.files = index.info.files
            summary.lines = index.info.lines
            summary.fingerprints = index.info.fingerprints
            summary.octets = index.info.octets
            summary.tombstones = index.info.madePublic
            return summary
        }
        let written = try composition.finish(origins: origins)
        summary.files = composition.files
        summary.lines = composition.metadata.lines
        summary.tombstones = composition.metadata.madePublic
        summary.fingerprints = written.fingerprints
        summary.octets = written.octets
        return summary
    }

    private static func groups(of index: FingerprintIndex) -> VersionGroups {
        var versions: [(Int, [UInt8])] = []
        for ordinal in 0..<index.layout.fileCount {
            if let (record, name) = index.octetsOfName(ordinal), record.isVersion {
                versions.append((record.collection, name))
            }
        }
        return VersionGroups(versions)
    }

    private mutating func contents(
        of file: UpdateFile,
        _ read: (UpdateFile, Int) throws(IndexError) -> [UInt8]?
    ) throws(IndexError) -> SourceContents {
        guard let text = try read(file, SourceWalker.octetLimit + 1) else { return .skipped(.unreadable) }
        summary.read += 1
        octetsRead += text.count
        guard text.count <= SourceWalker.octetLimit else { return .skipped(.large) }
        return SourceNames.reasonToSkip(contents: text, name: file.path).map { .skipped($0) } ?? .text(text)
    }

    /// The file of the index before that has these contents and may stand for them; nil when there is none.
    ///
    /// Of a path with several versions each holds what those before it do not: so it may stand where all that came before it
    /// come before it still.
    private mutating func reusable(_ digest: UInt64, of path: [UInt8]) -> Int? {
        guard let versions = known[path], let place = versions.firstIndex(where: { $0.digest == digest }) else {
            return nil
        }
        let preceding = Set(now[path] ?? [])
        guard versions[..<place].allSatisfy({ preceding.contains($0.digest) }) else { return nil }
        return versions[place].ordinal
    }

    private static func drafts(
        of pending: [Pending],
        _ key: IndexKey?,
        _ seal: GramSeal,
        _ sketches: [PublicSketch]
    ) -> [Int: FileDraft] {
        let drafts = Mutex<[Int: FileDraft]>([:])
        DispatchQueue.concurrentPerform(iterations: pending.count) { place in
            guard case .text(let text, let digest, let file) = pending[place] else { return }
            let draft = FileDraft(text, name: file.path, digest: digest, key: key, seal: seal, sketches: sketches)
            drafts.withLock { $0[place] = draft }
        }
        return drafts.withLock { $0 }
    }
}
