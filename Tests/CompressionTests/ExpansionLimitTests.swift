import Compression
import Testing

@Suite("Expansion limit")
struct ExpansionLimitTests {
    @Test("the ratio counts only after the free octets, the cap always")
    func limits() {
        let limit = ExpansionLimit()
        #expect(limit.allows(output: 1 << 20, input: 1))
        #expect(!limit.allows(output: (1 << 20) + 1, input: 1))
        #expect(limit.allows(output: 2_000_000, input: 10_000))
        #expect(!limit.allows(output: 2_000_001, input: 10_000))
        #expect(limit.allows(output: 1 << 30, input: .max))
        #expect(!limit.allows(output: (1 << 30) + 1, input: .max))
    }
}
