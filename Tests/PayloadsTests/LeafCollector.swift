import Payloads
import TestSupport

/// A leaf as it stood when it ended, its group resolved.
struct Leaf: Equatable, CustomStringConvertible {
    var segment: Segment
    var chain: [DecodeStep]
    var pointer: String
    var filename: String?
    var octets: [UInt8] = []
    var isTruncated = false

    var text: String { String(decoding: octets, as: UTF8.self) }

    var description: String {
        "\(segment.rawValue) \(chain.map(\.rawValue)) \(pointer) \(filename ?? "-") \(isTruncated ? "cut " : "")\(text.debugDescription)"
    }
}

/// Gathers leaves, and notes every breach of the sink's protocol.
struct LeafCollector: LeafSink, ~Copyable {
    var leaves: [Leaf] = []
    var breaches: [String] = []
    var models: [String] = []
    private var groups: [Int] = []
    private var isOpen = false

    mutating func leafBegan(_ provenance: Provenance) {
        if isOpen { breaches.append("a leaf began inside a leaf: \(provenance.pointer)") }
        isOpen = true
        leaves.append(
            Leaf(
                segment: provenance.segment,
                chain: provenance.chain,
                pointer: provenance.pointer,
                filename: provenance.filename
            )
        )
        groups.append(provenance.group)
    }

    mutating func leafText(_ text: Span<UInt8>) {
        guard isOpen else { return breaches.append("text outside a leaf") }
        for index in text.indices { leaves[leaves.count - 1].octets.append(text[index]) }
    }

    mutating func leafEnded(truncated: Bool) {
        if !isOpen { breaches.append("an end without a leaf") }
        isOpen = false
        leaves[leaves.count - 1].isTruncated = truncated
    }

    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        for index in leaves.indices where groups[index] == group { leaves[index].segment = segment }
    }

    mutating func modelNamed(_ model: String) {
        models.append(model)
    }

    mutating func finished() {
        if isOpen { breaches.append("a leaf without an end") }
    }
}

/// What a body decoded to.
struct Decoded: Equatable {
    var leaves: [Leaf]
    var models: [String]
    var ledger: OctetLedger
    var breaches: [String]

    var texts: [String] { leaves.map(\.text) }
}

/// A piece of a body, or a hole in it.
enum BodyPiece {
    case octets(ArraySlice<UInt8>)
    case gap(Int)
}

func decode(
    _ pieces: [BodyPiece],
    _ head: MessageHead,
    limits: DecodeLimits = DecodeLimits(),
    isComplete: Bool = true
) -> Decoded {
    var sink = LeafCollector()
    let decoder = MessageDecoder(head, limits: limits)
    for piece in pieces {
        switch piece {
        case .octets(let octets): decoder.consume(octets.span, &sink)
        case .gap(let count): decoder.gap(count, reason: .gap, &sink)
        }
    }
    decoder.finish(complete: isComplete, &sink)
    sink.finished()
    return Decoded(leaves: sink.leaves, models: sink.models, ledger: decoder.ledger, breaches: sink.breaches)
}

func decode(
    _ body: some Sequence<UInt8>,
    _ head: MessageHead,
    limits: DecodeLimits = DecodeLimits(),
    isComplete: Bool = true
) -> Decoded {
    decode([.octets(Array(body)[...])], head, limits: limits, isComplete: isComplete)
}

func decode(_ body: String, _ head: MessageHead) -> Decoded {
    decode(Array(body.utf8), head)
}

extension MessageHead {
    static func json(_ format: BodyFormat = .unknown, encoding: [String] = []) -> MessageHead {
        MessageHead(contentType: "application/json", contentEncoding: encoding, format: format)
    }
}

/// Base64 by the book, for tests.
func base64(_ octets: some Sequence<UInt8>, url: Bool = false, lineLength: Int = .max) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (url ? "-_" : "+/"))
    var text = ""
    var count = 0
    let octets = Array(octets)
    for start in stride(from: 0, to: octets.count, by: 3) {
        let group = octets[start..<min(start + 3, octets.count)]
        var bits: UInt32 = 0
        for octet in group { bits = bits << 8 | UInt32(octet) }
        bits <<= UInt32(8 * (3 - group.count))
        for digit in 0...group.count { text.append(digits[Int(bits >> UInt32(18 - 6 * digit) & 63)]) }
        if !url { text += String(repeating: "=", count: 3 - group.count) }
        count += 4
        if count >= lineLength {
            text += "\n"
            count = 0
        }
    }
    return text
}

/// A JSON string literal.
func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": literal += "\\\""
        case "\\": literal += "\\\\"
        case "\n": literal += "\\n"
        case "\t": literal += "\\t"
        default: literal.unicodeScalars.append(scalar)
        }
    }
    return literal + "\""
}
