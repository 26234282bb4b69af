import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Captures sent again in another guise")
struct CaptureManglerTests {
    private static let request: [UInt8] = {
        var body: [UInt8] = []
        for index in 0..<8_000 { body += Array("\(index % 10)".utf8) }
        return Array("POST /v1/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n".utf8) + body
    }()
    private static let response = [UInt8](repeating: 0x41, count: 4_000)

    /// Two connections, one after the other, one octet order of sequence numbers wrapping.
    private static let original: [CapturedFrame] = {
        var frames: [CapturedFrame] = []
        for port: UInt16 in [40_000, 40_001] {
            var conversation = TCPConversation(
                PacketBuilder(clientPort: port),
                maximumSegmentSize: 1_000,
                clientSequence: 0xFFFF_F000,
                start: Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(port) * 1_000_000)
            )
            conversation.open()
            conversation.send(request, .toServer)
            conversation.send(response, .toClient)
            conversation.close(.toServer)
            if port == 40_000 { conversation.close(.toClient) } else { conversation.reset(.toClient) }
            frames += conversation.frames
        }
        return frames
    }()

    /// The streams of a capture, put together by sequence number; octets that are not there are nil.
    private func streams(_ capture: CaptureMangler.Capture) throws -> [UInt16: [UInt8?]] {
        var streams: [UInt16: [UInt8?]] = [:]
        var first: [UInt16: UInt32] = [:]
        for frame in capture.frames {
            let packet = try PacketCopy(frame.octets, linkType: LinkType(rawValue: capture.linkType))
            let fields = try #require(packet.tcp)
            let key = fields.sourcePort == 80 ? fields.destinationPort + 1_000 : fields.sourcePort
            if fields.flags.contains(.syn) { first[key] = fields.sequence &+ 1 }
            let start = Int(fields.sequence &- (try #require(first[key], "data before SYN")))
            guard !packet.payload.isEmpty else { continue }
            var stream = streams[key] ?? []
            if stream.count < start + packet.payload.count {
                stream += [UInt8?](repeating: nil, count: start + packet.payload.count - stream.count)
            }
            let range = start..<(start + packet.payload.count)
            let agrees = zip(stream[range], packet.payload).allSatisfy { $0 == nil || $0 == $1 }
            #expect(agrees)
            stream.replaceSubrange(range, with: packet.payload.map { $0 })
            streams[key] = stream
        }
        return streams
    }

    @Test(
        "every guise says the same",
        arguments: CaptureMangler.Guise.allCases.filter(\.isDirect),
        [1, 2] as [UInt64]
    )
    func sameStreams(guise: CaptureMangler.Guise, seed: UInt64) throws {
        let capture = CaptureMangler.capture(CaptureManglerTests.original, linkType: 1, as: guise, seed: seed)
        let again = CaptureMangler.capture(CaptureManglerTests.original, linkType: 1, as: guise, seed: seed)
        #expect(capture.pcap == again.pcap)
        var expected = try streams(
            CaptureMangler(CaptureManglerTests.original, linkType: 1).capture()
        )
        #expect(expected[40_000] == CaptureManglerTests.request)
        #expect(expected[41_001] == CaptureManglerTests.response)
        for loss in capture.lost {
            #expect(loss.octets.lowerBound > 50)
            #expect(loss.octets.count == loss.payload.count)
            for index in loss.octets { expected[loss.path.source.port]?[index] = nil }
        }
        #expect(try streams(capture) == expected)
        #expect(capture.lost.isEmpty == (guise != .lossy))
        let isInOrder = zip(capture.frames, capture.frames.dropFirst()).allSatisfy { $0.timestamp <= $1.timestamp }
        #expect(isInOrder)
    }

    @Test("each guise is what its name says")
    func guises() throws {
        let original = CaptureManglerTests.original
        func capture(_ guise: CaptureMangler.Guise) -> CaptureMangler.Capture {
            CaptureMangler.capture(original, linkType: 1, as: guise)
        }
        let plain = CaptureMangler(original, linkType: 1).capture().frames
        #expect(plain.map(\.octets) == original.map(\.octets))
        let moved = zip(capture(.reordered).frames, plain).filter { $0.octets != $1.octets }.count
        #expect(moved > plain.count / 8)
        #expect(capture(.duplicated).frames.count > plain.count)
        #expect(capture(.resegmented).frames.allSatisfy { $0.octets.count <= 614 })
        #expect(try PacketCopy(try #require(capture(.tagged).frames.first).octets).vlan == [42])
        let mapped = try PacketCopy(try #require(capture(.overIPv6).frames.first).octets)
        #expect(mapped.addresses.map(\.description) == ["2001:db8::c000:201", "2001:db8::c633:6402"])
        #expect(capture(.loopback).linkType == 108)
        let fragments = capture(.fragmented)
        #expect(fragments.frames.count > 2 * plain.count)
        #expect(fragments.frames.allSatisfy { $0.octets.count <= 14 + 20 + 240 })
        let cooked = capture(.cookedTwice)
        #expect(cooked.linkType == 276)
        #expect(cooked.frames.count == 2 * plain.count)
        #expect(cooked.frames[0] == cooked.frames[1])
    }

    @Test("nothing is acknowledged before it passed", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func causality(seed: UInt64) throws {
        var mangler = CaptureMangler(CaptureManglerTests.original, linkType: 1)
        mangler.resegment(mtu: 600)
        mangler.reorder(percent: 25, seed: seed)
        mangler.duplicate(percent: 10, seed: seed)
        var sent: [SegmentRecord.Path: Set<UInt32>] = [:]
        for segment in mangler.segments {
            for index in 0..<segment.span {
                sent[segment.path, default: []].insert(segment.sequence &+ UInt32(index))
            }
            if segment.has(0x10), let peer = sent[segment.path.reversed] {
                #expect(peer.contains(segment.acknowledgement &- 1))
            }
        }
    }
}
