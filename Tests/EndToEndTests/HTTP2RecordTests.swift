import TestSupport
import Testing

extension EndToEnd {
    @Suite("Records of HTTP/2 and of WebSockets")
    struct HTTP2RecordTests {
        @Test("each stream of a connection has a record of its own")
        func streams() throws {
            let scan = try Weir.scan(fixture: "h2c-python-streams")
            let records = scan.records("llm")
            #expect(records.count == 4)
            #expect(records.allSatisfy { $0["app_proto"].string == "http2" })
            #expect(records.allSatisfy { $0["http"]["http_method"].string == "POST" })
            #expect(records.allSatisfy { $0["http"]["url"].string == "/v1/chat/completions" })
            #expect(records.allSatisfy { $0["http"]["hostname"].string == "llm.corp.hti.internal" })
            #expect(records.allSatisfy { $0["http"]["http_port"].integer == 8_000 })
            #expect(records.allSatisfy { $0["http"]["http_user_agent"].string == "python-h2/4" })
            #expect(Set(records.map { $0["flow_id"].integer }).count == 1)
            for request in scan.requests { #expect(request["opaque"].array.isEmpty, "\(request)") }
            // One was reset by its client: what came of it counts.
            let sizes = scan.requests.compactMap { $0["request_bytes"].integer }
            #expect(sizes.count == 4 && sizes.allSatisfy { $0 > 0 })
            let incident = try #require(scan.incidents.first)
            #expect(incident["incident"]["requests"].integer == 2)
            let leaks = scan.leaks.map { ($0["path"].string ?? "", $0["decode_chain"].strings) }
            #expect(leaks.contains { $0 == ("DemurrageReconciler.java", ["gzip", "json"]) })
            #expect(leaks.contains { $0 == ("berth_pricing.py", ["json"]) })
        }

        @Test("gRPC's messages are read, also those that are compressed one by one")
        func grpc() throws {
            let scan = try Weir.scan(fixture: "grpc-xai-sdk")
            #expect(scan.requests.map { $0["operation"].string } == ["GetCompletion", "StartDeferredCompletion"])
            for request in scan.requests { #expect(request["opaque"].array.isEmpty, "\(request)") }
            let leaks = scan.leaks.map { ($0["path"].string ?? "", $0["decode_chain"].strings) }
            #expect(leaks.contains { $0 == ("foc_observer.c", ["grpc", "protobuf"]) })
            #expect(leaks.contains { $0 == ("berth_pricing.py", ["grpc", "gzip", "protobuf"]) })
        }

        @Test("an upgraded connection has the first request's record in HTTP/1 and the others' in HTTP/2")
        func upgrade() throws {
            let records = try Weir.scan(fixture: "h2c-curl-upgrade").records("llm")
            #expect(records.last?["app_proto"].string == "http2")
            #expect(records.dropLast().allSatisfy { $0["app_proto"].string == "http" })
        }

        @Test(
            "each message has a record, and the request that opened the WebSocket none",
            arguments: [
                ("mirror-sdk-websockets-realtime", [63, 9_311]), ("mirror-sdk-ws-fragmented", [10_511]),
            ] as [(String, [Int])]
        )
        func messages(name: String, sizes: [Int]) throws {
            let scan = try Weir.scan(fixture: name)
            let records = scan.records("llm")
            #expect(records.map { $0["app_proto"].string } == sizes.map { _ in "websocket" })
            #expect(scan.requests.map { $0["request_bytes"].integer } == sizes)
            #expect(scan.requests.map { $0["inspected_bytes"].integer } == sizes)
            #expect(records.allSatisfy { $0["http"]["http_method"].string == "GET" })
            #expect(records.allSatisfy { $0["http"]["url"].string?.hasPrefix("/") == true })
        }

        @Test("a message that repeats what went before is found again though hardly an octet of it was sent")
        func contextTakeover() throws {
            let scan = try Weir.scan(fixture: "ws-python-deflate")
            let sizes = scan.requests.compactMap { $0["request_bytes"].integer }
            #expect(sizes.count == 4)
            #expect((sizes.last ?? .max) < 200)
            #expect(scan.requests.allSatisfy { $0["opaque"].array.isEmpty })
            #expect(scan.incidents.first?["incident"]["requests"].integer == 2)
            #expect(scan.requests.allSatisfy { $0["model"].string == "gpt-5-codex" })
            #expect(scan.requests.allSatisfy { $0["confidence"].string == "high" })
        }

        @Test("a WebSocket in a stream of HTTP/2 is one, and the other streams are not")
        func inHTTP2() throws {
            let records = try Weir.scan(fixture: "ws-python-h2").records("llm")
            #expect(records.filter { $0["app_proto"].string == "websocket" }.count == 2)
            #expect(records.filter { $0["app_proto"].string == "http2" }.count <= 1)
        }

        @Test("without the server's packets the same leaks are found, with less confidence in what was agreed")
        func oneWay() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("ws-python-deflate"))
            // An Ethernet frame of IPv4 without options: the TCP source port is at octet 34.
            let client = frames.filter { $0.octets.count > 36 && ($0.octets[34], $0.octets[35]) != (0x1F, 0x40) }
            let scan = try Weir.scan(folder.write(CaptureFile.pcap(client, linkType: linkType), to: "half.pcap"))
            #expect(scan.leaks == (try Weir.scan(fixture: "ws-python-deflate").leaks))
            #expect(scan.requests.allSatisfy { $0["confidence"].string == "medium" })
        }
    }
}
