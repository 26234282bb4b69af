import AppProtocols
import TestSupport
import Testing

@Suite("DNS over TCP (RFC 1035 § 4.2.2)")
struct DNSStreamReaderTests {
    private static func messages(_ chunks: [ArraySlice<UInt8>]) -> [[UInt8]] {
        var reader = DNSStreamReader()
        var messages: [[UInt8]] = []
        for chunk in chunks {
            let octets = Array(chunk)
            reader.consume(octets.span) { message in messages.append(message.indices.map { message[$0] }) }
        }
        return messages
    }

    @Test("messages in a row come out whole however the stream is cut")
    func cuts() {
        let long = DNSMessageTests.everything
        let stream = DNSBuilder("a.example").framed + [0, 0] + long.framed + DNSBuilder("b.example").framed
        let expected = [DNSBuilder("a.example").octets, long.octets, DNSBuilder("b.example").octets]
        Torture.everySplit(of: stream) { pieces in
            #expect(Self.messages(pieces) == expected)
        }
    }

    @Test("behind a hole nothing is read")
    func hole() {
        var reader = DNSStreamReader()
        let octets = DNSBuilder("a.example").framed
        var count = 0
        reader.consume(octets.span) { _ in count += 1 }
        reader.gap()
        reader.consume(octets.span) { _ in count += 1 }
        #expect(count == 1)
        #expect(reader.isOver)
    }
}
