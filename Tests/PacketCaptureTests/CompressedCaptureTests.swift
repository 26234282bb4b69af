import TestSupport
import Testing
import Wire

@testable import PacketCapture

@Suite("Compressed captures")
struct CompressedCaptureTests {
    /// Frames of varied size, some of which compress well.
    static let frames: [CapturedFrame] = {
        var generator = SeededGenerator(seed: 11)
        return (0..<60).map { index in
            let count = index == 30 ? 40_000 : Int.random(in: 0..<200, using: &generator)
            let isPlain = index % 3 == 0
            return CapturedFrame(
                (0..<count).map { _ in isPlain ? 7 : UInt8.random(in: 0...255, using: &generator) },
                at: Timestamp(nanoseconds: Int64(index) * 1_000)
            )
        }
    }()

    /// What compresses.
    enum Coding: CaseIterable {
        case gzip
        case zstd

        func coded(_ octets: [UInt8]) -> [UInt8] {
            switch self {
            case .gzip: DeflateWriter.gzip(octets)
            case .zstd: ZstdWriter.frame(octets)
            }
        }
    }

    @Test(
        "are read as what they hold",
        arguments: [CaptureFile.pcap(frames), CaptureFile.pcapng(frames)],
        Coding.allCases
    )
    func content(plain: [UInt8], coding: Coding) {
        let reading = Reading(coding.coded(plain))
        #expect(reading.error == nil)
        #expect(!reading.isTruncated)
        #expect(reading.records == Reading(plain).records)
        #expect(reading.records.count == 60)
    }

    @Test(
        "the parts of one in a row are read as one, wherever they were cut",
        arguments: [1, 20, 24, 30, 1_000],
        Coding.allCases
    )
    func members(cut: Int, coding: Coding) {
        let plain = CaptureFile.pcap(CompressedCaptureTests.frames)
        var parts = [Array(plain[..<cut]), [], Array(plain[cut...])].map(coding.coded)
        if coding == .zstd { parts = [ZstdWriter.skippable([1, 2, 3])] + parts }
        let reading = Reading(parts.flatMap { $0 })
        #expect(reading.error == nil)
        #expect(reading.records == Reading(plain).records)
    }

    @Test(
        "wherever blocks end, in the file and in what comes out",
        arguments: [24, 100, 1_000, 40_000],
        Coding.allCases
    )
    func blocks(blockSize: Int, coding: Coding) throws {
        let folder = try TemporaryFolder()
        let plain = CaptureFile.pcapng(CompressedCaptureTests.frames)
        let path = try folder.write(coding.coded(plain), to: "x.txt")
        var reader = try CaptureReader(BlockBuffer(FileDescriptor(reading: path), name: path, blockSize: blockSize))
        #expect(try CapturedRecord.all(&reader).map(\.octets) == CompressedCaptureTests.frames.map(\.octets))
        var named = try CaptureReader(path: path)
        #expect(try CapturedRecord.all(&named).count == 60)
    }

    @Test("one that swells a thousandfold takes no more memory than a block", arguments: Coding.allCases)
    func swelling(coding: Coding) throws {
        // Records of no octets, 16 zero octets each.
        let plain = CaptureFile.pcap([]) + [UInt8](repeating: 0, count: 4 << 20)
        let coded = coding.coded(plain)
        #expect(coded.count < 50_000)
        let found = try #require(CaptureCoding(magic: coded.span.uint32(at: 0, bigEndian: false)))
        var buffer = BlockBuffer(coded, name: "x").decompressed(found, blockSize: 1 << 16)
        var most = 0
        while try buffer.fill(1) {
            most = max(most, buffer.available)
            buffer.advance(buffer.available)
        }
        #expect(buffer.fileOffset == UInt64(plain.count))
        #expect(most <= 1 << 16)
    }

    @Test(
        "cut off anywhere, what came is read; between packets it is an error, within one a warning",
        arguments: Coding.allCases
    )
    func cut(coding: Coding) {
        let frames = Array(CompressedCaptureTests.frames[..<12])
        let plain = CaptureFile.pcap(frames)
        let whole = Reading(plain).records
        let coded = coding == .gzip ? coding.coded(plain) : ZstdWriter.frame(plain, flushEach: 100)
        var (warnings, errors) = (0, 0)
        for count in 4..<coded.count {
            let reading = Reading(Array(coded[..<count]))
            #expect(reading.records == Array(whole[..<reading.records.count]))
            if reading.isTruncated {
                warnings += 1
                #expect(reading.error == nil)
            } else if let error = reading.error {
                errors += 1
                #expect(error.kind == .malformed)
            } else {
                Issue.record("\(count) octets are taken for the whole")
            }
        }
        #expect(warnings > 100)
        #expect(errors > 8)
        let short = coded.count - (coding == .gzip ? 8 : 4)
        let reading = Reading(Array(coded[..<short]))
        #expect(reading.records == whole)
        #expect(
            reading.error?.description
                == "x.pcap: offset \(short): the file ends before its \(coding) data does; what is there was read"
        )
    }

    @Test("a wrong checksum comes to light after the last packet, at its place in the file")
    func checksum() {
        var coded = DeflateWriter.gzip(CaptureFile.pcap(CompressedCaptureTests.frames))
        coded[coded.count - 8] ^= 1
        let reading = Reading(coded)
        #expect(reading.records.count == 60)
        #expect(reading.error?.kind == .malformed)
        #expect(reading.error?.isDecompressed == false)
        #expect(reading.error?.reason == "damaged compressed data; gzip -t tells more")
    }

    @Test("no change of an octet does more than an error", arguments: Coding.allCases)
    func changed(coding: Coding) {
        let coded = coding.coded(CaptureFile.pcapng(Array(CompressedCaptureTests.frames[..<8])))
        for index in coded.indices {
            for mask in [1, 0x80, 0xFF] as [UInt8] {
                var other = coded
                other[index] ^= mask
                _ = Reading(other)
            }
        }
    }

    @Test("damage inside says that its offset is not the file's")
    func inside() {
        var plain = CaptureFile.pcap([])
        plain += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0]
        let error = Reading(DeflateWriter.gzip(plain)).error
        #expect(
            error?.description.hasPrefix("x.pcap: offset 24 of the decompressed capture: a record's captured") == true
        )
    }

    @Test("what is compressed twice, or no capture, is named")
    func others() {
        let twice = DeflateWriter.gzip(DeflateWriter.gzip(CaptureFile.pcap([])))
        #expect(Reading(twice).error?.kind == .unsupported)
        #expect(Reading(twice).error?.reason == "compressed twice, within it with gzip; undo one of them")
        #expect(Reading(DeflateWriter.gzip(Array("a log".utf8))).error?.reason == "not a pcap or pcapng capture")
        #expect(Reading(DeflateWriter.gzip([])).error?.reason == "empty; not a pcap or pcapng capture")
    }

    @Test("a folder's are told by what they hold")
    func isCapture() throws {
        let folder = try TemporaryFolder()
        let plain = CaptureFile.pcapng(CompressedCaptureTests.frames)
        let capture = DeflateWriter.gzip(plain)
        #expect(CaptureReader.isCapture(try folder.write(capture, to: "a.txt")))
        #expect(CaptureReader.isCapture(try folder.write(ZstdWriter.frame(plain), to: "z.txt")))
        #expect(!CaptureReader.isCapture(try folder.write(ZstdWriter.frame(Array("text, text".utf8)), to: "y.pcap")))
        #expect(!CaptureReader.isCapture(try folder.write(DeflateWriter.gzip(Array("text, text".utf8)), to: "b.pcap")))
        #expect(!CaptureReader.isCapture(try folder.write(DeflateWriter.gzip([]), to: "c")))
        #expect(!CaptureReader.isCapture(try folder.write([0x1F, 0x8B, 8, 0, 9], to: "d")))
        #expect(!CaptureReader.isCapture(try folder.write(DeflateWriter.gzip(capture), to: "e")))
    }
}
