/// Makes a `PublicSketch` of public code.
package struct PublicSketchBuilder: ~Copyable {
    /// What was read.
    private var metadata = SketchMetadata()
    private var grams: KeySpool
    private var parts: KeySpool

    /// A sketch of nothing yet.
    ///
    /// While it is made, what is more than 128 MB goes to files without names in the folder of the path `neighbour`; nil
    /// keeps all in memory.
    package init(beside neighbour: String? = nil) {
        grams = KeySpool(beside: neighbour)
        parts = KeySpool(beside: neighbour)
    }

    /// Takes what a file has.
    mutating func add(_ source: SourceText) throws(IndexError) {
        source.forEachGram(where: { $0 <= PublicSketch.gramLimit }) { grams.append(PublicSketch.key(ofGram: $0)) }
        source.forEachPart { parts.append(PublicSketch.key(ofPart: $0)) }
        try grams.settle()
        try parts.settle()
    }

    /// Takes what the files below `path` have, whatever `.gitignore` says of them, licences and what programs made too.
    ///
    /// - Parameters:
    ///   - path: A file or folder.
    ///   - progress: Called after every file with the numbers of files and octets read below this path.
    /// - Throws: `IndexError` when the path is not there. Files below it that cannot be read are passed over.
    package mutating func add(path: String, progress: (Int, Int) -> Void = { _, _ in }) throws(IndexError) {
        var walker = try SourceWalker(paths: [path], isPublic: true)
        var source = SketchInfo.Source(name: SourceWalker.name(of: path), files: 0, lines: 0)
        var octets = 0
        while let file = walker.next() {
            guard let text = try? FileTree.read(file.location, limit: SourceWalker.octetLimit),
                SourceNames.isText(text)
            else { continue }
            let read = SourceText(text, name: file.name)
            try add(read)
            source.files += 1
            source.lines += read.wordsInLine.count
            octets += text.count
            progress(source.files, octets)
        }
        metadata.sources.append(source)
    }

    /// Ends the adding and gives the sketch.
    ///
    /// - Parameters:
    ///   - name: By what its subtractions are counted.
    ///   - note: What is to be known of its code.
    /// - Returns: The sketch, in memory.
    /// - Throws: `IndexError` when a scratch file cannot be read.
    package mutating func finish(name: String, note: String = "") throws(IndexError) -> PublicSketch {
        metadata.name = name
        metadata.note = note
        let encoded = metadata.encoded
        guard encoded.count <= SketchMetadata.octetLimit else {
            throw .tooLarge(path: name, limit: "\(SketchMetadata.octetLimit) octets of names")
        }
        try grams.sort()
        try parts.sort()
        guard let grams = try grams.filter(width: PublicSketch.gramWidth),
            let parts = try parts.filter(width: PublicSketch.partWidth)
        else { throw .tooLarge(path: name, limit: "a sketch can hold") }
        let layout = SketchLayout(
            gramLimit: PublicSketch.gramLimit,
            metadata: encoded.count,
            grams: grams.filter,
            parts: parts.filter
        )
        let words = layout.words(metadata: encoded, grams: grams.words, parts: parts.words)
        return PublicSketch(metadata, layout, words: words)
    }

    /// Reads the code below `paths` and writes its sketch to `output`, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - name: By what its subtractions are counted.
    ///   - note: What is to be known of its code.
    ///   - paths: Files and folders, each a source.
    ///   - output: Where the sketch goes.
    ///   - progress: Called after every file with the numbers of files and octets read below the same path.
    /// - Returns: What it holds.
    /// - Throws: `IndexError` when a path is not there, none holds text, or the sketch cannot be written.
    package static func write(
        name: String,
        note: String,
        paths: [String],
        output: String,
        progress: (Int, Int) -> Void
    ) throws(IndexError) -> SketchInfo {
        var builder = PublicSketchBuilder(beside: output)
        for path in paths { try builder.add(path: path, progress: progress) }
        guard builder.metadata.sources.contains(where: { $0.files > 0 }) else {
            throw .nothingToIndex(path: paths.first ?? ".")
        }
        let sketch = try builder.finish(name: name, note: note)
        try sketch.write(to: output)
        var info = sketch.info
        info.path = output
        return info
    }
}
