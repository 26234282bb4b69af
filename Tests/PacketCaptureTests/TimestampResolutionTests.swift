import Testing
import Wire

@testable import PacketCapture

@Suite("pcapng clocks (if_tsresol, if_tsoffset)")
struct TimestampResolutionTests {
    struct Case: Sendable {
        var octet: UInt8
        var offset: Int64 = 0
        var ticks: UInt64
        var nanoseconds: Int64
    }

    @Test(
        "ticks become nanoseconds",
        arguments: [
            Case(octet: 6, ticks: 1_700_000_000_123_456, nanoseconds: 1_700_000_000_123_456_000),
            Case(octet: 9, ticks: 1_700_000_000_123_456_789, nanoseconds: 1_700_000_000_123_456_789),
            Case(octet: 0, ticks: 1_700_000_000, nanoseconds: 1_700_000_000_000_000_000),
            Case(octet: 3, ticks: 1_500, nanoseconds: 1_500_000_000),
            Case(octet: 12, ticks: 1_000_000_000_999, nanoseconds: 1_000_000_000),
            Case(octet: 28, ticks: .max, nanoseconds: 1),
            Case(octet: 29, ticks: .max, nanoseconds: 0),
            Case(octet: 127, ticks: .max, nanoseconds: 0),
            Case(octet: 0x80, ticks: 3, nanoseconds: 3_000_000_000),
            Case(octet: 0x81, ticks: 3, nanoseconds: 1_500_000_000),
            Case(octet: 0xA0, ticks: 1 << 31, nanoseconds: 500_000_000),
            Case(octet: 0xC0, ticks: 1 << 63, nanoseconds: 500_000_000),
            Case(octet: 0xFF, ticks: .max, nanoseconds: 0),
            Case(octet: 6, offset: -1, ticks: 1_500_000, nanoseconds: 500_000_000),
            Case(octet: 6, offset: 3_600, ticks: 0, nanoseconds: 3_600_000_000_000),
            Case(octet: 6, offset: .max, ticks: .max, nanoseconds: .max),
            Case(octet: 6, offset: .min, ticks: 0, nanoseconds: .min),
            Case(octet: 0, ticks: .max, nanoseconds: .max),
        ]
    )
    func conversion(_ example: Case) {
        let resolution = TimestampResolution(octet: example.octet, offsetSeconds: example.offset)
        #expect(resolution.timestamp(ticks: example.ticks).nanoseconds == example.nanoseconds)
    }
}
