@testable import Engine
import FlowTracking
import PacketCapture
import PacketDecode
import Telemetry
import TestSupport
import Testing
import Wire

@Suite("The front: frames in, packets out")
struct PacketFrontTests {
    /// What went on, and what was counted.
    private struct Outcome {
        var payloads: [[UInt8]] = []
        var counters = Counters()
    }

    private func run(_ frames: [[UInt8]]) -> Outcome {
        var front = PacketFront(limits: FlowLimits(), seed: 1)
        var outcome = Outcome()
        for (index, octets) in frames.enumerated() {
            let frame = Frame(
                bytes: octets.span,
                timestamp: Timestamp(nanoseconds: Int64(index)),
                originalLength: octets.count,
                linkType: .ethernet
            )
            front.process(frame) { packet, _ in
                outcome.payloads.append(packet.payload.indices.map { packet.payload[$0] })
            }
        }
        front.finish()
        front.count(in: &outcome.counters)
        return outcome
    }

    private func tunnel(_ frame: [UInt8]) -> [UInt8] {
        PacketBuilder(clientPort: 50_000, port: 4789).udp(payload: [8, 0, 0, 0, 0, 0, 7, 0] + frame)
    }

    private func pieces(_ frame: [UInt8], _ size: Int, _ identification: UInt32) -> [[UInt8]] {
        IPFragmenter.fragments(of: frame, linkLength: 14, size: size, identification: identification)
    }

    /// Every packet and octet stands in one line.
    private func expectBalance(_ outcome: Outcome, payload: Int) {
        let ledger = outcome.counters.ledger
        #expect(ledger.packets.total == outcome.counters.packets)
        #expect(ledger.wire.total == outcome.counters.bytes)
        #expect(ledger.wire["udp_payload"] + ledger.reassembled["udp"] == UInt64(payload))
    }

    @Test("a datagram comes out of tunnels and fragments, however they are inside each other", arguments: 0..<6)
    func shapes(shape: Int) {
        let payload = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        let frame = PacketBuilder(ipv6: shape % 2 == 1, clientPort: 1_111, port: 2_222).udp(payload: payload)
        let frames: [[UInt8]] =
            switch shape {
            case 0, 1: [tunnel(tunnel(frame))]
            case 2: pieces(tunnel(frame), 400, 1)
            case 3: pieces(frame, 400, 1).map(tunnel)
            case 4: pieces(frame, 400, 1).map(tunnel).enumerated().flatMap { pieces($1, 200, UInt32($0) + 7) }
            default:
                pieces(pieces(frame, 400, 1).map(tunnel)[0], 200, 1) + pieces(frame, 400, 1).dropFirst().map(tunnel)
            }
        let outcome = run(frames)
        #expect(outcome.payloads == [payload])
        #expect(outcome.counters.tunnels["vxlan"] > 0)
        #expect(outcome.counters.errors.isEmpty)
        expectBalance(outcome, payload: payload.count)
    }

    @Test("a fifth tunnel is an error that is counted, its octets not understood")
    func tooDeep() {
        var frame = PacketBuilder().udp(payload: [1])
        for _ in 0..<5 { frame = tunnel(frame) }
        let outcome = run([frame])
        #expect(outcome.payloads.isEmpty)
        #expect(outcome.counters.errors["too_many_headers"] == 1)
        #expect(outcome.counters.ledger.wire["not_understood"] == UInt64(frame.count))
    }
}
