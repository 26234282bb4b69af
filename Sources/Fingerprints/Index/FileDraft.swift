/// All that an index takes of one file, made by whichever thread read it: positions count from the file's first word.
struct FileDraft: Sendable {
    /// The path under which it is indexed.
    var name: [UInt8]
    /// The ordinal of its collection.
    var collection = 0
    /// The number of its octets.
    var octets: Int
    /// The number of its lines.
    var lines: Int
    /// The number of its words.
    var words: Int
    /// The keyed digest of its contents.
    var digest: UInt64
    /// See `LineMap`.
    var lineCounts: [UInt8]
    /// Four bits a word, the first word's the low ones.
    var checks: [UInt8]
    /// How much of it public code has.
    var share = PublicShare()
    /// Its fingerprints, in order; of one stored value at most `IndexBuilder.placeLimit`.
    var entries: [IndexEntry]

    /// What the words of a file and its octets come to.
    ///
    /// - Parameters:
    ///   - text: The file's contents.
    ///   - name: The path under which it is indexed.
    ///   - digest: See `FileDraft.digest`.
    ///   - key: Keys the check bits.
    ///   - seal: Makes stored values.
    ///   - sketches: Public code, whose fingerprints are taken out.
    init(_ text: [UInt8], name: [UInt8], digest: UInt64, key: IndexKey?, seal: GramSeal, sketches: [PublicSketch]) {
        let source = SourceText(text, name: name)
        self.name = name
        self.digest = digest
        octets = text.count
        lines = source.wordsInLine.count
        words = source.words.count
        lineCounts = LineMap.encode(source.wordsInLine)
        var checks: [UInt8] = []
        checks.reserveCapacity((source.words.count + 1) / 2)
        let salt = UInt32(truncatingIfNeeded: digest)
        for (position, word) in source.words.enumerated() {
            let bits = WordCheck.bits(of: word, at: position, salt: salt, key: key)
            if position & 1 == 0 { checks.append(bits) } else { checks[checks.count - 1] |= bits << 4 }
        }
        self.checks = checks
        var entries: [IndexEntry] = []
        var share = PublicShare()
        let count = source.words.count
        // Idioms alone make nobody's code public.
        let isPublic = { (entry: IndexEntry) in
            guard case .publicCode(let source)? = entry.reason, sketches.indices.contains(source) else { return false }
            return sketches[source] !== CommonIdioms.sketch
        }
        source.forEachFingerprint { chosen in
            let entry = Self.entry(chosen, seal, sketches, isCommonplace: source.isCommonplace(chosen))
            share.add(isKnown: isPublic(entry), isShape: false)
            entries.append(entry)
        }
        source.forEachShape { chosen in
            guard chosen.position + chosen.span <= count else { return }
            let entry = Self.entry(chosen, seal, sketches, isCommonplace: source.isCommonplace(chosen))
            share.add(isKnown: isPublic(entry), isShape: true)
            entries.append(entry)
        }
        self.share = share
        entries.sort(by: IndexEntry.comesFirst)
        self.entries = Self.limited(entries)
    }

    /// What of the fingerprints public code has, without their places.
    var publicEntries: [IndexEntry] {
        entries.compactMap { entry in entry.reason.map { IndexEntry(stored: entry.stored, reason: $0) } }
    }

    private static func entry(
        _ chosen: Fingerprint,
        _ seal: GramSeal,
        _ sketches: [PublicSketch],
        isCommonplace: Bool
    ) -> IndexEntry {
        let source = sketches.firstIndex { $0.contains(gram: chosen.gram) }
        var rare = 0
        if source == nil {
            for part in 0..<(chosen.isShape ? ShapeRoller.parts : GramRoller.parts)
            where !sketches.contains(where: { $0.contains(part: chosen.parts[part]) }) {
                rare += 1
            }
        }
        // What tells little weighs half of what it would, for a weight goes with the root of its rare parts.
        if isCommonplace { rare = (rare + 3) / 4 }
        return IndexEntry(
            stored: seal.stored(gram: chosen.gram),
            kind: KeyKind(isShape: chosen.isShape, rareParts: rare),
            reason: source.map { .publicCode(source: $0) },
            position: chosen.position,
            span: chosen.span
        )
    }

    /// The entries without those that stand at a place twice, and of each value those after the first `placeLimit`.
    private static func limited(_ entries: [IndexEntry]) -> [IndexEntry] {
        var kept: [IndexEntry] = []
        kept.reserveCapacity(entries.count)
        var places = 0
        for entry in entries {
            if let last = kept.last, last.stored == entry.stored {
                guard last.place != entry.place, places < IndexBuilder.placeLimit else { continue }
                places += 1
                kept.append(entry)
            } else {
                places = 1
                kept.append(entry)
                kept[kept.count - 1].isFirstInFile = true
            }
        }
        return kept
    }
}
