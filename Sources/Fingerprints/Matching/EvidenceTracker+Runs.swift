/// How far text and files agree around hits.
extension EvidenceTracker {
    private static let runLimit = 512

    /// Adds the words of a hit to the cluster's runs, and what agrees before and after them.
    mutating func cover(
        _ posting: Posting,
        text: Int,
        of place: Int32,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let length = Winnower.gramLength
        if posting.span == length {
            extend(text: text, file: posting.position, known: length, of: place, window, words)
        } else {
            // The gram skips a comment: its head and its tail lie on different diagonals.
            extend(text: text, file: posting.position, known: 1, of: place, window, words)
            let tail = posting.position + posting.span - 1
            extend(text: text + length - 1, file: tail, known: 1, of: place, window, words)
        }
    }

    /// Adds the stretch of a hit of shape: as a run of words where they are the same, else as it is.
    mutating func coverShape(
        _ posting: Posting,
        text: Range<Int>,
        isVerbatim: Bool,
        of place: Int32,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        if isVerbatim {
            extend(text: text.lowerBound, file: posting.position, known: text.count, of: place, window, words)
        } else {
            addShape(posting, text: text, to: place)
        }
    }

    /// Whether a hit of shape is the same word for word: it is where a run of words covers it, which is followed up to there.
    func isVerbatim(
        _ posting: Posting,
        _ text: Range<Int>,
        of place: Int32,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) -> Bool {
        guard posting.span == text.count, posting.span <= Self.longestCheck else { return false }
        var number = slab.entries[Int(place)].words
        while number != ClusterSlab.none {
            let known = slab.runs[Int(number)]
            if known.run.file - known.run.text == posting.position - text.lowerBound, known.run.text <= text.lowerBound,
                known.run.textRange.upperBound >= text.upperBound
            {
                return true
            }
            number = known.joinable
        }
        return isVerbatim(posting, text, slab.entries[Int(place)].record, window, words)
    }

    /// Whether a hit of shape is the same word for word.
    func isVerbatim(
        _ posting: Posting,
        _ text: Range<Int>,
        _ record: FileRecord,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) -> Bool {
        guard posting.span == text.count, posting.span <= Self.longestCheck else { return false }
        for word in 0..<text.count
        where !agrees(text.lowerBound + word, posting.position + word, record, window, words) {
            return false
        }
        return true
    }

    /// Adds the stretch of a hit of shape to the run that it goes on from, or as a run of its own.
    mutating func addShape(_ posting: Posting, text: Range<Int>, to place: Int32) {
        let file = posting.position
        var before = ClusterSlab.none
        var number = slab.entries[Int(place)].shapes
        while number != ClusterSlab.none {
            let known = slab.runs[Int(number)]
            let end = known.run.textRange.upperBound
            if end < text.lowerBound {
                // Hits begin later and later: none goes on from this one any more.
                if before == ClusterSlab.none {
                    slab.entries[Int(place)].shapes = known.joinable
                } else {
                    slab.runs[Int(before)].joinable = known.joinable
                }
            } else {
                if known.run.text <= text.lowerBound, known.run.file <= file, known.run.fileRange.upperBound >= file {
                    let length = max(known.run.length, text.upperBound - known.run.text)
                    slab.runs[Int(number)].run.length = length
                    slab.note(length: length, isVerbatim: false, in: place)
                    slab.runs[Int(number)].run.fileLength = max(
                        known.run.fileLength,
                        file + posting.span - known.run.file
                    )
                    return
                }
                before = number
            }
            number = known.joinable
        }
        guard slab.entries[Int(place)].runCount < Self.runLimit else { return }
        slab.add(
            SharedRun(
                text: text.lowerBound,
                file: file,
                length: text.count,
                fileLength: posting.span,
                isVerbatim: false,
                isOpen: false
            ),
            to: place
        )
        slab.note(length: text.count, isVerbatim: false, in: place)
    }

    /// Makes sure that a run of the cluster covers the `known` words from these places.
    private mutating func extend(
        text: Int,
        file: Int,
        known: Int,
        of place: Int32,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let diagonal = file - text
        var floor = max(0, text - Self.backward, text - file)
        var before = ClusterSlab.none
        var number = slab.entries[Int(place)].words
        while number != ClusterSlab.none {
            let other = slab.runs[Int(number)]
            let next = other.joinable
            if other.run.file - other.run.text == diagonal {
                if other.run.isOpen {
                    follow(number, of: place, upTo: text, window, words)
                    let end = slab.runs[Int(number)].run.textRange.upperBound
                    if end >= text {
                        lengthen(number, to: max(end, text + known) - other.run.text, of: place)
                        return
                    }
                }
                floor = max(floor, slab.runs[Int(number)].run.textRange.upperBound)
            }
            let reach = Self.backward + 2 * Self.longestCheck
            if !slab.runs[Int(number)].run.isOpen, other.run.textRange.upperBound + reach < text {
                // No run can reach back to this one any more.
                if before == ClusterSlab.none {
                    slab.entries[Int(place)].words = next
                } else {
                    slab.runs[Int(before)].joinable = next
                }
            } else {
                before = number
            }
            number = next
        }
        guard slab.entries[Int(place)].runCount < Self.runLimit else { return }
        let record = slab.entries[Int(place)].record
        var first = text
        while first > floor, agrees(first - 1, first - 1 + diagonal, record, window, words) { first -= 1 }
        let length = text + known - first
        slab.add(
            SharedRun(
                text: first,
                file: first + diagonal,
                length: length,
                fileLength: length,
                isVerbatim: true,
                isOpen: true
            ),
            to: place
        )
        lengthen(slab.entries[Int(place)].lastRun, to: length, of: place)
    }

    /// Follows the runs of a cluster up to word `end`, and no farther than hits may still join it, and judges what has come
    /// of it.
    ///
    /// Where that is done at each hit before it counts, and when no more come, the outcome is the same wherever the text was
    /// cut: what is seen of a run before, at the end of a slice, is less.
    mutating func extendRuns(of place: Int32, upTo end: Int, _ window: TextWindow, _ words: Span<UInt64>) {
        let lastText = slab.entries[Int(place)].lastText
        let limit = min(end, lastText + MatchScore.textGap)
        var number = slab.entries[Int(place)].words
        while number != ClusterSlab.none {
            if slab.runs[Int(number)].run.isOpen { follow(number, of: place, upTo: limit, window, words) }
            number = slab.runs[Int(number)].joinable
        }
        if slab.entries[Int(place)].hasGrown {
            judge(place, words: lastText + MatchScore.lookAhead)
        }
    }

    /// Follows a run up to `limit`, or to the first word that differs, which ends it.
    private mutating func follow(
        _ number: Int32,
        of place: Int32,
        upTo limit: Int,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) {
        let record = slab.entries[Int(place)].record
        let start = slab.runs[Int(number)].run
        var length = start.length
        while start.text + length < limit {
            guard agrees(start.text + length, start.file + length, record, window, words) else {
                slab.runs[Int(number)].run.isOpen = false
                break
            }
            length += 1
        }
        lengthen(number, to: length, of: place)
    }

    /// Sets the length of a run of words.
    private mutating func lengthen(_ number: Int32, to length: Int, of place: Int32) {
        slab.runs[Int(number)].run.length = length
        slab.runs[Int(number)].run.fileLength = length
        slab.note(length: length, isVerbatim: true, in: place)
    }

    /// Whether a word of the text and a word of the file are the same, as far as four bits tell.
    private func agrees(
        _ text: Int,
        _ position: Int,
        _ record: FileRecord,
        _ window: TextWindow,
        _ words: Span<UInt64>
    ) -> Bool {
        guard let hash = window.word(text), let bits = layout.check(position, of: record, in: words) else {
            return false
        }
        return WordCheck.bits(of: hash, at: position, salt: record.salt, key: index.key) == bits
    }
}
