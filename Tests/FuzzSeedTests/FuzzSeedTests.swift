import Foundation
import FuzzBodies
import TestSupport
import Testing

@Suite("Fuzz seeds without a fuzzer")
struct FuzzSeedTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz")

    /// The seeds of a target, by name.
    static func seeds(_ target: FuzzTarget) throws -> [(name: String, octets: [UInt8])] {
        let seeds = folder.appending(path: target.rawValue).appending(path: "seeds")
        return try FileManager.default.contentsOfDirectory(atPath: seeds.path).sorted().map { name in
            (name, try Array(Data(contentsOf: seeds.appending(path: name))))
        }
    }

    @Test("every target has seeds, few and small", arguments: FuzzTarget.allCases)
    func shape(_ target: FuzzTarget) throws {
        let seeds = try Self.seeds(target)
        #expect(1...24 ~= seeds.count)
        for seed in seeds { #expect(seed.octets.count <= 4_096, "\(seed.name)") }
    }

    @Test("every seed, its prefixes and 200 changes of it break no promise", arguments: FuzzTarget.allCases)
    func run(_ target: FuzzTarget) throws {
        for seed in try Self.seeds(target) {
            target.fuzzOne(seed.octets)
            let step = max(1, seed.octets.count * target.effort / 64)
            for count in stride(from: 0, to: seed.octets.count, by: step) {
                target.fuzzOne(Array(seed.octets.prefix(count)))
            }
            var generator = SeededGenerator(seed: UInt64(seed.octets.count))
            for _ in 0..<(200 / target.effort) {
                target.fuzzOne(Self.changed(seed.octets, &generator))
            }
        }
    }

    @Test("the seeds of Index are sound, and those that today's builder makes: WEIR_MAKE_SEEDS writes them anew")
    func indexes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-seeds-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try IndexSeeds.make(in: folder.path)
        let seeds = Self.folder.appending(path: "Index/seeds")
        if ProcessInfo.processInfo.environment["WEIR_MAKE_SEEDS"] != nil {
            for (name, octets) in made { try Data(octets).write(to: seeds.appending(path: name)) }
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: seeds.path)
        #expect(Set(kept) == Set(made.keys))
        for (name, octets) in made {
            let seed = try Array(Data(contentsOf: seeds.appending(path: name)))
            #expect(IndexSeeds.fault(seed) == nil, "\(name)")
            // What is subtracted is named by where it was.
            if name != "subtracted" { #expect(seed == octets, "\(name)") }
        }
    }

    /// One to four changes: an octet replaced, a bit flipped, a stretch removed or repeated.
    private static func changed(_ octets: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var octets = octets
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !octets.isEmpty {
            let place = Int.random(in: 0..<octets.count, using: &generator)
            let end = min(octets.count, place + Int.random(in: 1...16, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: octets[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: octets[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: octets.removeSubrange(place..<end)
            default: octets.insert(contentsOf: octets[place..<end], at: place)
            }
        }
        return octets
    }
}
