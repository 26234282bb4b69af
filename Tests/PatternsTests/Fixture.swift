import Foundation
import Patterns
import TOMLSource

/// Rule sets and matches for the tests of this folder.
enum Fixture {
    /// The rules that ship with Weir.
    static func shipped() throws -> RuleSet { try RuleSet.load(paths: [root + "config/rules"]) }

    /// The set of rules of a text.
    static func set(_ text: String) throws -> RuleSet { try RuleSet([TOMLSource(text: text, name: "rules.toml")]) }

    /// What a set finds in a leaf that comes in these pieces: rule, offset and digest.
    static func matches(_ set: RuleSet, _ pieces: [ArraySlice<UInt8>], path: String? = nil) throws -> [PatternMatch] {
        var scanner = try PatternScanner(set)
        return matches(&scanner, pieces, path: path)
    }

    /// What a scanner finds in a leaf that comes in these pieces.
    static func matches(
        _ scanner: inout PatternScanner,
        _ pieces: [ArraySlice<UInt8>],
        path: String? = nil
    ) -> [PatternMatch] {
        scanner.messageBegan()
        scanner.leafBegan(tag: 7, path: path)
        for piece in pieces { scanner.leafText(piece.span) }
        scanner.leafEnded()
        return scanner.takeMatches()
    }

    /// What a set finds in one text.
    static func matches(_ set: RuleSet, _ text: String, path: String? = nil) throws -> [PatternMatch] {
        try matches(set, [ArraySlice(text.utf8)], path: path)
    }

    /// The checkout's folder, with a slash at its end.
    static var root: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/") + "/"
    }
}
