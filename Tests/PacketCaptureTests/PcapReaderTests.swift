import PacketCapture
import TestSupport
import Testing
import Wire

@Suite("pcap files (draft-ietf-opsawg-pcap)")
struct PcapReaderTests {
    private let frames = [
        CapturedFrame([1, 2, 3], at: Timestamp(nanoseconds: 1_700_000_000_123_456_789)),
        CapturedFrame([], at: Timestamp(nanoseconds: 0)),
        CapturedFrame([9], at: Timestamp(nanoseconds: 4_294_967_295_999_999_999), originalLength: 1_500),
    ]

    @Test("either octet order and either unit of time is read", arguments: [false, true], [false, true])
    func variants(bigEndian: Bool, nanoseconds: Bool) {
        let reading = Reading(CaptureFile.pcap(frames, nanoseconds: nanoseconds, bigEndian: bigEndian))
        #expect(reading.error == nil)
        #expect(!reading.isTruncated)
        #expect(reading.records.map(\.octets) == [[1, 2, 3], [], [9]])
        let unit: Int64 = nanoseconds ? 1 : 1_000
        #expect(reading.records.map(\.nanoseconds) == frames.map { $0.timestamp.nanoseconds / unit * unit })
        #expect(reading.records.map(\.originalLength) == [3, 0, 1_500])
        #expect(reading.records.map(\.number) == [1, 2, 3])
        #expect(reading.records.map(\.fileOffset) == [24, 43, 59])
        #expect(reading.interfaces == [CaptureInterface(name: nil, linkType: .ethernet)])
    }

    @Test("records of Kuznetzov's variant have eight octets more", arguments: [false, true])
    func modified(bigEndian: Bool) {
        var file = OctetWriter(bigEndian: bigEndian)
        file.append(UInt32(0xA1B2_CD34))
        file.append(UInt32(bigEndian ? 0x0002_0004 : 0x0004_0002))
        file.append([UInt8](repeating: 0, count: 12))
        file.append(UInt32(1))
        for value: UInt32 in [7, 8, 2, 2] { file.append(value) }
        file.append([UInt8](repeating: 0xEE, count: 8) + [5, 6])
        let reading = Reading(file.octets)
        #expect(reading.records.map(\.octets) == [[5, 6]])
        #expect(reading.records.map(\.nanoseconds) == [7_000_008_000])
    }

    @Test("a file that ends within a record is truncated, and gives the records before")
    func truncation() {
        let file = CaptureFile.pcap(frames)
        let ends = [24: 0, 43: 1, 59: 2]
        for count in 24..<file.count {
            let reading = Reading(Array(file[..<count]))
            #expect(reading.error == nil)
            #expect(reading.isTruncated == (ends[count] == nil), "\(count)")
            #expect(reading.records.count == (count < 43 ? 0 : count < 59 ? 1 : 2))
        }
    }

    @Test("a file cut within its header is no capture", arguments: 0..<24)
    func shortHeader(count: Int) {
        let reading = Reading(Array(CaptureFile.pcap(frames)[..<count]))
        #expect(reading.error?.kind == .malformed)
        #expect(reading.error?.offset == 0)
    }

    @Test("an impossible length is named with its place")
    func longRecord() {
        var file = CaptureFile.pcap([frames[0]])
        file += [0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0, 0x01, 0, 0, 0, 0]
        let reading = Reading(file)
        #expect(reading.records.count == 1)
        #expect(
            reading.error?.description
                == "x.pcap: offset 43: a record's captured length 16777217 is above 16777216; not a capture or damaged"
        )
    }

    @Test("a length field alone is believed only as far as octets come")
    func lengthWithoutOctets() {
        var file = CaptureFile.pcap([])
        file += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 1, 2, 3]
        let reading = Reading(file)
        #expect(reading.error == nil)
        #expect(reading.isTruncated)
    }

    @Test("the link type's upper bits, about the frame check sequence, do not count")
    func checkSequenceBits() {
        let reading = Reading(CaptureFile.pcap([frames[0]], linkType: 0x4400_0001))
        #expect(reading.records.map(\.linkType) == [.ethernet])
    }

    @Test("versions other than 2 are not read")
    func version() {
        var file = CaptureFile.pcap(frames)
        file[4] = 3
        #expect(Reading(file).error?.kind == .unsupported)
        #expect(Reading(file).error?.description == "x.pcap: offset 4: pcap version 3.4; only 2.x is read")
    }

    @Test("before version 2.4 the shorter length is the captured one")
    func swappedLengths() {
        var file = CaptureFile.pcap([CapturedFrame([1, 2], at: Timestamp(nanoseconds: 0), originalLength: 9)])
        file[6] = 3
        file.swapAt(32, 36)
        let reading = Reading(file)
        #expect(reading.records.map(\.octets) == [[1, 2]])
        #expect(reading.records.map(\.originalLength) == [9])
    }

    @Test("an original length below the captured one is raised to it")
    func originalLength() {
        let reading = Reading(
            CaptureFile.pcap([CapturedFrame([1, 2], at: Timestamp(nanoseconds: 0), originalLength: 1)])
        )
        #expect(reading.records.map(\.originalLength) == [2])
    }

    @Test("no changed octet and no cut makes the reader trap")
    func torture() {
        Torture.everything(of: CaptureFile.pcap(frames)) { pieces in
            _ = Reading(pieces.flatMap { $0 })
        }
    }
}
