import FlowTracking
import Testing

@Suite("Sequence numbers (RFC 9293 § 3.4)")
struct SequenceNumberTests {
    @Test(
        "distances go the shorter way round",
        arguments: [
            (0, 0, 0), (0, 1, 1), (1, 0, -1), (0xFFFF_FFFF, 0, 1), (0, 0xFFFF_FFFF, -1), (0xFFFF_FF00, 0x100, 0x200),
            (0, 0x7FFF_FFFF, 0x7FFF_FFFF), (0, 0x8000_0000, -0x8000_0000), (0x8000_0000, 0, -0x8000_0000),
        ] as [(UInt32, UInt32, Int)]
    )
    func distances(_ from: UInt32, _ to: UInt32, _ expected: Int) {
        #expect(SequenceNumber(from).distance(to: SequenceNumber(to)) == expected)
    }

    @Test("moving on wraps")
    func wraps() {
        #expect(SequenceNumber(0xFFFF_FFFF).advanced(by: 2) == SequenceNumber(1))
        #expect(SequenceNumber(1).advanced(by: -2) == SequenceNumber(0xFFFF_FFFF))
        #expect(SequenceNumber(7).advanced(by: 1 << 32) == SequenceNumber(7))
        #expect(SequenceNumber(7).advanced(by: -(5 << 32) - 8) == SequenceNumber(0xFFFF_FFFF))
    }
}
