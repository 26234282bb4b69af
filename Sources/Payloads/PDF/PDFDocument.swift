internal import Compression

/// Holds a PDF until it is whole, within limits, then reads its text.
///
/// What text means stands anywhere in a document: the fonts that its codes need mostly behind the pages that use them. So
/// nothing comes out before the document's end, or what there is of it.
final class PDFDocument {
    private let origin: PayloadOrigin
    private let limit: Int
    private var octets: [UInt8] = []
    private var holes: [Int] = []
    /// Octets of memory that the message was told of.
    private var reported = 0

    /// A document that comes from there.
    init(_ outer: PayloadOrigin, _ limits: DecodeLimits) {
        var origin = outer
        origin.codings.append(.pdf)
        self.origin = origin
        limit = limits.documentOctets
    }

    /// Takes the next octets; false when there is no room for them, and nothing of them was taken.
    func consume(_ next: Span<UInt8>, _ decode: inout DecodeState) -> Bool {
        guard octets.count + next.count <= limit else { return false }
        if octets.count + next.count > octets.capacity {
            let room = min(limit, max(octets.count + next.count, octets.capacity * 2, 1 << 16))
            guard decode.decoderOctets + room - reported <= decode.decoderAllowance else { return false }
            octets.reserveCapacity(room)
            decode.decoderOctets += room - reported
            reported = room
        }
        for index in next.indices { octets.append(next[index]) }
        return true
    }

    /// Octets that were never seen belong here.
    func gap() {
        if holes.count < PDFLimits.holes, holes.last != octets.count { holes.append(octets.count) }
    }

    /// Reads what has come, and charges the message's octets that were held for it.
    func finish<S: LeafSink & ~Copyable>(isTruncated: Bool, _ decode: inout DecodeState, _ sink: inout S) {
        var taken: [UInt8] = []
        swap(&taken, &octets)
        let count = taken.count
        var reading = PDFReading(taken, holes: holes, origin, isTruncated: isTruncated)
        reading.read(&decode, &sink)
        decode.meter.resolve(reading.unread, of: count)
        decode.decoderOctets -= reported
        reported = 0
    }
}
