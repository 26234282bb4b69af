import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("SOCKS4, SOCKS4a and SOCKS5 (RFC 1928, RFC 1929)")
struct SOCKSTests {
    private static let name = [UInt8(14)] + octets("api.openai.com")

    private func target(_ host: String, _ port: UInt16, _ version: UInt8) -> SOCKSReader.Step {
        guard let host = Hostname(host) else { return .needMore }
        return .target(SOCKSTarget(host: host, port: port, version: version))
    }

    private func read(_ chunks: [ArraySlice<UInt8>]) -> (step: SOCKSReader.Step, rest: [UInt8]) {
        var reader = SOCKSReader()
        var rest: [UInt8] = []
        for chunk in chunks {
            var offset = 0
            reader.consume(chunk.span, from: &offset)
            rest += chunk.dropFirst(offset)
        }
        return (reader.step, rest)
    }

    @Test("SOCKS5 by name, address and with a password names its target and leaves the rest, however cut")
    func version5() {
        let requests: [([UInt8], SOCKSReader.Step)] = [
            ([5, 1, 0, 5, 1, 0, 3] + Self.name + [0x01, 0xBB], target("api.openai.com", 443, 5)),
            ([5, 2, 0, 2, 5, 1, 0, 1, 192, 0, 2, 1, 0x1F, 0x90], target("192.0.2.1", 8080, 5)),
            (
                [5, 1, 2, 1, 2, 0x75, 0x76, 3, 1, 2, 3, 5, 1, 0, 4, 0x20, 1, 0x0D, 0xB8]
                    + [UInt8](repeating: 0, count: 11)
                    + [1, 0, 80], target("2001:db8::1", 80, 5)
            ),
        ]
        for (request, expected) in requests {
            let whole = request + [0x16, 3, 1]
            Torture.everySplit(of: whole) { chunks in
                let (step, rest) = read(chunks)
                #expect(step == expected)
                #expect(rest == [0x16, 3, 1])
            }
            Torture.everything(of: request) { chunks in _ = read(chunks) }
        }
    }

    @Test("SOCKS4 names an address, SOCKS4a a host")
    func version4() {
        let four: [UInt8] = [4, 1, 0, 80, 192, 0, 2, 9] + octets("user") + [0]
        let fourA: [UInt8] = [4, 1, 1, 0xBB, 0, 0, 0, 7, 0] + octets("api.openai.com") + [0]
        for (request, expected) in [(four, target("192.0.2.9", 80, 4)), (fourA, target("api.openai.com", 443, 4))] {
            Torture.everySplit(of: request + octets("GET")) { chunks in
                let (step, rest) = read(chunks)
                #expect(step == expected)
                #expect(rest == octets("GET"))
            }
            Torture.everything(of: request) { chunks in _ = read(chunks) }
        }
    }

    @Test(
        "what is not followed fails with its reason",
        arguments: [
            ([5, 1, 0, 5, 2, 0, 1, 1, 2, 3, 4, 0, 80], SOCKSError.command), ([5, 1, 0, 5, 3, 0, 1, 1, 2], .command),
            ([4, 2, 0, 80, 1, 2, 3, 4, 0], .command), ([5, 1, 1, 1, 1, 0, 9], .method), ([5, 1, 0, 9], .version),
            ([6], .version), ([5, 1, 0, 5, 1, 0, 2, 1, 2], .address), ([5, 1, 0, 5, 1, 0, 3, 0, 0, 80], .address),
            ([4, 1, 0, 80, 1, 2, 3, 4] + [UInt8](repeating: 0x61, count: 2_000), .tooLong),
        ] as [([UInt8], SOCKSError)]
    )
    func failures(request: [UInt8], error: SOCKSError) {
        #expect(read([request[...]]).step == .failed(error))
    }

    @Test("the server's consent leaves the tunnel's first octets")
    func answers() {
        let cases: [([UInt8], SOCKSReader.Answer, Int)] = [
            ([5, 0, 5, 0, 0, 1, 10, 0, 0, 1, 0, 80, 9, 9], .granted, 2),
            ([5, 2, 1, 0, 5, 0, 0, 3, 1, 0x61, 0, 80, 9], .granted, 1), ([5, 2, 1, 1], .refused(1), 0),
            ([5, 0xFF], .refused(0xFF), 0), ([5, 1], .failed(.method), 0),
            ([5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0], .refused(5), 0),
            ([0, 90, 0, 80, 1, 2, 3, 4, 9], .granted, 1), ([0, 91, 0, 80, 1, 2, 3, 4], .refused(91), 0),
            ([7], .failed(.version), 0),
        ]
        for (octets, expected, rest) in cases {
            Torture.everySplit(of: octets) { chunks in
                var reader = SOCKSReader()
                var left = 0
                for chunk in chunks {
                    var offset = 0
                    reader.consumeAnswer(chunk.span, from: &offset)
                    left += chunk.count - offset
                }
                let answer = reader.answer
                #expect(answer == expected)
                #expect(left == rest)
            }
        }
    }

    @Test("a hole in the negotiation ends it, one behind it does not")
    func holes() {
        var reader = SOCKSReader()
        reader.gap(.toServer)
        reader.gap(.toClient)
        let step = reader.step
        let answer = reader.answer
        #expect(step == .failed(.gap))
        #expect(answer == .failed(.gap))
    }

    @Test(
        "the probe asks for more than a version octet",
        arguments: [
            ([5], ProbeVerdict.needMore), ([5, 1], .needMore), ([5, 1, 0], .yes), ([5, 2, 0, 2], .yes), ([5, 0], .no),
            ([5, 1, 0x41], .no), ([4, 1, 0, 80, 1, 2, 3, 4, 0], .yes), ([4, 1, 0, 80, 1, 2, 3, 4, 0x75], .needMore),
            ([4, 9], .no),
            ([4, 1, 0, 80, 1, 2, 3, 4, 7], .no), ([], .needMore), ([0x16], .no),
        ] as [([UInt8], ProbeVerdict)]
    )
    func probe(octets: [UInt8], verdict: ProbeVerdict) {
        #expect(SOCKSProbe.verdict(octets.span) == verdict)
    }
}
