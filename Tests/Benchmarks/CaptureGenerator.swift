import Foundation
import TestSupport

/// Writes the captures of the bench: many TCP conversations, interleaved, as one Ethernet pcap.
struct CaptureGenerator {
    private var text: TextGenerator
    private var file: FileHandle
    private var buffer: [UInt8] = []
    private var microseconds: UInt64 = 1_790_000_000_000_000

    private(set) var packets = 0
    private(set) var octets = 0

    init(path: String, seed: UInt64) throws {
        text = TextGenerator(seed: seed)
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        self.file = file
        buffer = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    }

    /// 861 connections, 200 at a time, 2,723 uploads of 4 KB to 1 MB; `scale` 1 makes 542 MB.
    mutating func httpUpload(scale: Double) throws {
        try interleave(connections: max(1, Int(861 * scale)), atOnce: 200) { generator, index in
            var client: [UInt8] = []
            let requests = index % 6 == 0 ? 4 : 3
            for _ in 0..<requests {
                let exponent = Double(generator.text.number(1_000)) / 1_000
                let body = generator.text.chatBody(
                    size: Int(4_096 * pow(256, exponent * exponent * 0.5 + exponent * 0.5))
                )
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

    /// 870 TLS 1.3-shaped connections, one in sixteen to an LLM host, mostly download; `scale` 1 makes 501 MB.
    mutating func tlsMix(scale: Double) throws {
        try interleave(connections: max(1, Int(870 * scale)), atOnce: 200) { generator, index in
            let host = index % 16 == 3 ? "api.openai.com" : "cdn-\(index % 97).example.net"
            var client = CaptureGenerator.clientHello(host: host, seed: index)
            client += CaptureGenerator.records(count: 4 + generator.text.number(8), size: 1_400)
            let server = CaptureGenerator.records(count: 8 + generator.text.number(62), size: 16_384)
            return Conversation(index: index, client: client, server: server, serverPort: 443)
        }
    }

    mutating func close() throws {
        try flush()
        try file.close()
    }

    private mutating func interleave(
        connections: Int,
        atOnce: Int,
        _ make: (inout CaptureGenerator, Int) -> Conversation
    ) throws {
        var next = 0
        var open: [Conversation] = []
        while next < connections || !open.isEmpty {
            while open.count < atOnce, next < connections {
                var conversation = make(&self, next)
                try write(conversation.handshake())
                open.append(conversation)
                next += 1
            }
            let pick = text.number(open.count)
            for _ in 0..<8 {
                guard let packet = open[pick].next() else { break }
                try write([packet])
            }
            if open[pick].isDone {
                try write(open[pick].goodbye())
                open.swapAt(pick, open.count - 1)
                open.removeLast()
            }
        }
    }

    private mutating func write(_ frames: [[UInt8]]) throws {
        for frame in frames {
            microseconds += 9
            let seconds = UInt32(microseconds / 1_000_000)
            let fraction = UInt32(microseconds % 1_000_000)
            for value in [seconds, fraction, UInt32(frame.count), UInt32(frame.count)] {
                for shift in [0, 8, 16, 24] { buffer.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
            }
            buffer += frame
            packets += 1
            octets += frame.count
        }
        if buffer.count > 4 << 20 { try flush() }
    }

    private mutating func flush() throws {
        try file.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
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

    private static func clientHello(host: String, seed: Int) -> [UInt8] {
        func vector(_ octets: [UInt8], _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: octets.count >> (8 * (width - 1 - $0))) } + octets
        }
        func part(_ id: UInt16, _ body: [UInt8]) -> [UInt8] { [UInt8(id >> 8), UInt8(id & 255)] + vector(body, 2) }
        let name = part(0, vector([0] + vector(Array(host.utf8), 2), 2))
        let alpn = part(16, vector(vector(Array("h2".utf8), 1) + vector(Array("http/1.1".utf8), 1), 2))
        let versions = part(43, vector([3, 4, 3, 3], 1))
        let algorithms = part(13, vector([4, 3, 8, 4, 4, 1], 2))
        let shares = part(51, vector([0, 0x1D] + vector([UInt8](repeating: 9, count: 32), 2), 2))
        var body: [UInt8] = [3, 3]
        body += (0..<32).map { UInt8(truncatingIfNeeded: seed &* 131 &+ $0) }
        body += vector([UInt8](repeating: 5, count: 32), 1)
        body += vector([0x13, 1, 0x13, 2, 0x13, 3, 0xC0, 0x2B, 0xC0, 0x2F], 2) + [1, 0]
        body += vector(name + alpn + versions + algorithms + shares, 2)
        return [0x16, 3, 1] + vector([1] + vector(body, 3), 2)
    }
}
