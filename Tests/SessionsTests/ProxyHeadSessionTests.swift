import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: a proxy's head before the stream")
struct ProxyHeadSessionTests {
    private static let line = "PROXY TCP4 192.0.2.7 198.51.100.2 40000 443\r\n"
    private static let post = "POST /p HTTP/1.1\r\nHost: in.ai\r\nContent-Length: 4\r\n\r\nbody"
    private static let version2: [UInt8] =
        [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 19, 192, 0, 2, 7, 198, 51, 100, 2]
        + [0x9C, 0x40, 1, 0xBB, 4, 0, 4, 1, 2, 3, 4]

    @Test("what follows is read as without it, however it is cut", arguments: [false, true], [false, true])
    func http(isVersion2: Bool, isMidstream: Bool) {
        let head = isVersion2 ? Self.version2 : Array(Self.line.utf8)
        let script = FlowScript([.client(head + Array(Self.post.utf8))], isMidstream: isMidstream)
        for script in [
            script, script.cut { Torture.chunks(of: $0, size: 1) }, script.cut { Torture.chunks(of: $0, size: 7) },
            script.cut { [$0[..<head.count], $0[head.count...]] },
        ] {
            let result = script.play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["body"])
            #expect(result.entries.map(\.proxied) == ["192.0.2.7"])
            #expect(result.counters.framingOctets == head.count + Self.post.utf8.count - 4)
        }
    }

    @Test("requests of HTTP/2 and connections of TLS have it too")
    func others() {
        let hello = Greeting.client("api.x.ai")
        let result = FlowScript([.client(Array(Self.line.utf8) + hello), .client(Greeting.data(100))]).play()
        #expect(result.entries.map(\.proxied) == ["192.0.2.7"])
        #expect(result.entries.map(\.connectionOctets) == [hello.count + 105])
        #expect(result.counters.framingOctets == Self.line.utf8.count)
    }

    @Test("only one is taken, and only at the beginning")
    func once() {
        let twice = FlowScript([FlowScript.client(Self.line + Self.line + Self.post)]).play()
        #expect(twice.entries.isEmpty)
        let late = FlowScript([FlowScript.client(Self.post), FlowScript.client(Self.line + Self.post)]).play()
        #expect(late.entries.first?.text == "body" && late.entries.first?.proxied == nil)
    }

    @Test("a stream that begins like one and is none is read as what it is")
    func none() {
        for text in ["PROPFIND /p HTTP/1.1\r\nHost: in.ai\r\n\r\n", "P", "PROXY TCP4 ", "\r\n\r\n" + Self.post] {
            let script = FlowScript([FlowScript.client(text)])
            for script in [script, script.cut { Torture.chunks(of: $0, size: 1) }] {
                let result = script.play()
                #expect(result.faults == [])
                #expect(result.entries.count == (text.count > 20 ? 1 : 0))
                #expect(result.entries.allSatisfy { $0.proxied == nil })
            }
        }
    }

    @Test("a hole in it loses it, and no more")
    func hole() {
        let script = FlowScript([
            FlowScript.client(String(Self.line.prefix(20))), .clientGap(25), FlowScript.client(Self.post),
        ])
        #expect(script.play().entries.map(\.text) == ["body"])
    }
}
