private import Wire

/// One final or switching answer of a server.
package struct HTTP1Answer: Equatable, Sendable {
    /// The status code: 101 or 200…999.
    package let status: UInt16
    /// The index of the request it answers; nil once octets were missing or too many requests were open.
    package let request: Int?
    /// Whether the server agreed to leave HTTP, by 101 or by 2xx to CONNECT: what follows is the other protocol's.
    package let switchesProtocols: Bool
    /// The extensions of a WebSocket that the server agreed to; nil unless it is an answer of status 101.
    package let webSocketExtensions: WebSocketExtensions?
}

/// Reads the server's direction of an HTTP/1 connection as far as the client's needs it: statuses, in order.
///
/// Bodies are passed over by their framing without being copied or shown. Interim answers other than 101 are passed
/// over. The requests must be announced by `expect`, because HEAD and CONNECT change what follows a status line.
///
///     var offset = 0
///     while let answer = reader.next(in: chunk, from: &offset) { … }
///
/// After an answer that switches protocols, the chunk's rest from `offset` on is the other protocol's.
package struct HTTP1ResponseReader: ~Copyable {
    private enum Phase: Equatable {
        case head
        case body(remaining: UInt64)
        case chunked
        case trailers
        case untilClose
        case switched
        case lost
    }

    private enum Method: UInt8 {
        case other
        case head
        case connect
    }

    private let limits: HTTP1Limits
    private var phase = Phase.head
    private var scanner = HTTP1SectionScanner()
    private var chunks: HTTP1ChunkReader
    private var buffer: [UInt8] = []
    private var pending: [Method] = []
    private var firstPending = 0
    private var answered = 0
    private var isAligned = true

    /// How many requests may wait for their answers.
    package static var maximumPending: Int { 256 }

    /// Starts at the first octet of the server's stream.
    package init(limits: HTTP1Limits = HTTP1Limits()) {
        self.limits = limits
        chunks = HTTP1ChunkReader(limits: limits)
    }

    /// Whether the server has left HTTP.
    package var hasSwitched: Bool { phase == .switched }

    /// Whether answers can still be told which request they belong to.
    package var isInStep: Bool { isAligned }

    /// Announces the next request, in the order of the client's stream.
    ///
    /// With `maximumPending` requests unanswered, the answers' order counts as lost.
    package mutating func expect(method: String) {
        guard isAligned else { return }
        guard pending.count - firstPending < HTTP1ResponseReader.maximumPending else { return misalign() }
        if firstPending >= 64 {
            pending.removeFirst(firstPending)
            firstPending = 0
        }
        pending.append(method == "HEAD" ? .head : method == "CONNECT" ? .connect : .other)
    }

    /// The next answer that begins in `chunk` at `offset` or later; nil when the chunk is used up.
    ///
    /// `offset` is moved to behind what has been read: the answer's head, or the chunk's end.
    package mutating func next(in chunk: Span<UInt8>, from offset: inout Int) -> HTTP1Answer? {
        if phase == .lost {
            guard offset == 0, HTTP1ResponseReader.isCertain(chunk) else {
                offset = chunk.count
                return nil
            }
            beginHead()
        }
        while offset < chunk.count {
            switch phase {
            case .head: if let answer = readHead(chunk, &offset) { return answer }
            case .body(let remaining):
                let count = min(remaining, UInt64(chunk.count - offset))
                offset += Int(count)
                if count == remaining { beginHead() } else { phase = .body(remaining: remaining - count) }
            case .chunked: readChunks(chunk, &offset)
            case .trailers:
                if let end = scanner.end(in: chunk, from: offset) {
                    offset = end
                    beginHead()
                } else {
                    offset = chunk.count
                }
            case .switched: return nil
            case .untilClose, .lost: offset = chunk.count
            }
        }
        return nil
    }

    /// Notes that `octets` of the server's stream are missing here; 0 when nobody can tell how many.
    package mutating func gap(_ octets: Int) {
        let isSizeKnown = octets > 0
        switch phase {
        case .untilClose, .switched: break
        case .body(let remaining) where isSizeKnown && UInt64(octets) < remaining:
            phase = .body(remaining: remaining - UInt64(octets))
        case .body(let remaining) where isSizeKnown && UInt64(octets) == remaining: beginHead()
        case .chunked where isSizeKnown && chunks.skip(octets): break
        case .head, .body, .chunked, .trailers, .lost: lose()
        }
    }

    /// Whether `chunk` begins with a status line beyond doubt.
    private static func isCertain(_ chunk: Span<UInt8>) -> Bool {
        guard chunk.count >= 12, ASCII.hasPrefix(chunk, ignoringCase: "HTTP/1."), ASCII.isDigit(chunk[7]) else {
            return false
        }
        return chunk[8] == UInt8(ascii: " ") && ASCII.isDigit(chunk[9]) && ASCII.isDigit(chunk[10])
            && ASCII.isDigit(chunk[11])
    }

    private mutating func misalign() {
        isAligned = false
        pending = []
        firstPending = 0
    }

    private mutating func lose() {
        misalign()
        buffer = []
        phase = .lost
    }

    private mutating func beginHead() {
        phase = .head
        scanner = HTTP1SectionScanner()
    }

    private mutating func readHead(_ chunk: Span<UInt8>, _ offset: inout Int) -> HTTP1Answer? {
        let start = offset
        let end = scanner.end(in: chunk, from: start)
        let stop = end ?? chunk.count
        offset = stop
        guard stop - start <= limits.headOctets - buffer.count else {
            lose()
            return nil
        }
        if end != nil, buffer.isEmpty { return complete(chunk.extracting(start..<stop)) }
        for index in start..<stop { buffer.append(chunk[index]) }
        guard end != nil else { return nil }
        let held = buffer
        buffer = []
        return complete(held.span)
    }

    /// Reads a status line and its fields: `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 § 4).
    private mutating func complete(_ head: Span<UInt8>) -> HTTP1Answer? {
        let start = HTTPFields.trimmed(head, 0, head.count).lowerBound
        let line = head.extracting(start..<head.count)
        // Empty lines between answers are passed over like those between requests.
        if line.isEmpty {
            beginHead()
            return nil
        }
        guard HTTP1ResponseReader.isCertain(line) else {
            lose()
            return nil
        }
        let status = UInt16(line[9] & 0x0F) * 100 + UInt16(line[10] & 0x0F) * 10 + UInt16(line[11] & 0x0F)
        if status < 200, status != 101 {
            beginHead()
            return nil
        }
        var fieldsStart = 0
        while fieldsStart < line.count, line[fieldsStart] != UInt8(ascii: "\n") { fieldsStart += 1 }
        let method = takePending()
        let request = isAligned ? answered : nil
        answered += 1
        let isSwitch = status == 101 || (method == .connect && status < 300)
        var extensions: WebSocketExtensions?
        if isSwitch {
            phase = .switched
            if status == 101 {
                extensions = WebSocketExtensions(
                    fields(line, fieldsStart).values(of: "sec-websocket-extensions")
                )
            }
        } else if status == 204 || status == 304 || method == .head {
            beginHead()
        } else {
            beginBody(HTTP1DeclaredFraming(fields(line, fieldsStart), minorVersion: line[7] & 0x0F).response)
        }
        return HTTP1Answer(
            status: status,
            request: request,
            switchesProtocols: isSwitch,
            webSocketExtensions: extensions
        )
    }

    /// The fields of a head whose status line ends at `lineFeed`.
    private func fields(_ head: Span<UInt8>, _ lineFeed: Int) -> HTTPFields {
        HTTPFields(head.extracting(min(lineFeed + 1, head.count)..<head.count))
    }

    private mutating func beginBody(_ framing: HTTP1Framing) {
        switch framing {
        case .none: beginHead()
        case .length(let length): phase = .body(remaining: length)
        case .chunked:
            chunks = HTTP1ChunkReader(limits: limits)
            phase = .chunked
        case .untilClose: phase = .untilClose
        }
    }

    private mutating func takePending() -> Method {
        guard firstPending < pending.count else {
            // An answer that nobody asked for, or whose request was not seen.
            misalign()
            return .other
        }
        defer { firstPending += 1 }
        return pending[firstPending]
    }

    private mutating func readChunks(_ chunk: Span<UInt8>, _ offset: inout Int) {
        switch chunks.next(chunk, &offset) {
        case .needMore: break
        case .data(let count): offset += count
        case .last:
            scanner = HTTP1SectionScanner()
            phase = .trailers
        case .failed: lose()
        }
    }
}
