import Payloads
import Testing

@Suite("Octet ledger")
struct OctetLedgerTests {
    @Test("request octets are inspected and opaque octets, whatever was added")
    func balance() {
        var ledger = OctetLedger()
        ledger.addInspected(10)
        ledger.addOpaque(5, .gap)
        ledger.addOpaque(-7, .media)
        ledger.addOpaque(1, .overload)
        #expect(ledger.requestOctets == 16)
        #expect(ledger.opaque(.gap) == 5)
        #expect(ledger.opaqueByReason.map(\.reason) == [.gap, .overload])
    }
}

@Suite("Provenance")
struct ProvenanceTests {
    @Test("a pointer and a chain survive packing", arguments: [0, 1, 7, 8, 47, 48, 49, 1_024])
    func packing(length: Int) {
        let pointer = String(repeating: "é/", count: length).prefix(length)
        let provenance = Provenance(segment: .user, chain: [.chunked, .gzip, .json, .base64], pointer: String(pointer))
        #expect(provenance.pointer == pointer)
        #expect(provenance.chain == [.chunked, .gzip, .json, .base64])
        #expect(DecodeChain(DecodeStep.allCases).steps == DecodeStep.allCases)
    }
}
