import Foundation
import Glibc
import PacketCapture
import TestSupport
import Testing
import Wire

/// The captures and the corpus beside this file's folder.
enum Fixtures {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let checkout = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let folder = tests.appending(path: "Fixtures")

    /// What is true of a capture.
    struct Truth: Decodable, Sendable, CustomTestStringConvertible {
        let capture: String
        let description: String
        let destinationKind: String
        let isLeak: Bool
        let isEncrypted: Bool
        let recoverable: Bool
        let leaked: [Leaked]
        let incidental: [String]
        let expect: Expectation?

        struct Leaked: Decodable, Sendable {
            let file: String
            let lines: [Int]
        }

        struct Expectation: Decodable, Sendable {
            let host: String
            let service: String
            let tool: String?
        }

        var path: String { Fixtures.folder.appending(path: capture).path }
        var testDescription: String { capture }
        /// Whether an incident must come of it when no keys are given.
        var isIncident: Bool { isLeak && recoverable && !isEncrypted && destinationKind != "external-non-llm" }
    }

    /// The truth of every capture, by name.
    static let truths: [Truth] = {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return names.filter { $0.hasSuffix(".json") }.compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try? decoder.decode(Truth.self, from: data)
        }
    }()

    /// A capture whose key log lies in the folder `tls`, and what is inside it.
    struct Decryptable: Decodable, Sendable, CustomTestStringConvertible {
        private(set) var name = ""
        let capture: String
        let host: String?
        let service: String?
        let tool: String?
        /// What the requests to the service speak inside TLS.
        let protocols: [String]
        let leaked: [String]
        let incidental: [String]
        let recoverable: Bool

        enum CodingKeys: CodingKey {
            case capture, host, service, tool, protocols, leaked, incidental, recoverable
        }

        var path: String { Fixtures.folder.appending(path: capture).path }
        var keys: String { Fixtures.folder.appending(path: "tls/\(name).keys").path }
        var testDescription: String { name }

        static let all: [Decryptable] = {
            let file = Fixtures.folder.appending(path: "tls/truth.json")
            guard let data = try? Data(contentsOf: file),
                let known = try? JSONDecoder().decode([String: Decryptable].self, from: data)
            else { return [] }
            return known.sorted { $0.key < $1.key }.map { name, truth in
                var truth = truth
                truth.name = name
                return truth
            }
        }()
    }

    /// A capture of QUIC whose key log lies beside it, and what is inside it.
    struct OverQUIC: Decodable, Sendable, CustomTestStringConvertible {
        private(set) var name = ""
        let capture: String
        let host: String
        let service: String
        let tool: String?
        let ja4: String
        let leaked: [String]
        let incidental: [String]

        enum CodingKeys: String, CodingKey {
            case capture, host, service, tool, ja4, leaked, incidental
        }

        var path: String { Fixtures.folder.appending(path: capture).path }
        var keys: String { Fixtures.folder.appending(path: "quic/\(name).keys").path }
        var testDescription: String { name }

        static let all: [OverQUIC] = {
            let file = Fixtures.folder.appending(path: "quic/truth.json")
            guard let data = try? Data(contentsOf: file),
                let known = try? JSONDecoder().decode([String: OverQUIC].self, from: data)
            else { return [] }
            return known.sorted { $0.key < $1.key }.map { name, truth in
                var truth = truth
                truth.name = name
                return truth
            }
        }()
    }

    /// The captures of QUIC whose keys are there.
    static var overQUIC: [OverQUIC] { OverQUIC.all }

    /// The captures whose keys are there.
    static var decryptable: [Decryptable] { Decryptable.all }

    /// The truth of the captures named.
    static func truths(_ names: [String]) -> [Truth] {
        truths.filter { truth in names.contains { truth.capture.hasPrefix($0 + ".") } }
    }

    /// A capture's path.
    static func capture(_ name: String) -> String { folder.appending(path: name + ".pcap").path }

    static let corpusNames = [
        "DemurrageReconciler.java", "LanternSync.swift", "berth_pricing.py", "berth_settlement.sql", "foc_observer.c",
        "reefbus_arbiter.v",
    ]

    /// The octets of a file of the corpus.
    static func source(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "corpus/\(name).txt")))
    }

    /// The corpus as a folder, and its index, made once.
    static func corpus() throws -> String { try workshop.get().file("corpus") }
    static func index() throws -> String { try workshop.get().file("corpus.widx") }

    private static let workshop = Result { () throws -> TemporaryFolder in
        let folder = try TemporaryFolder()
        for name in corpusNames { try folder.write(source(name), to: "corpus/" + name) }
        let built = try Weir.run(
            "index",
            "build",
            "--collection",
            "corpus",
            folder.file("corpus"),
            "-o",
            folder.file("corpus.widx")
        )
        guard built.status == 0 else { throw Unbuilt(description: "index build: \(built.status) \(built.diagnostics)") }
        // A global is never deinitialised.
        atexit { Fixtures.cleanUp() }
        return folder
    }

    private static func cleanUp() {
        if case .success(let folder) = workshop { try? FileManager.default.removeItem(atPath: folder.path) }
    }

    struct Unbuilt: Error, CustomStringConvertible {
        let description: String
    }

    /// The frames of a pcapng file, and the link type of the first.
    private static func framesOfBlocks(_ path: String) throws -> (frames: [CapturedFrame], linkType: UInt32) {
        var reader = try CaptureReader(path: path)
        var frames: [CapturedFrame] = []
        var linkType: UInt32 = 1
        while let frame = try reader.next() {
            if frames.isEmpty { linkType = UInt32(frame.linkType.rawValue) }
            frames.append(CapturedFrame(frame.bytes.indices.map { frame.bytes[$0] }, at: frame.timestamp))
        }
        return (frames, linkType)
    }

    /// The frames of a pcap file (draft-ietf-opsawg-pcap), little-endian, or a pcapng file, and its link type.
    static func frames(_ path: String) throws -> (frames: [CapturedFrame], linkType: UInt32) {
        if path.hasSuffix(".pcapng") { return try framesOfBlocks(path) }
        let octets = Array(try Data(contentsOf: URL(filePath: path)))
        func number(_ at: Int) -> UInt32 { octets[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        let magic = number(0)
        try #require(magic == 0xA1B2_C3D4 || magic == 0xA1B2_3C4D, "\(path) is no little-endian pcap")
        let unit: Int64 = magic == 0xA1B2_3C4D ? 1 : 1_000
        var frames: [CapturedFrame] = []
        var at = 24
        while at + 16 <= octets.count {
            let count = Int(number(at + 8))
            let time = Int64(number(at)) * 1_000_000_000 + Int64(number(at + 4)) * unit
            frames.append(
                CapturedFrame(Array(octets[at + 16..<at + 16 + count]), at: Timestamp(nanoseconds: time))
            )
            at += 16 + count
        }
        return (frames, number(20))
    }
}
