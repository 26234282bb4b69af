private import Wire

/// Tells whether a stream's first octets are an HTTP/1 request.
package enum HTTP1Probe {
    /// Judges the octets from the start of the client's stream.
    ///
    /// Yes once the request line is whole and says `HTTP/1.x`, or when a long target follows a well-known method; no when
    /// the first line is anything else, `PRI * HTTP/2.0` included. 4 KiB decide always.
    package static func verdict(_ octets: Span<UInt8>) -> ProbeVerdict {
        let limits = HTTP1Limits()
        var start = 0
        while start < octets.count, octets[start] == UInt8(ascii: "\r") || octets[start] == UInt8(ascii: "\n") {
            start += 1
        }
        guard start <= 64 else { return .no }
        let line = octets.extracting(start..<octets.count)
        let beginning = HTTP1RequestLine.beginning(line, limits: limits)
        guard beginning == .yes else { return beginning }
        var end = 0
        while end < line.count, line[end] != UInt8(ascii: "\n") {
            if line[end] == 0 { return .no }
            end += 1
        }
        if end < line.count {
            return HTTP1RequestLine(line.extracting(0..<end), limits: limits) == nil ? .no : .yes
        }
        if end >= 512, HTTP1RequestLine.certainty(line) != .no { return .yes }
        return end >= 4_096 ? .no : .needMore
    }
}
