extension FingerprintIndex {
    /// Checks every block, and that all that points somewhere points to what it should.
    ///
    /// Takes some 300 nanoseconds a fingerprint.
    ///
    /// - Throws: `IndexError.damaged` with the first thing that is wrong.
    package func verify() throws(IndexError) {
        let outcome: Result<Void, IndexError> = withWords { words in
            do throws(IndexError) {
                layout.blocks.checkAll(in: words)
                if let damage { throw damage }
                try verifyFiles(words)
                try verifyKeys(words)
                try verifyKeysTakenOut(words)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private func wrong(_ section: IndexFormat.Section, _ reason: String) -> IndexError {
        .damaged(path: path, offset: layout.header.section(section).lowerBound, reason: reason)
    }

    private func verifyFiles(_ words: Span<UInt64>) throws(IndexError) {
        var (place, pathEnd, countsEnd) = (0, 0, 0)
        var (lines, wordCount) = (0, 0)
        for ordinal in 0..<layout.fileCount {
            guard let record = layout.file(ordinal, in: words), record.firstWord == place,
                record.path.lowerBound == pathEnd, record.lineCounts.lowerBound == countsEnd,
                metadata.collections.indices.contains(record.collection)
            else { throw wrong(.files, "file \(ordinal) is not where the one before it ends") }
            (place, pathEnd, countsEnd) = (
                place + record.positions, record.path.upperBound, record.lineCounts.upperBound
            )
            (lines, wordCount) = (lines + record.lines, wordCount + record.words)
            for position in [0, record.words - 1] where record.words > 0 {
                guard layout.fileOrdinal(at: record.firstWord + position, in: words) == ordinal else {
                    throw wrong(.guide, "the guide does not lead to file \(ordinal)")
                }
            }
            let counts = layout.octets(record.lineCounts, of: .lines, in: words)
            guard LineMap.total(counts, lines: record.lines) == record.words else {
                throw wrong(.lines, "the lines of file \(ordinal) do not have its words")
            }
        }
        guard place == layout.header.words, pathEnd == layout.header.section(.paths).count,
            countsEnd == layout.header.section(.lines).count, lines == metadata.lines, wordCount == metadata.words
        else { throw wrong(.files, "files do not come to what the header says") }
    }

    private func verifyKeys(_ words: Span<UInt64>) throws(IndexError) {
        let start = layout.firstWord(of: .filter)
        let filter = words.extracting(start..<(start + layout.filterWords))
        var cursor = KeyCursor(layout.keys)
        var (before, slots, postings) = (UInt64?.none, layout.keyCount, 0)
        while let stored = cursor.next(layout.blocks, in: words) {
            let ordinal = cursor.ordinal - 1
            if let before, before >= stored { throw wrong(.keyRests, "key \(ordinal) is not above the one before it") }
            before = stored
            guard layout.ordinal(of: stored, in: words) == ordinal else {
                throw wrong(.keyGroups, "key \(ordinal) is not found")
            }
            guard GramFilter.mayContain(seal.address(ofStored: stored), layout.header.bands, in: filter) else {
                throw wrong(.filter, "the filter does not know key \(ordinal)")
            }
            let range = layout.postings(of: ordinal, in: words)
            guard !range.isEmpty else { throw wrong(.details, "key \(ordinal) has no posting") }
            if range.lowerBound >= layout.keyCount {
                guard range.lowerBound == slots else { throw wrong(.slots, "key \(ordinal) has another's postings") }
                slots = range.upperBound
            }
            var last = (file: -1, position: -1)
            for place in range {
                guard let posting = layout.posting(place, in: words) else {
                    guard layout.isSpan(place, in: words) else {
                        throw wrong(.slots, "a posting of key \(ordinal) lies outside its file")
                    }
                    continue
                }
                // Of equal positions there may be two, of different spans.
                guard last.file < posting.file || last.file == posting.file && last.position <= posting.position else {
                    throw wrong(.slots, "the postings of key \(ordinal) are out of order")
                }
                last = (posting.file, posting.position)
                postings += 1
            }
        }
        guard cursor.ordinal == layout.keyCount, slots == layout.keyCount + layout.header.slots,
            postings == metadata.postings
        else { throw wrong(.keyBuckets, "keys and postings do not come to what the header says") }
    }

    private func verifyKeysTakenOut(_ words: Span<UInt64>) throws(IndexError) {
        var cursor = KeyCursor(layout.out)
        var before: UInt64?
        while let stored = cursor.next(layout.blocks, in: words) {
            let ordinal = cursor.ordinal - 1
            if let before, before >= stored {
                throw wrong(.outRests, "key \(ordinal) of those taken out is not above the one before it")
            }
            before = stored
            guard layout.out.ordinal(of: stored, layout.blocks, in: words) == ordinal else {
                throw wrong(.outGroups, "key \(ordinal) of those taken out is not found")
            }
            switch layout.reason(ofOut: ordinal, in: words) {
            case .common, .madePublic: break
            case .publicCode(let source):
                guard metadata.subtracted.indices.contains(source) else {
                    throw wrong(.outReasons, "key \(ordinal) was taken out by a source that is not named")
                }
            case nil: throw wrong(.outReasons, "key \(ordinal) was taken out for no reason")
            }
        }
        guard cursor.ordinal == layout.out.count else {
            throw wrong(.outBuckets, "keys taken out do not come to what the header says")
        }
    }
}
