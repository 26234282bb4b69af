import Foundation
import Glibc
import Sinks
import Testing

@Suite("JSON lines", .serialized)
final class JSONLinesSinkTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "weir-sinks-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func object(_ number: Int) -> JSONObject {
        var object = JSONObject()
        object.set("n", number)
        return object
    }

    private func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @Test("records are appended as lines to what the file holds")
    func appends() throws {
        let path = folder + "/incidents.jsonl"
        for number in 1...2 {
            var sink = try JSONLinesSink(path: path, buffered: false)
            try sink.write(object(number))
            #expect(sink.linesWritten == 1)
        }
        #expect(contents(path) == "{\"n\":1}\n{\"n\":2}\n")
    }

    @Test("a last line that a kill cut off is ended, so that no record is glued to it")
    func cutLine() throws {
        let path = folder + "/incidents.jsonl"
        for (old, isCut) in [("{\"n\":1}\n{\"n\"", true), ("{\"n\":1}\n", false), ("", false)] {
            #expect(FileManager.default.createFile(atPath: path, contents: Data(old.utf8)))
            var sink = try JSONLinesSink(path: path, buffered: false)
            #expect(sink.hadCutLine == isCut)
            try sink.write(object(2))
            #expect(contents(path) == old + (isCut ? "\n" : "") + "{\"n\":2}\n")
        }
    }

    @Test("a file that was renamed is left, and one of the old name begun")
    func reopening() throws {
        let path = folder + "/incidents.jsonl"
        var sink = try JSONLinesSink(path: path, buffered: true)
        try sink.write(object(1))
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try sink.reopen()
        try sink.write(object(2))
        try sink.flush()
        #expect(contents(path + ".1") == "{\"n\":1}\n")
        #expect(contents(path) == "{\"n\":2}\n")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SinkError.self) { try sink.reopen() }
        try sink.write(object(3))
        try sink.flush()
        #expect(sink.linesWritten == 3)
        #expect(sink.linesLost == 0)
    }

    @Test("a file that is made is for its owner and group only")
    func mode() throws {
        let old = umask(0)
        defer { umask(old) }
        let path = folder + "/incidents.jsonl"
        _ = try JSONLinesSink(path: path, buffered: false)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
    }

    @Test("a buffered sink writes whole lines, when it is full or told to")
    func buffered() throws {
        let path = folder + "/incidents.jsonl"
        var sink = try JSONLinesSink(path: path, buffered: true)
        try sink.write(object(1))
        #expect(contents(path).isEmpty)
        #expect(sink.linesWritten == 0)
        try sink.flush()
        #expect(contents(path) == "{\"n\":1}\n")
        var count = 1
        while sink.linesWritten == 1 {
            try sink.write(object(2))
            count += 1
        }
        #expect(contents(path).utf8.count >= JSONLinesSink.bufferOctets)
        #expect(contents(path).hasSuffix("}\n"))
        #expect(sink.linesWritten == UInt64(count))
    }

    @Test("a full disk is said once, and counted for each record")
    func fullDevice() throws {
        var sink = try JSONLinesSink(path: "/dev/full", buffered: false)
        var errors: [SinkError] = []
        for number in 0..<3 {
            do throws(SinkError) { try sink.write(object(number)) } catch { errors.append(error) }
        }
        #expect(errors.count == 1)
        #expect(errors.first?.description.hasPrefix("/dev/full: No space left on device") == true)
        #expect(sink.linesLost == 3)
        #expect(sink.linesWritten == 0)
    }

    @Test(
        "a write that fails within a line takes that line back and keeps the whole ones",
        .enabled(if: canLimit),
        arguments: [true, false]
    )
    func fullWithinLine(appends: Bool) throws {
        // A file at its size limit behaves as on a disk that fills up within a line.
        signal(SIGXFSZ, SIG_IGN)
        let path = folder + "/limited.jsonl"
        let limit = 1 << 20
        let old = String(repeating: "x", count: limit - 13) + "\n"
        #expect(FileManager.default.createFile(atPath: path, contents: Data(old.utf8)))
        try JSONLinesSinkTests.limitFileSize("\(limit):")
        defer { try? JSONLinesSinkTests.limitFileSize("unlimited:") }
        // The shell's `>` gives a descriptor that does not append.
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        var sink =
            appends
            ? try JSONLinesSink(path: path, buffered: true)
            : JSONLinesSink(descriptor: handle.fileDescriptor, name: path, buffered: true)
        try sink.write(object(1))
        try sink.write(object(2))
        #expect(throws: SinkError.self) { try sink.flush() }
        #expect(contents(path).hasSuffix("x\n{\"n\":1}\n"))
        #expect(sink.linesWritten == 1)
        #expect(sink.linesLost == 1)
        try JSONLinesSinkTests.limitFileSize("unlimited:")
        try sink.write(object(3))
        try sink.flush()
        #expect(contents(path).hasSuffix("x\n{\"n\":1}\n{\"n\":3}\n"))
        #expect(sink.linesWritten == 2)
    }

    private static let prlimit = "/usr/bin/prlimit"
    private static let canLimit = FileManager.default.isExecutableFile(atPath: prlimit)

    private static func limitFileSize(_ range: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: prlimit)
        process.arguments = ["--pid", String(getpid()), "--fsize=" + range]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("a pipe whose reader is gone is a closed output each time, not a signal")
    func closedPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        var sink = JSONLinesSink(descriptor: descriptor, name: "pipe", buffered: false)
        for number in 0..<2 {
            #expect(throws: SinkError.closedOutput) { try sink.write(object(number)) }
        }
        #expect(sink.linesLost == 2)
        withExtendedLifetime(pipe) {}
    }

    @Test("a file that cannot be opened names itself and what is wrong")
    func cannotOpen() {
        #expect {
            _ = try JSONLinesSink(path: "/nowhere/at/all.jsonl", buffered: false)
        } throws: { error in
            guard let error = error as? SinkError, case .cannotOpen(let path, _, let isPermission) = error else {
                return false
            }
            return path == "/nowhere/at/all.jsonl" && !isPermission
                && error.description
                    == "/nowhere/at/all.jsonl: cannot be opened for appending: No such file or directory"
        }
    }
}
