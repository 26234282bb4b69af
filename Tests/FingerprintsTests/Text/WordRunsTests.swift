import CTextScan
import TestSupport
import Testing

@testable import Fingerprints

@Suite("Words found by vectors are those found one octet after another")
struct WordRunsTests {
    /// Octets that matter to one rule or another, and some of each kind.
    private static let telling: [UInt8] =
        Array("lL19_$aZz \n\t\r\\un.()#&;<>=%+".utf8) + [0, 0x1B, 0x7F, 0x80, 0xBF, 0xC3, 0xA9, 0xE2, 0xFF]

    private static func noise(_ count: Int, _ generator: inout SeededGenerator, odd: Int) -> [UInt8] {
        (0..<count).map { _ in
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<odd: telling.randomElement(using: &generator) ?? 0
            case odd..<(odd + (100 - odd) / 5): 0x20
            default: UInt8.random(in: 0x61...0x7A, using: &generator)
            }
        }
    }

    /// The words by the states alone: a run that is cut is none, and of a piece of one octet every run is cut.
    private static func byState(_ octets: [UInt8]) -> WordList {
        byRuns(Torture.chunks(of: octets, size: 1), form: 0)
    }

    private static func byRuns(_ pieces: [ArraySlice<UInt8>], form: Int32) -> WordList {
        var list = WordList()
        var runs = WordRuns(form: form)
        var normalizer = Normalizer()
        for piece in pieces { normalizer.consume(piece.span, &runs, &list) }
        normalizer.finish(&list)
        return list
    }

    @Test(
        "of random and of adversarial text, in every form of the loops, however it is cut",
        arguments: [0, 3, 30, 100]
    )
    func equal(odd: Int) {
        var generator = SeededGenerator(seed: 41 + UInt64(odd))
        for round in 0..<200 {
            let octets = Self.noise(round < 150 ? round : WordRuns.slice + round, &generator, odd: odd)
            let expected = Self.byState(octets)
            for size in [octets.count, 1 + round % 97, 64] where size > 0 {
                let pieces = Torture.chunks(of: octets, size: size)
                for form: Int32 in 0...2 {
                    let found = Self.byRuns(pieces, form: form)
                    #expect(found.hashes == expected.hashes)
                    #expect(found.offsets == expected.offsets)
                }
            }
        }
    }

    @Test("of words of every length, at every place about a block's end")
    func lengths() {
        for length in 1...70 {
            for before in 50..<70 {
                let text = String(repeating: " ", count: before) + String(repeating: "Ab_9", count: 20).prefix(length)
                let octets = Array((text + "; next l1 L2\nl3 l l4x").utf8)
                let expected = Self.byState(octets)
                #expect(expected.hashes.count == 6)
                for form: Int32 in 0...2 {
                    #expect(Self.byRuns([octets[...]], form: form).hashes == expected.hashes)
                }
            }
        }
    }

    @Test("of lines that are one octet over and over")
    func monotone() {
        for octet in UInt8.min...UInt8.max {
            let octets = [UInt8](repeating: octet, count: 200) + [0x0A, 0x6C, 0x31, octet, 0x6C, 0x31]
            #expect(Self.byRuns([octets[...]], form: 2).hashes == Self.byState(octets).hashes)
        }
    }

    @Test("the vectors' masks are the plain form's, for every octet at every place")
    func masks() {
        var generator = SeededGenerator(seed: 43)
        for octet in UInt8.min...UInt8.max {
            var block = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            block[Int(octet) % 64] = octet
            let plain = unsafe ctextscan_classify_plain(block)
            let quick = unsafe ctextscan_classify(block)
            #expect(plain.words == quick.words && plain.stops == quick.stops)
            var (copied, other) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
            let marks = unsafe ctextscan_copy_plain(block, &copied)
            #expect(unsafe ctextscan_copy(block, &other) == marks)
            #expect(copied == other && copied == Array(block.prefix(32)))
        }
    }

    @Test("sequences are looked for alike in every form, and where they are")
    func sequences() {
        var generator = SeededGenerator(seed: 46)
        let pieces = [
            "&lt;", "&amp;", "&#3", "%20", "%zz", "=3D", "=q", "<span>", "<b>", "</span>", "\u{1B}[", "\0", "& ", "&&",
        ]
        for _ in 0..<300 {
            var text: [UInt8] = []
            while text.count < 200 {
                text += (0..<Int.random(in: 0...9, using: &generator)).map { _ in UInt8(ascii: "x") }
                text += Array((pieces.randomElement(using: &generator) ?? "").utf8)
            }
            var masks = [[UInt64]](repeating: [UInt64](repeating: 0, count: text.count / 64 + 1), count: 3)
            unsafe ctextscan_mark_sequences_plain(text, text.count, &masks[0])
            unsafe ctextscan_mark_sequences(0, text, text.count, &masks[1])
            unsafe ctextscan_mark_sequences(ctextscan_form(), text, text.count, &masks[2])
            #expect(masks[0] == masks[1] && masks[0] == masks[2])
        }
    }

    @Test("escapes are undone alike in every form")
    func escapes() {
        var generator = SeededGenerator(seed: 47)
        let telling = Array("\\\\\\nrtux\"0& a\n".utf8) + [0x80]
        for round in 0..<400 {
            let text = (0..<(1 + round)).map { _ in
                Bool.random(using: &generator) ? 0x61 : telling.randomElement(using: &generator) ?? 0
            }
            let none = [UInt64](repeating: 0, count: text.count / 64 + 1)
            var masks: [[[UInt64]]] = []
            for form in [Int32(0), ctextscan_form()] {
                var (words, stops, marks, lines) = (none, none, none, none)
                unsafe ctextscan_classify_all(form, text, text.count, &words, &stops)
                unsafe ctextscan_mark_all(form, text, text.count, &marks, &lines)
                unsafe ctextscan_undo_escapes(form, text, text.count, &words, &stops, marks, &lines)
                masks.append([words, stops, marks, lines])
            }
            #expect(masks[0] == masks[1])
        }
    }

    @Test("a gram's state is found back")
    func states() {
        var generator = SeededGenerator(seed: 44)
        for _ in 0..<1_000 {
            let state = generator.next()
            #expect(HashMixing.state(ofGram: HashMixing.gram(state)) == state)
        }
    }

    @Test("a filter's key scatters evenly, whatever the index's key")
    func scatter() {
        for octet in UInt8(0)..<20 {
            let key = FilterKey(octet == 0 ? nil : IndexKey(octets: [UInt8](repeating: octet, count: 16)))
            var counts = [Int](repeating: 0, count: 64)
            var masks = [Int](repeating: 0, count: 64)
            for state in 0..<UInt64(64_000) {
                let address = key.address(of: state &* 0x9E37_79B9_7F4A_7C15)
                counts[Int(address.near >> 58)] += 1
                masks[GramFilter.farMask(address.bits) % 64] += 1
            }
            #expect(counts.allSatisfy { (800...1_200).contains($0) })
            #expect(masks.allSatisfy { (800...1_200).contains($0) })
        }
    }
}
