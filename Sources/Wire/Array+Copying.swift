extension Array<UInt8> {
    /// The octets of a borrowed view.
    @inlinable
    package init(copying octets: Span<UInt8>) {
        self.init()
        append(copying: octets)
    }

    /// Appends the octets of a borrowed view, many times faster than one after another.
    @inlinable
    package mutating func append(copying octets: Span<UInt8>) {
        append(addingCapacity: octets.count) { (rest: inout OutputSpan<UInt8>) in
            for index in octets.indices { rest.append(octets[index]) }
        }
    }
}
