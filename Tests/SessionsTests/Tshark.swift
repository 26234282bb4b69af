import Foundation
import TestSupport

/// What Wireshark reads in a capture with a key log: a second opinion that shares no code with ours.
///
/// The octets are taken from its `jsonraw` output, where every field stands as it lay in the decrypted stream.
struct Tshark {
    /// Where it is; nil where it is not installed.
    static let path = ["/usr/bin/tshark", "/usr/local/bin/tshark", "/opt/homebrew/bin/tshark"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The bodies of the clients' requests that are not empty, and the messages of their WebSockets, in no order.
    private(set) var bodies: [[UInt8]] = []

    typealias Object = [String: Any]

    /// A stream of HTTP/2 or QUIC, or a connection.
    struct Stream: Hashable {
        let client: String
        let server: String
        var number = 0
    }

    /// Reads a capture.
    init(capture: String, keyLog: String) throws {
        let packets = try Self.dissect(capture, keyLog)
        var streams: [Stream: [UInt8]] = [:]
        var socketStreams: Set<Stream> = []
        var sockets: [Stream: [UInt8]] = [:]
        var datagrams = TsharkQUIC()
        for packet in packets {
            guard let layers = (packet["_source"] as? Object)?["layers"] as? Object else { continue }
            datagrams.add(layers)
            guard let tcp = Self.objects(layers["tcp"]).first,
                let source = Self.texts(tcp["tcp.srcport_raw"]).first,
                let destination = Self.texts(tcp["tcp.dstport_raw"]).first
            else { continue }
            for request in Self.objects(layers["http"]) where request["http.request_raw"] != nil {
                add(Self.body(of: request))
            }
            for layer in Self.objects(layers["http2"]) {
                // Servers' ports are below their clients'. What it makes of DATA is put together and unpacked: frames are not.
                for frame in Self.texts(layer["http2.stream_raw"]).compactMap(Hex.octets) where destination < source {
                    guard frame.count >= 9 else { continue }
                    let number = frame[5..<9].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
                    let stream = Stream(client: source, server: destination, number: number)
                    if frame[3] == 0 { streams[stream, default: []] += Self.data(frame) }
                    let fields = Self.objects(layer["http2.stream"]).flatMap { Self.objects($0["http2.header"]) }
                    let method = fields.flatMap { Self.octets($0["http2.headers.method_raw"]) }
                    if frame[3] == 1, method == Array("CONNECT".utf8) { socketStreams.insert(stream) }
                }
            }
            for frame in Self.objects(layers["websocket"]) {
                let key = Self.octets(frame["websocket.masking_key_raw"])
                guard let opcode = Self.texts(frame["websocket.opcode_raw"]).first.flatMap({ Int($0, radix: 16) }),
                    key.count == 4, opcode < 8
                else { continue }
                let masked = Self.octets(frame["websocket.masked_payload_raw"])
                let stream = Stream(client: source, server: destination)
                sockets[stream, default: []] += masked.indices.map { masked[$0] ^ key[$0 % 4] }
                if Self.texts(frame["websocket.fin_raw"]) == ["1"] { add(sockets.removeValue(forKey: stream) ?? []) }
            }
        }
        for body in datagrams.bodies { add(body) }
        for (stream, octets) in streams {
            // WebSockets inside HTTP/2 (RFC 8441) are not taken apart.
            if socketStreams.contains(stream) { Self.messages(octets).forEach { add($0) } } else { add(octets) }
        }
    }

    private mutating func add(_ body: [UInt8]) { if !body.isEmpty { bodies.append(body) } }

    private static func dissect(_ capture: String, _ keyLog: String) throws -> [Object] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-tshark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: path ?? "")
        process.arguments = [
            "-2", "-n", "-r", capture, "-o", "tls.keylog_file:\(keyLog)", "-o", "http.decompress_body:FALSE", "-o",
            "tcp.reassemble_out_of_order:TRUE", "-Y",
            "http.request or http2 or websocket or quic", "-T", "jsonraw", "--no-duplicate-keys", "-J",
            "http http2 websocket tcp data udp quic",
        ]
        // Nobody's own settings.
        process.environment = ["HOME": folder.path, "WIRESHARK_CONFIG_DIR": folder.path, "PATH": "/usr/bin:/bin"]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let packets = try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [Object]
        else { throw CocoaError(.fileReadCorruptFile, userInfo: ["capture": capture]) }
        return packets
    }

    /// A body of HTTP/1, out of its chunks; one with a content coding stands apart from others.
    private static func body(of request: Object) -> [UInt8] {
        if let plain = request["http.file_data_raw"] { return octets(plain) }
        let coded = request.first { $0.key.hasPrefix("Content-encoded entity body") }
        return objects(coded?.value).flatMap { objects($0["data"]) }.flatMap { octets($0["data.data_raw"]) }
    }

    /// What is once is an object, what is more often a list of them.
    static func objects(_ value: Any?) -> [Object] {
        (value as? Object).map { [$0] } ?? (value as? [Any])?.compactMap { $0 as? Object } ?? []
    }

    /// The hexadecimal of a field: `[text, position, …]`, or a list of such.
    static func texts(_ value: Any?) -> [String] {
        guard let list = value as? [Any] else { return [] }
        if let text = list.first as? String { return [text] }
        return list.compactMap { ($0 as? [Any])?.first as? String }
    }

    static func octets(_ value: Any?) -> [UInt8] { texts(value).flatMap { Hex.octets($0) ?? [] } }

    /// What a DATA frame carries (RFC 9113 § 6.1).
    private static func data(_ frame: [UInt8]) -> ArraySlice<UInt8> {
        guard frame[4] & 8 != 0, let padding = frame.dropFirst(9).first else { return frame[9...] }
        return frame.dropFirst(10).dropLast(Int(padding))
    }

    /// The messages of masked WebSocket frames (RFC 6455 § 5.2), those of control left out.
    private static func messages(_ octets: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var message: [UInt8] = []
        var rest = octets[...]
        func take(_ count: Int) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        while rest.count >= 6 {
            let head = take(2)
            var length = Int(head[1] & 0x7F)
            if length > 125 { length = take(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
            let key = take(4)
            let payload = take(length)
            guard head[0] & 0x0F < 8 else { continue }
            message += payload.indices.map { payload[$0] ^ key[$0 % 4] }
            if head[0] & 0x80 != 0 {
                messages.append(message)
                message = []
            }
        }
        return messages
    }
}
