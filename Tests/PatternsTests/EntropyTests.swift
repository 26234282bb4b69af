import Patterns
import Testing

@Suite("Shannon entropy, as gitleaks counts it")
struct EntropyTests {
    @Test("entropies of short texts", arguments: [("", 0.0), ("aaaa", 0), ("abab", 1), ("abcdefgh", 3)])
    func known(_ text: String, _ bits: Double) {
        #expect(abs(Entropy.bits(text.utf8.span) - bits) < 1e-9)
    }
}
