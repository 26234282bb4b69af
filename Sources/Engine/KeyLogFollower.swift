internal import BasicContainers
internal import Foundation
package import SecureTransport
internal import Synchronization

/// Reads key logs as they grow, for as long as the daemon runs.
///
/// Each file is looked at ten times a second: what was appended is read; one that was cut is read anew from its beginning;
/// one that was renamed is read to its end before the file that took its name; one that is not there is waited for.
package final class KeyLogFollower: Sendable {
    /// The secrets read so far.
    package let store = KeyStore()

    private let state: Mutex<State>
    private let complain: @Sendable (String) -> Void

    private struct State: ~Copyable {
        var files = UniqueArray<FollowedKeyLog>()
        var isStopped = false
        var secretCount = 0
        var badLines = 0
    }

    /// Follows these files; `complain` takes a line for each file that cannot be read or holds lines of something else.
    package init(_ paths: [String], complain: @escaping @Sendable (String) -> Void) {
        var initial = State()
        for path in paths { initial.files.append(FollowedKeyLog(path)) }
        state = Mutex(initial)
        self.complain = complain
    }

    /// Reads what there is, then goes on reading on a thread of its own until stopped.
    package func start() {
        look()
        EngineThread.start("weir-keys") { [self] in
            while !state.withLock({ $0.isStopped }) {
                Thread.sleep(forTimeInterval: Self.interval)
                look()
            }
        }
    }

    /// Ends the following.
    package func stop() { state.withLock { $0.isStopped = true } }

    /// Secrets read so far.
    package var secretCount: Int { state.withLock { $0.secretCount } }

    /// Lines so far that could not be understood.
    package var badLines: Int { state.withLock { $0.badLines } }

    /// Reads what has been added since the last time.
    package func look() {
        let complaints = state.withLock { state -> [String] in
            var complaints: [String] = []
            state.secretCount = 0
            state.badLines = 0
            for index in 0..<state.files.count {
                complaints += state.files[index].look(store)
                state.secretCount += state.files[index].secretCount
                state.badLines += state.files[index].badLines
            }
            return complaints
        }
        for complaint in complaints { complain(complaint) }
    }

    /// Seconds between two looks.
    private static let interval = 0.1
}

/// A key log that is followed: where its reading stands.
private struct FollowedKeyLog: ~Copyable {
    private let path: String
    private var reader = KeyLogReader()
    private var file: FileHandle?
    private var identity: Identity?
    private var offset: UInt64 = 0
    private var said: Set<Complaint> = []

    private struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
    }

    private enum Complaint {
        case missing, unreadable, lines
    }

    init(_ path: String) {
        self.path = path
    }

    /// Secrets read so far.
    var secretCount: Int { reader.secretCount }

    /// Lines so far that could not be understood.
    var badLines: Int { reader.badLines }

    /// Reads what has been added; returns what is to be said.
    mutating func look(_ store: KeyStore) -> [String] {
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        let found = attributes.map { attributes in
            Identity(
                device: (attributes[.systemNumber] as? NSNumber)?.uint64Value ?? 0,
                number: (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
            )
        }
        do {
            if file != nil, found != identity {
                // Whoever writes may still have the old file open; what stands in it is read before it is left.
                try drain(store)
                leave()
            }
            guard let attributes, let found else {
                return say(.missing, "\(path): the key log is not there; it is waited for")
            }
            said.remove(.missing)
            if file == nil {
                file = try FileHandle(forReadingFrom: URL(filePath: resolved))
                identity = found
            } else if (attributes[.size] as? NSNumber)?.uint64Value ?? 0 < offset {
                offset = 0
                reader.startOver()
            }
            try drain(store)
        } catch {
            leave()
            return say(.unreadable, KeyLogError(path: path, error).description)
        }
        said.remove(.unreadable)
        return reader.complaint(path).map { say(.lines, $0) } ?? []
    }

    private mutating func drain(_ store: KeyStore) throws {
        guard let file else { return }
        try file.seek(toOffset: offset)
        while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
            reader.consume(block.span, into: store)
            offset += UInt64(block.count)
        }
    }

    private mutating func leave() {
        try? file?.close()
        file = nil
        identity = nil
        offset = 0
        reader.startOver()
    }

    private mutating func say(_ complaint: Complaint, _ text: String) -> [String] {
        said.insert(complaint).inserted ? [text] : []
    }
}
