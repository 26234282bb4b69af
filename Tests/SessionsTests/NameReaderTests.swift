import AppProtocols
import FlowTracking
import PacketCapture
import PacketDecode
import Sessions
import TestSupport
import Testing
import Wire

@Suite("DNS read off packets")
struct NameReaderTests {
    /// Gives frames to a reader.
    private static func answers(_ frames: [CapturedFrame]) throws -> ([NameAnswer], NameReaderCounters) {
        var reader = NameReader(seed: 3)
        var answers: [NameAnswer] = []
        for (index, captured) in frames.enumerated() {
            let frame = Frame(
                bytes: captured.octets.span,
                timestamp: captured.timestamp,
                originalLength: captured.octets.count,
                linkType: .ethernet
            )
            let stamp = PacketStamp(timestamp: captured.timestamp, number: UInt64(index + 1))
            reader.read(try PacketDecoder.decode(frame), at: stamp) { answers.append($0) }
        }
        let counters = reader.counters
        reader.finish()
        return (answers, counters)
    }

    private static let question = DNSBuilder("api.example.com")
    private static var answer: DNSBuilder {
        var builder = question
        builder.add("192.0.2.7")
        return builder
    }

    @Test("an answer over UDP is its client's", arguments: [false, true])
    func datagrams(ipv6: Bool) throws {
        let builder = PacketBuilder(ipv6: ipv6, port: 53)
        var query = Self.question
        query.flags = 0x0100
        let frames = [builder.udp(payload: query.octets), builder.reversed.udp(payload: Self.answer.octets)]
        let (answers, counters) = try Self.answers(frames.map { CapturedFrame($0, at: Timestamp(nanoseconds: 5)) })
        #expect(answers.map(\.client) == [builder.source.address])
        #expect(answers.map(\.resolution.host.description) == ["api.example.com"])
        #expect(answers.map(\.stamp.number) == [2])
        #expect(counters.messages == 1)
    }

    @Test("answers over TCP come with the packet that completes them, in any order of segments")
    func streams() throws {
        var conversation = TCPConversation(PacketBuilder(port: 53), maximumSegmentSize: 16)
        conversation.open()
        conversation.send(Self.question.framed, .toServer)
        conversation.send(Self.answer.framed + Self.answer.framed, .toClient)
        conversation.close(.toServer)
        conversation.close(.toClient)
        let (answers, counters) = try Self.answers(conversation.frames)
        #expect(answers.count == 2)
        #expect(Set(answers.map(\.client)) == [PacketBuilder().source.address])
        #expect(counters.answers == 2)
        var mangler = CaptureMangler(conversation.frames, linkType: 1)
        mangler.reorder(percent: 40, seed: 4)
        #expect(try Self.answers(mangler.capture().frames).0.count == 2)
    }

    @Test("a hole ends what a stream tells")
    func hole() throws {
        var conversation = TCPConversation(PacketBuilder(port: 53), maximumSegmentSize: 16)
        conversation.open()
        conversation.send(Self.answer.framed, .toClient)
        conversation.send(Self.answer.framed, .toClient)
        // A header of 54 octets and a payload of 16: the second of those is missing.
        let full = conversation.frames.indices.filter { conversation.frames[$0].octets.count == 70 }
        let frames = conversation.frames.indices.filter { $0 != full[1] }.map { conversation.frames[$0] }
        #expect(try Self.answers(frames).0.isEmpty)
    }

    @Test("what is no message is counted")
    func malformed() throws {
        let frame = PacketBuilder(port: 53).reversed.udp(payload: [1, 2, 3])
        let (answers, counters) = try Self.answers([CapturedFrame(frame, at: Timestamp(nanoseconds: 0))])
        #expect(answers.isEmpty)
        #expect(counters.malformed == 1)
    }
}
