@testable import Fingerprints

/// All that an index holds, named so that it can be compared with another's, whatever the order of files and sources.
struct IndexDump: Equatable, CustomStringConvertible {
    /// Where a fingerprint stands.
    struct Place: Equatable {
        var file: String
        var position: Int
        var span: Int
    }

    var files: [String: [Int]] = [:]
    var keys: [UInt64: [Place]] = [:]
    var kinds: [UInt64: UInt64] = [:]
    var out: [UInt64: String] = [:]

    var description: String { "\(files.count) files, \(keys.count) keys, \(out.count) out" }

    init(_ index: FingerprintIndex) throws {
        try index.verify()
        index.withWords { words in
            for ordinal in 0..<index.layout.fileCount {
                guard let record = index.layout.file(ordinal, in: words), let draft = index.draft(of: ordinal) else {
                    continue
                }
                let (collection, path) = index.name(of: ordinal)
                let digest = Int(truncatingIfNeeded: record.digest)
                let sums = [draft.checks, draft.lineCounts].map { $0.reduce(0) { $0 &* 31 &+ Int($1) } }
                files["\(collection) \(path)"] = [record.words, record.lines, record.octets, digest] + sums
            }
            var cursor = KeyCursor(index.layout.keys)
            while let stored = cursor.next(index.layout.blocks, in: words) {
                let key = cursor.ordinal - 1
                kinds[stored] = index.layout.kind(of: key, in: words).packed
                let places = index.layout.postings(of: key, in: words).compactMap { ordinal -> Place? in
                    guard let posting = index.layout.posting(ordinal, in: words) else { return nil }
                    let (collection, path) = index.name(of: posting.file)
                    return Place(file: "\(collection) \(path)", position: posting.position, span: posting.span)
                }
                keys[stored] = places.sorted { ($0.file, $0.position, $0.span) < ($1.file, $1.position, $1.span) }
            }
            var taken = KeyCursor(index.layout.out)
            while let stored = taken.next(index.layout.blocks, in: words) {
                switch index.layout.reason(ofOut: taken.ordinal - 1, in: words) {
                case .common: out[stored] = "common"
                case .madePublic: out[stored] = "released"
                case .publicCode(let source): out[stored] = index.metadata.subtracted[source].source
                case nil: out[stored] = ""
                }
            }
        }
    }
}
