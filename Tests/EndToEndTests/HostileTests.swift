import Foundation
import Testing

extension EndToEnd {
    @Suite("Traffic that means to drown the tap")
    struct HostileTests {
        /// Caps so small that every flood passes them many times over.
        static let configuration = """
            [capture]
            ring_mib = 1
            [flows]
            tracked = 16384
            reassembling = 1024
            out_of_order_kib = 64
            out_of_order_total_mib = 4
            [inspect]
            scan_queue_mib = 1
            """

        /// What a hostile network sends.
        enum Flood: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case millionSYNs = "a SYN each from a million sources"
            case openFlows = "300,000 connections that begin to speak and fall silent"
            case slowRequests = "requests whose bodies come octet by octet"
            case outOfOrder = "segments behind holes that never close"
            case gaps = "every other segment missing"
            case endlessHeads = "heads that do not end"
            case openRequests = "thousands of requests that stay open"

            var testDescription: String { rawValue }

            /// The limit that `stats` must name; nil where nothing but gaps is to be counted.
            var limit: String? {
                switch self {
                case .millionSYNs: "half_open_flows"
                case .openFlows, .slowRequests, .endlessHeads, .openRequests: "flows"
                case .outOfOrder: "out_of_order_bytes"
                case .gaps: nil
                }
            }

            /// Whether the flood itself is requests to a service, of which each is recorded.
            var hasRequests: Bool { self == .slowRequests || self == .openRequests || self == .gaps }

            func write(_ capture: inout HostileCapture) throws {
                switch self {
                case .millionSYNs:
                    try capture.flood(1_000_000) { capture, index in
                        try capture.send(client: index + 1, sequence: 7, acknowledgement: 0, flags: 0x02)
                    }
                case .openFlows:
                    let beginning = Array("GET /x HTTP/1.1\r\nHo".utf8)
                    try capture.flood(300_000) { capture, index in
                        try capture.open(client: index + 1)
                        try capture.send(client: index + 1, sequence: 1_000, beginning)
                    }
                case .slowRequests:
                    capture.interval = 100
                    let head = Array(Prompt.post([UInt8](repeating: 0x61, count: 100)).dropLast(100))
                    try capture.flood(2_000) { capture, index in
                        try capture.open(client: index + 1)
                        try capture.send(client: index + 1, sequence: 1_000, head)
                    }
                    try capture.flood(8_000) { capture, index in
                        let sent = UInt32(1_000 + head.count + index / 2_000)
                        try capture.send(client: index % 2_000 + 1, sequence: sent, [0x61])
                    }
                case .outOfOrder:
                    let segment = [UInt8](repeating: 0x62, count: 1_448)
                    try capture.flood(128) { capture, index in try capture.open(client: index + 1) }
                    try capture.flood(38_400) { capture, index in
                        let number = UInt32(1_000 + 1_448 * (2 * (index / 128) + 1))
                        try capture.send(client: index % 128 + 1, sequence: number, segment)
                    }
                case .gaps:
                    capture.interval = 100
                    let request = Prompt.post(Prompt.chat([UInt8](repeating: 0x63, count: 400_000)))
                    try capture.flood(100) { capture, index in
                        try capture.open(client: index + 1)
                        try capture.send(client: index + 1, sequence: 1_000, Array(request[..<1_448]))
                    }
                    try capture.flood(13_000) { capture, index in
                        let start = 1_448 * (2 * (index / 100) + 2)
                        let number = UInt32(1_000 + start)
                        try capture.send(
                            client: index % 100 + 1,
                            sequence: number,
                            Array(request[start..<(start + 1_448)])
                        )
                        try capture.send(
                            client: index % 100 + 1,
                            fromClient: false,
                            sequence: 5_000,
                            acknowledgement: number + 1_448,
                            flags: 0x10
                        )
                    }
                case .endlessHeads:
                    let head = Array("POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nX: ".utf8)
                    let more = [UInt8](repeating: 0x64, count: 1_448)
                    try capture.flood(1_000) { capture, index in
                        try capture.open(client: index + 1)
                        try capture.send(client: index + 1, sequence: 1_000, head)
                    }
                    try capture.flood(40_000) { capture, index in
                        let number = UInt32(1_000 + head.count + index / 1_000 * 1_448)
                        try capture.send(client: index % 1_000 + 1, sequence: number, more)
                    }
                case .openRequests:
                    capture.interval = 100
                    let request = Prompt.post(Prompt.chat([UInt8](repeating: 0x65, count: 4_000))).dropLast(1_000)
                    try capture.flood(5_000) { capture, index in
                        try capture.open(client: index + 1)
                        for start in stride(from: 0, to: request.count, by: 1_448) {
                            let end = min(start + 1_448, request.count)
                            try capture.send(
                                client: index + 1,
                                sequence: UInt32(1_000 + start),
                                Array(request[start..<end])
                            )
                        }
                    }
                }
                try capture.finish()
            }
        }

        @Test(
            "stays under the ceiling, counts what it gave up, and finds the leak that goes on",
            arguments: Flood.allCases
        )
        func flood(_ flood: Flood) throws {
            let folder = try TemporaryFolder()
            let settings = try folder.write(Self.configuration, to: "weir.toml")
            let path = folder.file("flood.pcap")
            let files = ["LanternSync.swift", "berth_pricing.py", "DemurrageReconciler.java"]
            var capture = try HostileCapture(path: path, leak: Prompt.post(Prompt.chat(try Prompt.files(files))))
            try flood.write(&capture)

            let arguments = ["scan", "--config", settings, "--index", try Fixtures.index(), "--format", "jsonl"]
            let (outcome, peak) = try Weir.measured(arguments + ["--events", "incident,llm,stats", path])
            #expect(outcome.status == 1)
            let scan = try Scan(outcome)

            #expect(peak / 1_024 < (try Self.ceiling(settings)), "\(peak) KiB")
            for file in files { #expect(!scan.lines(of: file).isEmpty, "\(file) was not found") }
            for request in scan.requests { expectBalance(request) }
            let stats = try #require(scan.records("stats").last)["stats"]
            if let limit = flood.limit {
                #expect((stats["limits"][limit].integer ?? 0) > 0, "\(limit) is not in \(outcome.lines.last ?? "")")
            } else {
                #expect((stats["gaps"].integer ?? 0) > 1_000)
            }
            #expect(stats["llm_requests"].integer == scan.requests.count)
            if !flood.hasRequests { #expect(scan.requests.count == 1) }
        }

        /// The sum that `weir config check` prints, in MiB.
        private static func ceiling(_ settings: String) throws -> Int {
            let check = try Weir.run("config", "check", settings)
            let line = try #require(check.lines.first { $0.contains("in all") })
            return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
        }
    }
}
