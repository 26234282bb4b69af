import Fingerprints
import Foundation
import Payloads
import TestSupport
import Testing

@testable import Detection

/// Code as people paste it: each wrapper around 5, 8 and 20 lines, in the middle of prose.
@Suite("Pasted code is found in whatever it is wrapped")
struct WrapperTests {
    private let worker: DetectionWorker

    init() throws {
        worker = try DetectionFixture.worker()
    }

    /// What stands around a line, from its number and text.
    static let lines: [(String, @Sendable (Int, String) -> String)] = [
        ("nothing", { $1 }),
        ("tab", { "\($0)\t\($1)" }),
        ("arrow", { "   \($0)→\($1)" }),
        ("colon", { "\($0): \($1)" }),
        ("dash", { "\($0)-\($1)" }),
        ("bar", { "  \($0) | \($1)" }),
        ("L", { "L\($0): \($1)" }),
        ("brackets", { "[\($0)] \($1)" }),
        ("zeros", { "00\($0)  \($1)" }),
        ("table", { "| \($0) | \($1) |" }),
        ("box", { "│ \($0) │ \($1)   │" }),
        ("grep", { "src/berth.c:\($0):\($1)" }),
        ("grep -C", { $0 % 3 == 0 ? "src/berth.c:\($0):\($1)" : "src/berth.c-\($0)-\($1)" }),
        ("vimgrep", { "berth.c:\($0):5:\($1)" }),
        ("blame", { "1f0c4e2\($0 % 10) (A. B. Author 2024-05-06 07:08:09 +0200 \($0)) \($1)" }),
        ("blame with paths", { "^1f0c4e2 src/berth.c (A (B) Author 2024-05-06 07:08:09 +0200 \($0)) \($1)" }),
        ("quotation", { "> > \($1)" }),
        ("plus", { "+\($1)" }),
        ("minus", { "-\($1)" }),
        ("REPL", { ($0 % 2 == 0 ? ">>> " : "... ") + $1 }),
        ("CRLF", { $1 + "\r" }),
        ("no-break spaces", { $1.replacing(" ", with: "\u{A0}") }),
        ("wide spaces", { $1.replacing(" ", with: "\u{3000}") }),
        ("zero width", { $1.replacing("_", with: "_\u{200B}") }),
        ("soft hyphens", { $1.replacing("_", with: "\u{AD}_") }),
        ("bidirectional", { $1.replacing("_", with: "\u{202E}_\u{202C}") }),
        ("Cyrillic", { $1.replacing("a", with: "а").replacing("c", with: "с") }),
        ("full width", { String(decoding: $1.utf16.map { 0x21...0x7E ~= $0 ? $0 + 0xFEE0 : $0 }, as: UTF16.self) }),
        ("colours", { "\u{1B}[32m" + $1.replacing("(", with: "\u{1B}[1;34m(\u{1B}[0m") }),
        ("written colours", { "\\u001b[32m" + $1.replacing("(", with: "\\u001b[1;34m(\\u001b[0m") }),
        ("spans", { #"<span class="line">"# + $1.replacing("(", with: #"</span><span class="p">(</span>"#) + "<br>" }),
        ("strings", { "\"\($1)\\n\" +" }),
        ("merge", { ["  ", "+ ", " +", "++"][$0 % 4] + $1 }),
    ]

    /// What stands around all of it.
    static let wholes: [(String, @Sendable (String) -> String)] = [
        ("fence", { "```c\n\($0)\n```" }),
        ("CDATA", { "<file path=\"berth.c\"><![CDATA[\n\($0)\n]]></file>" }),
        ("search and replace", { "<<<<<<< SEARCH\n\($0)\n=======\nnothing\n>>>>>>> REPLACE" }),
        (
            "patch",
            { "*** Begin Patch\n*** Update File: berth.c\n@@\n \($0.replacing("\n", with: "\n "))\n*** End Patch" }
        ),
        ("truncated", { "… (12 lines omitted)\n\($0)\n[truncated]" }),
        ("CR", { $0.replacing("\n", with: "\r") }),
        ("NUL", { String($0.flatMap { [$0, "\0"] }) }),
        ("references", { escaped($0) }),
        ("references twice", { escaped(escaped($0)) }),
        ("numeric references", { $0.unicodeScalars.map { "&#\($0.value);" }.joined() }),
        ("JSON in JSON", { DetectionFixture.quoted(DetectionFixture.quoted($0)) }),
        ("percent", { percent($0) }),
        ("percent twice", { percent(percent($0)) }),
        ("form", { percent($0).replacing("%20", with: "+") }),
        ("hex escapes", { $0.utf8.map { "\\x" + hex($0) }.joined() }),
        ("hex", { $0.utf8.map(hex).joined() }),
        ("base64", { Data($0.utf8).base64EncodedString() }),
        ("base64 in prose", { "it is " + Data($0.utf8).base64EncodedString() + ", see?" }),
        ("base64 in lines", { Data($0.utf8).base64EncodedString(options: .lineLength76Characters) }),
        ("dump", { dump(Array($0.utf8)) }),
    ]

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("(", with: "&lt;(").replacing(" ", with: "&nbsp;")
    }

    static func hex(_ octet: UInt8) -> String {
        let digits = String(octet, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }

    static func percent(_ text: String) -> String {
        text.utf8.map {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F
                ? String(UnicodeScalar($0)) : "%" + hex($0).uppercased()
        }
        .joined()
    }

    /// What `xxd` writes.
    static func dump(_ octets: [UInt8]) -> String {
        stride(from: 0, to: octets.count, by: 16).map { start in
            let row = octets[start..<min(start + 16, octets.count)]
            let place = String(start, radix: 16)
            let pairs = row.indices.map { ($0 % 2 == 0 ? " " : "") + hex(row[$0]) }.joined()
            let text = String(decoding: row.map { 0x20...0x7E ~= $0 ? $0 : 0x2E }, as: UTF8.self)
            return String(repeating: "0", count: 8 - place.count) + place + ":" + pairs + "  " + text
        }.joined(separator: "\n")
    }

    private func check(_ text: String, holds range: ClosedRange<Int>, steps: [String]? = nil) {
        let octets = Array("Why does this fail since Monday?\n\n\(text)\n\nThanks, no hurry.\n".utf8)
        let found = TextScan.scan(octets.span, with: worker)
        #expect(found.leaks.map(\.path) == ["berth.c"])
        guard let leak = found.leaks.first, let first = leak.lines.ranges.first, let last = leak.lines.ranges.last
        else {
            return
        }
        #expect(range.lowerBound - 1...range.lowerBound + 1 ~= first.lowerBound)
        #expect(range.upperBound - 1...range.upperBound + 1 ~= last.upperBound)
        if let steps { #expect(leak.codings.steps.map(\.rawValue) == steps) }
    }

    static let ranges = [11...15, 21...28, 31...50]

    @Test("around each line", arguments: lines.map(\.0), ranges)
    func line(name: String, range: ClosedRange<Int>) {
        guard let wrap = Self.lines.first(where: { $0.0 == name })?.1 else { return }
        check(range.map { wrap($0, DetectionFixture.lines($0...$0)) }.joined(separator: "\n"), holds: range)
    }

    @Test("around all lines", arguments: wholes.map(\.0), ranges)
    func whole(name: String, range: ClosedRange<Int>) {
        guard let wrap = Self.wholes.first(where: { $0.0 == name })?.1 else { return }
        check(wrap(DetectionFixture.lines(range)), holds: range)
    }

    @Test("codings are named", arguments: [("base64 in lines", ["base64"]), ("dump", ["hex"]), ("hex", ["hex"])])
    func steps(name: String, steps: [String]) {
        guard let wrap = Self.wholes.first(where: { $0.0 == name })?.1 else { return }
        check(wrap(DetectionFixture.lines(31...50)), holds: 31...50, steps: steps)
    }

    /// Every second line is another in the other file.
    static func others(_ range: ClosedRange<Int>) -> [(Int, ours: String, theirs: String?)] {
        range.map { number in
            let line = DetectionFixture.lines(number...number)
            return (number, line, number % 2 == 0 ? "    other_\(number) = made_of(\(number), something_else);" : nil)
        }
    }

    @Test("as one side of a diff", arguments: ranges, [true, false])
    func hunk(range: ClosedRange<Int>, isNew: Bool) {
        var lines = [
            "--- a/berth.c", "+++ b/berth.c", "@@ -\(range.lowerBound),9 +\(range.lowerBound),9 @@ void tie(int rope)",
        ]
        for (_, ours, theirs) in Self.others(range) {
            guard let theirs else {
                lines.append(" " + ours)
                continue
            }
            lines += isNew ? ["-" + theirs, "+" + ours] : ["-" + ours, "+" + theirs]
        }
        check(lines.joined(separator: "\n"), holds: range)
    }

    @Test("as one column of two", arguments: ranges, [true, false])
    func columns(range: ClosedRange<Int>, isRight: Bool) {
        let lines = Self.others(range).map { _, ours, theirs in
            let (left, right) = isRight ? (theirs ?? ours, ours) : (ours, theirs ?? ours)
            let gap = String(repeating: " ", count: max(1, 94 - left.count))
            return left + gap + (theirs == nil ? " " : "|") + "\t" + right
        }
        check(lines.joined(separator: "\n"), holds: range)
    }

    @Test("as one side of a diff of words", arguments: ranges, [true, false])
    func words(range: ClosedRange<Int>, isNew: Bool) {
        let lines = Self.others(range).map { _, ours, theirs in
            guard theirs != nil else { return ours }
            let words = ours.split(separator: " ", omittingEmptySubsequences: false).enumerated().map { place, word in
                guard place % 3 == 2 else { return String(word) }
                return isNew ? "[-other_\(place)-]{+\(word)+}" : "[-\(word)-]{+other_\(place)+}"
            }
            return words.joined(separator: " ")
        }
        check("@@ -1,9 +1,9 @@\n" + lines.joined(separator: "\n"), holds: range)
    }

    @Test("as one side of a context diff", arguments: ranges)
    func context(range: ClosedRange<Int>) {
        let body = Self.others(range).map { _, ours, theirs in (theirs == nil ? "  " : "! ") + ours }
        let header = "***************\n*** 1,9 ****\n--- \(range.lowerBound),\(range.upperBound) ----\n"
        check(header + body.joined(separator: "\n"), holds: range)
    }

    @Test("as a notebook, and as one in a string", arguments: ranges)
    func notebook(range: ClosedRange<Int>) {
        let source = range.map { "    " + DetectionFixture.quoted(DetectionFixture.lines($0...$0) + "\n") }
        let text = "{\n \"cells\": [\n  {\n   \"source\": [\n\(source.joined(separator: ",\n"))\n   ]\n  }\n ]\n}"
        check(text, holds: range)
        let inside = #"{"messages":[{"role":"user","content":"# + DetectionFixture.quoted("see:\n" + text) + "}]}"
        let found = TextScan.scan(Array(inside.utf8).span, with: worker)
        #expect(found.leaks.map(\.path) == ["berth.c"])
    }
}
