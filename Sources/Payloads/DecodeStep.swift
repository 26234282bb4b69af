/// One coding that was removed before text remained.
package enum DecodeStep: String, Sendable, Hashable, CaseIterable {
    case chunked, gzip, br, zstd, deflate, multipart, form, json, base64
    case quotedPrintable = "quoted-printable"
    case protobuf, zip, grpc, websocket, pdf, hex
}

/// The codings that were removed, outermost first, packed so that a copy costs no reference count.
///
/// Holds up to sixteen steps; a seventeenth is not recorded (the nesting limit is far below).
package struct DecodeChain: Sendable, Hashable {
    private var packed: UInt128 = 0

    /// The number of steps, 0…16.
    package private(set) var count = 0

    /// Starts with nothing removed.
    package init() {}

    /// Starts with `steps`, outermost first.
    package init(_ steps: [DecodeStep]) {
        for step in steps { append(step) }
    }

    /// Adds the step that was removed next.
    package mutating func append(_ step: DecodeStep) {
        guard count < 16 else { return }
        packed |= UInt128(step.code) << UInt128(8 * count)
        count += 1
    }

    /// The same chain with `step` removed next.
    package func appending(_ step: DecodeStep) -> DecodeChain {
        var longer = self
        longer.append(step)
        return longer
    }

    /// The steps, outermost first; allocates.
    package var steps: [DecodeStep] {
        (0..<count).compactMap { DecodeStep(code: UInt8(truncatingIfNeeded: packed >> UInt128(8 * $0))) }
    }
}

extension DecodeStep {
    private static let byCode = allCases

    fileprivate var code: UInt8 {
        switch self {
        case .chunked: 0
        case .gzip: 1
        case .br: 2
        case .zstd: 3
        case .deflate: 4
        case .multipart: 5
        case .form: 6
        case .json: 7
        case .base64: 8
        case .quotedPrintable: 9
        case .protobuf: 10
        case .zip: 11
        case .grpc: 12
        case .websocket: 13
        case .pdf: 14
        case .hex: 15
        }
    }

    fileprivate init?(code: UInt8) {
        guard code < Self.byCode.count else { return nil }
        self = Self.byCode[Int(code)]
    }
}
