import TestSupport
import Testing
import Wire

@testable import PacketCapture

@Suite("Captures of either kind")
struct CaptureReaderTests {
    @Test(
        "what is no capture is refused with a reason",
        arguments: [
            ([], CaptureError.Kind.malformed, "empty; not a pcap or pcapng capture"),
            ([0xD4], .malformed, "not a pcap or pcapng capture"),
            (Array("hello, world".utf8), .malformed, "not a pcap or pcapng capture"),
            ([0, 0, 0, 0, 0], .malformed, "not a pcap or pcapng capture"),
            (
                [0x0A, 0x0D, 0x0D, 0x0A, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9], .malformed,
                "not a pcapng section: its byte-order magic is unknown"
            ),
            ([0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0], .malformed, "the pcapng section header is cut short"),
        ]
    )
    func refused(octets: [UInt8], kind: CaptureError.Kind, reason: String) {
        #expect(Reading(octets).error == CaptureError(kind, source: "x.pcap", offset: 0, reason: reason))
    }

    @Test("a missing file, a folder and an unreadable name are errors of their kind")
    func cannotOpen() {
        let missing = #expect(throws: CaptureError.self) { _ = try CaptureReader(path: "/nonexistent/x.pcap") }
        #expect(missing?.kind == .cannotOpen)
        #expect(missing?.description == "/nonexistent/x.pcap: no such file or directory")
        let folder = #expect(throws: CaptureError.self) { _ = try CaptureReader(path: "/") }
        #expect(folder?.kind == .cannotOpen)
        #expect(folder?.description == "/: is a directory")
    }

    @Test("after an error the reader stays at its end")
    func errorIsFinal() throws {
        var file = CaptureFile.pcap([])
        file += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0]
        var reader = try CaptureReader(octets: file, name: "x.pcap")
        #expect(throws: CaptureError.self) { try CapturedRecord.all(&reader) }
        #expect(try CapturedRecord.all(&reader) == [])
    }

    @Test("frames come out whole wherever the block ends", arguments: [24, 25, 64, 100, 1_000, 4_096])
    func blocks(blockSize: Int) throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 7)
        let frames = (0..<200).map { index in
            let count = index == 100 ? 9_000 : Int.random(in: 0..<300, using: &generator)
            return CapturedFrame(
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) },
                at: Timestamp(nanoseconds: Int64(index) * 1_000)
            )
        }
        for file in [CaptureFile.pcap(frames), CaptureFile.pcapng(frames)] {
            let path = try folder.write(file, to: "x.pcap")
            var reader = try CaptureReader(
                BlockBuffer(FileDescriptor(reading: path), name: path, blockSize: blockSize)
            )
            let records = try CapturedRecord.all(&reader)
            #expect(records.map(\.octets) == frames.map(\.octets))
            #expect(records.map(\.fileOffset) == Reading(file).records.map(\.fileOffset))
            let (count, isTruncated) = (reader.frameCount, reader.isTruncated)
            #expect(count == 200)
            #expect(!isTruncated)
        }
    }

    @Test("what a folder's other files hold is no capture")
    func isCapture() throws {
        let folder = try TemporaryFolder()
        #expect(CaptureReader.isCapture(try folder.write(CaptureFile.pcap([]), to: "a")))
        #expect(CaptureReader.isCapture(try folder.write(CaptureFile.pcap([], bigEndian: true), to: "b")))
        #expect(CaptureReader.isCapture(try folder.write(CaptureFile.pcapng([], bigEndian: true), to: "c")))
        #expect(!CaptureReader.isCapture(try folder.write([0x0A, 0x0D, 0x0D, 0x0A, 0, 0, 0, 0, 0], to: "d")))
        #expect(!CaptureReader.isCapture(try folder.write(Array("text".utf8), to: "e")))
        #expect(!CaptureReader.isCapture(try folder.write([], to: "f")))
        #expect(!CaptureReader.isCapture(folder.path))
        #expect(!CaptureReader.isCapture(folder.path + "/none"))
    }
}
