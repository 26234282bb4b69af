/// The layout of a sketch file, version 1: no promise is made that a later weir reads it.
///
/// ```
/// word  0  "WEIRSKT\0"
///       1  version (low 32 bits), words in the header (high)
///       2  octets in the file
///       3  checksum of all words, this one counted as zero
///       4  dialect: what the writer made of a text known to all, see `dialect`
///       5  the greatest gram that is held
///       6  keys of the filter of grams, and its geometry, see `FuseFilter`
///       8  the same of the filter of parts
///      10  octets of the metadata, see `SketchMetadata`
/// ```
///
/// Words are 64 bits, least significant octet first. Behind the header stand metadata, padded to whole words, and the words
/// of both filters; the file is padded to a multiple of 64 octets.
enum SketchFormat {
    static let magic: UInt64 = 0x0054_4B53_5249_4557
    static let version = 1
    static let headerWords = 32

    /// A hash over words, tokens, grams and parts that this program finds in a text of keywords and code.
    ///
    /// A sketch of another dialect would be asked in vain: whatever changes what is read from code changes this.
    static let dialect: UInt64 = {
        let text = Keywords.list + "\n" + probe
        let source = SourceText(Array(text.utf8))
        var hash = IndexFormat.parameters
        func mix(_ value: UInt64) { hash = HashMixing.gram(HashMixing.rotate(hash, 9) ^ value) }
        source.forEachGram(where: { _ in true }, mix)
        source.forEachPart { mix(UInt64($0)) }
        return hash
    }()

    /// Code with comments, quotes, numbers, escapes, letters of other scripts and marks at the starts of lines.
    private static let probe = """
        // A hive is weighed; "settled" readings only.
        func settle(_ hive: Hive, against scale: Scale) throws -> Weight {
            let reading = try scale.weigh(hive.identifier) /* kilograms, 0x1F */
            guard reading.isStable, reading.kilograms > hive.tare * 1.5e3 else { throw ScaleError.unsettled }
            # Größe — naïve
            ledger.append("a\\n\\tb\\u0041", Entry(hive: hive, honey: honey_taken, taken: clock->now[i++]))
        + - if honey >= hive.superCapacity && !x { send('a', &y); return }  -- later
        12: select count(*) from hives where name <> 'x' and weight % 7 = 3;
        }
        """
}

/// What a sketch says of itself besides its hashes.
struct SketchMetadata: Sendable, Equatable {
    /// Its name, by which its subtractions are counted.
    var name = ""
    /// What is to be known of it: where its code is from, under what licences.
    var note = ""
    /// What was read for it.
    var sources: [SketchInfo.Source] = []

    /// The most octets it may have in a file.
    static let octetLimit = 1 << 24

    /// Nothing yet.
    init() {}

    /// Its octets.
    var encoded: [UInt8] {
        var octets: [UInt8] = []
        func number(_ value: Int) {
            for shift in stride(from: 0, to: 64, by: 8) { octets.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        func text(_ value: String) {
            number(value.utf8.count)
            octets.append(contentsOf: value.utf8)
        }
        text(name)
        text(note)
        number(sources.count)
        for source in sources {
            text(source.name)
            number(source.files)
            number(source.lines)
        }
        return octets
    }

    /// Reads what `encoded` wrote; nil when it is cut or says nonsense.
    init?(_ octets: [UInt8]) {
        var rest = octets[...]
        func number() -> Int? {
            guard rest.count >= 8 else { return nil }
            let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            return Int(exactly: value)
        }
        func text() -> String? {
            guard let count = number(), count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return String(decoding: rest.prefix(count), as: UTF8.self)
        }
        guard let name = text(), let note = text(), let count = number(), count <= rest.count else { return nil }
        self.name = name
        self.note = note
        for _ in 0..<count {
            guard let name = text(), let files = number(), let lines = number() else { return nil }
            sources.append(SketchInfo.Source(name: name, files: files, lines: lines))
        }
    }
}

/// What `weir index info` tells of a sketch.
package struct SketchInfo: Sendable, Equatable {
    /// Something that was read for a sketch.
    package struct Source: Sendable, Equatable {
        /// The last component of its path.
        package var name: String
        /// Files that were read.
        package var files: Int
        /// Lines of these.
        package var lines: Int
    }

    /// The path it was opened at; empty for one that is no file.
    package var path: String
    /// The version of its format.
    package var version: Int
    /// Its name.
    package var name: String
    /// What is to be known of its code.
    package var note: String
    /// What was read for it.
    package var sources: [Source]
    /// The number of its grams.
    package var grams: Int
    /// The number of its parts.
    package var parts: Int
    /// Its length in octets.
    package var octets: Int
}
