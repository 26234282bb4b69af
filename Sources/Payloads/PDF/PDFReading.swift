/// One document that is being read.
struct PDFReading: ~Copyable {
    /// Octets of the document that were not read, by why.
    private(set) var unread: [OpaqueReason: Int] = [:]

    private var objects: PDFObjects
    private let holes: [Int]
    private let origin: PayloadOrigin
    private let isTruncated: Bool
    private let count: Int
    private var isLeafOpen = false

    /// The octets that have come, and where in them some are missing.
    init(_ document: consuming [UInt8], holes: [Int], _ origin: PayloadOrigin, isTruncated: Bool) {
        count = document.count
        objects = PDFObjects(document)
        self.holes = holes
        self.origin = origin
        self.isTruncated = isTruncated
    }

    /// Reads all of it, as one leaf, and files that are attached as payloads of their own.
    mutating func read<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        openObjectStreams(&decode)
        guard !objects.isEncrypted else {
            unread = [.document: count]
            return
        }
        var fonts = PDFFonts()
        fonts.gather(objects, &decode)
        for index in objects.list.indices {
            let object = objects.list[index]
            if let data = object.data { readStream(object, data, &fonts, &decode, &sink) }
            readStrings(object, &sink)
        }
        readRest(&sink)
        endLeaf(&sink)
    }

    /// Reads what is in no object: tables of places, and whatever else a sender put there.
    private mutating func readRest<S: LeafSink & ~Copyable>(_ sink: inout S) {
        var leaf = leaf
        var position = 0
        let places = objects.list.map { $0.value.lowerBound..<max($0.value.upperBound, $0.data?.upperBound ?? 0) }
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) + [count..<count] {
            // An object's number and its closing words are no more than that.
            let end = min(count, place.lowerBound)
            while end - position > PDFLimits.words {
                let piece = position..<min(end, position + 4_096)
                if PDFReading.add(objects, piece, &leaf, &sink) == false { charge(piece.count, .document) }
                position = piece.upperBound
            }
            position = max(position, place.upperBound)
        }
        isLeafOpen = leaf.isOpen
    }

    /// Adds octets that read as text; false when they do not.
    private static func add<S: LeafSink & ~Copyable>(
        _ objects: borrowing PDFObjects,
        _ range: Range<Int>,
        _ leaf: inout PDFLeaf,
        _ sink: inout S
    ) -> Bool {
        let octets = objects.octets.span.extracting(range)
        guard PayloadSniff.isText(octets) else { return false }
        leaf.add(octets, &sink)
        return true
    }

    /// Adds what object streams hold.
    private mutating func openObjectStreams(_ decode: inout DecodeState) {
        var room = PDFLimits.objectStreams
        for index in objects.list.indices {
            let object = objects.list[index]
            guard let data = object.data else { continue }
            let dictionary = objects.dictionary(of: object)
            guard let type = dictionary.type else { continue }
            if objects.isName(at: type, .xref), dictionary.encrypt != nil { objects.markEncrypted() }
            guard objects.isName(at: type, .objStm) else { continue }
            let filter = objects.filter(dictionary)
            guard let octets = PDFStreamData.all(data, filter, objects, limit: room, &decode),
                let first = dictionary.first.flatMap({ objects.integer(at: $0) }),
                let entries = dictionary.count.flatMap({ objects.integer(at: $0) })
            else {
                charge(data.count, .document)
                continue
            }
            room -= octets.count
            objects.add(octets, first: first, count: entries)
        }
    }

    private mutating func readStream<S: LeafSink & ~Copyable>(
        _ object: PDFObject,
        _ data: Range<Int>,
        _ fonts: inout PDFFonts,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        let dictionary = objects.dictionary(of: object)
        let role = PDFRole(dictionary, objects)
        switch role {
        case .structure: return
        case .image: return charge(data.count, .media)
        case .foreign: return charge(data.count, .document)
        case .content, .text, .attachment: break
        }
        let filter = objects.filter(dictionary)
        guard !filter.isForeign else { return charge(data.count, .document) }
        // Behind a hole nothing fits what came before.
        let end = holes.first { data.contains($0) } ?? data.upperBound
        charge(data.upperBound - end, .gap)
        let data = data.lowerBound..<end
        switch role {
        case .content:
            readContent(data, filter, fonts.fonts(of: object, dictionary, objects, &decode), &decode, &sink)
        case .attachment: readAttachment(data, filter, &decode, &sink)
        default: readText(data, filter, &decode, &sink)
        }
    }

    private mutating func readContent<S: LeafSink & ~Copyable>(
        _ data: Range<Int>,
        _ filter: PDFFilter,
        _ fonts: [[UInt8]: PDFFont],
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var content = PDFContent(fonts: fonts)
        var leaf = leaf
        let undone = PDFStreamData.undo(data, filter, objects, &decode) { piece, _ in
            content.consume(piece)
            leaf.add(content.takeText(), &sink)
            return nil
        }
        content.finish()
        var rest = content.takeText()
        if content.glyphs > 0 { rest.append(0x0a) }
        leaf.add(rest, &sink)
        isLeafOpen = leaf.isOpen
        charge(data.count - undone.octets, undone.reason ?? .document)
        if content.unreadable > 0, content.glyphs > 0 {
            // In doubles: the product could be larger than an integer.
            let share = Double(undone.octets) * Double(content.unreadable) / Double(content.glyphs)
            charge(min(undone.octets, Int(share.rounded(.up))), .document)
        }
    }

    /// A stream that is text as it stands, such as metadata.
    private mutating func readText<S: LeafSink & ~Copyable>(
        _ data: Range<Int>,
        _ filter: PDFFilter,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var leaf = leaf
        let undone = PDFStreamData.undo(data, filter, objects, &decode) { piece, _ in
            leaf.add(piece, &sink)
            return nil
        }
        isLeafOpen = leaf.isOpen
        charge(data.count - undone.octets, undone.reason ?? .document)
    }

    /// A file inside the document.
    private mutating func readAttachment<S: LeafSink & ~Copyable>(
        _ data: Range<Int>,
        _ filter: PDFFilter,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard origin.depth + 1 < decode.limits.nesting else { return charge(data.count, .nesting) }
        endLeaf(&sink)
        var inner = origin
        inner.depth += 1
        inner.type = MediaType()
        inner.wantsLeaves = false
        let nested = NestedPayload(inner, decode.limits)
        // What the file holds is charged as a whole: its octets are not the message's own.
        let meter = decode.meter
        let undone = PDFStreamData.undo(data, filter, objects, &decode) { piece, decode in
            nested.decoder.consume(piece, &decode, &sink)
            return nil
        }
        nested.decoder.finish(isTruncated: isTruncated || undone.reason != nil, &decode, &sink)
        decode.meter = meter
        let isRead = !nested.decoder.isOpaque
        charge(isRead ? data.count - undone.octets : data.count, undone.reason ?? .document)
    }

    /// Strings of an object that read as text: titles, notes, values of forms.
    private mutating func readStrings<S: LeafSink & ~Copyable>(_ object: PDFObject, _ sink: inout S) {
        var leaf = leaf
        PDFReading.readStrings(object, objects, &leaf, &sink)
        isLeafOpen = leaf.isOpen
    }

    private static func readStrings<S: LeafSink & ~Copyable>(
        _ object: PDFObject,
        _ objects: borrowing PDFObjects,
        _ leaf: inout PDFLeaf,
        _ sink: inout S
    ) {
        var text: [UInt8] = []
        let octets = objects.octets.span.extracting(0..<object.value.upperBound)
        var position = object.value.lowerBound
        while let token = PDFLexer.next(octets, &position), token != .end {
            var string: [UInt8] = []
            switch token {
            case .string(let range): PDFString.literal(octets.extracting(range), into: &string)
            case .hex(let range): PDFString.hex(octets.extracting(range), into: &string)
            default: continue
            }
            PDFString.append(text: string, to: &text)
            if text.count >= 4_096 {
                leaf.add(text, &sink)
                text.removeAll(keepingCapacity: true)
            }
        }
        leaf.add(text, &sink)
    }

    private mutating func charge(_ octets: Int, _ reason: OpaqueReason) {
        if octets > 0 { unread[reason, default: 0] += octets }
    }

    private var leaf: PDFLeaf { PDFLeaf(provenance: origin.provenance, isOpen: isLeafOpen) }

    private mutating func endLeaf<S: LeafSink & ~Copyable>(_ sink: inout S) {
        guard isLeafOpen else { return }
        isLeafOpen = false
        sink.leafEnded(truncated: isTruncated)
    }
}

/// The leaf that a document's text goes to, begun with its first octets.
private struct PDFLeaf {
    let provenance: Provenance
    private(set) var isOpen: Bool

    init(provenance: Provenance, isOpen: Bool) {
        self.provenance = provenance
        self.isOpen = isOpen
    }

    mutating func add<S: LeafSink & ~Copyable>(_ text: [UInt8], _ sink: inout S) { add(text.span, &sink) }

    mutating func add<S: LeafSink & ~Copyable>(_ text: Span<UInt8>, _ sink: inout S) {
        guard !text.isEmpty else { return }
        if !isOpen {
            isOpen = true
            sink.leafBegan(provenance)
        }
        sink.leafText(text)
    }
}

/// What a stream is for, as far as it tells how to read it.
enum PDFRole {
    /// May show text, or is nothing that can be told.
    case content
    /// Is text as it stands.
    case text
    case attachment
    case image
    /// Fonts, colour profiles: read by programs only.
    case foreign
    /// Has been read, or says where objects stand.
    case structure

    init(_ dictionary: PDFDictionary, _ objects: borrowing PDFObjects) {
        if let type = dictionary.type {
            if objects.isName(at: type, .objStm) || objects.isName(at: type, .xref) {
                self = .structure
                return
            }
            if objects.isName(at: type, .metadata) {
                self = .text
                return
            }
            if objects.isName(at: type, .embeddedFile) {
                self = .attachment
                return
            }
        }
        if let subtype = dictionary.subtype {
            if objects.isName(at: subtype, .image) {
                self = .image
                return
            }
            let programs: [PDFName] = [.type1C, .cidFontType0C, .openType]
            if programs.contains(where: { objects.isName(at: subtype, $0) }) {
                self = .foreign
                return
            }
        }
        self = dictionary.isFontProgram || dictionary.count != nil ? .foreign : .content
    }
}
