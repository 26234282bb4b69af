/// The patterns of one `.gitignore` (gitignore(5)), in force for the folder it lies in and all below.
struct IgnoreRules {
    private struct Rule {
        /// The pattern, cut at `/`.
        var segments: [[UInt8]]
        /// Whether a match takes back an earlier one.
        var negated: Bool
        /// Whether only folders match.
        var foldersOnly: Bool
    }

    private var rules: [Rule] = []

    /// Reads the lines of a `.gitignore`; a line that cannot match anything is passed over.
    init(_ text: [UInt8]) {
        let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        for line in text.split(separator: 0x0A) {
            if let rule = Self.rule(line) { rules.append(rule) }
        }
    }

    /// Whether `path`, cut at `/` and counted from the folder of these rules, is ignored; nil when no rule speaks of it.
    func verdict(_ path: ArraySlice<[UInt8]>, isFolder: Bool) -> Bool? {
        for rule in rules.reversed() where !rule.foldersOnly || isFolder {
            if Self.matches(rule.segments[...], path) { return !rule.negated }
        }
        return nil
    }

    private static func rule(_ line: ArraySlice<UInt8>) -> Rule? {
        var line = line
        if line.last == 0x0D { line.removeLast() }
        while line.last == 0x20, line.dropLast().last != 0x5C { line.removeLast() }
        guard let first = line.first, first != 0x23 else { return nil }
        var rule = Rule(segments: [], negated: false, foldersOnly: false)
        if first == 0x21 {
            rule.negated = true
            line.removeFirst()
        }
        if line.last == 0x2F {
            rule.foldersOnly = true
            line.removeLast()
        }
        let anchored = line.contains(0x2F)
        if line.first == 0x2F { line.removeFirst() }
        guard !line.isEmpty else { return nil }
        rule.segments = line.split(separator: 0x2F, omittingEmptySubsequences: true).map(Array.init)
        if !anchored { rule.segments.insert([0x2A, 0x2A], at: 0) }
        return rule.segments.isEmpty ? nil : rule
    }

    /// Whether the pattern's segments match all of the path's; `**` stands for any number of them, at the end for one
    /// or more.
    private static func matches(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        var (p, s) = (pattern.startIndex, path.startIndex)
        var resume: (pattern: Int, path: Int)?
        while s < path.endIndex {
            if p < pattern.endIndex, pattern[p] == [0x2A, 0x2A] {
                if p == pattern.endIndex - 1 { return true }
                resume = (p + 1, s)
                p += 1
            } else if p < pattern.endIndex, Self.matches(pattern[p], path[s]) {
                p += 1
                s += 1
            } else if let last = resume {
                resume = (last.pattern, last.path + 1)
                p = last.pattern
                s = last.path + 1
            } else {
                return false
            }
        }
        return p == pattern.endIndex
    }

    /// Whether a pattern without `/` matches a name: `*`, `?`, `[…]` and `\`.
    ///
    /// Only the last `*` is ever tried again, which is enough, so the time is at most the product of the lengths.
    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (p, s) = (0, 0)
        var resume: (pattern: Int, name: Int)?
        while s < name.count {
            if p < pattern.count, pattern[p] == 0x2A {
                resume = (p + 1, s)
                p += 1
                continue
            }
            if p < pattern.count, let next = matchesOne(pattern, at: p, name[s]) {
                p = next
                s += 1
                continue
            }
            guard let last = resume else { return false }
            resume = (last.pattern, last.name + 1)
            p = last.pattern
            s = last.name + 1
        }
        while p < pattern.count, pattern[p] == 0x2A { p += 1 }
        return p == pattern.count
    }

    /// Where the pattern goes on after matching one octet; nil when it does not match.
    private static func matchesOne(_ pattern: [UInt8], at start: Int, _ octet: UInt8) -> Int? {
        switch pattern[start] {
        case 0x3F: return start + 1
        case 0x5C where start + 1 < pattern.count: return pattern[start + 1] == octet ? start + 2 : nil
        case 0x5B: return matchesClass(pattern, at: start, octet)
        default: return pattern[start] == octet ? start + 1 : nil
        }
    }

    private static func matchesClass(_ pattern: [UInt8], at start: Int, _ octet: UInt8) -> Int? {
        var index = start + 1
        var negated = false
        if index < pattern.count, pattern[index] == 0x21 || pattern[index] == 0x5E {
            negated = true
            index += 1
        }
        var found = false
        var isFirst = true
        while index < pattern.count, isFirst || pattern[index] != 0x5D {
            isFirst = false
            if pattern[index] == 0x5C, index + 1 < pattern.count { index += 1 }
            let low = pattern[index]
            var high = low
            if index + 2 < pattern.count, pattern[index + 1] == 0x2D, pattern[index + 2] != 0x5D {
                index += 2
                if pattern[index] == 0x5C, index + 1 < pattern.count { index += 1 }
                high = pattern[index]
            }
            if low <= octet, octet <= high { found = true }
            index += 1
        }
        guard index < pattern.count else { return nil }
        return found != negated ? index + 1 : nil
    }
}
