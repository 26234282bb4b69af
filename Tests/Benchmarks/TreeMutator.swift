import Foundation
import Synchronization

/// Writes trees of code of any size: real code, changed by a seed so much that hardly a line or a shape comes twice.
///
/// Of each file the blocks between empty lines are put in another order, three of four words get other names, and one mark in
/// eight becomes another. What comes is no program, but has the words, lines, comments and files of one.
struct TreeMutator {
    private let files: [[UInt8]]
    private let endings: [String]

    private static let endings: Set<String> = [
        "c", "h", "cc", "cpp", "hpp", "hh", "py", "swift", "go", "java", "js", "ts", "rs", "sql", "v", "sh", "pl", "pm",
    ]
    private static let octetsRead = 48 << 20
    private static let marks = Array("+-<>&|^%=,.".utf8)
    private static let allMarks = Array("+-<>&|^%=,.(){}[];:!".utf8)
    private static let syllables = [
        "ba", "cor", "dek", "fin", "gal", "hem", "jor", "kel", "lum", "mar", "nod", "pel", "ros", "sul", "tam", "vex",
    ].map { Array($0.utf8) }
    private static let keywords = Set(
        """
        if else for while do return break continue switch case default struct class enum union static const void int char \
        long short unsigned signed float double let var func import from def self None True False nil null true false try \
        except raise with lambda yield pass include define ifdef ifndef endif extern typedef sizeof public private in is \
        not and or new delete this throw throws guard init where extension protocol inline volatile
        """.split(separator: " ").map { hash(Array($0.utf8)[...]) }
    )

    /// Reads the code to begin with, in the order of paths: up to 48 MiB of files up to 256 KiB.
    init(from folders: [String]) throws {
        var files: [[UInt8]] = []
        var endings: [String] = []
        var octets = 0
        for folder in folders {
            var share = Self.octetsRead / folders.count
            let names = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
            for name in names where share > 0 {
                let ending = URL(filePath: name).pathExtension
                guard Self.endings.contains(ending),
                    let text = FileManager.default.contents(atPath: folder + "/" + name),
                    (256...(256 << 10)).contains(text.count), !text.contains(0)
                else { continue }
                files.append(Array(text))
                endings.append(ending)
                share -= text.count
                octets += text.count
            }
        }
        guard octets > 0 else {
            throw CocoaError(.fileReadNoSuchFile, userInfo: ["folders": folders.joined(separator: ", ")])
        }
        self.files = files
        self.endings = endings
    }

    /// The folders to begin with when none is named.
    static var defaultFolders: [String] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
        let python = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return [sources.path, "/usr/include"]
            + python.filter { $0.hasPrefix("python3") }.sorted().suffix(1).map { "/usr/lib/" + $0 }
    }

    /// Writes files below `tree` until they have so many lines, with all processors; the same arguments write the same.
    ///
    /// - Returns: Their octets.
    func write(_ tree: String, lines: Int, seed: UInt64) throws -> Int {
        // How many versions are needed follows from the lines alone, which no change adds to or takes from.
        let counts = files.map { $0.reduce(into: 0) { if $1 == 0x0A { $0 += 1 } } + 1 }
        var plan: [(file: Int, version: UInt64)] = []
        var planned = 0
        var version: UInt64 = 0
        while planned < lines {
            for file in files.indices where planned < lines {
                plan.append((file, version))
                planned += counts[file]
            }
            version += 1
        }
        for folder in 0...(plan.count / 1_000) {
            try FileManager.default.createDirectory(atPath: "\(tree)/d\(folder)", withIntermediateDirectories: true)
        }
        let octets = Atomic(0)
        let failed = Atomic(false)
        let work = plan
        DispatchQueue.concurrentPerform(iterations: (work.count + 99) / 100) { part in
            for place in (part * 100)..<min(part * 100 + 100, work.count) {
                let (file, version) = work[place]
                let text = mutated(file, seed: seed &+ version &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(file))
                octets.add(text.count, ordering: .relaxed)
                let url = URL(filePath: "\(tree)/d\(place / 1_000)/f\(place).\(endings[file])")
                if (try? Data(text).write(to: url)) == nil { failed.store(true, ordering: .relaxed) }
            }
        }
        guard !failed.load(ordering: .relaxed) else { throw CocoaError(.fileWriteUnknown, userInfo: ["folder": tree]) }
        return octets.load(ordering: .relaxed)
    }

    /// Text of about `octets` that looks like the trees' and shares nothing with them: every word has another name, and every
    /// mark is drawn anew.
    func text(octets: Int, seed: UInt64) -> [UInt8] {
        var text: [UInt8] = []
        var file = 0
        while text.count < octets {
            text += mutated(file % files.count, seed: seed &+ UInt64(file), isForeign: true)
            file += 7
        }
        return text
    }

    /// One file, changed.
    private func mutated(_ file: Int, seed: UInt64, isForeign: Bool = false) -> [UInt8] {
        var random = Self.scramble(seed)
        let names = Self.scramble(seed ^ 0xABCD)
        var output: [UInt8] = []
        output.reserveCapacity(files[file].count * 5 / 4)
        for block in Self.blocks(of: files[file], &random) {
            Self.rewrite(files[file], block, names, &random, isForeign, into: &output)
        }
        return output
    }

    /// What lies between empty lines, in another order.
    private static func blocks(of text: [UInt8], _ random: inout UInt64) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start = 0
        var index = 1
        while index < text.count {
            if text[index] == 0x0A, text[index - 1] == 0x0A {
                blocks.append(start..<(index + 1))
                start = index + 1
            }
            index += 1
        }
        if start < text.count { blocks.append(start..<text.count) }
        for place in stride(from: blocks.count - 1, to: 0, by: -1) {
            random = scramble(random)
            blocks.swapAt(place, Int(random % UInt64(place + 1)))
        }
        return blocks
    }

    private static func rewrite(
        _ text: [UInt8],
        _ range: Range<Int>,
        _ names: UInt64,
        _ random: inout UInt64,
        _ isForeign: Bool,
        into output: inout [UInt8]
    ) {
        let marks = isForeign ? allMarks : marks
        var index = range.lowerBound
        while index < range.upperBound {
            let octet = text[index]
            if isLetter(octet) {
                let start = index
                while index < range.upperBound, isLetter(text[index]) || text[index] &- 0x30 < 10 { index += 1 }
                let word = text[start..<index]
                let value = hash(word)
                if !isForeign, word.count < 3 || value & 3 == 0 || keywords.contains(value) {
                    output += word
                } else {
                    var name = scramble(value ^ names)
                    for _ in 0..<(2 + name >> 60 & 1) {
                        output += syllables[Int(name & 15)]
                        name >>= 4
                    }
                    output.append(0x61 + UInt8(truncatingIfNeeded: name % 26))
                }
            } else {
                if marks.contains(octet) {
                    random = scramble(random)
                    let replaced = isForeign || random % 8 == 0
                    output.append(replaced ? marks[Int((random >> 32) % UInt64(marks.count))] : octet)
                } else {
                    output.append(octet)
                }
                index += 1
            }
        }
    }

    private static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 || octet == 0x5F }

    private static func hash(_ word: ArraySlice<UInt8>) -> UInt64 {
        scramble(word.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    private static func scramble(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
