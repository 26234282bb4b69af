import Glibc
import PacketCapture
import TestSupport
import Testing

@Suite("Inputs")
struct CaptureInputsTests {
    @Test("a folder gives its captures in byte order of names, told by content, not recursively")
    func folder() throws {
        let folder = try TemporaryFolder()
        let capture = CaptureFile.pcap([])
        for name in ["b.pcap", "B.txt", "a", "\u{E9}.pcap", "10.pcap", "9.pcap"] {
            _ = try folder.write(capture, to: name)
        }
        _ = try folder.write(Array("no capture".utf8), to: "c.pcap")
        _ = try folder.write([], to: "empty.pcap")
        try folder.makeFolder("deeper")
        _ = try folder.write(capture, to: "deeper/d.pcap")
        let names = ["10.pcap", "9.pcap", "B.txt", "a", "b.pcap", "\u{E9}.pcap"]
        #expect(try CaptureInputs.expand(folder.path) == names.map { "\(folder.path)/\($0)" })
        #expect(try CaptureInputs.expand(folder.path + "/") == names.map { "\(folder.path)/\($0)" })
    }

    @Test("a pipe in a folder is skipped, not waited for")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let made = unsafe mkfifo(folder.path + "/pipe", 0o600)
        #expect(made == 0)
        #expect(try CaptureInputs.expand(folder.path) == [])
    }

    @Test("files, standard input and what does not exist stay as they are, in order")
    func others() throws {
        #expect(try CaptureInputs.expand(["z.pcap", "-", "/nonexistent"]) == ["z.pcap", "-", "/nonexistent"])
    }
}
