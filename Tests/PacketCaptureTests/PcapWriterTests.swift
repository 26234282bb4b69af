import PacketCapture
import TestSupport
import Testing
import Wire

@Suite("Writing pcap files")
struct PcapWriterTests {
    @Test("what was written is what the other writer writes", arguments: [false, true])
    func roundTrip(nanoseconds: Bool) throws {
        let folder = try TemporaryFolder()
        let frames = [
            CapturedFrame([1, 2, 3], at: Timestamp(nanoseconds: 1_700_000_000_123_456_789)),
            CapturedFrame([4], at: Timestamp(nanoseconds: 5), originalLength: 60),
        ]
        let path = folder.path + "/x.pcap"
        var writer = try PcapWriter(path: path, linkType: .linuxSLL2, nanoseconds: nanoseconds)
        for frame in frames {
            try writer.write(frame.octets.span, at: frame.timestamp, originalLength: frame.originalLength)
        }
        try writer.flush()
        var reader = try CaptureReader(path: path)
        let expected = Reading(CaptureFile.pcap(frames, linkType: 276, nanoseconds: nanoseconds)).records
        #expect(try CapturedRecord.all(&reader) == expected)
    }

    @Test("a file that cannot be made is an error")
    func cannotOpen() {
        let error = #expect(throws: CaptureError.self) { _ = try PcapWriter(path: "/nonexistent/x") }
        #expect(error?.kind == .cannotOpen)
    }
}
