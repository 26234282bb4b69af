import Crypto
import Foundation

@testable import SecureTransport
import TestSupport
import Testing

@Suite("Key logs in NSS's format")
struct KeyLogTests {
    private static let random = String(repeating: "0123456789abcdef", count: 4)
    private static let secret = String(repeating: "a5", count: 48)

    private func session(_ text: String = KeyLogTests.random) throws -> SessionRandom {
        let octets = try #require(Hex.octets(text))
        let session = SessionRandom(octets.span)
        return try #require(session)
    }

    private func read(_ text: String, size: Int = 1_000) throws -> (reader: Counts, store: KeyStore) {
        let store = KeyStore()
        var reader = KeyLogReader()
        for piece in Torture.chunks(of: Array(text.utf8), size: size) { reader.consume(Array(piece).span, into: store) }
        reader.finish(into: store)
        return (Counts(secrets: reader.secretCount, bad: reader.badLines, first: reader.firstBadLine), store)
    }

    private struct Counts: Equatable {
        var secrets = 0
        var bad = 0
        var first: Int?
    }

    @Test("every label is known by its name, and fits its lengths", arguments: KeyLogLabel.allCases)
    func labels(label: KeyLogLabel) throws {
        for octets in [16, 32, 47, 48, 64] {
            let line = "\(label.text) \(Self.random) \(String(repeating: "0f", count: octets))\n"
            let (counts, store) = try read(line)
            let fits = octets == 48 || octets == 32 && label != .masterSecret
            #expect(counts == (fits ? Counts(secrets: 1) : Counts(bad: 1, first: 1)))
            let isKept = fits && label != .exporter && label != .earlyExporter
            #expect(store.sessionCount == (isKept ? 1 : 0))
            #expect((store.secrets(of: try session())?[label]?.bitCount ?? 0) == (isKept ? octets * 8 : 0))
        }
    }

    @Test("comments, empty lines, line ends, blanks and letters of either case are taken", arguments: [1, 3, 1_000])
    func forms(size: Int) throws {
        let text =
            "# a comment\r\n\r\n  \nCLIENT_RANDOM \(Self.random) \(Self.secret)\r\n"
            + "\tCLIENT_TRAFFIC_SECRET_0  \(Self.random.uppercased())\t\(Self.secret.uppercased()) \n"
            + "RSA 0011223344556677 \(Self.secret)\nCLIENT_TRAFFIC_SECRET_N \(Self.random) \(Self.secret)\n"
            + "SERVER_TRAFFIC_SECRET_0 \(Self.random) \(Self.secret)"
        let (counts, store) = try read(text, size: size)
        #expect(counts == Counts(secrets: 3))
        let secrets = try #require(store.secrets(of: try session()))
        #expect(secrets[.masterSecret]?.octets == Hex.octets(Self.secret))
        #expect(secrets[.clientTraffic]?.octets == Hex.octets(Self.secret))
        #expect(secrets[.serverTraffic] != nil && secrets[.serverHandshakeTraffic] == nil)
    }

    @Test(
        "what is no line is counted, and the first of them told by its number",
        arguments: [
            "CLIENT_RANDOM \(random)", "CLIENT_RANDOM \(random.dropLast()) \(secret)",
            "CLIENT_RANDOM \(random) \(secret) more", "CLIENT_RANDOM \(random) \(secret.dropLast())x",
            "CLIENT_RANDOM \(random)ff \(secret)", "{\"key\": \"value of mine\"}", "\u{0}\u{1}\u{2}",
            String(repeating: "A", count: 5_000), "CLIENT_RANDOM x \(secret)",
        ]
    )
    func badLines(line: String) throws {
        let good = "CLIENT_RANDOM \(Self.random) \(Self.secret)\n"
        let (counts, _) = try read(good + "# x\n" + line + "\n" + line + "\n" + good)
        #expect(counts == Counts(secrets: 2, bad: 2, first: 3))
    }

    @Test(
        "what a logger puts before a line is passed over, as in HAProxy's and in syslog's",
        arguments: [
            "<134>Nov 29 11:05:01 edge haproxy[812]: ",
            "<134>1 2026-11-29T11:05:01.003Z edge haproxy 812 - - \u{FEFF}", "  [29/Nov/2026:11:05:01.003] fe~ ",
            "2026-11-29T11:05:01Z\t",
        ]
    )
    func prefixes(prefix: String) throws {
        let hash = String(repeating: "5b", count: 32)
        let upper = Self.random.uppercased()
        let text =
            prefix + "CLIENT_RANDOM \(upper) \(Self.secret)\n"
            // One line for all secrets, `-` where there is none.
            + prefix + "CLIENT_EARLY_TRAFFIC_SECRET \(upper) - CLIENT_HANDSHAKE_TRAFFIC_SECRET \(upper) \(hash) "
            + "CLIENT_TRAFFIC_SECRET_0 \(upper) \(hash)\n"
            + prefix + "CLIENT_TRAFFIC_SECRET_0 \(upper) -#012EXPORTER_SECRET \(upper) \(hash)#012\n"
            + prefix + "SERVER_TRAFFIC_SECRET_0 \(upper) \(hash.dropLast())\n"
            + prefix + "SERVER_TRAFFIC_SECRET_0 \(upper) \(hash) and more\n"
        let (counts, store) = try read(text)
        #expect(counts == Counts(secrets: 4, bad: 2, first: 4))
        let secrets = try #require(store.secrets(of: try session()))
        #expect(secrets[.masterSecret]?.octets == Hex.octets(Self.secret))
        #expect(secrets[.clientTraffic]?.octets == Hex.octets(hash))
        #expect(secrets[.clientHandshakeTraffic] != nil && secrets[.clientEarlyTraffic] == nil)
        #expect(secrets[.serverTraffic] == nil)
    }

    @Test("a label is looked for near a line's beginning only, and one with anything wrong gives nothing")
    func prefixBounds() throws {
        let line = "CLIENT_RANDOM \(Self.random) \(Self.secret)"
        let (near, _) = try read(String(repeating: "x ", count: 200) + line)
        #expect(near == Counts(secrets: 1))
        let (far, store) = try read(String(repeating: "x ", count: 400) + line + "\n" + line + " CLIENT_RANDOM x y")
        #expect(far == Counts(bad: 2, first: 1) && store.sessionCount == 0)
    }

    @Test("no cut of a log changes what is read of it")
    func cuts() throws {
        let text = "CLIENT_RANDOM \(Self.random) \(Self.secret)\r\nbad\r\n"
        Torture.everySplit(of: Array(text.utf8)) { pieces in
            let store = KeyStore()
            var reader = KeyLogReader()
            for piece in pieces { reader.consume(Array(piece).span, into: store) }
            reader.finish(into: store)
            #expect(reader.secretCount == 1 && reader.badLines == 1 && reader.firstBadLine == 2)
        }
    }

    @Test("damaged logs never trap")
    func torture() {
        let text = "CLIENT_RANDOM \(Self.random) \(Self.secret)\n"
        Torture.everything(of: Array(text.utf8)) { pieces in
            let store = KeyStore()
            var reader = KeyLogReader()
            for piece in pieces { reader.consume(Array(piece).span, into: store) }
            reader.finish(into: store)
            #expect(reader.secretCount <= 1)
        }
    }

    @Test("of more sessions than are kept the first go, wiped, and those that stay keep their secrets")
    func eviction() throws {
        let store = KeyStore(capacity: 10)
        func name(_ number: Int) throws -> SessionRandom {
            try session(String(repeating: "0", count: 60) + Hex.text([UInt8(number >> 8), UInt8(number & 0xFF)]))
        }
        for number in 0..<25 {
            let secret = [UInt8](repeating: UInt8(number), count: 32)
            store.add(secret.span, .clientTraffic, of: try name(number))
            // A second secret of a session takes no other place.
            if number % 2 == 0 { store.add(secret.span, .serverTraffic, of: try name(number)) }
        }
        #expect(store.sessionCount == 10 && store.evictedCount == 15)
        #expect(store.additions == 38)
        for number in 0..<25 {
            let found = store.secrets(of: try name(number))
            #expect((found != nil) == (number >= 15))
            if number >= 15 {
                #expect(found?[.clientTraffic]?.octets == [UInt8](repeating: UInt8(number), count: 32))
                #expect((found?[.serverTraffic] != nil) == (number % 2 == 0))
            }
        }
    }

    @Test("a secret that goes is not left in memory: evicted, or replaced by a shorter or another one")
    func wiping() throws {
        let store = KeyStore(capacity: 2)
        func octets(_ value: UInt8, _ count: Int = 48) -> [UInt8] { [UInt8](repeating: value, count: count) }
        let names = ["aa", "bb", "cc"].map { String(repeating: $0, count: 32) }
        store.add(octets(1).span, .clientTraffic, of: try session(names[0]))
        #expect(store.holds(octets(1)))
        store.add(octets(2, 32).span, .clientTraffic, of: try session(names[0]))
        #expect(store.holds(octets(2, 32)) && !store.holds(octets(1, 8)))
        store.add(octets(3).span, .masterSecret, of: try session(names[1]))
        store.add(octets(4).span, .serverTraffic, of: try session(names[2]))
        #expect(!store.holds(octets(2, 8)) && store.holds(octets(3)) && store.holds(octets(4)))
    }

    @Test("secrets lie in memory that is locked, where the system says that it is")
    func locking() throws {
        let store = KeyStore()
        store.add([UInt8](repeating: 1, count: 32).span, .clientTraffic, of: try session())
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        let locked = try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) })
        // A slot's page and those around it, 64 KiB; none where locking is not permitted.
        #expect(store.isLocked == (locked >= 64))
    }

    @Test("a secret that is known, and one in whose place another is, are told from new ones")
    func additions() throws {
        let line = "CLIENT_RANDOM \(Self.random) \(Self.secret)\n"
        let other = line.replacing("a5", with: "b6")
        let store = KeyStore()
        var reader = KeyLogReader()
        reader.consume(Array((line + line + other + other + line).utf8).span, into: store)
        #expect(reader.secretCount == 5 && reader.repeatedCount == 2 && reader.replacedCount == 2)
        #expect(store.additions == 3 && store.sessionCount == 1)
        #expect(store.secrets(of: try session())?[.masterSecret]?.octets == Hex.octets(Self.secret))
        #expect(store.opensApplicationData(of: try session()))
    }

    @Test("a source asks its stores in order and joins what they know")
    func source() throws {
        let one = KeyStore()
        let other = KeyStore()
        one.add([UInt8](repeating: 1, count: 32).span, .clientTraffic, of: try session())
        other.add([UInt8](repeating: 2, count: 32).span, .clientTraffic, of: try session())
        other.add([UInt8](repeating: 3, count: 32).span, .serverTraffic, of: try session())
        let source = KeySource([one], mayGrow: true).adding(other)
        let random = try #require(Hex.octets(Self.random))
        let secrets = try #require(source.secrets(of: random))
        #expect(secrets[.clientTraffic]?.octets.first == 1)
        #expect(secrets[.serverTraffic]?.octets.first == 3)
        #expect(source.mayGrow && source.additions == 3)
        #expect(source.secrets(of: [1, 2, 3]) == nil)
    }
}
