import Testing

extension Program.Outcome {
    /// Expects a failure as the contract wants it: the status, nothing on standard output, one line that names `place`.
    func expectFailure(_ wanted: Int32, naming place: String? = nil, sourceLocation: SourceLocation = #_sourceLocation)
    {
        #expect(status == wanted, "\(diagnostics)", sourceLocation: sourceLocation)
        #expect(output.isEmpty, sourceLocation: sourceLocation)
        expectOneLine(naming: place, sourceLocation: sourceLocation)
    }

    /// Expects one line on standard error, warnings about the lack of an index or of public code aside.
    func expectOneLine(naming place: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        let lines = diagnosticLines.filter { !$0.contains("no index given") && !$0.contains("no public code known") }
        #expect(lines.count == 1, "\(diagnostics)", sourceLocation: sourceLocation)
        if let place {
            #expect(
                lines.first?.contains(place) == true,
                "\(place) is not in: \(diagnostics)",
                sourceLocation: sourceLocation
            )
        }
    }

    /// Expects an end of its own: no signal, and a status that the contract knows.
    func expectNoTrap(_ note: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let known: Set<Int32> = [0, 1, 64, 65, 66, 69, 70, 74, 77, 78]
        #expect(known.contains(status), "\(note): status \(status), \(diagnostics)", sourceLocation: sourceLocation)
        if status >= 64 { #expect(!diagnostics.isEmpty, "\(note)", sourceLocation: sourceLocation) }
    }
}
