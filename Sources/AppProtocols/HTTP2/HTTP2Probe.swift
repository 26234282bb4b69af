/// Tells whether a stream's first octets are an HTTP/2 client's.
package enum HTTP2Probe {
    /// The octets with which every client begins (RFC 9113 § 3.4, HTTP/2 Connection Preface).
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Judges the octets from the start of the client's stream; 24 of them decide always.
    package static func verdict(_ octets: Span<UInt8>) -> ProbeVerdict {
        for index in 0..<min(octets.count, preface.count) where octets[index] != preface[index] { return .no }
        return octets.count < preface.count ? .needMore : .yes
    }

    /// Whether octets from the middle of a stream begin with frames beyond doubt, the first of them a whole header block.
    package static func isMidstreamRequest(_ octets: Span<UInt8>) -> Bool {
        guard let frame = HTTP2Frame(octets), frame.type == .headers, frame.endsHeaders else { return false }
        return HTTP2Frame.isCertain(octets)
    }
}
