import Testing
import TestSupport
import Telemetry

@Suite("Counters")
struct CountersTests {
    @Test("names come out in byte order, whatever order they were counted in")
    func sorted() {
        var group = CounterGroup()
        for name in ["gap", "Zeta", "encrypted", "snaplen", "gap", "a"] { group.add(2, to: name) }
        #expect(group.entries.map(\.name) == ["Zeta", "a", "encrypted", "gap", "snaplen"])
        #expect(group["gap"] == 4)
        #expect(group["absent"] == 0)
        #expect(group.total == 12)
    }

    @Test("a sum does not depend on how the work was shared out")
    func commutes() {
        var generator = SeededGenerator(seed: 7)
        var parts: [Counters] = []
        for _ in 0..<20 {
            var part = Counters()
            part.packets = .random(in: 0..<1_000, using: &generator)
            part.bytes = .random(in: 0..<1_000, using: &generator)
            part.flows = .random(in: 0..<1_000, using: &generator)
            part.llmRequests = .random(in: 0..<1_000, using: &generator)
            part.gaps = .random(in: 0..<1_000, using: &generator)
            part.requestBytes = .random(in: 0..<1_000, using: &generator)
            part.inspectedBytes = .random(in: 0..<1_000, using: &generator)
            part.incidents = .random(in: 0..<1_000, using: &generator)
            let reason = ["gap", "encrypted", "coding"].randomElement(using: &generator) ?? "gap"
            part.opaqueBytes.add(.random(in: 0..<1_000, using: &generator), to: reason)
            part.errors.add(1, to: reason)
            part.limits.add(1, to: reason)
            part.skippedBytes.add(1, to: reason)
            part.drops.add(1, to: "kernel")
            part.keys.read = 1
            part.keys.used = 2
            part.keys.sessionsWithout = 3
            parts.append(part)
        }
        let sum = { (parts: [Counters]) in parts.reduce(into: Counters()) { $0 += $1 } }
        let expected = sum(parts)
        #expect(expected.drops["kernel"] == 20)
        #expect(expected.keys.sessionsWithout == 60)
        for _ in 0..<10 {
            parts.shuffle(using: &generator)
            #expect(sum(parts) == expected)
        }
    }

    @Test("counts saturate rather than trap")
    func saturates() {
        var counters = Counters()
        counters.bytes = .max
        counters.opaqueBytes.add(.max, to: "gap")
        counters.opaqueBytes.add(.max, to: "coding")
        counters += counters
        #expect(counters.bytes == .max)
        #expect(counters.opaqueBytes["gap"] == .max)
        #expect(counters.opaqueBytes.total == .max)
    }

    @Test("kernel, interface and filter drops are listed though nothing was dropped")
    func dropsAreListed() {
        #expect(Counters().drops.entries.map(\.name) == ["filter", "interface", "kernel"])
        #expect(Counters().drops.isEmpty)
    }
}
