import FlowTracking
import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Captures in fragments")
struct FragmentedCaptureTests {
    /// The TCP segments of frames, put together where they came in fragments.
    private static func segments(_ frames: [CapturedFrame]) throws -> [(TCPFields, [UInt8])] {
        var reassembler = FragmentReassembler(seed: 9)
        var segments: [(TCPFields, [UInt8])] = []
        func add(_ packet: borrowing DecodedPacket) {
            guard case .tcp(let fields) = packet.transport else { return }
            segments.append((fields, packet.payload.indices.map { packet.payload[$0] }))
        }
        for captured in frames {
            let frame = Frame(
                bytes: captured.octets.span,
                timestamp: captured.timestamp,
                originalLength: captured.octets.count,
                linkType: .ethernet
            )
            let packet = try PacketDecoder.decode(frame)
            if case .fragment(let fields) = packet.transport {
                guard reassembler.take(packet, fields, at: captured.timestamp) else { continue }
                let whole = reassembler.takeWhole()
                add(try whole.packet())
            } else {
                add(packet)
            }
        }
        #expect(reassembler.waitingPackets == 0)
        #expect(reassembler.counters.settled == reassembler.counters.fragments)
        return segments
    }

    @Test("hold the same segments in the same order", arguments: [false, true], [16, 240, 1_000])
    func same(ipv6: Bool, size: Int) throws {
        let request = (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let frames = TCPConversation.exchange(PacketBuilder(ipv6: ipv6), request: request, response: request)
        let plain = CaptureMangler(frames, linkType: 1).capture()
        let pieces = plain.fragmented(size: size, seed: 3)
        #expect(pieces.frames.count > plain.frames.count)
        let expected = try Self.segments(plain.frames)
        let found = try Self.segments(pieces.frames)
        #expect(found.map(\.0) == expected.map(\.0))
        #expect(found.map(\.1) == expected.map(\.1))
    }
}
