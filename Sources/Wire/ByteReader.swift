/// A cursor over borrowed octets whose reads return nil rather than run past the end.
///
/// The currency of every parser here: fields are read in network byte order unless the name says `LittleEndian`.
/// Reads are `@inlinable` and optional-returning, which costs about two nanoseconds across modules; a decoder reads
/// a whole header in one `guard let … else { throw .truncated }`. A failed read leaves the cursor where it was.
@usableFromInline
package struct ByteReader: ~Escapable {
    @usableFromInline
    let octets: Span<UInt8>

    /// Octets already read, counted from the start of the span given to `init`.
    @usableFromInline package private(set) var position: Int

    /// Starts at the first octet of `octets`, which is borrowed, not copied.
    @inlinable
    @_lifetime(copy octets)
    package init(_ octets: Span<UInt8>) {
        self.octets = octets
        self.position = 0
    }

    /// Octets not yet read.
    @inlinable
    package var remaining: Int { octets.count - position }

    /// Whether every octet has been read.
    @inlinable
    package var isAtEnd: Bool { position == octets.count }

    /// Reads one octet.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt8() -> UInt8? {
        guard remaining >= 1 else { return nil }
        let value = octets[position]
        position += 1
        return value
    }

    /// Reads two octets, most significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt16() -> UInt16? {
        guard remaining >= 2 else { return nil }
        let value = UInt16(octets[position]) << 8 | UInt16(octets[position + 1])
        position += 2
        return value
    }

    /// Reads three octets, most significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt24() -> UInt32? {
        guard remaining >= 3 else { return nil }
        let value =
            UInt32(octets[position]) << 16 | UInt32(octets[position + 1]) << 8 | UInt32(octets[position + 2])
        position += 3
        return value
    }

    /// Reads four octets, most significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt32() -> UInt32? {
        guard remaining >= 4 else { return nil }
        let value =
            UInt32(octets[position]) << 24 | UInt32(octets[position + 1]) << 16
            | UInt32(octets[position + 2]) << 8 | UInt32(octets[position + 3])
        position += 4
        return value
    }

    /// Reads eight octets, most significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt64() -> UInt64? {
        guard remaining >= 8, let high = readUInt32(), let low = readUInt32() else { return nil }
        return UInt64(high) << 32 | UInt64(low)
    }

    /// Reads two octets, least significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt16LittleEndian() -> UInt16? { readUInt16()?.byteSwapped }

    /// Reads four octets, least significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt32LittleEndian() -> UInt32? { readUInt32()?.byteSwapped }

    /// Reads eight octets, least significant first.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readUInt64LittleEndian() -> UInt64? { readUInt64()?.byteSwapped }

    /// Passes over `count` octets; false, and nothing passed, when fewer remain or `count` is negative.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        position += count
        return true
    }

    /// Takes the next `count` octets as a view of the same storage; nil when fewer remain or `count` is negative.
    @inlinable
    @_lifetime(copy self)
    package mutating func take(_ count: Int) -> Span<UInt8>? {
        guard count >= 0, count <= remaining else { return nil }
        let view = octets.extracting(position..<(position + count))
        position += count
        return view
    }

    /// Takes every octet that remains.
    @inlinable
    @_lifetime(copy self)
    package mutating func takeRest() -> Span<UInt8> {
        let view = octets.extracting(position..<octets.count)
        position = octets.count
        return view
    }
}
