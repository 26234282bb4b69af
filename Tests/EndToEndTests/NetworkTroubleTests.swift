import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The same traffic over worse networks")
    struct NetworkTroubleTests {
        static let names = [
            "mirror-claude-code-read-c", "mirror-sdk-anthropic-toolresult", "mirror-curl-h1-chunked-gzip",
            "mirror-curl-multipart-file", "mirror-concurrent-50-clients", "mirror-net-keepalive-120",
            "net-clear-odd-h1", "proxy-clear-post-squid", "clear-h2c-prior", "h2c-python-streams", "h2c-curl-upgrade",
            "mirror-sdk-websockets-realtime", "mirror-sdk-ws-fragmented", "ws-python-deflate", "ws-python-h2",
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
                if guise == .tunnelled { #expect(record["vlan"] == .list([.number(7)])) }
                if guise == .overIPv6 || guise == .fragmentedIPv6 || guise == .tunnelledPieces {
                    #expect(record["src_ip"].string?.hasPrefix("2001:db8") == true)
                }
            }
        }

        @Test("leaks inside TLS are the same line for line", arguments: Fixtures.decryptable, guises)
        func sameDecryptedLeaks(truth: Fixtures.Decryptable, guise: CaptureMangler.Guise) throws {
            // The mangler keeps TCP, of which a tunnel in the capture shows none; tunnels are among its guises.
            guard truth.recoverable, truth.name != "net-vxlan" else { return }
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(truth.path)
            let mangled = CaptureMangler.capture(frames, linkType: linkType, as: guise, seed: 5)
            let original = try Weir.scan(decrypting: truth)
            let again = try Weir.scan([folder.write(mangled.pcap, to: "again.pcap")], keys: [truth.keys])
            #expect(!original.leaks.isEmpty)
            #expect(again.outcome.status == 1)
            #expect(again.leaks == original.leaks)
            #expect(Set(again.requests.map(figures)) == Set(original.requests.map(figures)))
            #expect(again.requests.count == original.requests.count)
            #expect(again.requests.map { $0["visibility"] } == original.requests.map { $0["visibility"] })
        }

        /// Captures and key logs: some of those here, and all of the folder that $WEIR_CAPTURES names, each with NAME.keys
        /// beside it.
        static let keyed: [[String]] = {
            let ours = Fixtures.decryptable.filter { $0.name != "net-vxlan" }.prefix(4).map { [$0.path, $0.keys] }
            guard let folder = ProcessInfo.processInfo.environment["WEIR_CAPTURES"] else { return ours }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return ours
                + names.filter { $0.hasSuffix(".keys") && names.contains($0.dropLast(5) + ".pcap") }.sorted()
                .map { ["\(folder)/\($0.dropLast(5)).pcap", "\(folder)/\($0)"] }
        }()

        @Test("whatever is found in a capture is found again", arguments: keyed, guises)
        func same(keyed: [String], guise: CaptureMangler.Guise) throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(keyed[0])
            // What the mangler leaves out is left out of both.
            let plain = CaptureMangler(frames, linkType: linkType).capture()
            let mangled = CaptureMangler.capture(frames, linkType: linkType, as: guise, seed: 5)
            let original = try Weir.scan([folder.write(plain.pcap, to: "plain.pcap")], keys: [keyed[1]])
            let again = try Weir.scan([folder.write(mangled.pcap, to: "again.pcap")], keys: [keyed[1]])
            #expect(again.outcome.status == original.outcome.status)
            #expect(again.leaks == original.leaks)
            #expect(Set(again.requests.map(figures)) == Set(original.requests.map(figures)))
            #expect(again.requests.count == original.requests.count)
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
            let compressed = forms.map(DeflateWriter.gzip) + forms.map { ZstdWriter.frame($0) }
            for form in forms + compressed {
                let scan = try Weir.scan(folder.write(form, to: "capture.txt"))
                #expect(scan.leaks == original.leaks)
            }
        }

        @Test("compressed captures are read from files, folders and standard input, alike and by any number of threads")
        func compressed() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-claude-code-read-c"))
            let plain = CaptureFile.pcapng(frames, linkType: linkType)
            let original = try Weir.scan(fixture: "mirror-claude-code-read-c")
            for coded in [DeflateWriter.gzip(plain), ZstdWriter.frame(plain)] {
                let path = try folder.write(coded, to: "capture.doc")
                let options = [
                    "scan", "--index", try Fixtures.index(), "--format", "jsonl", "--events", "incident,llm,stats",
                ]
                let one = try Weir.run(options + ["--workers", "1", path])
                #expect(try Scan(one).leaks == original.leaks)
                #expect(try Weir.run(options + ["--workers", "3", path]).output == one.output)
                #expect(try Scan(Weir.run(options + ["-"], input: coded)).leaks == original.leaks)
                #expect(try Scan(Weir.run(options + [folder.path])).leaks == original.leaks)
                let log = try TemporaryFolder()
                let daemon = [
                    "run", "-r", path, "--index", try Fixtures.index(), "--log-dir", log.path, "--format", "jsonl",
                ]
                #expect(try Weir.run(daemon).status == 1)
            }
        }

        @Test("a compressed capture that is cut off is read as far as it goes")
        func cutOff() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-claude-code-read-c"))
            let coded = DeflateWriter.gzip(CaptureFile.pcap(frames, linkType: linkType))
            let within = try folder.write(Array(coded[..<(coded.count - 40)]), to: "within.pcap.gz")
            let warned = try Weir.run("scan", "--index", Fixtures.index(), within)
            #expect(warned.status == 1)
            #expect(
                warned.diagnosticLines == ["weir: \(within): ends within its last packet; what is whole was scanned"]
            )
            let behind = try folder.write(Array(coded[..<(coded.count - 8)]), to: "behind.pcap.gz")
            let failed = try Weir.run("scan", "--index", Fixtures.index(), behind)
            #expect(failed.status == 65)
            #expect(failed.diagnostics.contains("offset \(coded.count - 8): the file ends before its gzip data does"))
            #expect(failed.lines.count == 1)
        }

        @Test("every fragment stands in the counters")
        func fragments() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-claude-code-read-c"))
            let whole = CaptureMangler(frames, linkType: linkType).capture()
            var pieces = whole.fragmented(size: 240, seed: 5).frames
            let count = pieces.count { $0.octets[20] & 0x20 != 0 || $0.octets[21] != 0 || $0.octets[20] & 0x1F != 0 }
            // A piece twice, and one whose others never come.
            let stray = IPFragmenter.fragments(
                of: PacketBuilder().udp(payload: [UInt8](repeating: 1, count: 600)),
                linkLength: 14,
                size: 304,
                identification: 9_999
            )
            pieces.append(CapturedFrame(stray[0], at: pieces[0].timestamp))
            pieces.append(CapturedFrame(stray[0], at: pieces[0].timestamp))
            let scan = try Weir.scan(folder.write(CaptureFile.pcap(pieces), to: "x.pcap"))
            let stats = try #require(scan.records("stats").first)["stats"]
            #expect(stats["fragments"]["received"].integer == count + 2)
            #expect(stats["fragments"]["reassembled"].integer == count)
            #expect(stats["fragments"]["duplicate"].integer == 1)
            #expect(stats["fragments"]["incomplete"].integer == 1)
            #expect((stats["fragments"]["tiny"].integer ?? 0) > 0)
            #expect(stats["errors"]["ip_fragment"] == .null)
        }
    }
}
