internal import Wire

/// Takes the chunked transfer coding apart (RFC 9112 § 7.1), up to its last chunk; trailers are the caller's.
///
///     chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
///
/// Holds no octets: a size line that is split across input is carried as its number.
struct HTTP1ChunkReader {
    /// What the next octets are.
    enum Step: Equatable {
        /// Everything given has been used.
        case needMore
        /// So many octets, from the current offset, are chunk data.
        case data(Int)
        /// The last chunk's size line is read; the trailer section follows.
        case last
        /// The framing is wrong.
        case failed(HTTP1Error)
    }

    private enum State {
        case size
        case extensions
        case data
        case dataEnd
        case dataEndLineFeed
    }

    private var state = State.size
    private var digits = 0
    private var lineOctets = 0
    private var lineLimit: Int

    private var remaining: UInt64 = 0

    /// Octets of the current chunk's data that have not come yet; 0 within framing.
    var remainingData: UInt64 { state == .data ? remaining : 0 }

    init(limits: HTTP1Limits) {
        lineLimit = limits.chunkLineOctets
    }

    /// Reads on from `offset`, which is moved behind framing but not behind data.
    mutating func next(_ chunk: Span<UInt8>, _ offset: inout Int) -> Step {
        while offset < chunk.count {
            if state == .data {
                let count = Int(min(remaining, UInt64(chunk.count - offset)))
                pass(UInt64(count))
                return .data(count)
            }
            let octet = chunk[offset]
            offset += 1
            switch state {
            case .data: break
            case .dataEnd:
                guard octet == UInt8(ascii: "\r") || octet == UInt8(ascii: "\n") else {
                    return .failed(.malformedChunk)
                }
                if octet == UInt8(ascii: "\n") { beginSize() } else { state = .dataEndLineFeed }
            case .dataEndLineFeed:
                guard octet == UInt8(ascii: "\n") else { return .failed(.malformedChunk) }
                beginSize()
            case .size, .extensions:
                lineOctets += 1
                guard lineOctets <= lineLimit else { return .failed(.malformedChunk) }
                if octet == UInt8(ascii: "\n") {
                    guard digits > 0 else { return .failed(.malformedChunk) }
                    if remaining == 0 { return .last }
                    state = .data
                } else if state == .size {
                    if let error = sizeOctet(octet) { return .failed(error) }
                }
            }
        }
        return .needMore
    }

    /// Notes that so many octets of chunk data have gone by; false when they reach beyond the current chunk's data.
    mutating func skip(_ octets: Int) -> Bool {
        guard state == .data, octets >= 0, UInt64(octets) <= remaining else { return false }
        pass(UInt64(octets))
        return true
    }

    private mutating func pass(_ octets: UInt64) {
        remaining -= octets
        if remaining == 0 { state = .dataEnd }
    }

    private mutating func beginSize() {
        state = .size
        digits = 0
        lineOctets = 0
        remaining = 0
    }

    private mutating func sizeOctet(_ octet: UInt8) -> HTTP1Error? {
        if let value = ASCII.hexValue(octet) {
            guard digits < 16, remaining < 1 << 59 else { return .chunkTooLarge }
            digits += 1
            remaining = remaining << 4 | UInt64(value)
            return nil
        }
        switch octet {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "\r"):
            guard digits > 0 else { return .malformedChunk }
            state = .extensions
            return nil
        default: return .malformedChunk
        }
    }
}
