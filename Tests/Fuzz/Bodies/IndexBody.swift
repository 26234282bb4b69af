import Fingerprints
import Foundation

/// An index file whose writer knew how to make the checksums right.
enum IndexBody {
    static let path = Shipped.scratch("input.widx")
    /// Code whose index is among the seeds.
    static let text = Array(
        """
        func settle(_ hive: Hive, against scale: Scale) throws -> Weight {
            let reading = try scale.weigh(hive.identifier)
            guard reading.isStable, reading.kilograms > hive.tare else { throw ScaleError.unsettled }
            let honey = reading.kilograms - hive.tare - hive.bees.estimatedWeight
            ledger.append(Entry(hive: hive, honey: honey, taken: clock.now))
            if honey > hive.superCapacity { notifications.send(.addSuper, for: hive, urgency: .soon) }
            return Weight(kilograms: honey, uncertainty: reading.uncertainty)
        }
        """.utf8
    )

    static func fuzzOne(_ octets: [UInt8]) {
        var file = octets
        repair(&file)
        do {
            try Data(file).write(to: URL(filePath: path))
        } catch { return }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let index: FingerprintIndex
        do throws(IndexError) {
            index = try FingerprintIndex.open(path: path)
        } catch {
            return hold(error.description.contains(path), "errors name the file: \(error)")
        }
        hold(index.generation.utf8.count == 16, "a generation has sixteen digits")
        hold(index.paths.count == index.info.files, "files are counted")
        let claimed = CodeBody.claims(text, index)
        if index.damage != nil { hold(claimed == 0, "what is damaged claims nothing") }
        do throws(IndexError) {
            try index.verify()
        } catch {
            hold(error.description.contains(path), "errors name the file: \(error)")
        }
    }

    /// Makes length and checksums right, those of the blocks where the header says where they are.
    static func repair(_ file: inout [UInt8]) {
        guard file.count >= headerOctets else { return }
        put(UInt64(file.count), at: 16, in: &file)
        let checksums = number(at: (17 + 2 * 17) * 8, in: file)
        let shift = number(at: 64, in: file)
        if checksums > headerOctets, checksums < file.count, checksums % 32 == 0, (8...30).contains(shift) {
            for (block, start) in stride(from: headerOctets, to: checksums, by: 1 << shift).enumerated()
            where checksums + block * 8 + 8 <= file.count {
                let end = min(start + 1 << shift, checksums)
                put(checksum(file[start..<end]), at: checksums + block * 8, in: &file)
            }
            put(checksum(file[checksums...]), at: 32, in: &file)
        }
        put(0, at: 24, in: &file)
        put(checksum(file[..<headerOctets]), at: 24, in: &file)
    }

    private static let headerOctets = 512

    /// XXH64 over whole stripes.
    private static func checksum(_ octets: ArraySlice<UInt8>) -> UInt64 {
        let prime: [UInt64] = [
            0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        ]
        func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
        func round(_ lane: UInt64, _ word: UInt64) -> UInt64 { rotate(lane &+ word &* prime[1], 31) &* prime[0] }
        var lanes = [prime[0] &+ prime[1], prime[1], 0, 0 &- prime[0]]
        for stripe in 0..<(octets.count / 32) {
            for lane in 0..<4 {
                let start = octets.startIndex + stripe * 32 + lane * 8
                let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(octets[start + $1]) << UInt64(8 * $1) }
                lanes[lane] = round(lanes[lane], word)
            }
        }
        var hash = zip(lanes, [1, 7, 12, 18] as [UInt64]).reduce(UInt64(0)) { $0 &+ rotate($1.0, $1.1) }
        for lane in lanes { hash = (hash ^ round(0, lane)) &* prime[0] &+ prime[3] }
        hash = hash &+ UInt64(octets.count / 32 * 32)
        hash = (hash ^ hash >> 33) &* prime[1]
        hash = (hash ^ hash >> 29) &* prime[2]
        return hash ^ hash >> 32
    }

    private static func number(at place: Int, in file: [UInt8]) -> Int {
        Int(truncatingIfNeeded: (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[place + $1]) << UInt64(8 * $1) })
    }

    private static func put(_ value: UInt64, at place: Int, in file: inout [UInt8]) {
        for index in 0..<8 { file[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}

extension CodeBody {
    /// Matches text against an index that may say anything; only that nothing traps is asked.
    static func claims(_ text: [UInt8], _ index: FingerprintIndex) -> Int {
        var matcher = CodeMatcher([index])
        matcher.leafBegan(tag: 0)
        matcher.leafText(text.span)
        matcher.textEnded()
        return matcher.matches().reduce(0) { $0 + $1.lines.count }
    }
}
