import ArgumentParser
import Fingerprints
import Foundation
import Sinks

extension IndexCommand {
    /// `weir index update`.
    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Bring an index up to date with a git repository or with folders.",
            discussion: """
                Writes the next generation of the index in place of the last: what has changed is read, what is gone leaves, \
                the rest is taken over. Of a repository the files of the branches named are indexed, by default of the one \
                that is checked out; where branches differ, and with --history, other versions of a file are named \
                PATH@BLOB and add what they alone have. What --released names is public: its fingerprints are \
                suppressed for good, also where the files are gone. An index that is not there yet is made. Running \
                daemons take the new generation on SIGHUP.
                """
        )

        @Argument(help: ArgumentHelp("The index.", valueName: "file"))
        var index: String

        @Argument(help: ArgumentHelp("Folders and files, in place of a repository.", valueName: "path"))
        var paths: [String] = []

        @Option(name: .long, help: ArgumentHelp("The git repository to follow.", valueName: "path"))
        var repo: String?

        @Option(name: .long, help: ArgumentHelp("A branch or tag to follow; repeatable.", valueName: "name"))
        var branch: [String] = []

        @Flag(name: .long, help: "Follow all branches.")
        var allBranches = false

        @Option(
            name: .long,
            help: ArgumentHelp("Index also what the last n commits replaced, or all did.", valueName: "n|all")
        )
        var history: String?

        @Option(
            name: [.customLong("released"), .customLong("public-branch")],
            help: ArgumentHelp("Branches and tags that are public, such as 'v*'; repeatable.", valueName: "pattern")
        )
        var released: [String] = []

        @Option(
            name: .long,
            help: ArgumentHelp("The collection (default: the index's only one).", valueName: "name")
        )
        var collection: String?

        @OptionGroup var about: CollectionOptions

        @OptionGroup var publicCode: PublicCodeOptions

        @Option(
            name: .long,
            help: ArgumentHelp("The key (default: FILE.key beside the index).", valueName: "file")
        )
        var indexKey: String?

        @Option(name: .long, help: ArgumentHelp("jsonl prints one summary object.", valueName: "fmt"))
        var format: String?

        @Flag(name: .long, help: "Show no progress line.")
        var noProgress = false

        func run() throws {
            try checkOptions()
            let depth = try depth()
            var line = Terminal.Progress(wanted: !noProgress)
            defer { line.clear() }
            let known = try existing()
            var plan = UpdatePlan(try about.applied(to: try info(known)))
            let (key, isMade) = try known.map { ($0.key, false) } ?? newKey()
            var isDone = false
            defer { if isMade, !isDone { IndexKeys.remove(beside: index) } }
            plan.includesVendored = publicCode.includeVendored
            do throws(IndexError) {
                for path in publicCode.paths() {
                    plan.sketches.append(try IndexBuilder().sketch(of: path, beside: index))
                }
                if let idioms = CommonIdioms.sketch { plan.sketches.append(idioms) }
            } catch {
                throw Failure(error)
            }
            let updater = IndexUpdater { progress in
                line.show("\(progress.files) files, \(progress.octets >> 20) MiB read")
            }
            let summary: IndexUpdater.Summary
            if let repo {
                let repository = try GitRepository(path: repo)
                try repository.fill(&plan, branches: branch, all: allBranches, history: depth, released: released)
                let contents = try repository.contents()
                var failure: (any Error)?
                do throws(IndexError) {
                    summary = try updater.update(known, to: plan, output: index, key: key) {
                        (file, limit) throws(IndexError) in
                        do {
                            return try contents.read(String(decoding: file.identity, as: UTF8.self), limit: limit)
                        } catch {
                            failure = error
                            throw .inputOutput(path: repo, action: "read", code: EIO)
                        }
                    }
                } catch {
                    throw failure ?? Failure(error)
                }
            } else {
                do throws(IndexError) {
                    summary = try updater.update(known, with: paths, plan, output: index, key: key)
                } catch {
                    throw Failure(error)
                }
            }
            line.clear()
            isDone = true
            tell(summary, revision: plan.collection.revision)
            if format == "jsonl" { try print(object(summary, revision: plan.collection.revision)) }
        }

        private func checkOptions() throws {
            guard format == nil || format == "jsonl" || format == "text" else {
                throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
            }
            guard (repo == nil) != paths.isEmpty else {
                throw Failure("name either a repository by --repo or folders to follow", .usage)
            }
            guard repo != nil || (branch.isEmpty && !allBranches && history == nil && released.isEmpty) else {
                throw Failure("--branch, --all-branches, --history and --released need --repo", .usage)
            }
        }

        /// How many commits of history are asked for; nil for none, `Int.max` for all.
        private func depth() throws -> Int? {
            guard let history else { return nil }
            if history == "all" { return .max }
            guard let count = Int(history), count > 0 else {
                throw Failure("--history \(history) is neither a number of commits nor all", .usage)
            }
            return count
        }

        /// The generation before; nil where there is none.
        private func existing() throws -> FingerprintIndex? {
            guard FileManager.default.fileExists(atPath: index) else { return nil }
            do throws(IndexError) {
                return try FingerprintIndex.open(path: index, key: IndexKeys.key(for: index, named: indexKey))
            } catch {
                throw Failure(error)
            }
        }

        private func newKey() throws -> (IndexKey?, Bool) {
            do throws(IndexError) {
                return try IndexKeys.forBuilding(index, named: indexKey)
            } catch {
                throw Failure(error)
            }
        }

        /// What is known of the collection that is followed.
        private func info(_ known: FingerprintIndex?) throws -> CollectionInfo {
            let infos = known?.info.about ?? []
            guard let collection else {
                guard let only = infos.first, infos.count == 1 else {
                    let many = "the index holds \(infos.count) collections"
                    let why = infos.isEmpty ? "there is no such index yet" : many
                    throw Failure("\(index): \(why); name the collection by --collection", .usage)
                }
                return only
            }
            let name = try CollectionOptions.name(collection)
            return infos.first { $0.name == name } ?? CollectionInfo(name: name)
        }

        private func tell(_ summary: IndexUpdater.Summary, revision: String) {
            IndexCommand.tell(summary.skipped)
            if summary.hasOtherPublicCode {
                Terminal.tell(
                    "public code is other than what unchanged files were compared with; build the index anew for all to be"
                )
            }
            let at = revision.isEmpty ? "" : " at \(revision)"
            Terminal.tell(
                "\(summary.collection)\(at): \(summary.added) added, \(summary.changed) changed, "
                    + "\(summary.removed) removed, \(summary.unchanged) unchanged, \(summary.tombstones) tombstones; \(summary.read) read, "
                    + (summary.isWritten ? "\(summary.fingerprints) fingerprints" : "nothing to write")
            )
        }

        private func object(_ summary: IndexUpdater.Summary, revision: String) -> JSONObject {
            var object = JSONObject()
            object.set("collection", summary.collection)
            object.set("revision", revision.isEmpty ? nil : revision)
            let counts = [
                ("added", summary.added), ("changed", summary.changed), ("removed", summary.removed),
                ("unchanged", summary.unchanged), ("read", summary.read), ("tombstones", summary.tombstones),
                ("files", summary.files), ("lines", summary.lines), ("fingerprints", summary.fingerprints),
                ("octets", summary.octets),
            ]
            for (name, count) in counts { object.set(name, count) }
            object["written"] = .boolean(summary.isWritten)
            object["skipped"] = IndexCommand.object(summary.skipped)
            return object
        }
    }
}

extension GitRepository {
    /// Digits of a blob's name by which a former version is named.
    private static let versionDigits = 12

    /// Plans an index of some branches, and of what their files were before.
    ///
    /// The first branch's version of a path is the present one; those that differ, of other branches and of history, are
    /// named by their blobs.
    func fill(
        _ plan: inout UpdatePlan,
        branches: [String],
        all: Bool,
        history depth: Int?,
        released patterns: [String]
    ) throws {
        let tips = try tips(named: branches, all: all)
        var present: [[UInt8]: Set<String>] = [:]
        func take(_ entry: Entry, isPresent: Bool, _ plan: inout UpdatePlan) {
            guard entry.isFile else {
                if isPresent { plan.skip(entry.path, entry.mode == "120000" ? .link : .special) }
                return
            }
            var file = UpdateFile(path: entry.path, identity: Array(entry.blob.utf8))
            guard present[entry.path, default: []].insert(entry.blob).inserted else { return }
            if !isPresent || present[entry.path]?.count ?? 0 > 1 {
                file.version = Array(entry.blob.utf8.prefix(Self.versionDigits))
            }
            if let reason = file.reasonToSkip {
                if file.version.isEmpty { plan.skip(entry.path, reason) }
            } else {
                plan.files.append(file)
            }
        }
        for tip in tips {
            for entry in try tree(of: tip.commit) { take(entry, isPresent: true, &plan) }
        }
        if let depth {
            for entry in try history(of: tips, limit: depth == .max ? nil : depth) {
                take(entry, isPresent: false, &plan)
            }
        }
        var blobs: Set<String> = []
        for pattern in patterns {
            for tip in try self.tips(matching: pattern) {
                for entry in try tree(of: tip.commit) where entry.isFile {
                    let file = UpdateFile(path: entry.path, identity: Array(entry.blob.utf8))
                    if file.reasonToSkip == nil, blobs.insert(entry.blob).inserted { plan.released.append(file) }
                }
            }
        }
        plan.collection.revision = tips.prefix(8).map { "\($0.name) \($0.commit.prefix(12))" }.joined(separator: ", ")
    }
}
