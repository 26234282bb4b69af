internal import Synchronization

/// The reading of files by many threads, which gives an index the files in the order in which they were found.
///
/// Each thread takes the next file, reads it and turns it into a draft; whoever finishes the file whose turn it is hands in
/// that and all that wait behind it.
final class FileReading: Sendable {
    /// Files that may be read ahead of the one whose turn it is, and octets of them.
    private static let filesAhead = 512
    private static let octetsAhead = 32 << 20
    private static let pause: UInt32 = 200

    private let found: Mutex<Found>
    private let taken: Mutex<Taken>
    private let key: IndexKey?
    private let seal: GramSeal
    private let sketches: [PublicSketch]
    /// Whether public files are taken like all others.
    private let includesVendored: Bool
    private let selection: PathSelection

    private struct Found {
        var walker: SourceWalker
        var count = 0
    }

    private struct Taken: ~Copyable {
        var assembly: IndexAssembly
        /// The number of files whose turn has come.
        var count = 0
        var waiting: [Int: Outcome] = [:]
        var octetsWaiting = 0
        /// Digests of what was taken.
        var digests: Set<UInt64> = []
        var skipped = SkippedFiles()
        var failure: IndexError?
    }

    private enum Outcome: Sendable {
        case draft(FileDraft)
        /// A file of public code, of which only that is taken which public code has.
        case publicFile(FileDraft)
        case skipped([UInt8], SkipReason)

        var octets: Int {
            switch self {
            case .draft(let draft), .publicFile(let draft): draft.octets
            case .skipped: 0
            }
        }
    }

    /// Reads what `walker` finds and `selection` takes, into `assembly`.
    init(
        _ walker: SourceWalker,
        _ assembly: consuming IndexAssembly,
        key: IndexKey?,
        sketches: [PublicSketch],
        includingVendored: Bool = false,
        selection: PathSelection = .everything
    ) {
        includesVendored = includingVendored
        self.selection = selection
        found = Mutex(Found(walker: walker))
        taken = Mutex(Taken(assembly: assembly))
        self.key = key
        seal = GramSeal(key)
        self.sketches = sketches
    }

    /// How far the reading has come.
    var progress: IndexBuilder.Progress {
        taken.withLock {
            IndexBuilder.Progress(phase: .reading, files: $0.assembly.files, octets: $0.assembly.octets)
        }
    }

    /// What a thread does: reads files until there are no more, or one could not be taken.
    func work() {
        while true {
            let next = found.withLock { found -> (Int, SourceWalker.File)? in
                guard let file = found.walker.next() else { return nil }
                found.count += 1
                return (found.count - 1, file)
            }
            guard let (ordinal, file) = next else { return }
            guard awaitRoom(for: ordinal) else { return }
            let outcome = read(file)
            guard hand(in: outcome, ordinal) else { return }
        }
    }

    /// Ends the reading: gives `body` the index in the making and what was skipped.
    func finish<Result>(
        _ body: (inout IndexAssembly, SkippedFiles) throws(IndexError) -> sending Result
    ) throws(IndexError) -> sending Result {
        let found = found.withLock { $0.walker.skipped }
        return try taken.withLock { (taken) throws(IndexError) -> sending Result in
            if let failure = taken.failure { throw failure }
            return try body(&taken.assembly, found.joined(with: taken.skipped))
        }
    }

    /// Waits until the file is not too far ahead; false when the reading has failed.
    private func awaitRoom(for ordinal: Int) -> Bool {
        while true {
            let (mayRead, hasFailed) = taken.withLock { taken in
                let isNear = ordinal < taken.count + Self.filesAhead && taken.octetsWaiting < Self.octetsAhead
                return (ordinal == taken.count || isNear, taken.failure != nil)
            }
            if hasFailed { return false }
            if mayRead { return true }
            FileTree.pause(microseconds: Self.pause)
        }
    }

    private func read(_ file: SourceWalker.File) -> Outcome {
        guard selection.takes(file.name) else { return .skipped(file.name, .excluded) }
        switch SourceContents(of: file) {
        case .skipped(let reason): return .skipped(file.name, reason)
        case .text(let text):
            let digest = (key ?? .none).digest(of: text)
            // Whatever was taken came before this file, so it is a copy for certain; others are told when their turn comes.
            let isKnown = !text.isEmpty && taken.withLock { $0.digests.contains(digest) }
            if isKnown { return .skipped(file.name, .duplicate) }
            let draft = FileDraft(text, name: file.name, digest: digest, key: key, seal: seal, sketches: sketches)
            return !includesVendored && draft.share.isPublic(inVendorFolder: file.isInVendorFolder)
                ? .publicFile(draft) : .draft(draft)
        }
    }

    /// Takes the outcome of a file when its turn has come; false when the reading has failed.
    private func hand(in outcome: Outcome, _ ordinal: Int) -> Bool {
        taken.withLock { taken in
            taken.waiting[ordinal] = outcome
            taken.octetsWaiting += outcome.octets
            while taken.failure == nil, let next = taken.waiting.removeValue(forKey: taken.count) {
                taken.octetsWaiting -= next.octets
                taken.count += 1
                Self.take(next, into: &taken)
            }
            return taken.failure == nil
        }
    }

    private static func take(_ outcome: Outcome, into taken: inout Taken) {
        switch outcome {
        case .skipped(let name, let reason): taken.skipped.add(name, reason)
        case .publicFile(let draft):
            taken.skipped.add(draft.name, .publicCode)
            do throws(IndexError) {
                try taken.assembly.add(draft.publicEntries)
            } catch {
                taken.failure = error
            }
        case .draft(let draft):
            guard draft.octets == 0 || taken.digests.insert(draft.digest).inserted else {
                return taken.skipped.add(draft.name, .duplicate)
            }
            do throws(IndexError) {
                try taken.assembly.add(draft)
            } catch {
                taken.failure = error
            }
        }
    }
}
