import Foundation

/// README.md taken apart: its tables, its commands, and the output that it shows.
struct ManualText {
    /// A fenced block.
    struct Block {
        /// The line on which it begins, from 1.
        let line: Int
        /// `sh`, `json`, `text`; empty where none is named.
        let language: String
        /// The HTML comment on the line before it, such as `run: 1` or `output`.
        let mark: String?
        let text: String
    }

    let text: String
    let lines: [String]
    let blocks: [Block]
    /// The lines outside fenced blocks.
    let prose: [String]

    init() throws {
        text = try String(contentsOf: SourceTree.root.appending(path: "README.md"), encoding: .utf8)
        lines = text.components(separatedBy: "\n")
        var blocks: [Block] = []
        var prose: [String] = []
        var open: (line: Int, language: String, mark: String?, text: [String])?
        for (index, line) in lines.enumerated() {
            if let block = open {
                if line == "```" {
                    let text = block.text.joined(separator: "\n")
                    blocks.append(Block(line: block.line, language: block.language, mark: block.mark, text: text))
                    open = nil
                } else {
                    open?.text.append(line)
                }
            } else if line.hasPrefix("```") {
                let mark = index > 0 ? ManualText.comment(lines[index - 1]) : nil
                open = (index + 1, String(line.dropFirst(3)), mark, [])
            } else {
                prose.append(line)
            }
        }
        self.blocks = blocks
        self.prose = prose
    }

    /// The cells of every table row, without the rows of dashes.
    var rows: [[String]] {
        prose.filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.map { line in
            // A pipe within a cell does not occur.
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The row whose first cell is `name` in code type.
    func row(_ name: String) -> [String]? { rows.first { $0.first == "`\(name)`" } }

    /// What stands in code type in running text and tables, and each line of the shell blocks.
    var code: [String] {
        let spans = prose.flatMap { line in
            line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                .map { String($0.element) }
        }
        let commands = blocks.filter { $0.language == "sh" }.flatMap { $0.text.components(separatedBy: "\n") }
        return spans + commands
    }

    private static func comment(_ line: String) -> String? {
        guard line.hasPrefix("<!-- "), line.hasSuffix(" -->") else { return nil }
        return String(line.dropFirst(5).dropLast(4))
    }
}
