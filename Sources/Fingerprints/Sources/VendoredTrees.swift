/// Tells folders of other people's code within a tree, by what package managers and licences leave there.
///
/// A name alone is never enough, since code taken for another's by mistake would go unprotected: there must be a manifest or
/// a lock file of a package manager, and a licence that lets everybody have the code.
struct VendoredTrees {
    /// Folders, by their locations, that are other people's.
    private(set) var folders: Set<[UInt8]> = []

    /// Octets read of a manifest or a licence.
    private static let readLimit = 1 << 20

    /// Names of folders in which others' code is kept; they must hold evidence too.
    private static let names: Set<String> = [
        "vendor", "vendors", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "3rdparty", "3rd_party",
        "3rd-party", "external", "externals", "extern", "deps", "dependencies", "pods", "checkouts", "subprojects",
        "bower_components", "jspm_packages", "node_modules", "site-packages", "dist-packages",
    ]
    private static let openLicences: Set<String> = [
        "apache", "mit", "bsd", "isc", "gpl", "lgpl", "agpl", "mpl", "mozilla", "unlicense", "cc0", "zlib", "boost",
        "bsl",
        "python", "psf", "psfl", "artistic", "wtfpl", "eclipse", "epl", "cddl", "blueoak", "ofl",
    ]
    /// What a licence says that lets everybody have the code.
    private static let grants = [
        "permission is hereby granted", "redistribution and use in source and binary forms", "apache license",
        "gnu general public license", "gnu lesser general public", "mozilla public license", "boost software license",
        "permission to use, copy", "released into the public domain", "eclipse public license", "artistic license",
        "creative commons", "python software foundation license", "is provided 'as-is'", "isc license",
        "do what the fuck",
    ]

    /// Whether a folder of this name keeps others' code, by its name alone.
    static func isNamedSo(_ name: [UInt8]) -> Bool {
        names.contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    /// Looks at a folder that is being listed and notes those of its folders that are other people's.
    ///
    /// - Parameters:
    ///   - location: Where it lies.
    ///   - children: The names in it.
    ///   - own: The licences of the trees to protect: what stands under one of them is not others'.
    mutating func look(at location: [UInt8], children: [[UInt8]], own: [[UInt8]]) {
        let parts = location.split(separator: 0x2F).suffix(2).map { String(decoding: $0, as: UTF8.self).lowercased() }
        let last = parts.last ?? ""
        let isScope = last.hasPrefix("@") && parts.first == "node_modules"
        let known = Set(children.map { String(decoding: $0, as: UTF8.self) })
        lookAtInstalled(location, known, children)
        guard Self.names.contains(last) || isScope || parts.first == "vendor" || parts.first == "pods" else { return }
        if last == "vendor", known.contains("modules.txt") { lookAtModules(location) }
        for child in children {
            let folder = location + [0x2F] + child
            let isPackage =
                Self.hasOpenManifest(folder)
                || (Self.names.contains(last) && Self.hasOpenLicence(folder, differingFrom: own))
            if isPackage { folders.insert(folder) }
        }
    }

    /// Go's `vendor/modules.txt` names each module; those of the owner of the module around it are not others'.
    private mutating func lookAtModules(_ location: [UInt8]) {
        guard let list = Self.text(location + Array("/modules.txt".utf8)) else { return }
        let around = Array(location.dropLast("/vendor".utf8.count))
        let manifest = Self.text(around + Array("/go.mod".utf8)) ?? ""
        let module = manifest.split(separator: "\n").first { $0.hasPrefix("module ") }?.dropFirst(7) ?? ""
        // host/owner, or the host alone where it is the owner's own
        let owner = module.split(separator: "/").prefix(2).joined(separator: "/")
        for line in list.split(separator: "\n") where line.hasPrefix("# ") {
            let words = line.split(separator: " ")
            guard words.count >= 2, !owner.isEmpty, !(words[1] + "/").hasPrefix(owner + "/"), !words[1].contains("..")
            else { continue }
            folders.insert(location + [0x2F] + Array(words[1].utf8))
        }
    }

    /// What pip installed: `X.dist-info` with its list of files tells which folders are the package's.
    private mutating func lookAtInstalled(_ location: [UInt8], _ known: Set<String>, _ children: [[UInt8]]) {
        for child in children where child.suffix(10) == Array(".dist-info".utf8) {
            let info = location + [0x2F] + child
            guard let record = Self.text(info + Array("/RECORD".utf8)),
                let metadata = Self.text(info + Array("/METADATA".utf8)), Self.isOpen(metadataOf: metadata)
            else { continue }
            folders.insert(info)
            var tops: Set<Substring> = []
            for line in record.split(separator: "\n") {
                let top = line.prefix { $0 != "," }.split(separator: "/", omittingEmptySubsequences: false)
                if top.count > 1, let first = top.first, first != "..", first != "." { tops.insert(first) }
            }
            for top in tops where known.contains(String(top)) { folders.insert(location + [0x2F] + Array(top.utf8)) }
        }
    }

    private static func isOpen(metadataOf text: String) -> Bool {
        // The head ends at the first empty line; behind it stands a description.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(while: { !$0.isEmpty }) {
            guard line.hasPrefix("License") || line.hasPrefix("Classifier: License") else { continue }
            if isOpen(licence: String(line.drop { $0 != ":" })) { return true }
        }
        return false
    }

    /// Whether a folder has a manifest that names a licence which lets everybody have the code.
    private static func hasOpenManifest(_ folder: [UInt8]) -> Bool {
        for name in ["package.json", "composer.json"] {
            guard let text = text(folder + [0x2F] + Array(name.utf8)) else { continue }
            if ManifestText.value(of: "private", in: text) == "true" { continue }
            let licence = ManifestText.value(of: "license", in: text) ?? ManifestText.value(of: "licenses", in: text)
            if let licence, isOpen(licence: licence) { return true }
        }
        // Cargo puts the checksums there when it vendors, and only then.
        guard exists(folder + Array("/.cargo-checksum.json".utf8)), let text = text(folder + Array("/Cargo.toml".utf8))
        else { return false }
        return text.split(separator: "\n").contains { line in
            line.hasPrefix("license") && isOpen(licence: String(line.drop { $0 != "=" }))
        }
    }

    /// Whether a folder has a licence that lets everybody have the code, and not one of those in `own`.
    private static func hasOpenLicence(_ folder: [UInt8], differingFrom own: [[UInt8]]) -> Bool {
        guard let licence = licence(in: folder), !own.contains(licence) else { return false }
        let text = String(decoding: licence.prefix(16_384), as: UTF8.self).lowercased()
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return grants.contains(where: flat.contains)
    }

    /// The text of the licence that lies in a folder.
    static func licence(in folder: [UInt8]) -> [UInt8]? {
        guard (try? FileTree.status(of: folder, followingLinks: false))?.kind == .folder,
            let names = try? FileTree.names(in: folder)
        else { return nil }
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) })
        where SourceNames.reasonToSkip(name) == .licence {
            let path = folder + [0x2F] + name
            if let text = try? FileTree.read(path, limit: readLimit, followingLinks: false) { return text }
        }
        return nil
    }

    private static func isOpen(licence: String) -> Bool {
        let folded = licence.lowercased()
        let isClosed = ["unlicensed", "proprietary", "commercial"].contains(where: folded.contains)
        guard !isClosed else { return false }
        if folded.contains("public domain") || folded.contains("osi approved") { return true }
        // Words without what says the version: `gplv2+`, `mpl-2.0`, `0bsd`.
        return folded.split { !$0.isLetter && !$0.isNumber }.contains { word in
            let stem = word.drop { $0.isNumber }.prefix { $0.isLetter }
            return openLicences.contains(String(stem))
                || stem.last == "v" && openLicences.contains(String(stem.dropLast()))
        }
    }

    private static func text(_ path: [UInt8]) -> String? {
        (try? FileTree.read(path, limit: readLimit, followingLinks: false)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func exists(_ path: [UInt8]) -> Bool {
        (try? FileTree.status(of: path, followingLinks: false)) != nil
    }
}

/// Reads a few values of a JSON manifest without understanding all of it.
enum ManifestText {
    /// The text of the value of `key` in the outermost object, quotes left out; nil when it is not there.
    ///
    /// Of an object or array the first string of 3 octets or more that is no key. Takes one pass.
    static func value(of key: String, in text: String) -> String? {
        let octets = Array(text.utf8)
        let key = Array(key.utf8)
        var depth = 0
        var index = 0
        var isKey = true
        var wanted = false
        while index < octets.count {
            switch octets[index] {
            case 0x7B, 0x5B:
                depth += 1
                isKey = octets[index] == 0x7B
            case 0x7D, 0x5D:
                depth -= 1
                if depth <= 1, wanted { return nil }
            case 0x3A: isKey = false
            case 0x2C:
                isKey = true
                if depth == 1 { wanted = false }
            case 0x22:
                let start = index + 1
                index = start
                while index < octets.count, octets[index] != 0x22 { index += octets[index] == 0x5C ? 2 : 1 }
                let string = octets[start..<min(index, octets.count)]
                if wanted, !isKey, string.count >= 3 { return String(decoding: string, as: UTF8.self) }
                if depth == 1, isKey { wanted = string.elementsEqual(key) }
            case 0x74 where wanted && depth == 1 && !isKey: return "true"
            case 0x66 where wanted && depth == 1 && !isKey: return "false"
            default: break
            }
            index += 1
        }
        return nil
    }
}
