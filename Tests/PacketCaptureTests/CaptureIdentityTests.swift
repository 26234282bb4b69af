import Foundation
import PacketCapture
import TestSupport
import Testing
import Wire

@Suite("One capture for several readers")
struct CaptureIdentityTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "weir-identity-\(UUID().uuidString)").path
    private static let frames = (0..<3).map { CapturedFrame([UInt8($0)], at: Timestamp(nanoseconds: Int64($0))) }

    private func write(_ octets: [UInt8]) throws { try Data(octets).write(to: URL(filePath: path)) }
    private func append(_ octets: [UInt8]) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(octets))
    }

    private func count(_ identity: CaptureIdentity) throws(CaptureError) -> UInt64 {
        var reader = try CaptureReader(path: path, identity: identity)
        while try reader.next() != nil {}
        return reader.frameCount
    }

    @Test("what was appended since is not read")
    func growth() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(CaptureFile.pcap(Self.frames))
        let identity = try #require(CaptureIdentity.of(path))
        try append(Array(CaptureFile.pcap(Self.frames).dropFirst(24)))
        #expect(try count(identity) == 3)
        #expect(try count(#require(CaptureIdentity.of(path))) == 6)
    }

    @Test("a file that was replaced or cut since is refused")
    func replaced() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(CaptureFile.pcap(Self.frames))
        let identity = try #require(CaptureIdentity.of(path))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 30)
        let cut = #expect(throws: CaptureError.self) { _ = try count(identity) }
        #expect(cut?.kind == .inputOutput)
        // Atomically written: another file by the same name.
        try Data(CaptureFile.pcap(Self.frames)).write(to: URL(filePath: path), options: .atomic)
        #expect(throws: CaptureError.self) { _ = try count(identity) }
    }

    @Test("what is no regular file, or is not there, has none")
    func others() {
        #expect(CaptureIdentity.of("-") == nil)
        #expect(CaptureIdentity.of("/dev/null") == nil)
        #expect(CaptureIdentity.of("/") == nil)
        #expect(CaptureIdentity.of("/nonexistent") == nil)
    }
}
