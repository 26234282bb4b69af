import Foundation
import TestSupport
import Wire

/// A capture of one upload over each suite in each version that has it, and the key log of all.
struct MadeSessions {
    let capture: String
    let keyLog: String
    /// What each session uploads.
    private(set) var bodies: [(name: String, body: [UInt8])] = []
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-made-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        capture = folder.appending(path: "made.pcap").path
        keyLog = folder.appending(path: "made.keys").path
        var frames: [CapturedFrame] = []
        var lines = ""
        for (index, (name, talk)) in Self.talks().enumerated() {
            let body = Self.body(name, seed: UInt64(index))
            bodies.append((name, body))
            lines += talk.keyLog()
            frames += try Self.frames(talk, body, clientPort: 49_152 + UInt16(index))
        }
        try Data(CaptureFile.pcap(frames)).write(to: URL(filePath: capture))
        try Data(lines.utf8).write(to: URL(filePath: keyLog))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func talks() -> [(String, TLSTalk)] {
        var talks: [(String, TLSTalk)] = []
        func add(_ cipher: TLSWriter.Cipher, _ version: UInt16, encryptsThenMACs: Bool = false) {
            let seed = UInt32(talks.count + 1)
            let talk = TLSTalk(cipher, version: version, seed: seed, encryptsThenMACs: encryptsThenMACs)
            let name = "\(cipher) in \(String(version, radix: 16))" + (encryptsThenMACs ? " with encrypt-then-MAC" : "")
            talks.append((name, talk))
        }
        for cipher in TLSWriter.Cipher.allCases {
            if cipher.suite13 != nil { add(cipher, 0x0304) }
            add(cipher, 0x0303)
        }
        for isLater in [false, true] {
            for version in [0x0301, 0x0302] as [UInt16] { add(.cbcSHA1, version, encryptsThenMACs: isLater) }
        }
        for cipher in [.cbcSHA1, .cbcSHA256, .cbc256SHA384] as [TLSWriter.Cipher] {
            add(cipher, 0x0303, encryptsThenMACs: true)
        }
        return talks
    }

    private static func body(_ name: String, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return Array("\(name): ".utf8) + (0..<40_000).map { _ in UInt8.random(in: 0x20...0x7E, using: &generator) }
    }

    /// The upload in large and small records; in TLS 1.3 with padding, and with a change of keys in the middle.
    private static func frames(_ talk: TLSTalk, _ body: [UInt8], clientPort: UInt16) throws -> [CapturedFrame] {
        var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
        var server = talk.writer("SERVER_TRAFFIC_SECRET_0")
        let head = "POST /v1/chat HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: \(body.count)\r\n\r\n"
        let opening = try talk.opening(&client)
        let hello = talk.clientHello().count
        var conversation = TCPConversation(PacketBuilder(clientPort: clientPort, port: 443))
        conversation.open()
        conversation.send(opening[..<hello], .toServer)
        conversation.send(try talk.greeting(&server), .toClient)
        conversation.send(opening[hello...], .toServer)
        conversation.send(try client.records(Array(head.utf8) + body[..<18_000]), .toServer)
        if talk.version == 0x0304 {
            conversation.send(try client.record(talk.keyUpdate, type: 22), .toServer)
            client.update()
            conversation.send(try client.record(Array(body[18_000..<19_000]), padding: 300), .toServer)
        } else {
            conversation.send(try client.record(Array(body[18_000..<19_000])), .toServer)
        }
        conversation.send(try client.records(Array(body[19_000...]), size: 900), .toServer)
        conversation.send(try server.record(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)), .toClient)
        conversation.close(.toServer)
        conversation.close(.toClient)
        return conversation.frames
    }
}
