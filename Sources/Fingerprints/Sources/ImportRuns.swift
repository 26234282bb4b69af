/// Finds long runs of lines that only say what other code is used: imports, includes and their like.
///
/// Whoever uses the same libraries writes the same lines, so what is chosen there tells little.
enum ImportRuns {
    /// Lines that a run has at least.
    static let leastLines = 3
    /// Lines that a list in brackets may go on for.
    private static let listLimit = 200

    private static let starts: [[UInt8]] = [
        "#include", "#import", "#using", "#pragma once", "import ", "import(", "import{", "import\"", "from ", "using ",
        "global using ", "use ", "pub use ", "pub mod ", "mod ", "require", "extern crate ", "package ", "@import",
        "include ", "`include", "-include(", "-include_lib(", "library(", "export * from", "\"use strict\"", "const ",
        "var ", "let ",
    ].map { Array($0.utf8) }
    /// What a list in brackets may follow over many lines.
    private static let listStarts = ["import ", "import{", "from ", "use ", "pub use ", "require "].map {
        Array($0.utf8)
    }
    /// Of a declaration in a script, what must stand behind it.
    private static let declarations = [Array("const ".utf8), Array("var ".utf8), Array("let ".utf8)]
    private static let require = Array("require(".utf8)

    /// The octets of the runs in `text`, ascending; empty lines and lines of comments do not part a run.
    static func runs(in text: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var run: (start: Int, end: Int, lines: Int)?
        var list = 0
        var close: UInt8 = 0
        var start = 0
        func end() {
            if let run, run.lines >= leastLines { runs.append(run.start..<run.end) }
            run = nil
        }
        while start < text.count {
            var stop = start
            while stop < text.count, text[stop] != 0x0A { stop += 1 }
            var line = text[start..<stop]
            while let first = line.first, first == 0x20 || first == 0x09 { line.removeFirst() }
            while let last = line.last, last <= 0x20 { line.removeLast() }
            if list > 0 {
                list = line.contains(close) ? 0 : list - 1
                extend(&run, start, stop)
            } else if isImport(line) {
                extend(&run, start, stop)
                if let last = line.last, last == 0x28 || last == 0x7B, listStarts.contains(where: line.starts) {
                    close = last == 0x28 ? 0x29 : 0x7D
                    list = listLimit
                }
            } else if !line.isEmpty, !isComment(line) {
                end()
            }
            start = stop + 1
        }
        end()
        return runs
    }

    private static func extend(_ run: inout (start: Int, end: Int, lines: Int)?, _ start: Int, _ stop: Int) {
        run = (run?.start ?? start, stop, (run?.lines ?? 0) + 1)
    }

    private static func isImport(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count < 400, let found = starts.first(where: line.starts) else { return false }
        if declarations.contains(found) { return contains(line, require) }
        // `from` and `use` begin sentences and statements too; what is imported needs no more than a few words.
        return !line.contains(0x3D) && (line.last != 0x7B || listStarts.contains(found))
    }

    private static func isComment(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: [0x2F, 0x2F]) || line.starts(with: [0x2F, 0x2A]) || line.first == 0x2A || line.first == 0x23
            || line.starts(with: [0x2D, 0x2D]) || line.first == 0x3B
    }

    private static func contains(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
        guard line.count >= needle.count else { return false }
        for start in line.startIndex...(line.endIndex - needle.count) where line[start] == needle[0] {
            if line[start..<(start + needle.count)].elementsEqual(needle) { return true }
        }
        return false
    }
}
