import AppProtocols
import Crypto
import Foundation
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

        var path: String { folder.appending(path: capture).path }
    }

    private static let all: [String: Inside] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "tls/truth.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: Inside].self, from: data)) ?? [:]
    }()

    private static func keyLog(_ name: String) -> String { folder.appending(path: "tls/\(name).keys").path }

    /// What is inside a capture of QUIC.
    struct OverQUIC: Decodable {
        let capture: String
        let bodies: [String]

        var path: String { folder.appending(path: capture).path }
    }

    private static let quicCaptures: [String: OverQUIC] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "quic/truth.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: OverQUIC].self, from: data)) ?? [:]
    }()

    private static func quicKeyLog(_ name: String) -> String { folder.appending(path: "quic/\(name).keys").path }

    @Test("the captures are there, of every kind of suite")
    func fixtures() {
        #expect(Self.all.count == 28)
    }

    @Test("request bodies are octet by octet what the server had", arguments: all.keys.sorted())
    func bodies(name: String) throws {
        let inside = try #require(Self.all[name])
        let played = try DecryptedCapture(inside.path, keyLog: Self.keyLog(name))
        #expect(played.faults == [])
        if name == "net-midstream-tls" {
            #expect(played.entries.allSatisfy { $0.unread == .midstream } && played.keysUsed == 0)
            return
        }
        #expect(played.keysUsed > 0)
        #expect(played.requests.allSatisfy { ($0.version == .http2) == inside.isHTTP2 })
        #expect(played.entries.allSatisfy { $0.lost.isEmpty })
        let sent = Set(played.requests.map { Self.digest($0.body) })
        if !inside.bodies.isEmpty { #expect(sent == Set(inside.bodies)) } else { #expect(!sent.isEmpty) }
    }

    /// A capture and its key log.
    struct Keyed: CustomTestStringConvertible {
        let capture: String
        let keyLog: String

        var testDescription: String { URL(filePath: capture).lastPathComponent }
    }

    /// The captures here, and where $WEIR_CAPTURES names a folder all of it that have a key log, NAME.keys, beside them.
    static let keyed: [Keyed] = {
        let ours = all.sorted { $0.key < $1.key }.filter { $0.key != "net-midstream-tls" }
            .map { Keyed(capture: $0.value.path, keyLog: keyLog($0.key)) }
        guard let folder = ProcessInfo.processInfo.environment["WEIR_CAPTURES"] else { return ours }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let others = names.filter { $0.hasSuffix(".keys") && names.contains($0.dropLast(5) + ".pcap") }.sorted()
            .map { Keyed(capture: "\(folder)/\($0.dropLast(5)).pcap", keyLog: "\(folder)/\($0)") }
        // An empty log is that of a capture in clear.
        return ours + others.filter { (try? Data(contentsOf: URL(filePath: $0.keyLog)))?.isEmpty == false }
    }()

    @Test(
        "request bodies are octet by octet what tshark reads",
        .enabled(if: Tshark.path != nil, "skipped, since it needs tshark, which `make test` installs"),
        arguments: keyed
    )
    func oracle(recorded: Keyed) throws {
        let ours = try DecryptedCapture(recorded.capture, keyLog: recorded.keyLog).entries.filter {
            !$0.isConnection && !$0.body.isEmpty
        }
        let theirs = try Tshark(capture: recorded.capture, keyLog: recorded.keyLog).bodies
        #expect(!theirs.isEmpty)
        #expect(ours.map { Self.digest($0.body) }.sorted() == theirs.map(Self.digest).sorted())
    }

    @Test(
        "made-up sessions of every suite and version are to tshark what they are to us",
        .enabled(if: Tshark.path != nil, "skipped, since it needs tshark, which `make test` installs")
    )
    func everySuite() throws {
        let made = try MadeSessions()
        defer { made.remove() }
        let ours = Set(try DecryptedCapture(made.capture, keyLog: made.keyLog).requests.map { Self.digest($0.body) })
        let theirs = Set(try Tshark(capture: made.capture, keyLog: made.keyLog).bodies.map(Self.digest))
        for (name, body) in made.bodies {
            #expect(ours.contains(Self.digest(body)), "\(name): not read by us")
            #expect(theirs.contains(Self.digest(body)), "\(name): not read by tshark")
        }
        #expect(ours == theirs && made.bodies.count == ours.count)
    }

    @Test("bodies of HTTP/3 are octet by octet what the server had", arguments: quicCaptures.keys.sorted())
    func bodiesOverQUIC(name: String) throws {
        let inside = try #require(Self.quicCaptures[name])
        let played = try DecryptedCapture(inside.path, keyLog: Self.quicKeyLog(name))
        #expect(played.faults == [])
        #expect(played.keysUsed == 4 && Self.quicCaptures.count == 5)
        let requests = played.requests.filter { $0.version == .http3 }
        #expect(requests.allSatisfy { $0.lost.isEmpty && $0.end == .complete })
        #expect(requests.map { Self.digest($0.body) }.sorted() == inside.bodies)
    }

    @Test(
        "bodies of HTTP/3 are octet by octet what tshark reads",
        .enabled(if: Tshark.path != nil, "skipped, since it needs tshark, which `make test` installs"),
        arguments: quicCaptures.keys.sorted()
    )
    func oracleOverQUIC(name: String) throws {
        let inside = try #require(Self.quicCaptures[name])
        let ours = try DecryptedCapture(inside.path, keyLog: Self.quicKeyLog(name)).requests.map(\.body)
        let theirs = try Tshark(capture: inside.path, keyLog: Self.quicKeyLog(name)).bodies
        #expect(!theirs.isEmpty)
        #expect(ours.map(Self.digest).sorted() == theirs.map(Self.digest).sorted())
    }

    private static func digest(_ octets: [UInt8]) -> String {
        Hex.text(Array(SHA256.hash(data: octets)))
    }
}
