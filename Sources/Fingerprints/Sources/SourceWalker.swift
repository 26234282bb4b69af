/// Finds the files to index below some paths, in byte order of their names.
///
/// Folders are walked with an explicit stack; symbolic links below a path are not followed; `.gitignore` files, those
/// above the path up to the repository's root and `.git/info/exclude` are honoured.
struct SourceWalker {
    /// A file to index.
    struct File {
        /// Where it lies.
        var location: [UInt8]
        /// The path it is indexed under: `/`-separated, below the path given.
        var name: [UInt8]
        /// Whether it lies in a folder whose name says that others' code is kept there, which alone proves nothing.
        var isInVendorFolder = false
    }

    /// Octets over which a file must not look generated.
    static let generatedThreshold = 1 << 20
    /// Octets over which a file is not read.
    static let octetLimit = 64 << 20
    private static let ruleLimit = 1 << 20

    /// What was not taken.
    private(set) var skipped = SkippedFiles()
    private var pending: [Step] = []
    /// Whether public code is read, of which nothing is to be spared.
    private let isPublic: Bool
    /// Folders of others' code; nil where they are taken like all others.
    private var vendored: VendoredTrees?
    /// The licences of the trees given.
    private var licences: [[UInt8]] = []

    private struct Step {
        var location: [UInt8]
        var name: [UInt8]
        var rules: [Scope]
        /// The location, cut at `/`, from the outermost folder whose rules count.
        var trail: [[UInt8]]
        /// See `File`.
        var isInVendorFolder = false
    }

    private struct Scope {
        var rules: IgnoreRules
        /// The number of elements of the trail that lead to the rules' folder.
        var depth: Int
    }

    /// Begins with `paths`: one gives names below it, several are prefixed by their last components.
    ///
    /// Of public code (`isPublic`) licences are taken too, and what a `.gitignore` names. Folders of others' code are taken
    /// only where that is asked for (`includingVendored`); a path that is given is taken whatever it is called.
    ///
    /// - Throws: `IndexError` when a path is not there, or two end in the same name.
    init(paths: [String], isPublic: Bool = false, includingVendored: Bool = false) throws(IndexError) {
        self.isPublic = isPublic
        vendored = isPublic || includingVendored ? nil : VendoredTrees()
        var seen: [[UInt8]: String] = [:]
        for path in paths {
            let location = Array(path.utf8)
            let kind = try FileTree.status(of: location, followingLinks: true).kind
            let last = try Self.lastComponent(of: location)
            if let other = seen.updateValue(path, forKey: last) { throw .equalNames(other, path) }
            let isFile = kind != .folder
            let name = isFile || paths.count > 1 ? last : []
            if isFile {
                pending.append(Step(location: location, name: name, rules: [], trail: []))
            } else {
                if let licence = VendoredTrees.licence(in: location) { licences.append(licence) }
                let (rules, trail) = isPublic ? ([], []) : Self.outerRules(of: location)
                pending.append(Step(location: location, name: name, rules: rules, trail: trail))
            }
        }
        pending.reverse()
    }

    /// The next file, nil when there are no more.
    mutating func next() -> File? {
        while let step = pending.popLast() {
            do throws(IndexError) {
                // The paths given are followed if they are links; what `list` pushes never is one.
                switch try FileTree.status(of: step.location, followingLinks: true).kind {
                case .file:
                    return File(location: step.location, name: step.name, isInVendorFolder: step.isInVendorFolder)
                case .folder: try list(step)
                case .link, .other: skipped.add(step.name, .special)
                }
            } catch {
                skipped.add(step.name, .unreadable)
            }
        }
        return nil
    }

    /// Notes a file that was found but not indexed.
    mutating func skip(_ file: File, _ reason: SkipReason) { skipped.add(file.name, reason) }

    private mutating func list(_ step: Step) throws(IndexError) {
        var rules = step.rules
        if !isPublic { rules += Self.rules(in: step.location, depth: step.trail.count) }
        var found: [Step] = []
        let names = try FileTree.names(in: step.location).sorted(by: { $0.lexicographicallyPrecedes($1) })
        vendored?.look(at: step.location, children: names, own: licences)
        for name in names {
            let location = step.location + (step.location.last == 0x2F ? [] : [0x2F]) + name
            let path = step.name.isEmpty ? name : step.name + [0x2F] + name
            let trail = step.trail + [name]
            guard let kind = try? FileTree.status(of: location, followingLinks: false).kind else {
                skipped.add(path, .unreadable)
                continue
            }
            if Self.versionControl.contains(String(decoding: name, as: UTF8.self)) {
                skipped.add(path, .versionControl)
            } else if Self.isIgnored(trail, isFolder: kind == .folder, rules) {
                skipped.add(path, .ignored)
            } else if kind == .link {
                skipped.add(path, .link)
            } else if kind == .folder, vendored?.folders.contains(location) == true {
                skipped.add(path, .vendored)
            } else if kind == .other {
                skipped.add(path, .special)
            } else if kind == .file, let reason = SourceNames.reasonToSkip(name), !isPublic || reason == .secret {
                skipped.add(path, reason)
            } else {
                var next = Step(location: location, name: path, rules: rules, trail: trail)
                next.isInVendorFolder = step.isInVendorFolder || kind == .folder && VendoredTrees.isNamedSo(name)
                found.append(next)
            }
        }
        pending.append(contentsOf: found.reversed())
    }

    private static let versionControl: Set<String> = [".git", ".hg", ".svn", ".bzr", "CVS", ".jj"]

    private static func isIgnored(_ trail: [[UInt8]], isFolder: Bool, _ scopes: [Scope]) -> Bool {
        for scope in scopes.reversed() {
            if let verdict = scope.rules.verdict(trail[scope.depth...], isFolder: isFolder) { return verdict }
        }
        return false
    }

    /// The rules that lie in one folder; a `.git` there brings its `info/exclude`.
    private static func rules(in folder: [UInt8], depth: Int) -> [Scope] {
        var scopes: [Scope] = []
        for name in [".git/info/exclude", ".gitignore"] {
            let path = folder + [0x2F] + Array(name.utf8)
            guard let text = try? FileTree.read(path, limit: ruleLimit) else { continue }
            scopes.append(Scope(rules: IgnoreRules(text), depth: depth))
        }
        return scopes
    }

    /// The rules of the folders above `folder` up to its repository's root, and the way from there.
    private static func outerRules(of folder: [UInt8]) -> (rules: [Scope], trail: [[UInt8]]) {
        guard let resolved = try? FileTree.resolved(folder) else { return ([], []) }
        let components = resolved.split(separator: 0x2F).map(Array.init)
        for depth in stride(from: components.count, through: 0, by: -1) {
            let root = components[..<depth].reduce([]) { $0 + [0x2F] + $1 }
            guard (try? FileTree.status(of: root + Array("/.git".utf8), followingLinks: true)) != nil else { continue }
            var scopes: [Scope] = []
            for upper in depth..<components.count {
                let place = components[..<upper].reduce([]) { $0 + [0x2F] + $1 }
                scopes += rules(in: place, depth: upper - depth)
            }
            return (scopes, Array(components[depth...]))
        }
        return ([], [])
    }

    /// The last component of a path as text; the path itself where that cannot be told.
    static func name(of path: String) -> String {
        (try? lastComponent(of: Array(path.utf8))).map { String(decoding: $0, as: UTF8.self) } ?? path
    }

    /// The last component of a path, `.` and `..` resolved.
    private static func lastComponent(of path: [UInt8]) throws(IndexError) -> [UInt8] {
        var last = path.split(separator: 0x2F).last.map(Array.init) ?? []
        if last.isEmpty || last == [0x2E] || last == [0x2E, 0x2E] {
            last = try FileTree.resolved(path).split(separator: 0x2F).last.map(Array.init) ?? []
        }
        return last
    }
}

/// What a file's name and its first look tell.
enum SourceNames {
    private static let secretNames: Set<String> = [
        ".env", ".envrc", ".netrc", ".pgpass", ".htpasswd", ".git-credentials", "id_rsa", "id_dsa", "id_ecdsa",
        "id_ed25519",
    ]
    private static let secretSuffixes = [
        ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".gpg", ".p8",
    ]
    private static let licenceNames: Set<String> = [
        "license", "licence", "copying", "copyright", "notice", "unlicense", "copying.lesser",
    ]
    /// What package managers write: names, versions and digests of public packages.
    private static let lockNames: Set<String> = [
        "package-lock.json", ".package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
        "cargo.lock", "poetry.lock", "pipfile.lock", "pdm.lock", "uv.lock", "go.sum", "go.work.sum", "composer.lock",
        "gemfile.lock", "podfile.lock", "package.resolved", "cartfile.resolved", "packages.lock.json",
        "gradle.lockfile",
        "mix.lock", "flake.lock", "pubspec.lock", "deno.lock",
    ]
    private static let minifiedSuffixes = [
        ".min.js", ".min.mjs", ".min.css", ".js.map", ".mjs.map", ".css.map", ".bundle.js",
    ]
    private static let scriptSuffixes = [".js", ".mjs", ".cjs", ".css"]
    private static let proseSuffixes: Set<String> = ["txt", "md", "rst", "html"]

    /// Why a file of this name is not to be opened; nil when it is.
    static func reasonToSkip(_ name: [UInt8]) -> SkipReason? {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        if secretNames.contains(name) || name.hasPrefix(".env.") || secretSuffixes.contains(where: name.hasSuffix) {
            return .secret
        }
        if lockNames.contains(name) { return .lock }
        if minifiedSuffixes.contains(where: name.hasSuffix) { return .minified }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let stem = parts.first.map { $0.split(separator: "-").first.map(String.init) ?? "" } ?? ""
        let isProse = parts.count == 1 || (parts.count == 2 && proseSuffixes.contains(String(parts[1])))
        return licenceNames.contains(name) || (licenceNames.contains(stem) && isProse) ? .licence : nil
    }

    /// Whether contents like these are text.
    static func isText(_ contents: [UInt8]) -> Bool {
        !contents.prefix(8192).contains(0) && !contents.starts(with: Array("%PDF-".utf8))
    }

    /// Why contents like these, of a file of this name, are not indexed; nil when they are.
    static func reasonToSkip(contents: [UInt8], name: [UInt8] = []) -> SkipReason? {
        if !isText(contents) { return .binary }
        if isMinified(contents, name) { return .minified }
        guard contents.count > SourceWalker.generatedThreshold else { return nil }
        let lines = contents.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        if contents.count / lines > 200 { return .generated }
        return isGenerated(contents) ? .generated : nil
    }

    /// Whether a script or style sheet was packed by a program: over 4 KiB, in lines of more than 400 octets, little of
    /// them white space.
    private static func isMinified(_ contents: [UInt8], _ name: [UInt8]) -> Bool {
        guard contents.count > 4096 else { return false }
        let name = String(decoding: name.suffix(32), as: UTF8.self).lowercased()
        guard scriptSuffixes.contains(where: name.hasSuffix) else { return false }
        var (lines, spaces) = (1, 0)
        for octet in contents {
            if octet == 0x0A { lines += 1 }
            if octet <= 0x20 { spaces += 1 }
        }
        return contents.count / lines > 400 && spaces * 8 < contents.count
    }

    /// Whether the head of a file says that a program made it: in words that say nothing else, or in a line that begins with
    /// others, for what is generated may also be what the file is about.
    static func isGenerated(_ contents: [UInt8]) -> Bool {
        let head = String(decoding: contents.prefix(4096), as: UTF8.self).lowercased()
        return head.split(separator: "\n").prefix(40).contains { line in
            if generatedWords.contains(where: { line.contains($0) }) { return true }
            guard line.contains("generated"), !line.contains("stub") else { return false }
            let text = line.drop { !$0.isLetter }
            if generatedStarts.contains(where: { text.hasPrefix($0) }) { return true }
            return text.hasPrefix("this ") && [" is ", " was ", " been "].contains { text.contains($0) }
        }
    }

    private static let generatedWords = ["@generated", "do not edit", "do not modify"]
    private static let generatedStarts = [
        "generated", "autogenerated", "auto-generated", "auto generated", "automatically generated",
        "machine generated", "machine-generated", "code generated", "file generated", "source generated",
    ]
}
