import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("TCP segments (RFC 9293 § 3.1)")
struct TCPSegmentTests {
    private let builder = PacketBuilder(link: .raw)

    private func decode(_ octets: [UInt8], originalLength: Int = 0) throws -> PacketCopy {
        try PacketCopy(octets, linkType: .raw, originalLength: originalLength)
    }

    private func options(_ octets: [UInt8]) throws -> TCPOptions? {
        try decode(builder.tcp(sequence: 1, options: octets, payload: [9])).tcp?.options
    }

    @Test("every field is read")
    func fields() throws {
        let octets = builder.tcp(
            sequence: 0xFFFF_FFFE,
            acknowledgement: 0x0102_0304,
            flags: 0xFF,
            window: 0xABCD,
            payload: [1, 2, 3]
        )
        let packet = try decode(octets)
        #expect(
            packet.tcp
                == TCPFields(
                    sourcePort: 49_152,
                    destinationPort: 80,
                    sequence: 0xFFFF_FFFE,
                    acknowledgement: 0x0102_0304,
                    flags: [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr],
                    window: 0xABCD
                )
        )
        #expect(packet.payload == [1, 2, 3])
    }

    @Test("a SYN's options are read")
    func synOptions() throws {
        let read = try options([2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8, 1, 3, 3, 7])
        #expect(read?.maximumSegmentSize == 1_460)
        #expect(read?.windowScale == 7)
        #expect(read?.isSACKPermitted == true)
        #expect(read?.timestamp == TCPTimestamp(value: 7, echo: 8))
    }

    @Test("timestamps are read in their usual place and elsewhere")
    func timestamps() throws {
        let usual: [UInt8] = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8]
        let expected = TCPTimestamp(value: 0x0102_0304, echo: 0x0506_0708)
        #expect(try options(usual)?.timestamp == expected)
        #expect(try options(Array(usual[2...]) + [1, 1])?.timestamp == expected)
        #expect(try options(usual + [5, 10] + [UInt8](repeating: 0, count: 8))?.timestamp == expected)
    }

    @Test(
        "malformed options end the list, those before them count",
        arguments: [
            [4, 2, 3], [4, 2, 3, 0], [4, 2, 3, 1], [4, 2, 3, 9], [4, 2, 0, 3, 3, 7], [4, 2, 99, 3, 0, 3, 9],
            [4, 2, 3, 4, 0, 0],
        ] as [[UInt8]]
    )
    func malformedOptions(octets: [UInt8]) throws {
        let read = try options(octets)
        #expect(read?.isSACKPermitted == true)
        #expect(read?.windowScale == nil)
    }

    @Test("a data offset below five or beyond the packet is bad", arguments: [0x00, 0x40, 0xF0] as [UInt8])
    func dataOffset(octet: UInt8) {
        var octets = builder.tcp(sequence: 1, payload: [1, 2])
        octets[32] = octet
        #expect(decodingError(octets, linkType: .raw) == .badLength(.tcp))
    }

    @Test("a header that the snap length cuts within its options still tells what is missing")
    func cutOptions() throws {
        let octets = builder.tcp(sequence: 5, options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2], payload: [1, 2, 3])
        for count in 40..<52 {
            let packet = try decode(Array(octets[..<count]), originalLength: octets.count)
            #expect(packet.tcp?.sequence == 5)
            #expect(packet.payload.isEmpty)
            #expect(packet.missing == 3)
        }
        let error = decodingError(Array(octets[..<39]), linkType: .raw, originalLength: octets.count)
        #expect(error == .truncated(.tcp))
    }
}
