/// Octets under construction, numbers appended in either order.
package struct OctetWriter: Sendable {
    /// What was written.
    package private(set) var octets: [UInt8] = []
    private let isBigEndian: Bool

    /// Starts empty; network order unless told otherwise.
    package init(bigEndian: Bool = true) {
        isBigEndian = bigEndian
    }

    /// Appends a number in as many octets as its type has.
    package mutating func append(_ value: some FixedWidthInteger) {
        let ordered = isBigEndian ? value.bigEndian : value.littleEndian
        let width = type(of: value).bitWidth / 8
        // `ordered` is in memory order now: its octets from the lowest address up.
        for index in 0..<width {
            #if _endian(little)
            octets.append(UInt8(truncatingIfNeeded: ordered >> (8 * index)))
            #else
            octets.append(UInt8(truncatingIfNeeded: ordered >> (8 * (width - 1 - index))))
            #endif
        }
    }

    /// Appends octets as they are.
    package mutating func append(_ more: some Sequence<UInt8>) { octets.append(contentsOf: more) }

    /// Appends zeros until the count is a multiple of `unit`.
    package mutating func pad(to unit: Int) {
        while octets.count % unit != 0 { octets.append(0) }
    }
}
