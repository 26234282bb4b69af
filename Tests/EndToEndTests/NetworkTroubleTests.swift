import TestSupport
import Testing

extension EndToEnd {
    @Suite("The same traffic over worse networks")
    struct NetworkTroubleTests {
        static let names = [
            "mirror-claude-code-read-c", "mirror-sdk-anthropic-toolresult", "mirror-curl-h1-chunked-gzip",
            "mirror-curl-multipart-file", "mirror-concurrent-50-clients", "mirror-net-keepalive-120",
            "net-clear-odd-h1",
            "proxy-clear-post-squid",
        ]
        static let guises = CaptureMangler.Guise.allCases.filter { $0 != .lossy }

        @Test("leaks are the same line for line", arguments: names, guises)
        func sameLeaks(name: String, guise: CaptureMangler.Guise) throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture(name))
            let mangled = CaptureMangler.capture(frames, linkType: linkType, as: guise, seed: 7)
            let original = try Weir.scan(fixture: name)
            let again = try Weir.scan(folder.write(mangled.pcap, to: "again.pcap"))
            #expect(!original.leaks.isEmpty)
            #expect(again.outcome.status == 1)
            #expect(again.leaks == original.leaks)
            #expect(Set(again.requests.map(figures)) == Set(original.requests.map(figures)))
            #expect(again.requests.count == original.requests.count)
            for record in again.records("llm") + again.incidents {
                if guise == .tagged { #expect(record["vlan"] == .list([.number(42)])) }
                if guise == .overIPv6 { #expect(record["src_ip"].string?.hasPrefix("2001:db8") == true) }
            }
        }

        /// What of a request does not depend on how it was carried.
        private func figures(_ request: JSON) -> [JSON] {
            ["host", "service", "operation", "model", "request_bytes", "inspected_bytes", "opaque"].map { request[$0] }
        }

        @Test("encrypted connections are still named", arguments: guises)
        func encrypted(guise: CaptureMangler.Guise) throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("proxy-connect-squid-h2"))
            let mangled = CaptureMangler.capture(frames, linkType: linkType, as: guise, seed: 3)
            let scan = try Weir.scan(folder.write(mangled.pcap, to: "again.pcap"))
            #expect(scan.outcome.status == 0)
            #expect(scan.requests.map { $0["service"].string } == ["openai-api"])
            #expect(scan.requests.map { $0["visibility"].string } == ["metadata_only"])
        }

        @Test("a name of the format makes no difference")
        func formats() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-sdk-openai-chat"))
            let original = try Weir.scan(fixture: "mirror-sdk-openai-chat")
            let forms = [
                CaptureFile.pcap(frames, linkType: linkType, nanoseconds: false),
                CaptureFile.pcap(frames, linkType: linkType, bigEndian: true),
                CaptureFile.pcapng(frames, linkType: linkType),
                CaptureFile.pcapng(frames, linkType: linkType, bigEndian: true),
            ]
            for form in forms {
                let scan = try Weir.scan(folder.write(form, to: "capture.txt"))
                #expect(scan.leaks == original.leaks)
            }
        }
    }
}
