import CRE2

/// A compiled RE2 expression: the last word on what a rule matches.
///
/// Searching takes time linear in the text whatever the expression, so a rule cannot be made to run away. RE2 allows
/// searches from many threads at once.
/// - Note: Text that is not UTF-8 is searched too; an octet that is part of no scalar matches no class and no `.`,
///   where Go would read it as U+FFFD.
@safe
package final class RE2Expression: Sendable {
    /// The expression's address.
    ///
    /// An integer, for a pointer is not `Sendable` and RE2's objects, never changed after their making, are.
    private let address: UInt

    /// How many capturing groups there are.
    package let groupCount: Int

    /// Compiles an expression in Go's or RE2's syntax.
    ///
    /// - Throws: ``Failure`` with RE2's reason.
    package init(_ pattern: String) throws(Failure) {
        var reason = [CChar](repeating: 0, count: 256)
        let spelled = Self.namedGroupsSpelled(pattern)
        var octets = spelled.utf8.map { CChar(bitPattern: $0) }
        octets.append(0)
        let length = octets.count - 1
        // The arrays outlive the call; the shim copies the pattern and writes a closed string within `reason.count`.
        let made = unsafe cre2_compile(octets, length, &reason, reason.count)
        guard let made = unsafe made else {
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Failure(reason: String(decoding: words, as: UTF8.self))
        }
        address = UInt(bitPattern: made)
        groupCount = unsafe Int(cre2_group_count(made))
    }

    deinit {
        // The pointer came from cre2_compile and no call is under way, for each borrows this object.
        unsafe cre2_free(OpaquePointer(bitPattern: address))
    }

    /// Finds the first match within `range` of `text`; the octets around `range` still count for `^`, `$` and `\b`.
    ///
    /// The secret is what `secretGroup` took part with; 0 means the first group that is not empty, as gitleaks does. If
    /// there is none, it is the whole match. All are offsets in `text`; nil where nothing matches, or where `range` does
    /// not lie within `text`.
    package func find(in text: Span<UInt8>, within range: Range<Int>, secretGroup: Int = 0) -> Found? {
        guard range.lowerBound >= 0, range.upperBound <= text.count, !text.isEmpty else { return nil }
        let wanted = min(groupCount, Self.maximumGroups) + 1
        // The span and the temporary ranges live until the closures return, and the shim keeps neither.
        return unsafe text.withUnsafeBufferPointer { octets in
            unsafe withUnsafeTemporaryAllocation(of: cre2_range.self, capacity: wanted) { ranges -> Found? in
                let pointer = unsafe OpaquePointer(bitPattern: address)
                guard
                    unsafe cre2_find(
                        pointer,
                        octets.baseAddress,
                        octets.count,
                        range.lowerBound,
                        range.upperBound,
                        ranges.baseAddress,
                        wanted
                    )
                else { return nil }
                let whole = unsafe ranges[0]
                guard whole.start >= 0, whole.end >= whole.start, whole.end <= octets.count else { return nil }
                let match = Int(whole.start)..<Int(whole.end)
                var secret = match
                for group in 1..<max(wanted, 1) where secretGroup == 0 || secretGroup == group {
                    let part = unsafe ranges[group]
                    guard part.start >= 0, part.end <= octets.count, part.end > part.start else { continue }
                    secret = Int(part.start)..<Int(part.end)
                    break
                }
                return Found(match: match, secret: secret)
            }
        }
    }

    /// Whether the expression matches anywhere in `text`.
    package func matches(_ text: Span<UInt8>) -> Bool {
        guard !text.isEmpty else { return matchesEmpty }
        return find(in: text, within: 0..<text.count) != nil
    }

    /// Whether the expression matches the empty text.
    package var matchesEmpty: Bool {
        let nothing: [UInt8] = [0]
        return unsafe nothing.withUnsafeBufferPointer { octets in
            // Zero octets are searched; the array only lends an address, for RE2 tells "no group" by a null one.
            let pointer = unsafe OpaquePointer(bitPattern: address)
            return unsafe cre2_find(pointer, octets.baseAddress, 0, 0, 0, nil, 0)
        }
    }

    /// A match, and the part of it that is the secret; offsets in the text that was searched.
    package struct Found: Equatable, Sendable {
        /// The whole match.
        package let match: Range<Int>
        /// The secret within it.
        package let secret: Range<Int>
    }

    /// RE2 does not accept an expression.
    package struct Failure: Error, Equatable, Sendable {
        /// RE2's own words.
        package let reason: String
    }

    private static let maximumGroups = 63

    /// Writes Go's `(?<name>…)` as the `(?P<name>…)` that this RE2 knows; escapes, quotes and classes are left alone.
    private static func namedGroupsSpelled(_ pattern: String) -> String {
        guard pattern.utf8.count >= 4 else { return pattern }
        let octets = Array(pattern.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(octets.count)
        var syntax = ExpressionSyntax()
        var open: Int?
        for index in octets.indices {
            let isPlain = syntax.pass(octets, at: index)
            if isPlain, octets[index] == UInt8(ascii: "(") { open = index }
            if octets[index] == UInt8(ascii: "<"), open == index - 2, octets[index - 1] == UInt8(ascii: "?") {
                let next = index + 1 < octets.count ? octets[index + 1] : 0
                if next != UInt8(ascii: "="), next != UInt8(ascii: "!") { result.append(UInt8(ascii: "P")) }
            }
            result.append(octets[index])
        }
        return String(decoding: result, as: UTF8.self)
    }
}
