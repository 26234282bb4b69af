import TestSupport
import Testing

@testable import Fingerprints

@Suite("Winnowing (Schleimer, Wilkerson and Aiken, 2003)")
struct WinnowerTests {
    private func select(_ hashes: [UInt64]) -> [Int] {
        var winnower = Winnower()
        var chosen = hashes.indices.compactMap { winnower.push(hashes[$0], $0) }
        if let last = winnower.finish() { chosen.append(last) }
        return chosen
    }

    @Test("every window holds a chosen gram, and it is the least")
    func windows() {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<50 {
            let range: ClosedRange<UInt64> = round % 2 == 0 ? 0...9 : 0 ... .max - 1
            let hashes = (0..<200).map { _ in UInt64.random(in: range, using: &generator) }
            let chosen = Set(select(hashes))
            for start in 0...(hashes.count - Winnower.window) {
                let window = start..<(start + Winnower.window)
                let least = hashes[window].min()
                #expect(window.contains { chosen.contains($0) && hashes[$0] == least })
            }
        }
    }

    @Test("of equal grams the rightmost is chosen, and kept as long as it is in the window")
    func ties() {
        #expect(select([UInt64](repeating: 5, count: 8)) == [7])
        #expect(select([UInt64](repeating: 5, count: 20)) == [7, 15])
    }

    @Test("a text too short for a window gives its least gram")
    func short() {
        #expect(select([9, 3, 7]) == [1])
        #expect(select([]) == [])
    }

    @Test("an excluded gram is never chosen")
    func excluded() {
        #expect(select([UInt64](repeating: Winnower.excluded, count: 30)) == [])
        var hashes = [UInt64](repeating: Winnower.excluded, count: 30)
        hashes[12] = 4
        #expect(select(hashes) == [12])
    }

    @Test("a second text is independent of the first")
    func restart() {
        var winnower = Winnower()
        for value in [5, 1, 7] as [UInt64] { #expect(winnower.push(value, 0) == nil) }
        #expect(winnower.finish() == 0)
        #expect(winnower.push(9, 4) == nil)
        #expect(winnower.finish() == 4)
        #expect(winnower.finish() == nil)
    }
}
