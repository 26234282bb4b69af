package import Wire

/// A frame on its way into a capture file: the octets and when they passed.
package struct CapturedFrame: Hashable, Sendable {
    /// When the frame passed.
    package var timestamp: Timestamp
    /// The frame, from its link-layer header on.
    package var octets: [UInt8]
    /// Octets on the wire, where the snap length cut; nil when `octets` are all.
    package var originalLength: Int?

    /// Joins the parts.
    package init(_ octets: [UInt8], at timestamp: Timestamp, originalLength: Int? = nil) {
        self.octets = octets
        self.timestamp = timestamp
        self.originalLength = originalLength
    }

    /// The same frame cut to a snap length.
    package func cut(to snapLength: Int) -> CapturedFrame {
        guard octets.count > snapLength else { return self }
        return CapturedFrame(
            Array(octets[..<snapLength]),
            at: timestamp,
            originalLength: originalLength ?? octets.count
        )
    }
}
