/// Lines of cells whose columns line up.
struct TextTable {
    private var rows: [[Cell]] = []
    private let indent: String

    init(indent: String = "") {
        self.indent = indent
    }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// The rows, each ended by a line feed; no line ends with a space.
    func text() -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                if column < row.count - 1 { widths[column] = max(widths[column], cell.width) }
            }
        }
        var text = ""
        for row in rows {
            text += indent
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.width))
                text += cell.isRight ? padding + cell.text : cell.text + (isLast ? "" : padding)
                if !isLast { text += "  " }
            }
            while text.last == " " { text.removeLast() }
            text += "\n"
        }
        return text
    }

    struct Cell {
        let text: String
        let width: Int
        let isRight: Bool

        /// A cell whose dressed form is as wide as `plain`.
        init(_ plain: String, dressed: String? = nil, right: Bool = false) {
            text = dressed ?? plain
            width = plain.count
            isRight = right
        }
    }
}
