import FoundationEssentials
package import TOMLSource

/// The pattern rules of one generation, ready to scan; immutable and shared between threads.
package final class RuleSet: Sendable {
    /// The version of the engine that rules are compiled by, such as `5.4.9`.
    package static var engineVersion: String { PatternDatabase.engineVersion }

    /// The rules in the order of the files.
    package let rules: [Rule]

    /// What the files' contents come to: 16 hexadecimal digits, the same for the same rules on every machine.
    package let generation: String

    /// What `weir rules lint` says of the files, in their order.
    package let notes: [RuleNote]

    let compiled: [CompiledRule]

    /// What Vectorscan looks for; nil when it takes no rule's expression.
    let database: PatternDatabase?

    /// The rule of each expression of the database.
    let scanned: [Int]

    /// Rules whose expression Vectorscan does not take: RE2 searches every cell for them.
    let unfiltered: [Int]

    /// Reads rule files, and the `*.toml` of folders in byte order of their names, not recursively.
    ///
    /// - Throws: an error that names file and line: what cannot be read or used, a duplicate id, an expression that
    ///   RE2 does not take.
    package static func load(paths: [String]) throws(RuleError) -> RuleSet {
        var sources: [TOMLSource] = []
        for path in try files(paths) {
            do throws(TOMLError) {
                sources.append(try TOMLSource(contentsOf: path))
            } catch { throw RuleError(error) }
        }
        return try RuleSet(sources)
    }

    /// Makes the set of rules of files that have been read.
    ///
    /// - Throws: as ``load(paths:)`` does.
    package init(_ sources: [TOMLSource]) throws(RuleError) {
        var compiled: [CompiledRule] = []
        var notes: [RuleNote] = []
        var positions: [String: Int] = [:]
        var targeted: [(rule: String, place: Rule.Place, list: Allowlist)] = []
        for source in sources {
            let file = try RuleParser(source)
            for rule in file.rules {
                if let first = positions.updateValue(compiled.count, forKey: rule.rule.id) {
                    let place = compiled[first].rule.place
                    throw RuleError(
                        name: source.name,
                        line: rule.rule.place.line,
                        message: "rule \(rule.rule.id) is already in \(place.name):\(place.line); rename or remove one"
                    )
                }
                compiled.append(rule)
            }
            notes += file.notes
            targeted += file.targeted
        }
        for target in targeted {
            guard let position = positions[target.rule] else {
                let message = "targetRules names \(target.rule), which no file holds"
                throw RuleError(name: target.place.name, line: target.place.line, message: message)
            }
            compiled[position].allowlists.append(target.list)
        }
        let compilation = try PatternCompilation(&compiled, &notes)
        self.compiled = compiled
        self.notes = notes
        rules = compiled.map(\.rule)
        generation = ContentHash.text(of: sources.map(\.text))
        scanned = compilation.scanned
        unfiltered = compilation.unfiltered
        database = compilation.takeDatabase()
    }

    /// The rule of this id.
    package func rule(id: String) -> Rule? { rules.first { $0.id == id } }

    private static func files(_ paths: [String]) throws(RuleError) -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw RuleError(name: path, line: 0, message: "no such file or folder", kind: .missing)
            }
            guard isFolder else {
                files.append(path)
                continue
            }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: path)
            } catch {
                throw RuleError(name: path, line: 0, message: "the folder cannot be read", kind: .permission)
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            files += names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                .map { folder + $0 }
        }
        return files
    }
}

/// The name of a generation of files.
enum ContentHash {
    /// FNV-1a of 64 bits over texts in order, line ends as LF, each with its length before it.
    static func text(of texts: [String]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ octet: UInt8) { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
        for text in texts {
            let octets = text.utf8.filter { $0 != UInt8(ascii: "\r") }
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                mix(UInt8(truncatingIfNeeded: UInt64(octets.count) >> shift))
            }
            for octet in octets { mix(octet) }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
