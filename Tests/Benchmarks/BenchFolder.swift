import Fingerprints
import Foundation

/// Where the bench keeps what it generates: captures, code, an index; each made once.
struct BenchFolder {
    /// The folder.
    let path: String
    /// This program, which makes large things in processes of its own.
    let program: String
    /// How large captures are; 1 is the size of the published figures.
    let scale: Double

    init(path: String, program: String, scale: Double) throws {
        self.path = path
        self.program = program
        self.scale = scale
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The path of a capture, which is made if it is not there.
    ///
    /// Made by another process: a child's peak memory counts its parent's at the time of the fork.
    func capture(_ capture: BenchCapture) throws -> String {
        let file = "\(path)/\(capture.rawValue)-v2\(scale == 1 ? "" : "-\(scale)").pcap"
        guard !FileManager.default.fileExists(atPath: file) else { return file }
        try expectSuccess(Measurement.run([program, "make-capture", capture.rawValue, file, "\(scale)"]), of: file)
        return file
    }

    /// The path of an index over so many invented lines of code, which is made if it is not there.
    func index(lines: Int, weir: String) throws -> String {
        let index = "\(path)/code-\(lines)-v\(FingerprintIndex.formatVersion).widx"
        // One of another version's format is of no use.
        if try Measurement.run([weir, "index", "info", index]).status == 0 { return index }
        try? FileManager.default.removeItem(atPath: index)
        let tree = "\(path)/code-\(lines)"
        try expectSuccess(Measurement.run([program, "make-code", tree, "\(lines)"]), of: tree)
        let build = [weir, "index", "build", "--no-default-public", "--no-progress", "--collection", "bench", tree]
        try expectSuccess(Measurement.run(build + ["-o", index]), of: index)
        return index
    }

    /// Makes a capture in this process; the file appears whole or not at all.
    static func make(_ capture: BenchCapture, at path: String, scale: Double) throws {
        let part = path + ".part"
        var generator = try CaptureGenerator(path: part)
        try generator.make(capture, scale: scale)
        if let keyLog = capture.keyLog(of: path) { try Data(generator.keyLog.utf8).write(to: URL(filePath: keyLog)) }
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        try FileManager.default.moveItem(atPath: part, toPath: path)
        FileHandle.standardError.write(
            Data("made \(path): \(generator.writer.packets) packets, \(generator.writer.octets) octets\n".utf8)
        )
    }

    /// Makes a tree of invented code in this process.
    static func makeCode(_ tree: String, lines: Int) throws {
        try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
        var text = TextGenerator(seed: 7)
        for file in 0..<(lines / 500) {
            var code: [UInt8] = []
            for _ in 0..<500 { text.line(into: &code) }
            try Data(code).write(to: URL(filePath: "\(tree)/file\(file).c"))
        }
    }

    private func expectSuccess(_ measurement: Measurement, of what: String) throws {
        guard measurement.status == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [what: "status \(measurement.status)"])
        }
    }
}
