import Compression
import Payloads
import TestSupport

/// A request body of any type and coding, cut and with holes.
enum MessagesBody {
    private static let types: [String?] = [
        "application/json", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain",
        "application/octet-stream", nil, "application/json; charset=utf-16", "image/png",
    ]
    private static let codings: [[String]] = [
        [], ["gzip"], ["deflate"], ["gzip, gzip"], ["br"], ["gzip", "deflate", "x-none"], ["zstd"],
        ["Zstd, identity", "br"],
    ]
    private static let formats: [BodyFormat] = [
        .unknown, .openAIChat, .anthropicMessages, .ollama, .gemini, .openAIResponses, .cohere1, .geminiCodeAssist,
    ]

    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let kind = input.octet()
        let manner = input.octet()
        let plan = input.plan()
        let given = input.rest()
        let coding = Int(manner & 7)
        // What is seldom valid by chance is made so here: JSON in gzip, say.
        let body: [UInt8] =
            switch (manner & 8 == 0, coding) {
            case (true, 1): DeflateWriter.gzip(given)
            case (true, 4): BrotliWriter.stream(given, flushEach: manner & 0x10 == 0 ? 0 : 50)
            case (true, 6): ZstdWriter.frame(given, flushEach: manner & 0x10 == 0 ? 0 : 50)
            case (true, 7): BrotliWriter.stream(ZstdWriter.frame(given))
            case (true, 2): manner & 0x10 == 0 ? DeflateWriter.zlib(given) : DeflateWriter.raw(given)
            case (true, 3): DeflateWriter.gzip(DeflateWriter.gzip(given))
            default: given
            }
        let head = MessageHead(
            contentType: types[Int(kind & 7)],
            contentEncoding: codings[coding],
            chunked: kind & 0x80 != 0,
            format: formats[Int(kind >> 3 & 7)],
            segment: kind & 0x40 == 0 ? .body : .file
        )
        var limits = DecodeLimits()
        if manner & 0x20 != 0 {
            limits.expansion.outputOctets = 512
            limits.expansion.ratioFreeOctets = 128
            limits.expansion.ratio = 4
            limits.nesting = 2
            limits.jsonDepth = 8
            limits.pointerOctets = 16
            limits.partHeaderOctets = 64
        }
        if manner & 0x40 != 0 { limits.inspectedOctets = 100 }
        let whole = decode(body, [.octets(0..<body.count)], head, limits, isComplete: manner & 0x80 == 0)
        let cuts = Piece.cuts(body.count, by: plan).map(Piece.octets)
        let cut = decode(body, cuts, head, limits, isComplete: manner & 0x80 == 0)
        // Of a damaged brotli stream the last octets before the damage come out or not, as it is cut.
        let isDamagedBrotli = (coding == 4 || coding == 7) && manner & 8 != 0
        if manner & 0x20 == 0, !isDamagedBrotli {
            hold(whole.leaves == cut.leaves, "leaves are the same however a body is cut: \(whole.leaves) \(cut.leaves)")
            hold(whole.model == cut.model, "the model is the same however a body is cut")
        }
        _ = decode(body, Piece.pieces(body.count, by: plan), head, limits, isComplete: manner & 0x80 == 0)
    }

    /// What is found in a body given in these pieces; holds the decoder to its promises on the way.
    static func decode(
        _ body: [UInt8],
        _ pieces: [Piece],
        _ head: MessageHead,
        _ limits: DecodeLimits,
        isComplete: Bool
    ) -> LeafWitness {
        let decoder = MessageDecoder(head, limits: limits)
        var witness = LeafWitness()
        var given = 0
        for (number, piece) in pieces.enumerated() {
            switch piece {
            case .octets(let range):
                decoder.consume(body.span.extracting(range), &witness)
                given += range.count
            case .hole(let octets):
                decoder.gap(octets, reason: number & 1 == 0 ? .gap : .snaplen, &witness)
                given += octets
            }
            check(decoder.ledger, given)
        }
        decoder.finish(complete: isComplete, &witness)
        check(decoder.ledger, given)
        hold(decoder.decoderOctets == 0, "no memory is charged behind the end")
        hold(!witness.isOpen, "every leaf ends")
        return witness
    }

    static func check(_ ledger: OctetLedger, _ given: Int) {
        let opaque = ledger.opaqueByReason.reduce(0) { $0 + $1.octets }
        hold(ledger.inspectedOctets >= 0, "nothing negative is inspected")
        hold(ledger.requestOctets == ledger.inspectedOctets + opaque, "a ledger adds up: \(ledger)")
        hold(ledger.requestOctets == given, "a ledger holds what was given: \(ledger.requestOctets) for \(given)")
    }
}

/// Gathers leaves and holds a decoder to the protocol of `LeafSink`.
struct LeafWitness: LeafSink {
    private(set) var isOpen = false
    private(set) var leaves: [String] = []
    private(set) var model: [String] = []
    private var name = ""
    private var text: [UInt8] = []

    mutating func leafBegan(_ provenance: Provenance) {
        hold(!isOpen, "leaves do not overlap")
        isOpen = true
        name = "\(provenance.segment) \(provenance.chain) \(provenance.pointer) \(provenance.filename ?? "-")"
        text = []
    }

    mutating func leafText(_ octets: Span<UInt8>) {
        hold(isOpen, "text belongs to a leaf")
        for index in octets.indices { text.append(octets[index]) }
    }

    mutating func leafEnded(truncated: Bool) {
        hold(isOpen, "a leaf ends once")
        isOpen = false
        leaves.append("\(name) \(truncated ? "cut" : "whole") \(text)")
    }

    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        hold(group >= 0, "a group has a number")
    }

    mutating func modelNamed(_ model: String) {
        hold(model.utf8.count <= 128, "a model's name is short")
        self.model.append(model)
    }
}
