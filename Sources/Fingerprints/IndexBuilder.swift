/// Builds an index: reads the files, chooses their fingerprints, takes out what public code has too, and writes.
///
/// While building, memory is 64 MB and some 220 octets a line: a gigabyte at some four million lines. The same files give the
/// same index under the same key.
package struct IndexBuilder {
    /// How far a build has come.
    package struct Progress: Sendable, Equatable {
        /// What a build does, in this order.
        package enum Phase: Sendable {
            /// Reads public code.
            case subtracting
            /// Reads the files to protect.
            case reading
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

    private let progress: (Progress) -> Void

    /// A builder that calls `progress` after every file.
    package init(progress: @escaping (Progress) -> Void = { _ in }) {
        self.progress = progress
    }

    /// Indexes `paths` as `collection` and writes the index to `output`, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - collection: The name under which matches are reported.
    ///   - paths: Files and folders to protect; names are given below each, see `SourceWalker`.
    ///   - publicPaths: Files and folders of public code, whose grams are taken out.
    ///   - output: Where the index goes.
    ///   - key: Keys what is stored; nil leaves it unkeyed.
    /// - Returns: What was indexed, skipped and taken out.
    /// - Throws: `IndexError` when a path is not there, two end in the same name, nothing can be indexed, or the index
    ///   cannot be written. Files below a path that cannot be read are skipped and counted.
    package func build(
        collection: String,
        paths: [String],
        publicPaths: [String],
        output: String,
        key: IndexKey?
    ) throws(IndexError) -> IndexSummary {
        var sketches: [PublicSketch] = []
        for path in publicPaths { sketches.append(try sketch(of: path)) }
        var contents = IndexContents(collection: collection, key: key, sketches: sketches)
        let skipped = try read(paths, into: &contents)
        guard contents.fileCount > 0 else {
            throw .nothingToIndex(path: paths.first ?? ".")
        }
        contents.sortFingerprints(commonLimit: Self.commonLimit, placeLimit: Self.placeLimit)
        progress(Progress(phase: .writing, files: contents.fileCount, octets: contents.octets))
        return try contents.write(to: output, skipped: skipped)
    }

    /// As `build(collection:paths:publicPaths:output:key:)`, with the key that lies beside `output`, made if need be.
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

    private func read(_ paths: [String], into contents: inout IndexContents) throws(IndexError) -> SkippedFiles {
        var walker = try SourceWalker(paths: paths)
        var seen: [UInt64: [Int]] = [:]
        while let file = walker.next() {
            switch Self.contents(of: file) {
            case .skipped(let reason): walker.skip(file, reason)
            case .text(let text):
                let source = SourceText(text)
                let digest = Self.digest(of: text)
                if !text.isEmpty, seen[digest, default: []].contains(text.count) {
                    walker.skip(file, .duplicate)
                } else {
                    seen[digest, default: []].append(text.count)
                    try contents.add(source, name: file.name, octets: text.count)
                }
            }
            progress(Progress(phase: .reading, files: contents.fileCount, octets: contents.octets))
        }
        return walker.skipped
    }

    /// What the public code below `path` has.
    private func sketch(of path: String) throws(IndexError) -> PublicSketch {
        var walker = try SourceWalker(paths: [path])
        var sketch = PublicSketchBuilder()
        var state = Progress(phase: .subtracting, files: 0, octets: 0)
        while let file = walker.next() {
            guard case .text(let text) = Self.contents(of: file) else { continue }
            sketch.add(SourceText(text))
            state.files += 1
            state.octets += text.count
            progress(state)
        }
        return try sketch.finish(name: path)
    }

    private enum Contents {
        case text([UInt8])
        case skipped(SkipReason)
    }

    private static func contents(of file: SourceWalker.File) -> Contents {
        guard let text = try? FileTree.read(file.location, limit: SourceWalker.octetLimit + 1) else {
            return .skipped(.unreadable)
        }
        guard text.count <= SourceWalker.octetLimit else { return .skipped(.large) }
        return SourceNames.reasonToSkip(contents: text).map { .skipped($0) } ?? .text(text)
    }

    /// A hash of a file's contents, which with their length tells equal files.
    private static func digest(of text: [UInt8]) -> UInt64 {
        var hash = WordHash()
        for octet in text { hash.append(octet) }
        return hash.value
    }
}
