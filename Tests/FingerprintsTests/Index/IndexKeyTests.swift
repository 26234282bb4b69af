import Foundation
import Testing

@testable import Fingerprints

@Suite("Keys of indexes")
struct IndexKeyTests {
    private static let octets = (0..<16).map { UInt8($0) }

    @Test("SipHash-2-4 of eight octets is that of the authors' vectors")
    func sipHash() throws {
        let key = try #require(IndexKey(octets: Self.octets))
        #expect(key.sipHash(0x0706_0504_0302_0100, compressions: 2, finalizations: 4) == 0x93F5_F579_9A93_2462)
    }

    @Test("a key is written for its owner alone and read back")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let key = IndexKey.random()
        try key.write(to: folder("k"))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder("k"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try IndexKey(path: folder("k")) == key)
        #expect(IndexKey.random() != key)
        #expect(throws: IndexError.self) { try key.write(to: folder("k")) }
    }

    @Test("a key may be sixteen octets or 32 digits, and nothing else")
    func forms() throws {
        let folder = try TemporaryFolder()
        func key(_ contents: [UInt8]) throws -> IndexKey {
            try? FileManager.default.removeItem(atPath: folder("k"))
            try FileTree.writeNew(contents, to: folder("k"), permissions: 0o600)
            return try IndexKey(path: folder("k"))
        }
        let digits = Array("000102030405060708090A0b0c0d0e0f\n".utf8)
        #expect(try key(digits) == key(Self.octets))
        #expect(throws: IndexError.keyMalformed(path: folder("k"))) { try key([]) }
        #expect(throws: IndexError.keyMalformed(path: folder("k"))) { try key(Array(Self.octets.dropLast())) }
        #expect(throws: IndexError.keyMalformed(path: folder("k"))) { try key(Array(digits.dropLast(3))) }
        #expect(throws: IndexError.keyMalformed(path: folder("k"))) { try key([0x67] + digits.dropFirst()) }
    }

    @Test("a key that others may read is refused, a missing one named")
    func refused() throws {
        let folder = try TemporaryFolder()
        try IndexKey.random().write(to: folder("k"))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder("k"))
        #expect(throws: IndexError.keyTooOpen(path: folder("k"), mode: 0o640)) { try IndexKey(path: folder("k")) }
        #expect(throws: IndexError.noInput(path: folder("none"))) { try IndexKey(path: folder("none")) }
    }
}
