import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("Connections that only DNS names")
    struct NamesTests {
        private static let client = IPAddress(ipv4: 0x0A01_0102)
        private static let resolver = IPAddress(ipv4: 0x0A01_0001)
        private static let address = "203.0.113.9"

        /// A capture in the making, a millisecond a step.
        private struct Tape {
            var frames: [CapturedFrame] = []
            var now = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
            var port: UInt16 = 50_000

            mutating func pass(seconds: Int64) { now = now.advanced(byNanoseconds: seconds * 1_000_000_000) }

            private mutating func builder(_ server: String, _ port: UInt16, client: IPAddress) -> PacketBuilder {
                self.port += 1
                now = now.advanced(byNanoseconds: 1_000_000)
                return PacketBuilder(
                    from: SocketAddress(client, self.port),
                    to: SocketAddress(IPAddress(server) ?? NamesTests.resolver, port)
                )
            }

            /// A question and its answer.
            mutating func resolve(
                _ name: String,
                to addresses: [String] = [NamesTests.address],
                alias: String? = nil,
                client: IPAddress = NamesTests.client
            ) {
                var answer = DNSBuilder(name)
                if let alias { answer.add(alias: alias) }
                for address in addresses { answer.add(address, of: alias) }
                var question = DNSBuilder(name)
                question.flags = 0x0100
                let builder = builder("10.1.0.1", 53, client: client)
                frames.append(CapturedFrame(builder.udp(payload: question.octets), at: now))
                frames.append(CapturedFrame(builder.reversed.udp(payload: answer.octets), at: now))
            }

            /// A TCP connection that sends octets.
            mutating func connect(
                _ octets: [UInt8],
                to server: String = NamesTests.address,
                port: UInt16 = 443,
                client: IPAddress = NamesTests.client
            ) {
                let builder = builder(server, port, client: client)
                var conversation = TCPConversation(builder, start: now)
                conversation.open()
                conversation.send(octets, .toServer)
                conversation.close(.toServer)
                conversation.close(.toClient)
                frames += conversation.frames
            }

            /// UDP datagrams to a server.
            mutating func send(_ payloads: [[UInt8]], to server: String = NamesTests.address, port: UInt16 = 443) {
                let builder = builder(server, port, client: NamesTests.client)
                for payload in payloads { frames.append(CapturedFrame(builder.udp(payload: payload), at: now)) }
            }

            func scan(_ options: String...) throws -> Scan {
                let folder = try TemporaryFolder()
                let path = try folder.write(CaptureFile.pcap(frames), to: "names.pcap")
                return try Scan(
                    Weir.run(
                        ["scan", "--index", Fixtures.index(), "--format", "jsonl", "--events", "incident,llm,stats"]
                            + options + [path]
                    )
                )
            }
        }

        /// A ClientHello, with a server name or without, and a record of application data.
        private static func hello(_ name: String? = nil, hasECH: Bool = false) -> [UInt8] {
            func sized(_ octets: [UInt8]) -> [UInt8] {
                [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)] + octets
            }
            let host = name.map { sized([0] + sized(Array($0.utf8))) }
            var extensions = host.map { [0, 0] + sized($0) } ?? []
            if hasECH { extensions += [0xFE, 0x0D] + sized([0, 0, 1, 0, 1, 5] + sized([9]) + sized([8, 8, 8])) }
            let body: [UInt8] =
                [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0] + sized(extensions)
            return [22, 3, 1] + sized([1, 0] + sized(body)) + [23, 3, 3] + sized([UInt8](repeating: 0xA5, count: 900))
        }

        private static let quic: [UInt8] =
            [0xC3, 0, 0, 0, 1, 8] + [UInt8](repeating: 7, count: 8) + [0, 0] + [UInt8](repeating: 9, count: 1_184)

        @Test("TLS without a server name goes to the name that the client asked for, over an alias")
        func encrypted() throws {
            var tape = Tape()
            tape.resolve("API.OpenAI.com", alias: "edge.cdn.example.net")
            tape.connect(Self.hello())
            let scan = try tape.scan()
            let request = try #require(scan.requests.first)
            #expect(scan.requests.count == 1)
            #expect(scan.outcome.status == 0)
            #expect(request["service"].string == "openai-api")
            #expect(request["host"].string == "api.openai.com")
            #expect(request["evidence"].array.compactMap(\.string) == ["dns"])
            #expect(request["confidence"].string == "low")
            #expect(request["visibility"].string == "metadata_only")
            #expect(request["request_bytes"].integer == Self.hello().count)
            expectBalance(request)
            #expect(scan.records("llm").first?["app_proto"].string == "tls")
            let stats = try #require(scan.records("stats").first)["stats"]
            #expect((stats["skipped_bytes"]["dns"].integer ?? 0) > 60)
            #expect(stats["skipped_bytes"]["udp"] == .null)
        }

        @Test(
            "behind the outer name of ECH the service is named by DNS, whether keys are given or not",
            arguments: [false, true]
        )
        func encryptedHello(hasKeys: Bool) throws {
            let folder = try TemporaryFolder()
            let keys = hasKeys ? ["--keylog", try folder.write("", to: "keys")] : []
            var tape = Tape()
            tape.resolve("chatgpt.com")
            tape.connect(Self.hello("cloudflare-ech.com", hasECH: true))
            let capture = try folder.write(CaptureFile.pcap(tape.frames), to: "ech.pcap")
            let arguments = ["scan", "--index", try Fixtures.index(), "--format", "jsonl", "--events", "llm,stats"]
            let scan = try Scan(Weir.run(arguments + keys + [capture]))
            let record = try #require(scan.records("llm").first)
            #expect(scan.requests.count == 1)
            #expect(record["llm"]["host"].string == "chatgpt.com")
            #expect(record["llm"]["service"].string == "chatgpt-web")
            #expect(record["llm"]["evidence"].strings == ["dns"])
            #expect(record["llm"]["confidence"].string == "medium")
            #expect(record["llm"]["opaque"][0]["reason"].string == (hasKeys ? "no_key" : "encrypted"))
            #expect(record["tls"]["sni"].string == "cloudflare-ech.com")
            #expect(record["tls"]["ech"] == .bool(true))
            expectBalance(record["llm"])
        }

        @Test("a browser's ECH without a meaning changes nothing: a service's name counts, any other names no service")
        func greasedHello() throws {
            var tape = Tape()
            tape.resolve("chatgpt.com")
            tape.resolve("www.example.org")
            tape.connect(Self.hello("www.example.org", hasECH: true))
            tape.connect(Self.hello("api.anthropic.com", hasECH: true))
            tape.connect(Self.hello("cloudflare-ech.com"))
            let scan = try tape.scan()
            #expect(scan.requests.map { $0["service"].string } == ["anthropic-api"])
            #expect(scan.requests.first?["evidence"].strings == ["sni"])
            #expect(scan.requests.first?["confidence"].string == "high")
            #expect(scan.records("llm").first?["tls"]["ech"] == .bool(true))
        }

        @Test("so does TLS that was joined midway")
        func midway() throws {
            var tape = Tape()
            tape.resolve("api.anthropic.com")
            tape.connect(Array(Self.hello().suffix(905)))
            let scan = try tape.scan()
            #expect(scan.requests.map { $0["service"].string } == ["anthropic-api"])
            #expect(scan.requests.map { $0["evidence"].array.map(\.string) } == [["dns"]])
        }

        @Test("UDP on the web's ports has a record where DNS names a service, as QUIC where it looks like it")
        func datagrams() throws {
            var tape = Tape()
            tape.resolve("chatgpt.com", to: [Self.address, "2001:db8::9"])
            tape.send([Self.quic, [0x43, 1, 2, 3]])
            tape.send([[1, 2, 3, 4]])
            tape.send([Self.quic], port: 8_443)
            tape.send([Self.quic], to: "203.0.113.77")
            let scan = try tape.scan()
            let records = scan.records("llm")
            #expect(records.count == 2)
            for record in records {
                #expect(record["proto"].string == "UDP")
                #expect(record["llm"]["service"].string == "chatgpt-web")
                #expect(record["llm"]["evidence"].array.map(\.string) == ["dns"])
                #expect(record["llm"]["confidence"].string == "low")
                expectBalance(record["llm"])
            }
            let quic = try #require(records.first { $0["app_proto"].string == "quic" })
            #expect(quic["llm"]["request_bytes"].integer == Self.quic.count + 4)
            #expect(quic["llm"]["opaque"].array.map { $0["reason"].string } == ["encrypted"])
            let other = try #require(records.first { $0["app_proto"] == .null })
            #expect(other["llm"]["request_bytes"].integer == 4)
        }

        @Test("a name in the traffic is never overruled")
        func overruled() throws {
            var tape = Tape()
            tape.resolve("api.openai.com")
            tape.connect(Self.hello("www.example.org"))
            tape.connect(Self.hello("api.anthropic.com"))
            let connect = Array("CONNECT git.example.org:443 HTTP/1.1\r\nHost: git.example.org:443\r\n\r\n".utf8)
            tape.connect(connect + Self.hello(), port: 3_128)
            tape.connect(
                Array("POST /v1/messages HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 0\r\n\r\n".utf8),
                port: 80
            )
            let scan = try tape.scan()
            #expect(scan.requests.compactMap { $0["service"].string }.filter { $0 == "openai-api" } == [])
            let named = try #require(scan.requests.first { $0["service"].string == "anthropic-api" })
            #expect(named["evidence"].array.map(\.string) == ["sni"])
            #expect(named["confidence"].string != "low")
        }

        @Test("an address that several names share belongs to none of them, but for the one just asked for")
        func shared() throws {
            var tape = Tape()
            tape.resolve("api.openai.com")
            tape.resolve("www.example.org")
            tape.connect(Self.hello())
            #expect(try tape.scan().requests.count == 0)
            tape.pass(seconds: 60)
            tape.resolve("api.openai.com")
            tape.connect(Self.hello())
            #expect(try tape.scan().requests.count == 1)
            tape.pass(seconds: 60)
            tape.connect(Self.hello())
            #expect(try tape.scan().requests.count == 1)
        }

        @Test("behind a resolver that asks for all, names are everybody's; after their time nobody's")
        func everybody() throws {
            var tape = Tape()
            tape.resolve("api.openai.com", client: Self.resolver)
            tape.pass(seconds: 100)
            tape.connect(Self.hello())
            #expect(try tape.scan().requests.map { $0["service"].string } == ["openai-api"])
            tape.pass(seconds: 1_000)
            tape.connect(Self.hello())
            #expect(try tape.scan().requests.count == 1)
        }

        @Test("any number of threads finds the same, and nothing is remembered from one file to the next")
        func threads() throws {
            var tape = Tape()
            for number in 0..<40 {
                tape.resolve("api.openai.com", to: ["203.0.113.\(number)"])
                tape.connect(Self.hello(), to: "203.0.113.\(number)")
                tape.send([Self.quic], to: "203.0.113.\(number)")
            }
            let one = try tape.scan("--workers", "1")
            #expect(one.requests.count == 80)
            for workers in ["2", "5"] {
                #expect(try tape.scan("--workers", workers).outcome.lines.count == one.outcome.lines.count)
            }
            var names = Tape()
            names.resolve("api.openai.com")
            var later = Tape()
            later.connect(Self.hello())
            let folder = try TemporaryFolder()
            let first = try folder.write(CaptureFile.pcap(names.frames), to: "1.pcap")
            let second = try folder.write(CaptureFile.pcap(later.frames), to: "2.pcap")
            #expect(try Weir.scan([first, second]).requests.count == 0)
        }

        @Test("answers over TCP name connections too")
        func streams() throws {
            var tape = Tape()
            var answer = DNSBuilder("api.openai.com")
            answer.add(Self.address)
            let builder = PacketBuilder(
                from: SocketAddress(Self.client, 40_000),
                to: SocketAddress(Self.resolver, 53)
            )
            tape.frames += TCPConversation.exchange(
                builder,
                request: DNSBuilder("api.openai.com").framed,
                response: answer.framed,
                maximumSegmentSize: 20
            )
            tape.pass(seconds: 1)
            tape.connect(Self.hello())
            let scan = try tape.scan()
            #expect(scan.requests.map { $0["host"].string } == ["api.openai.com"])
            let stats = try #require(scan.records("stats").first)["stats"]
            #expect(
                stats["skipped_bytes"]["dns"].integer == answer.framed.count + DNSBuilder("api.openai.com").framed.count
            )
            #expect(stats["skipped_bytes"]["unrecognised"] == .null)
        }
    }
}
