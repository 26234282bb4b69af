import FlowTracking
import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Frames to streams")
struct FlowFramesTests {
    @Test(
        "a decoded conversation comes out as it went in",
        arguments: [PacketBuilder.Link.ethernet(vlan: []), .ethernet(vlan: [7]), .linuxSLL2, .raw],
        [false, true]
    )
    func conversation(link: PacketBuilder.Link, ipv6: Bool) throws {
        let request = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let response = (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
        let builder = PacketBuilder(ipv6: ipv6, link: link)
        var table = FlowTable<Recorder>(seed: 1)
        var recorder = Recorder()
        var number: UInt64 = 0
        for captured in TCPConversation.exchange(builder, request: request, response: response) {
            number += 1
            let frame = Frame(
                bytes: captured.octets.span,
                timestamp: captured.timestamp,
                originalLength: captured.octets.count,
                linkType: LinkType(rawValue: link.number),
                number: number
            )
            let packet = try PacketDecoder.decode(frame)
            let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
            table.process(packet, at: stamp, consumer: &recorder)
        }
        #expect(recorder.flows.count == 1)
        let log = recorder.flows[0]
        #expect(log.octets == [request, response])
        #expect(log.facts.client == builder.source)
        #expect(log.facts.vlan.ids == (link == .ethernet(vlan: [7]) ? [7] : []))
        #expect(log.end == .finished)
    }
}
