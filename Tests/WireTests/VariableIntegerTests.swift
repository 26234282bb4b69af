import TestSupport
import Testing
import Wire

@Suite("Variable-length integers (RFC 9000 § 16)")
struct VariableIntegerTests {
    @Test(
        "the examples of Appendix A.1, whole and cut",
        arguments: [
            ("c2197c5eff14e88c", 151_288_809_941_952_652), ("9d7f3e7d", 494_878_333), ("7bbd", 15_293), ("25", 37),
            ("4025", 37),
        ] as [(String, UInt64)]
    )
    func examples(_ text: String, _ value: UInt64) throws {
        let octets = try #require(Hex.octets(text))
        var reader = ByteReader(octets.span)
        let read = reader.readVariableInteger()
        #expect(read == value)
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
        for count in 0..<octets.count {
            var reader = ByteReader(octets.span.extracting(0..<count))
            let read = reader.readVariableInteger()
            #expect(read == nil)
            let position = reader.position
            #expect(position == 0)
        }
    }
}
