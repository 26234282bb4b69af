import Fingerprints
import Payloads

/// Text that tools have laid out: what is left of it, and what its words are.
enum WrappersBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let text = input.rest()
        let cuts = Piece.cuts(text.count, by: plan)
        let whole = unwrapped(text, [0..<text.count], form: .max)
        hold(unwrapped(text, cuts, form: .max) == whole, "what is left is the same however a text is cut")
        hold(unwrapped(text, cuts, form: 0) == whole, "what is left is the same in every form of the search")
        hold(whole.octets.count <= 8 * text.count + 64, "layouts make text no longer than its versions")
        let (words, found) = matched(text, [0..<text.count])
        let (cutWords, cutFound) = matched(text, cuts)
        hold(words == cutWords, "words are the same however a text is cut: \(words) and \(cutWords)")
        hold(found == cutFound, "matches are the same however a text is cut: \(found) and \(cutFound)")
    }

    private static func unwrapped(_ text: [UInt8], _ cuts: [Range<Int>], form: Int32) -> Leaves {
        var wrappers = PromptWrappers(form: form)
        var leaves = Leaves()
        wrappers.leafBegan(tag: 7, &leaves)
        for range in cuts { wrappers.leafText(text.span.extracting(range), &leaves) }
        wrappers.leafEnded(&leaves)
        return leaves
    }

    private static func matched(_ text: [UInt8], _ cuts: [Range<Int>]) -> (Int, [CodeMatch]) {
        var wrappers = PromptWrappers()
        var matched = Matched(matcher: CodeMatcher([Shipped.index]))
        wrappers.leafBegan(tag: 7, &matched)
        for range in cuts { wrappers.leafText(text.span.extracting(range), &matched) }
        wrappers.leafEnded(&matched)
        matched.matcher.textEnded()
        return (matched.matcher.words, matched.matcher.matches())
    }

    /// What is left, and the events between it.
    private struct Leaves: UnwrappedText, Equatable {
        var octets: [UInt8] = []
        var events: [Int] = []

        mutating func leafBegan(tag: Int) {
            hold(PromptWrappers.parts(of: tag).tag == 7, "a leaf's tag comes back")
            events += [octets.count, tag]
        }

        mutating func leafText(_ text: Span<UInt8>) {
            for index in text.indices { octets.append(text[index]) }
        }

        mutating func fileNamed(_ path: Span<UInt8>) { hold(!path.isEmpty, "a name is no empty one") }

        mutating func versionsBegan() { begin(-1) }

        mutating func versionBegan() { begin(-2) }

        private mutating func begin(_ event: Int) {
            hold(octets.last == 0x0A, "a version begins with a line")
            events += [octets.count, event]
        }
    }

    /// A matcher behind its wrappers.
    private struct Matched: UnwrappedText, ~Copyable {
        var matcher: CodeMatcher

        mutating func leafBegan(tag: Int) { matcher.leafBegan(tag: tag) }

        mutating func leafText(_ text: Span<UInt8>) { matcher.leafText(text) }

        mutating func fileNamed(_ path: Span<UInt8>) { matcher.fileNamed(path) }

        mutating func versionsBegan() { matcher.versionsBegan() }

        mutating func versionBegan() { matcher.versionBegan() }
    }
}
