import PacketCapture
import TestSupport
import Testing
import Wire

@Suite("pcapng files (draft-ietf-opsawg-pcapng)")
struct PcapngReaderTests {
    private let frame = CapturedFrame([1, 2, 3], at: Timestamp(nanoseconds: 1_700_000_000_123_456_789))

    /// A file with every kind of block.
    private func everything(bigEndian: Bool) -> [UInt8] {
        var file = CaptureFile.Blocks(bigEndian: bigEndian)
        file.section(length: 0x1234)
        file.interface(linkType: 1, options: [.name("eth0"), .resolution(9)])
        file.secrets(Array("CLIENT_RANDOM 00 11\n".utf8))
        file.packet(frame)
        file.block(4, body: [0, 0, 0, 0])
        file.interface(linkType: 113, snapLength: 96, options: [.resolution(6), .offset(100)])
        file.block(5, body: [UInt8](repeating: 0, count: 12))
        file.packet(frame, interface: 1, ticks: 1_000_001)
        file.obsoletePacket(frame, interface: 0, ticks: 5)
        file.block(0xBAD, body: [0, 0, 0, 1, 2, 3])
        file.block(0x4000_0BAD, body: [0, 0, 0, 1])
        file.block(0x7777, body: [])
        file.simplePacket([7, 7, 7, 7, 7])
        file.bigEndian.toggle()
        file.section()
        file.interface(linkType: 276)
        file.packet(frame, ticks: 3)
        return file.octets
    }

    @Test("every block of every section is read or passed over, in either octet order", arguments: [false, true])
    func allBlocks(bigEndian: Bool) {
        let reading = Reading(everything(bigEndian: bigEndian))
        #expect(reading.error == nil)
        #expect(!reading.isTruncated)
        #expect(reading.records.map(\.octets) == [[1, 2, 3], [1, 2, 3], [1, 2, 3], [7, 7, 7, 7, 7], [1, 2, 3]])
        #expect(reading.records.map(\.linkType) == [.ethernet, .linuxSLL, .ethernet, .ethernet, .linuxSLL2])
        #expect(reading.records.map(\.interface) == [0, 1, 0, 0, 0])
        #expect(reading.records.map(\.number) == [1, 2, 3, 4, 5])
        #expect(
            reading.records.map(\.nanoseconds) == [1_700_000_000_123_456_789, 101_000_001_000, 5, 5, 3_000]
        )
        #expect(
            reading.secrets == [
                CaptureSecrets(type: CaptureSecrets.tlsKeyLog, octets: Array("CLIENT_RANDOM 00 11\n".utf8))
            ]
        )
        #expect(reading.interfaces == [CaptureInterface(name: nil, linkType: .linuxSLL2)])
    }

    @Test("a file that ends within a block is truncated, not damaged")
    func truncation() {
        let file = everything(bigEndian: false)
        var whole = 0
        for count in 28..<file.count {
            let reading = Reading(Array(file[..<count]))
            #expect(reading.error == nil, "\(count)")
            if !reading.isTruncated { whole += 1 }
        }
        // A cut at the end of each of the sixteen blocks but the last leaves a whole file.
        #expect(whole == 15)
    }

    @Test("a simple packet is cut to the first interface's snap length")
    func simplePacketSnapLength() {
        var file = CaptureFile.Blocks()
        file.section()
        file.interface(snapLength: 3)
        file.simplePacket([1, 2, 3], originalLength: 40)
        let reading = Reading(file.octets)
        #expect(reading.records.map(\.octets) == [[1, 2, 3]])
        #expect(reading.records.map(\.originalLength) == [40])
    }

    @Test("secrets beyond 16 MiB are counted, not kept")
    func secretsLimit() {
        var file = CaptureFile.Blocks()
        file.section()
        for _ in 0..<5 { file.secrets([UInt8](repeating: 0, count: 4 << 20)) }
        let reading = Reading(file.octets)
        #expect(reading.secrets.count == 4)
        #expect(reading.secretsLeftOut == 1)
    }

    @Test("damage is named with its place", arguments: Damage.all)
    func damage(_ damage: Damage) {
        let reading = Reading(damage.octets)
        #expect(reading.error?.kind == .malformed)
        #expect(reading.error?.description == damage.description)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let octets: [UInt8]
        let description: String
        var testDescription: String { description }

        init(
            _ description: String,
            _ build: (inout CaptureFile.Blocks) -> Void,
            _ change: (inout [UInt8]) -> Void = { _ in }
        ) {
            var file = CaptureFile.Blocks()
            file.section()
            build(&file)
            var octets = file.octets
            change(&octets)
            self.octets = octets
            self.description = "x.pcap: " + description
        }

        static let frame = CapturedFrame([1, 2, 3, 4], at: Timestamp(nanoseconds: 0))
        static let all = [
            Damage("offset 28: block length 7 is below 12; damaged", { $0.block(5, body: []) }, { $0[32] = 7 }),
            Damage(
                "offset 28: block length 13 is no multiple of 4; damaged",
                { $0.block(5, body: []) },
                { $0[32] = 13 }
            ),
            Damage(
                "offset 28: block lengths 12 and 16 before and after it disagree; damaged",
                { $0.block(5, body: []) },
                { $0[36] = 16 }
            ),
            Damage("offset 28: block length 12 is below 20; damaged", { $0.block(1, body: []) }),
            Damage("offset 28: block length 16 is below 32; damaged", { $0.block(6, body: [0]) }),
            Damage("offset 28: block length 12 is below 16; damaged", { $0.block(3, body: []) }),
            Damage("offset 28: block length 16 is below 20; damaged", { $0.block(10, body: [0]) }),
            Damage("offset 28: a packet of interface 0, of which 0 are described", { $0.packet(frame) }),
            Damage("offset 28: a packet before the first interface description", { $0.simplePacket([1]) }),
            Damage(
                "offset 48: captured length 5 exceeds its block of 36; damaged",
                {
                    $0.interface()
                    $0.packet(frame)
                },
                { $0[68] = 5 }
            ),
            Damage(
                "offset 44: option 9 of length 200 runs past its block; damaged",
                { $0.interface(options: [.resolution(6)]) },
                { $0[46] = 200 }
            ),
            Damage(
                "offset 28: secrets of length 5 exceed their block of 24; damaged",
                { $0.secrets([1, 2, 3, 4]) },
                { $0[40] = 5 }
            ),
            Damage(
                "offset 28: block length 33554432 is above 16777216; not a capture or damaged",
                { $0.block(6, body: [UInt8](repeating: 0, count: 20)) },
                { $0[32...35] = [0, 0, 0, 2] }
            ),
            Damage(
                "offset 28: not a pcapng section: its byte-order magic is unknown",
                { $0.section() },
                { $0[36] = 0 }
            ),
        ]
    }

    @Test("a long block of a kind we do not read is passed over")
    func longUnknownBlock() {
        var file = CaptureFile.Blocks()
        file.section()
        file.interface()
        file.block(0x0BAD_F00D, body: [UInt8](repeating: 1, count: 17 << 20))
        file.packet(frame, ticks: 0)
        #expect(Reading(file.octets).records.map(\.octets) == [[1, 2, 3]])
    }

    @Test("a version other than 1 is not read")
    func version() {
        var file = CaptureFile.pcapng([frame])
        file[12] = 2
        #expect(Reading(file).error?.description == "x.pcap: offset 0: pcapng version 2; only 1.x is read")
    }

    @Test("no changed octet and no cut makes the reader trap")
    func torture() {
        Torture.everything(of: everything(bigEndian: true)) { pieces in
            _ = Reading(pieces.flatMap { $0 })
        }
    }
}
