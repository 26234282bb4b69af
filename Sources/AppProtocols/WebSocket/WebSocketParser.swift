/// Reads the client's direction of a WebSocket as it comes (RFC 6455 § 5).
///
/// Push-style: whatever a chunk completes is told to the sink before `consume` returns. Octets of messages are unmasked
/// into a buffer of bounded size, and handed over from there. Control frames may stand between a message's fragments; what
/// they carry is passed over.
///
/// A hole within a frame is told and passed by. Behind any other, octets cannot be read until a chunk begins with frames
/// beyond doubt.
///
/// - Note: More liberal than the standard: frames without a mask are read, and what follows a close frame, too.
package struct WebSocketParser: ~Copyable {
    private enum Phase: Equatable {
        case header
        /// In the payload of a message's frame.
        case message
        /// In the payload of a control frame.
        case control
        /// In the payload of a frame of no known kind.
        case unknown
        /// Where frames begin is not known.
        case lost
    }

    private let limits: WebSocketLimits
    private var phase = Phase.header
    private var header: [UInt8] = []
    private var left: UInt64 = 0
    private var isFinal = false
    /// The masking key, turned so that its first octet is for the next of the payload's.
    private var key: UInt32?
    private var isOpen = false
    private var piece: [UInt8] = []

    /// Messages begun so far.
    package private(set) var messageCount = 0

    /// Starts behind the handshake.
    package init(limits: WebSocketLimits = WebSocketLimits()) {
        self.limits = limits
    }

    /// Whether a frame's header has begun, and with it perhaps a message, that is not whole yet.
    package var isWithinHeader: Bool { phase == .header && !header.isEmpty }

    /// Whether a message has begun and is not over.
    package var isWithinMessage: Bool { isOpen }

    /// Reads the next octets of the stream.
    package mutating func consume(_ chunk: Span<UInt8>, _ sink: inout some WebSocketSink & ~Copyable) {
        var offset = 0
        if phase == .lost {
            guard WebSocketFrame.isCertain(chunk) else { return passUnreadable(chunk.count, &sink) }
            phase = .header
        }
        while offset < chunk.count {
            guard phase != .lost else { return passUnreadable(chunk.count - offset, &sink) }
            guard phase != .header else {
                readHeader(chunk, &offset, &sink)
                continue
            }
            let count = Int(min(left, UInt64(chunk.count - offset)))
            let octets = chunk.extracting(offset..<(offset + count))
            switch phase {
            case .message: deliver(octets, &sink)
            case .unknown: passUnreadable(count, &sink)
            case .control, .header, .lost: break
            }
            offset += count
            left -= UInt64(count)
            if left == 0 { endFrame(&sink) }
        }
    }

    /// Notes that `octets` of the stream are missing here; 0 when nobody can tell how many, which counts as one.
    ///
    /// Unless `isPlaced`, any number may be missing, and `octets` are what is to be charged for them.
    package mutating func gap(_ octets: Int, isPlaced: Bool = true, _ sink: inout some WebSocketSink & ~Copyable) {
        var rest = max(1, octets)
        if octets > 0, isPlaced, phase != .header, phase != .lost {
            let count = Int(min(left, UInt64(octets)))
            switch phase {
            case .message:
                sink.messageGap(octets: count)
                turnKey(by: count)
            case .unknown: passUnreadable(count, &sink)
            case .control, .header, .lost: break
            }
            rest -= count
            left -= UInt64(count)
            if left == 0 { endFrame(&sink) }
            guard rest > 0 else { return }
        }
        if phase != .lost { lose(.gapInFraming, &sink) }
        passUnreadable(rest, &sink)
    }

    /// Ends the stream: a message that is open is cut off.
    package mutating func finish(_ sink: inout some WebSocketSink & ~Copyable) {
        endMessage(isComplete: false, &sink)
        phase = .lost
    }

    private mutating func readHeader(
        _ chunk: Span<UInt8>,
        _ offset: inout Int,
        _ sink: inout some WebSocketSink & ~Copyable
    ) {
        let frame: WebSocketFrame
        if header.isEmpty, let whole = WebSocketFrame(chunk.extracting(offset..<chunk.count)) {
            frame = whole
            offset += whole.headerOctets
        } else {
            header.append(chunk[offset])
            offset += 1
            guard let whole = WebSocketFrame(header.span) else { return }
            frame = whole
            header.removeAll(keepingCapacity: true)
        }
        guard frame.length >> 63 == 0 else { return lose(.lengthTooLarge, &sink) }
        left = frame.length
        key = frame.maskingKey
        isFinal = frame.isFinal
        switch frame.opcode {
        case 0:
            phase = .message
            if !isOpen {
                sink.socketFailed(.missingBeginning)
                begin(WebSocketMessageHead(isText: nil, coding: .unknown), &sink)
            }
        case 1, 2:
            phase = .message
            if isOpen {
                sink.socketFailed(.interruptedMessage)
                endMessage(isComplete: false, &sink)
            }
            let coding: WebSocketCoding = frame.hasUnknownBits ? .unknown : frame.isCompressed ? .deflate : .none
            begin(WebSocketMessageHead(isText: frame.opcode == 1, coding: coding), &sink)
        case 8, 9, 10: phase = .control
        default:
            sink.socketFailed(.unknownOpcode(frame.opcode))
            phase = .unknown
        }
        if left == 0 { endFrame(&sink) }
    }

    private mutating func begin(_ head: WebSocketMessageHead, _ sink: inout some WebSocketSink & ~Copyable) {
        isOpen = true
        messageCount += 1
        sink.messageBegan(head)
    }

    private mutating func endFrame(_ sink: inout some WebSocketSink & ~Copyable) {
        let wasMessage = phase == .message
        phase = .header
        if wasMessage, isFinal { endMessage(isComplete: true, &sink) }
    }

    private mutating func endMessage(isComplete: Bool, _ sink: inout some WebSocketSink & ~Copyable) {
        guard isOpen else { return }
        isOpen = false
        sink.messageEnded(isComplete: isComplete)
    }

    /// Hands over octets of a message, unmasked (RFC 6455 § 5.3, Client-to-Server Masking).
    private mutating func deliver(_ octets: Span<UInt8>, _ sink: inout some WebSocketSink & ~Copyable) {
        guard let key, key != 0 else { return sink.messageBody(octets) }
        let masks: [4 of UInt8] = [
            UInt8(truncatingIfNeeded: key >> 24), UInt8(truncatingIfNeeded: key >> 16),
            UInt8(truncatingIfNeeded: key >> 8), UInt8(truncatingIfNeeded: key),
        ]
        var start = 0
        while start < octets.count {
            // Pieces are whole quadruples, so that each begins with the key's first octet.
            let count = min(octets.count - start, max(4, limits.pieceOctets & ~3))
            while piece.count < count { piece.append(0) }
            for index in 0..<count { piece[index] = octets[start + index] ^ masks[index & 3] }
            sink.messageBody(piece.span.extracting(0..<count))
            start += count
        }
        turnKey(by: octets.count)
    }

    private mutating func turnKey(by octets: Int) {
        guard let key else { return }
        let bits = UInt32(octets & 3) * 8
        self.key = bits == 0 ? key : key << bits | key >> (32 - bits)
    }

    private mutating func lose(_ error: WebSocketError, _ sink: inout some WebSocketSink & ~Copyable) {
        sink.socketFailed(error)
        phase = .lost
        header.removeAll(keepingCapacity: true)
    }

    /// Octets whose meaning is lost: they count to the message that is open, if one is.
    private mutating func passUnreadable(_ octets: Int, _ sink: inout some WebSocketSink & ~Copyable) {
        guard octets > 0 else { return }
        if isOpen { sink.messageGap(octets: octets) } else { sink.socketUnreadable(octets: octets) }
    }
}
