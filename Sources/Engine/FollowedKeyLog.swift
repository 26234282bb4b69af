internal import BasicContainers
internal import Foundation
internal import SecureTransport

/// A key log that is followed: the file that has its name, and those that had it and may still be written to.
struct FollowedKeyLog: ~Copyable {
    /// The file's name as it was given.
    let path: String
    private var current: OpenKeyLog?
    private var former = UniqueArray<OpenKeyLog>()
    private var said: Set<Complaint> = []
    /// What was counted of files that are no longer open.
    private var past = KeyTally()

    private enum Complaint {
        case missing, unreadable, lines, replaced
    }

    /// Files that had the name and are still read at most.
    private static let mostFormer = 4
    /// How long such a file is read on without growing: whoever writes learns late that it was renamed.
    private static let patience = Duration.seconds(60)

    init(_ path: String) {
        self.path = path
    }

    /// The file's name with symbolic links followed.
    var resolvedPath: String { URL(filePath: path).resolvingSymlinksInPath().path }

    /// What was read so far.
    private(set) var tally = KeyTally()

    /// Reads what has been added; returns what is to be said.
    mutating func look(_ store: KeyStore, at now: ContinuousClock.Instant) -> [String] {
        var complaints: [String] = []
        do {
            try follow(store, at: now, &complaints)
        } catch {
            retire(at: now)
            complaints += say(.unreadable, KeyLogError(path: path, error).description)
        }
        readFormer(store, at: now)
        count(&complaints)
        return complaints
    }

    /// Reads the file that has the name now.
    private mutating func follow(
        _ store: KeyStore,
        at now: ContinuousClock.Instant,
        _ complaints: inout [String]
    ) throws {
        let resolved = resolvedPath
        let found = OpenKeyLog.Identity(of: resolved)
        if current != nil, current?.identity != found { retire(at: now) }
        guard let found else {
            complaints += say(.missing, "\(path): the key log is not there; it is waited for")
            return
        }
        said.remove(.missing)
        guard found.isRegular else {
            complaints += say(.unreadable, "\(path): key log: is no regular file")
            return
        }
        if current == nil { current = try OpenKeyLog.open(resolved, at: now) }
        try current?.read(into: store, at: now)
        said.remove(.unreadable)
    }

    /// Goes on reading files that were renamed or removed, until they have not grown for long.
    private mutating func readFormer(_ store: KeyStore, at now: ContinuousClock.Instant) {
        var index = 0
        while index < former.count {
            do {
                try former[index].read(into: store, at: now)
            } catch {
                former[index].grewAt = now - Self.patience
            }
            guard former.count > Self.mostFormer || now - former[index].grewAt >= Self.patience else {
                index += 1
                continue
            }
            forget(former.remove(at: index), store)
        }
    }

    /// Leaves the file that had the name to be read to its end.
    private mutating func retire(at now: ContinuousClock.Instant) {
        guard var file = current.take() else { return }
        file.grewAt = now
        former.append(file)
    }

    private mutating func forget(_ file: consuming OpenKeyLog, _ store: KeyStore) {
        file.finish(into: store)
        past += file.tally
    }

    private mutating func count(_ complaints: inout [String]) {
        tally = past
        if let known = current?.tally { tally += known }
        var complaint = current?.complaint(path)
        for index in 0..<former.count {
            tally += former[index].tally
            complaint = complaint ?? former[index].complaint(path)
        }
        if let complaint { complaints += say(.lines, complaint) }
        if tally.replaced > 0 { complaints += say(.replaced, KeyLogReader.replacement(path)) }
    }

    private mutating func say(_ complaint: Complaint, _ text: String) -> [String] {
        said.insert(complaint).inserted ? [text] : []
    }
}

/// A file of a key log that is open, and where its reading stands.
struct OpenKeyLog: ~Copyable {
    /// What tells it from any other file while it is open.
    let identity: Identity
    /// When it was last seen to have grown.
    var grewAt: ContinuousClock.Instant

    private let file: FileHandle
    private var reader = KeyLogReader()
    private var offset: UInt64 = 0
    /// The digest of the first octets and the last before the offset, by which a file that was cut and written anew is
    /// told from one that only grew.
    private var mark: Int?

    /// Octets of each that are looked at again.
    private static let markOctets: UInt64 = 128

    /// Where a file lies, whatever its name.
    struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
        let isRegular: Bool

        /// Of the file that has a name; nil where there is none.
        init?(of path: String) {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            device = (attributes[.systemNumber] as? NSNumber)?.uint64Value ?? 0
            number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
            isRegular = attributes[.type] as? FileAttributeType == .typeRegular
        }
    }

    /// Opens a file, at its beginning.
    static func open(_ path: String, at now: ContinuousClock.Instant) throws -> OpenKeyLog {
        // Between the two another file may take the name: the next look then finds this one's identity to be wrong.
        guard let identity = Identity(of: path) else { throw CocoaError(.fileReadNoSuchFile) }
        return OpenKeyLog(identity, try FileHandle(forReadingFrom: URL(filePath: path)), at: now)
    }

    private init(_ identity: Identity, _ file: FileHandle, at now: ContinuousClock.Instant) {
        self.identity = identity
        self.file = file
        grewAt = now
    }

    /// What was read so far.
    var tally: KeyTally { KeyTally(reader) }

    /// What is to be said about lines that were not understood; nil when all were.
    func complaint(_ path: String) -> String? { reader.complaint(path) }

    /// Reads what has been added; of a file that was cut, all of it.
    mutating func read(into store: KeyStore, at now: ContinuousClock.Instant) throws {
        let found = try marking()
        if offset > 0, found == nil || found != mark {
            offset = 0
            reader.startOver()
        }
        try file.seek(toOffset: offset)
        let before = offset
        while var block = try file.read(upToCount: 1 << 20), !block.isEmpty {
            reader.consume(block.span, into: store)
            offset += UInt64(block.count)
            block.resetBytes(in: block.startIndex..<block.endIndex)
        }
        guard offset != before else { return }
        grewAt = now
        mark = try marking()
    }

    /// Reads a last line that has no end.
    mutating func finish(into store: KeyStore) { reader.finish(into: store) }

    /// The digest of what is read again to tell a file from itself; nil where it is shorter than it was.
    ///
    /// By a hash whose seed nobody knows, lest anything be learnt of the secrets from it.
    private func marking() throws -> Int? {
        var hasher = Hasher()
        let octets = min(offset, Self.markOctets)
        for start in [0, offset - octets] {
            try file.seek(toOffset: start)
            guard var read = try file.read(upToCount: Int(octets)), read.count == Int(octets) else { return nil }
            for octet in read { hasher.combine(octet) }
            read.resetBytes(in: read.startIndex..<read.endIndex)
        }
        return hasher.finalize()
    }
}
