import TestSupport
import Testing

@testable import Fingerprints

@Suite("Sketches of public code")
struct PublicSketchTests {
    private func text(_ seed: UInt64, lines: Int = 400) -> SourceText {
        var maker = SourceMaker(seed: seed)
        return SourceText(Array((maker.lines(lines).joined(separator: "\n") + "\n").utf8))
    }

    private func fingerprints(_ source: SourceText) -> [Fingerprint] {
        var all: [Fingerprint] = []
        source.forEachFingerprint { all.append($0) }
        source.forEachShape { all.append($0) }
        return all
    }

    private func parts(_ chosen: Fingerprint) -> [UInt32] {
        (0..<(chosen.isShape ? ShapeRoller.parts : GramRoller.parts)).map { chosen.parts[$0] }
    }

    @Test("of the fingerprints of code that it saw, nearly all are held as grams and all by their parts")
    func held() throws {
        let source = text(1)
        var builder = PublicSketchBuilder()
        try builder.add(text(2))
        try builder.add(source)
        let sketch = try builder.finish(name: "two")
        let all = fingerprints(source)
        #expect(all.count > 300 && sketch.name == "two")
        let leaked = all.count { !sketch.contains(gram: $0.gram) }
        #expect(Double(leaked) < 0.03 * Double(all.count))
        let weightless = all.allSatisfy { chosen in parts(chosen).allSatisfy(sketch.contains(part:)) }
        #expect(weightless)
    }

    @Test("of the fingerprints of other code few are taken for public, and few of their parts")
    func others() throws {
        var builder = PublicSketchBuilder()
        try builder.add(text(1))
        let sketch = try builder.finish(name: "one")
        let all = fingerprints(text(3, lines: 1_500))
        let taken = all.count { sketch.contains(gram: $0.gram) }
        #expect(Double(taken) < 0.01 * Double(all.count))
        let asked = all.flatMap(parts)
        let known = asked.count(where: sketch.contains(part:))
        #expect(Double(known) < 0.1 * Double(asked.count))
    }

    @Test("one of no files has nothing")
    func empty() throws {
        var builder = PublicSketchBuilder()
        let sketch = try builder.finish(name: "none")
        let taken = fingerprints(text(1)).count { sketch.contains(gram: $0.gram) }
        #expect(taken == 0)
    }
}
