import AppProtocols
import Crypto
import FlowTracking
import Foundation
import PacketCapture
import PacketDecode
import SecureTransport
import Sessions
import TestSupport
import Testing

@Suite("Recorded TLS sessions with their key logs")
struct DecryptedCaptureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "EndToEndTests/Fixtures")

    /// What is inside a capture: the SHA-256 of every request body, as the server had it.
    struct Inside: Decodable {
        let capture: String
        let bodies: [String]
        let isHTTP2: Bool

        enum CodingKeys: String, CodingKey {
            case capture, bodies
            case isHTTP2 = "is_http2"
        }
    }

    private static let all: [String: Inside] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "tls/truth.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: Inside].self, from: data)) ?? [:]
    }()

    private func play(_ name: String, _ inside: Inside) throws -> (entries: [RecordingConsumer.Entry], keysUsed: Int) {
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array(try Data(contentsOf: Self.folder.appending(path: "tls/\(name).keys"))).span, into: store)
        var table = FlowTable<SessionTracker<RecordingConsumer>>(limits: FlowLimits(), seed: 7)
        var consumer = RecordingConsumer()
        consumer.wantsAll = true
        var tracker = SessionTracker(consumer: consumer, keys: KeyAccess(KeySource([store], mayGrow: false)))
        var reader = try CaptureReader(path: Self.folder.appending(path: inside.capture).path)
        while let frame = try reader.next() {
            do throws(PacketError) {
                var levels = 0
                let packet = try PacketDecoder.innermost(of: PacketDecoder.decode(frame), levels: &levels)
                let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
                table.process(packet, at: stamp, consumer: &tracker)
            } catch {
                // ARP and the like.
            }
        }
        table.finish(consumer: &tracker)
        let faults = tracker.consumer.faults
        #expect(faults == [])
        return (tracker.consumer.entries, tracker.keysUsed)
    }

    @Test("the captures are there, of every kind of suite")
    func fixtures() {
        #expect(Self.all.count == 28)
    }

    @Test("request bodies are octet by octet what the server had", arguments: all.keys.sorted())
    func bodies(name: String) throws {
        let inside = try #require(Self.all[name])
        let (entries, keysUsed) = try play(name, inside)
        if name == "net-midstream-tls" {
            #expect(entries.allSatisfy { $0.unread == .midstream } && keysUsed == 0)
            return
        }
        #expect(keysUsed > 0)
        let requests = entries.filter { !$0.isConnection && !$0.body.isEmpty && $0.isDecrypted }
        #expect(requests.allSatisfy { ($0.version == .http2) == inside.isHTTP2 })
        let sent = Set(requests.map { Self.digest($0.body) })
        #expect(entries.allSatisfy { $0.lost.isEmpty })
        if !inside.bodies.isEmpty { #expect(sent == Set(inside.bodies)) } else { #expect(!sent.isEmpty) }
    }

    private static func digest(_ octets: [UInt8]) -> String {
        Hex.text(Array(SHA256.hash(data: octets)))
    }
}
