internal import Wire

/// The protected octets of a record behind room for a nonce: side by side, as an AEAD takes them without another copy.
struct SealedFragment {
    /// Nothing, or the room and the record's octets so far.
    private var octets: [UInt8] = []

    /// Octets before the record's.
    private static let room = 12

    /// No octets.
    init() {}

    /// A copy of a record's octets.
    init(copying octets: Span<UInt8>) { append(copying: octets) }

    /// Octets of the record so far.
    var count: Int { max(0, octets.count - Self.room) }

    /// The record's octets.
    var content: ArraySlice<UInt8> { octets.dropFirst(Self.room) }

    /// Adds octets of the record.
    mutating func append(copying more: Span<UInt8>) {
        if octets.isEmpty { octets.append(contentsOf: repeatElement(0, count: Self.room)) }
        octets.append(copying: more)
    }

    /// Forgets the record, but not the memory that it took.
    mutating func removeAll() { octets.removeAll(keepingCapacity: true) }

    /// The record's octets behind a nonce of 12.
    ///
    /// A shorter `vector` is followed by what of the nonce the record itself begins with (RFC 5288 § 3); one of 12 octets is
    /// combined with the record's number (RFC 8446 § 5.3, Per-Record Nonce).
    mutating func combined(_ vector: [UInt8], sequence: UInt64) -> ArraySlice<UInt8>? {
        guard octets.count >= Self.room, vector.count <= Self.room else { return nil }
        let start = Self.room - vector.count
        for index in vector.indices { octets[start + index] = vector[index] }
        if start == 0 {
            for index in 0..<8 { octets[4 + index] ^= UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * index)) }
        }
        return octets[start...]
    }
}
