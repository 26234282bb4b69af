import SecureTransport
import TestSupport
import Testing

@Suite("QUIC's long header (RFC 8999 § 5.1)")
struct QUICProbeTests {
    private static let initial: [UInt8] = [0xC3, 0, 0, 0, 1, 8] + [UInt8](repeating: 7, count: 8) + [0, 0, 0x44]

    private static func isFound(_ octets: [UInt8]) -> Bool { QUICProbe.hasLongHeader(octets.span) }

    @Test("the first datagram of a connection has one")
    func found() {
        #expect(Self.isFound(Self.initial))
        #expect(Self.isFound([0xE0, 0x6B, 0x33, 0x43, 0xCF, 0, 0]))
    }

    @Test(
        "later ones, version negotiation and other protocols have none",
        arguments: [
            [0x43, 0, 0, 0, 1, 8, 0, 0], [0xC3, 0, 0, 0, 0, 0, 0, 0], [0x80, 0x60, 0, 1, 0, 0, 0, 0],
            [0xC3, 0, 0, 0, 1, 21, 0, 0], [0xC3, 0, 0, 0, 1, 0, 21, 0], [0xC3, 0, 0, 0, 1, 0, 4, 0],
        ] as [[UInt8]]
    )
    func others(octets: [UInt8]) {
        #expect(!Self.isFound(octets))
    }

    @Test("it must be there whole")
    func prefixes() {
        Torture.everyPrefix(of: Self.initial) { prefix in
            let isFound = QUICProbe.hasLongHeader(prefix)
            #expect(isFound == (prefix.count >= 15))
        }
    }
}
