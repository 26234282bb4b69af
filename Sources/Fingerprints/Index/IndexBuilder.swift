internal import Dispatch

/// Builds an index: reads the files, chooses their fingerprints, takes out what public code has too, and writes.
///
/// All processors read files; memory is bounded, some hundred megabytes and an octet and a half a line, and fingerprints beyond
/// are sorted and kept in files without names beside the output, three times as large as the index. The same files under the
/// same key give the same octets, whatever the number of threads.
package struct IndexBuilder {
    /// How far a build has come.
    package struct Progress: Sendable, Equatable {
        /// What a build does: public code is read first.
        package enum Phase: Sendable {
            /// Reads the files to protect.
            case reading
            /// Reads public code.
            case subtracting
            /// Writes the index.
            case writing
        }

        /// What is being done.
        package var phase: Phase
        /// Files read in this phase.
        package var files: Int
        /// Octets read in this phase.
        package var octets: Int
    }

    /// Files that may hold a fingerprint; one that more hold is taken out.
    package static let commonLimit = 20
    /// Places in one file at which a fingerprint is kept.
    package static let placeLimit = 8

    /// Whether `CommonIdioms` are taken out like public code.
    package var takesOutIdioms = false

    private let threads: Int
    private let entriesInMemory: Int
    private let includesVendored: Bool
    private let progress: (Progress) -> Void

    /// A builder that calls `progress` ten times a second, and when a phase begins and ends, on the thread that builds.
    ///
    /// - Parameters:
    ///   - threads: Threads that read files; nil stands for one more than there are processors, since some wait for disks.
    ///   - entriesInMemory: Fingerprints that are kept in memory, of 32 octets each.
    ///   - includingVendored: Whether others' code is protected too: folders that `VendoredTrees` tells, and files most of
    ///     which is in public code.
    ///   - progress: Is called.
    package init(
        threads: Int? = nil,
        entriesInMemory: Int = 1 << 22,
        includingVendored: Bool = false,
        progress: @escaping (Progress) -> Void = { _ in }
    ) {
        self.threads = max(1, threads ?? FileTree.processors + 1)
        self.entriesInMemory = entriesInMemory
        includesVendored = includingVendored
        self.progress = progress
    }

    /// Indexes `paths` as `collection` and writes the index to `output`, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - collection: The name under which matches are reported, and what else is known; files that its patterns do not
    ///     take are skipped and counted.
    ///   - paths: Files and folders to protect; names are given below each, see `SourceWalker`.
    ///   - publicPaths: Files, folders and sketches of public code, whose grams are taken out.
    ///   - output: Where the index goes.
    ///   - key: Keys what is stored; nil leaves it unkeyed.
    /// - Returns: What was indexed, skipped and taken out.
    /// - Throws: `IndexError` when a path is not there, two end in the same name, nothing can be indexed, or the index
    ///   cannot be written. Files below a path that cannot be read are skipped and counted.
    package func build(
        collection: CollectionInfo,
        paths: [String],
        publicPaths: [String],
        output: String,
        key: IndexKey?
    ) throws(IndexError) -> IndexSummary {
        var sketches: [PublicSketch] = []
        for path in publicPaths { sketches.append(try sketch(of: path, beside: output)) }
        if takesOutIdioms, let idioms = CommonIdioms.sketch { sketches.append(idioms) }
        let assembly = try IndexAssembly(
            output: output,
            key: key,
            collections: [collection],
            sources: sketches.map(\.name),
            entriesInMemory: entriesInMemory
        )
        let reading = FileReading(
            try SourceWalker(paths: paths, includingVendored: includesVendored),
            assembly,
            key: key,
            sketches: sketches,
            includingVendored: includesVendored,
            selection: PathSelection(include: collection.included, exclude: collection.excluded)
        )
        read(reading)
        return try reading.finish { assembly, skipped throws(IndexError) in
            guard assembly.files > 0 else { throw .nothingToIndex(path: paths.first ?? ".") }
            progress(Progress(phase: .writing, files: assembly.files, octets: assembly.octets))
            let written = try assembly.finish()
            return IndexSummary(
                collection: collection.name,
                files: assembly.files,
                lines: assembly.metadata.lines,
                words: assembly.metadata.words,
                octets: assembly.octets,
                fingerprints: written.fingerprints,
                postings: assembly.metadata.postings,
                subtracted: assembly.metadata.subtracted,
                common: assembly.metadata.common,
                skipped: skipped,
                indexOctets: written.octets
            )
        }
    }

    /// As `build(collection:paths:publicPaths:output:key:)`, of a collection of which the name alone is known.
    package func build(
        collection: String,
        paths: [String],
        publicPaths: [String],
        output: String,
        key: IndexKey?
    ) throws(IndexError) -> IndexSummary {
        try build(
            collection: CollectionInfo(name: collection),
            paths: paths,
            publicPaths: publicPaths,
            output: output,
            key: key
        )
    }

    /// As `build(collection:paths:publicPaths:output:key:)`, of a collection of which the name alone is known, with the key that lies beside `output`, made if need be.
    package func build(
        collection: String,
        paths: [String],
        publicPaths: [String],
        output: String
    ) throws(IndexError) -> IndexSummary {
        let beside = IndexKey.path(beside: output)
        var made = false
        let key: IndexKey
        do throws(IndexError) {
            key = try IndexKey(path: beside)
        } catch .noInput {
            key = IndexKey.random()
            try key.write(to: beside)
            made = true
        }
        do throws(IndexError) {
            return try build(collection: collection, paths: paths, publicPaths: publicPaths, output: output, key: key)
        } catch {
            if made { FileTree.remove(beside) }
            throw error
        }
    }

    /// Has all threads read files until there are no more.
    private func read(_ reading: FileReading) {
        let group = DispatchGroup()
        for thread in 0..<threads {
            // Queues that do one thing after the other get a thread each, however many there are.
            DispatchQueue(label: "weir.index.\(thread)").async(group: group) { reading.work() }
        }
        repeat { progress(reading.progress) } while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut
        progress(reading.progress)
    }

    /// What public code has: that of the sketch at `path`, or that below it.
    ///
    /// - Throws: `IndexError` when there is no such path, or the sketch is damaged.
    package func sketch(of path: String, beside output: String) throws(IndexError) -> PublicSketch {
        if PublicSketch.isSketch(path: path) || path.hasSuffix(".sketch") { return try PublicSketch.open(path: path) }
        var builder = PublicSketchBuilder(beside: output)
        try builder.add(path: path) { files, octets in
            progress(Progress(phase: .subtracting, files: files, octets: octets))
        }
        let sketch = try builder.finish(name: path)
        if sketch.info.sources.allSatisfy({ $0.files == 0 }), !FileTree.isFolder(path) {
            throw .damagedSketch(path: path, offset: 0, reason: "is no text and does not begin with WEIRSKT")
        }
        return sketch
    }
}

/// A file's contents, or why they are not indexed.
enum SourceContents {
    case text([UInt8])
    case skipped(SkipReason)

    /// Reads a file.
    init(of file: SourceWalker.File) {
        guard let text = try? FileTree.read(file.location, limit: SourceWalker.octetLimit + 1) else {
            self = .skipped(.unreadable)
            return
        }
        guard text.count <= SourceWalker.octetLimit else {
            self = .skipped(.large)
            return
        }
        self = SourceNames.reasonToSkip(contents: text, name: file.name).map { .skipped($0) } ?? .text(text)
    }
}
