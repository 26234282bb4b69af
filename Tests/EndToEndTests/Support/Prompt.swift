import TestSupport
import Wire

/// Requests of our own making, and captures of them.
enum Prompt {
    /// A JSON string's inside (RFC 8259 § 7), as most clients write it.
    static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var escaped: [UInt8] = []
        for octet in text {
            switch octet {
            case 0x22, 0x5C: escaped += [0x5C, octet]
            case 0x0A: escaped += Array("\\n".utf8)
            case 0x0D: escaped += Array("\\r".utf8)
            case 0x09: escaped += Array("\\t".utf8)
            default: escaped.append(octet)
            }
        }
        return escaped
    }

    /// The body of an OpenAI chat with one message of the user.
    static func chat(_ text: some Sequence<UInt8>) -> [UInt8] {
        Array(#"{"model":"gpt-test","messages":[{"role":"user","content":""#.utf8) + escaped(text)
            + Array(#""}]}"#.utf8)
    }

    /// Files of the corpus one after the other, each announced by its name.
    static func files(_ names: [String]) throws -> [UInt8] {
        try names.flatMap { Array("\n\nHere is \($0):\n".utf8) + (try Fixtures.source($0)) }
    }

    /// A POST with a body of known length.
    static func post(
        _ body: [UInt8],
        host: String = "api.openai.com",
        path: String = "/v1/chat/completions",
        fields: [String] = []
    ) -> [UInt8] {
        let head = ["POST \(path) HTTP/1.1", "Host: \(host)", "Content-Type: application/json"] + fields
        return Array((head + ["Content-Length: \(body.count)", "", ""]).joined(separator: "\r\n").utf8) + body
    }

    /// The same with a chunked body (RFC 9112 § 7.1), in chunks of `size`.
    static func postChunked(_ body: [UInt8], size: Int, fields: [String] = []) -> [UInt8] {
        let head =
            ["POST /v1/chat/completions HTTP/1.1", "Host: api.openai.com", "Content-Type: application/json"] + fields
        var request = Array((head + ["Transfer-Encoding: chunked", "", ""]).joined(separator: "\r\n").utf8)
        for chunk in Torture.chunks(of: body, size: size) {
            request += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
        }
        return request + Array("0\r\n\r\n".utf8)
    }

    /// The frames of a connection that carries a request and a short answer.
    static func frames(_ request: [UInt8], port: UInt16 = 49_152) -> [CapturedFrame] {
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        return TCPConversation.exchange(PacketBuilder(clientPort: port), request: request, response: response)
    }

    /// A capture of such connections, one after the other.
    static func capture(_ requests: [UInt8]...) -> [UInt8] {
        let frames = requests.enumerated().flatMap { index, request in
            Prompt.frames(request, port: 49_152 + UInt16(index)).map { frame in
                var later = frame
                later.timestamp = frame.timestamp.advanced(byNanoseconds: Int64(index) * 1_000_000_000)
                return later
            }
        }
        return CaptureFile.pcap(frames)
    }
}
