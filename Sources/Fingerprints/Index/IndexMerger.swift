/// Joins indexes of one key into one, which answers as one would that was built of all their files at once.
///
/// Collections of the same name become one; of files of the same path in one collection that of the index named last stands.
/// How many files hold a fingerprint is counted anew; what one of the indexes took out stays out.
package struct IndexMerger {
    private let entriesInMemory: Int

    /// A merger; fingerprints kept in memory have 32 octets each.
    package init(entriesInMemory: Int = 1 << 22) {
        self.entriesInMemory = entriesInMemory
    }

    /// What a merge did.
    package struct Summary: Sendable, Equatable {
        /// Files taken over.
        package var files = 0
        /// Files left out because an index named later has one of the same path.
        package var replaced = 0
        /// Files left out because another of their collection has the same contents.
        package var duplicates = 0
        /// Lines of the files taken over.
        package var lines = 0
        /// The names of the collections.
        package var collections: [String] = []
        /// Distinct fingerprints in the index.
        package var fingerprints = 0
        /// The length of the index in octets.
        package var octets = 0
    }

    /// A file that is to be taken over.
    private struct Choice {
        var index: Int
        var ordinal: Int
        var name: [UInt8]
        var collection: Int
        var digest: UInt64
        var octets: Int
        var isVersion: Bool
    }

    /// Merges `indexes` and writes the result to `output`, which appears whole or not at all.
    ///
    /// - Throws: `IndexError` when their keys differ, one is damaged, or the result cannot be written.
    package func merge(_ indexes: [FingerprintIndex], to output: String) throws(IndexError) -> Summary {
        guard let first = indexes.first else { throw .nothingToIndex(path: output) }
        for index in indexes where index.key != first.key { throw .otherKey(path: index.path, than: first.path) }
        let collections = Self.collections(of: indexes)
        let names = collections.map(\.name)
        let sources = Set(indexes.flatMap { $0.metadata.subtracted.map(\.source) }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        var summary = Summary()
        summary.collections = names
        let choices = try Self.choices(of: indexes, names, &summary)
        var composition = try IndexComposition(
            output: output,
            key: first.key,
            collections: collections,
            sources: sources,
            indexes: indexes,
            entriesInMemory: entriesInMemory
        )
        var groups = VersionGroups(choices.lazy.filter(\.isVersion).map { ($0.collection, $0.name) })
        for choice in choices {
            let group = groups.group(of: choice.name, in: choice.collection, choice.isVersion, at: composition.files)
            try composition.keep(
                choice.ordinal,
                of: choice.index,
                name: choice.name,
                collection: choice.collection,
                versionOf: group
            )
        }
        var origins = FileOrigins()
        for index in indexes {
            let known = index.origins
            origins.indexed.merge(known.indexed) { $1 }
            origins.skipped.merge(known.skipped) { $1 }
            origins.released.formUnion(known.released)
        }
        let written = try composition.finish(origins: origins)
        summary.files = composition.files
        summary.lines = composition.metadata.lines
        summary.fingerprints = written.fingerprints
        summary.octets = written.octets
        return summary
    }

    /// The collections of all, by name; what several say of one of them the last says.
    private static func collections(of indexes: [FingerprintIndex]) -> [CollectionInfo] {
        var joined: [String: CollectionInfo] = [:]
        for index in indexes {
            for info in index.metadata.collections {
                guard var known = joined[info.name] else {
                    joined[info.name] = info
                    continue
                }
                if !info.owner.isEmpty { known.owner = info.owner }
                if !info.classification.isEmpty { known.classification = info.classification }
                if !info.revision.isEmpty { known.revision = info.revision }
                // Together they take in what either did.
                let takesAll = known.included.isEmpty || info.included.isEmpty
                known.included = takesAll ? [] : Set(known.included).union(info.included).sorted()
                known.excluded = Set(known.excluded).intersection(info.excluded).sorted()
                joined[info.name] = known
            }
        }
        return joined.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The files to take over, in order.
    private static func choices(
        of indexes: [FingerprintIndex],
        _ names: [String],
        _ summary: inout Summary
    ) throws(IndexError) -> [Choice] {
        var all: [Choice] = []
        for (number, index) in indexes.enumerated() {
            let collections = index.collections.map { names.firstIndex(of: $0) ?? 0 }
            for ordinal in 0..<index.layout.fileCount {
                guard let (record, name) = index.octetsOfName(ordinal), collections.indices.contains(record.collection)
                else { throw index.damage(in: .files, "file \(ordinal) points outside its sections") }
                all.append(
                    Choice(
                        index: number,
                        ordinal: ordinal,
                        name: name,
                        collection: collections[record.collection],
                        digest: record.digest,
                        octets: record.octets,
                        isVersion: record.isVersion
                    )
                )
            }
        }
        all.sort(by: comesFirst)
        var kept: [Choice] = []
        var digests: Set<[UInt64]> = []
        var versions: Set<[UInt8]> = []
        for (place, choice) in all.enumerated() {
            let next = place + 1 < all.count ? all[place + 1] : nil
            let isReplaced =
                choice.isVersion
                // Versions of one name have one content.
                ? !versions.insert([UInt8(truncatingIfNeeded: choice.collection)] + choice.name).inserted
                : next.map { !$0.isVersion && $0.collection == choice.collection && $0.name == choice.name } ?? false
            if isReplaced {
                summary.replaced += 1
            } else if choice.octets > 0, !choice.isVersion,
                !digests.insert([UInt64(choice.collection), choice.digest]).inserted
            {
                summary.duplicates += 1
            } else {
                kept.append(choice)
            }
        }
        return kept
    }

    /// By collection, present files before former versions, by path; of one path the index named last is last.
    ///
    /// Former versions keep the order in which their index has them.
    private static func comesFirst(_ one: Choice, _ other: Choice) -> Bool {
        if one.collection != other.collection { return one.collection < other.collection }
        if one.isVersion != other.isVersion { return !one.isVersion }
        let (base, otherBase) =
            one.isVersion
            ? (VersionName.base(of: one.name), VersionName.base(of: other.name)) : (one.name, other.name)
        if base != otherBase { return PathOrder.comesFirst(base, otherBase) }
        return (one.index, one.ordinal) < (other.index, other.ordinal)
    }
}

/// How former versions of files are called: the path, `@`, and what tells the version apart.
enum VersionName {
    /// The name of a version.
    static func name(_ path: [UInt8], _ version: [UInt8]) -> [UInt8] { path + [0x40] + version }

    /// The path of which a name is a version.
    static func base(of name: [UInt8]) -> [UInt8] {
        guard let end = name.lastIndex(of: 0x40) else { return name }
        return Array(name[..<end])
    }
}

/// Finds the group of each former version while files are put in order.
struct VersionGroups {
    private struct Place: Hashable {
        var collection: Int
        var path: [UInt8]
    }

    private var firsts: [Place: Int] = [:]

    /// Groups for the versions of these names, by collection.
    init(_ versions: some Sequence<(Int, [UInt8])>) {
        for (collection, name) in versions {
            firsts[Place(collection: collection, path: VersionName.base(of: name))] = -1
        }
    }

    /// The group of the file that comes next; nil for one that belongs to none, or is its group's first.
    mutating func group(
        of name: [UInt8],
        in collection: Int,
        _ isVersion: Bool,
        at ordinal: Int
    ) -> VersionGroup? {
        guard !firsts.isEmpty else { return nil }
        let place = Place(collection: collection, path: isVersion ? VersionName.base(of: name) : name)
        guard let first = firsts[place] else { return nil }
        if first < 0 { firsts[place] = ordinal }
        return isVersion ? VersionGroup(file: first < 0 ? ordinal : first) : nil
    }
}
