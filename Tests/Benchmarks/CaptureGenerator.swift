import Foundation
import TestSupport

/// Makes the captures of the bench: many conversations, interleaved, the same ones on every machine.
struct CaptureGenerator {
    private var text: TextGenerator
    private(set) var writer: CaptureWriter
    private var nastiness: Nastiness?
    private var isSecure = false
    /// The secrets of what is encrypted.
    private(set) var keyLog = ""

    init(path: String, seed: UInt64 = 20_261_122) throws {
        text = TextGenerator(seed: seed)
        writer = try CaptureWriter(path: path)
    }

    /// Writes one of the bench's captures; `scale` 1 is its full size.
    mutating func make(_ capture: BenchCapture, scale: Double) throws {
        switch capture {
        case .httpUpload: try httpUpload(scale: scale)
        case .tlsUpload:
            isSecure = true
            try httpUpload(scale: scale)
        case .nasty: try nasty(scale: scale, loses: true)
        case .nastyNoGap: try nasty(scale: scale, loses: false)
        case .tlsMix: try tlsMix(scale: scale)
        case .manyFlows: try manyFlows(scale: scale)
        }
        try writer.close()
    }

    /// 861 connections, 200 at a time, 2,723 uploads of 4 KB to 1 MB: 542 MB.
    private mutating func httpUpload(scale: Double) throws {
        try interleave(connections: max(1, Int(861 * scale)), atOnce: 200) { generator, index in
            var client: [UInt8] = []
            let requests = index % 6 == 0 ? 4 : 3
            for _ in 0..<requests {
                let exponent = Double(generator.text.number(1_000)) / 1_000
                let body = generator.text.chatBody(size: Int(4_096 * pow(256, exponent)))
                client += Array(
                    """
                    POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nUser-Agent: OpenAI/Python 2.54.0\r\n\
                    Content-Type: application/json\r\nAuthorization: Bearer sk-bench\r\nContent-Length: \(body.count)\r\n\r\n
                    """.utf8
                )
                client += body
            }
            return Conversation(
                index: index,
                client: client,
                server: Array(repeating: 0x61, count: 2_000),
                serverPort: 80
            )
        }
    }

    /// The same connections over a bad network: of the same seed, so that their clean twin is `httpUpload`.
    private mutating func nasty(scale: Double, loses: Bool) throws {
        nastiness = Nastiness(seed: 5, loses: loses)
        try httpUpload(scale: scale)
    }

    /// 870 TLS 1.3-shaped connections with recorded hellos, one in sixteen to an LLM host, mostly download: 501 MB.
    private mutating func tlsMix(scale: Double) throws {
        try interleave(connections: max(1, Int(870 * scale)), atOnce: 200) { generator, index in
            let host = index % 16 == 3 ? "api.openai.com" : "cdn-\(index % 97).example.net"
            let template = HelloTemplate.recorded[index % HelloTemplate.recorded.count]
            var client = template.records(host: host, seed: UInt64(index))
            client += CaptureGenerator.records(count: 4 + generator.text.number(8), size: 1_400)
            let server = CaptureGenerator.records(count: 8 + generator.text.number(51), size: 16_384)
            return Conversation(index: index, client: client, server: server, serverPort: 443)
        }
    }

    /// 300,000 short TLS connections, each with its look-up, 2,000 at a time, 14,910 to LLM hosts.
    private mutating func manyFlows(scale: Double) throws {
        let count = max(1, Int(300_000 * scale))
        let services = [
            "api.openai.com", "api.anthropic.com", "chatgpt.com", "generativelanguage.googleapis.com", "api.mistral.ai",
            "claude.ai",
        ]
        var next = 0
        var open: [ShortFlow] = []
        while next < count || !open.isEmpty {
            while open.count < 2_000, next < count {
                let isService = (next + 1) * 14_910 / 300_000 > next * 14_910 / 300_000
                let number = text.number(5_000)
                let service = number % services.count
                open.append(
                    ShortFlow(
                        index: next,
                        host: isService ? services[service] : "static-\(number).cdn\(number % 37).example.net",
                        address: isService ? 0xCB00_7100 + UInt32(service) : 0xC612_0000 + UInt32(number),
                        data: (250 + text.number(600), 60 + text.number(180), 100 + text.number(300))
                    )
                )
                next += 1
            }
            let pick = text.number(open.count)
            if try !open[pick].writeNext(&writer) {
                open.swapAt(pick, open.count - 1)
                open.removeLast()
            }
        }
    }

    private mutating func interleave(
        connections: Int,
        atOnce: Int,
        _ make: (inout CaptureGenerator, Int) -> Conversation
    ) throws {
        var next = 0
        var open: [Lane] = []
        while next < connections || !open.isEmpty {
            while open.count < atOnce, next < connections {
                var lane = Lane(conversation: make(&self, next))
                if isSecure { lane.sealed = try sealed(lane.conversation, index: next) }
                for segment in lane.conversation.handshake() { try writer.write(segment) }
                open.append(lane)
                next += 1
            }
            let pick = text.number(open.count)
            for _ in 0..<8 {
                guard let segment = open[pick].conversation.next() else { break }
                guard open[pick].sealed != nil else {
                    try pass(segment, &open[pick])
                    continue
                }
                if let segment = open[pick].sealed?.next() { try writer.write(segment) }
            }
            if open[pick].conversation.isDone {
                if let late = open[pick].late.take() { try writer.write(late) }
                while let segment = open[pick].sealed?.next() { try writer.write(segment) }
                for segment in (open[pick].sealed ?? open[pick].conversation).goodbye() { try writer.write(segment) }
                open.swapAt(pick, open.count - 1)
                open.removeLast()
            }
        }
    }

    /// Writes a segment as the network treats it.
    private mutating func pass(_ segment: Segment, _ lane: inout Lane) throws {
        guard segment.fromClient, !segment.range.isEmpty, let fate = nastiness?.fate() else {
            return try writer.write(segment)
        }
        switch fate {
        case .late(let count) where lane.late == nil:
            lane.late = segment
            lane.patience = count
            return
        case .plain, .late: try writer.write(segment)
        case .lost: break
        case .twice:
            try writer.write(segment)
            try writer.write(segment)
        case .overlapped(let octets):
            try writer.write(segment)
            try writer.write(segment.beginning(octets, earlier: octets + 400))
        }
        lane.patience -= 1
        if lane.patience <= 0, let late = lane.late.take() { try writer.write(late) }
    }

    /// The same conversation within TLS 1.3, in the largest records, as clients write them.
    private mutating func sealed(_ conversation: Conversation, index: Int) throws -> Conversation {
        let talk = TLSTalk(seed: UInt32(index + 1))
        keyLog += talk.keyLog()
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        var server = talk.writer("SERVER_TRAFFIC_SECRET_0")
        let opening = try talk.opening(&client)
        let greeting = try talk.greeting(&server)
        return Conversation(
            index: index,
            client: opening + (try client.records(conversation.client)),
            server: greeting + (try server.records(conversation.server)),
            serverPort: 443,
            greetings: (talk.clientHello().count, greeting.count)
        )
    }

    /// A connection that is under way, and its segment that others overtake.
    private struct Lane {
        /// What is said in clear, which sets the pace.
        var conversation: Conversation
        /// What passes instead.
        var sealed: Conversation?
        var late: Segment?
        var patience = 0
    }

    private static func records(count: Int, size: Int) -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(count * (size + 5))
        for index in 0..<count {
            all += [0x17, 3, 3, UInt8(size >> 8), UInt8(size & 255)]
            all += repeatElement(UInt8(truncatingIfNeeded: index &* 31 &+ 7), count: size)
        }
        return all
    }
}
