package import Wire

/// Reads one direction of a TLS handshake until its hello is known, across segments and records.
///
/// Both offsets and chunks may cut it anywhere: a hello in records of one octet each is read. Only a hello that does not
/// lie whole in one chunk and one record is copied. Other messages are passed over by their length.
package struct TLSHandshakeReader: ~Copyable {
    /// What the octets given so far tell.
    package enum Step: Sendable {
        /// Nothing yet.
        case needMore
        /// The client's hello; a second one may follow a HelloRetryRequest.
        case clientHello(ClientHello)
        /// The server's hello; after a HelloRetryRequest another follows.
        case serverHello(ServerHello)
        /// No more of the handshake is in clear, or wanted. Final.
        case encrypted
        /// Reading stopped. Final.
        case failed(TLSError)
    }

    private enum End {
        case encrypted
        case failed(TLSError)
    }

    private let direction: Direction
    private let limits: TLSLimits
    private var end: End?
    private var header: InlineArray<5, UInt8> = .init(repeating: 0)
    private var headerCount = 0
    private var contentType = TLSContentType.handshake
    private var fragmentRemaining = 0
    private var messageHeader: UInt32 = 0
    private var messageHeaderCount = 0
    private var messageRemaining = 0
    private var isHello = false
    private var buffer: [UInt8] = []
    private var handshakeOctets = 0
    private var sawChangeCipherSpec = false

    /// Octets read so far.
    package private(set) var octetCount = 0

    /// Hellos read so far.
    package private(set) var helloCount = 0

    /// Whether encrypted records came without any hello before them: the capture began within the connection.
    package private(set) var isMidstream = false

    /// The beginning of a client's hello whose rest is missing; nil when its fixed fields are not whole.
    ///
    /// Its server name may serve where there is no other; its fingerprint means nothing.
    package private(set) var partialHello: ClientHello?

    /// The client's hello that a stream begins with, if it lies whole in one record and in `octets`; nil otherwise.
    package static func wholeClientHello(_ octets: Span<UInt8>, limits: TLSLimits = TLSLimits()) -> ClientHello? {
        guard let message = firstMessage(octets), message.isWhole else { return nil }
        return try? ClientHello(octets.extracting(message.body), limits: limits)
    }

    /// Where the server's name stands in the client's hello that a stream begins with, as sent.
    ///
    /// The end of the hello may be missing; nil when no name has come, or it cannot be read.
    package static func leadingServerName(_ octets: Span<UInt8>) -> Range<Int>? {
        guard let (body, _) = firstMessage(octets), let name = ClientHello.serverName(in: octets.extracting(body))
        else { return nil }
        return (body.lowerBound + name.lowerBound)..<(body.lowerBound + name.upperBound)
    }

    /// Whether the client's hello that a stream begins with has an encrypted one inside, for all that has come of it.
    package static func mayHideName(_ octets: Span<UInt8>) -> Bool {
        guard let (body, isWhole) = firstMessage(octets) else { return false }
        return !isWhole || ClientHello.has(.encryptedClientHello, in: octets.extracting(body))
    }

    /// Where the body of a client's hello lies, as far as it has come, if its message lies in the first record.
    private static func firstMessage(_ octets: Span<UInt8>) -> (body: Range<Int>, isWhole: Bool)? {
        guard octets.count >= 9, octets[0] == TLSContentType.handshake.rawValue, octets[1] == 3, octets[5] == 1 else {
            return nil
        }
        let record = Int(octets[3]) << 8 | Int(octets[4])
        let message = Int(octets[6]) << 16 | Int(octets[7]) << 8 | Int(octets[8])
        guard record <= TLSRecordHeader.maximumLength, message <= record - 4 else { return nil }
        return (9..<(9 + min(message, octets.count - 9)), octets.count - 9 >= message)
    }
    /// Octets that the record of the last hello has behind what was read of it.
    package var recordRemaining: Int { headerCount == TLSRecordHeader.octets ? fragmentRemaining : 0 }

    /// Starts at the first octet of one direction.
    package init(direction: Direction, limits: TLSLimits = TLSLimits()) {
        self.direction = direction
        self.limits = limits
    }

    /// Reads a whole chunk and tells the first thing that it tells.
    package mutating func consume(_ chunk: Span<UInt8>) -> Step {
        var offset = 0
        let first = consume(chunk, from: &offset)
        while offset < chunk.count { _ = consume(chunk, from: &offset) }
        return first
    }

    /// Reads from `offset` on until there is something to tell or the chunk is used up; `offset` is moved accordingly.
    package mutating func consume(_ chunk: Span<UInt8>, from offset: inout Int) -> Step {
        let start = offset
        defer { octetCount += offset - start }
        while offset < chunk.count, end == nil {
            if headerCount < TLSRecordHeader.octets {
                header[headerCount] = chunk[offset]
                headerCount += 1
                offset += 1
                if headerCount == TLSRecordHeader.octets { beginRecord() }
                continue
            }
            let count = min(fragmentRemaining, chunk.count - offset)
            let fragment = chunk.extracting(offset..<(offset + count))
            if contentType == .handshake {
                var used = 0
                let step = readHandshake(fragment, &used)
                offset += used
                pass(used)
                if let step { return step }
            } else {
                offset += count
                pass(count)
            }
        }
        return finalStep(&offset, chunk.count)
    }

    /// Notes that octets are missing here: before a hello reading fails, after it nothing is lost.
    ///
    /// What had come of a client's hello is then `partialHello`. Call it also when the stream ends.
    package mutating func gap(_ octets: Int) {
        guard octets > 0, end == nil else { return }
        if direction == .toServer, helloCount == 0, isHello, messageHeaderCount == 4 {
            partialHello = try? ClientHello(buffer.span, limits: limits)
        }
        stop(helloCount > 0 ? .encrypted : .failed(.gap))
    }

    private mutating func finalStep(_ offset: inout Int, _ count: Int) -> Step {
        switch end {
        case nil: return .needMore
        case .encrypted:
            offset = count
            return .encrypted
        case .failed(let error):
            offset = count
            return .failed(error)
        }
    }

    private mutating func stop(_ end: End) {
        self.end = end
        buffer = []
    }

    private mutating func pass(_ octets: Int) {
        fragmentRemaining -= octets
        if fragmentRemaining == 0 { headerCount = 0 }
    }

    private mutating func beginRecord() {
        let read: TLSRecordHeader?
        do throws(TLSError) {
            read = try TLSRecordHeader(header.span)
        } catch {
            return stop(helloCount > 0 ? .encrypted : .failed(error))
        }
        guard let record = read else { return }
        switch record.contentType {
        case .applicationData:
            isMidstream = helloCount == 0
            return stop(.encrypted)
        case .changeCipherSpec: sawChangeCipherSpec = true
        default: break
        }
        contentType = record.contentType
        fragmentRemaining = record.length
        if fragmentRemaining == 0 { headerCount = 0 }
    }

    /// Reads handshake octets; returns when a hello is complete or all are used.
    private mutating func readHandshake(_ fragment: Span<UInt8>, _ used: inout Int) -> Step? {
        while used < fragment.count, end == nil {
            if messageHeaderCount < 4 {
                messageHeader = messageHeader << 8 | UInt32(fragment[used])
                messageHeaderCount += 1
                handshakeOctets += 1
                used += 1
                if messageHeaderCount == 4 { beginMessage() }
                if messageHeaderCount == 4, messageRemaining == 0, end == nil, let step = endMessage(fragment, used, 0)
                {
                    return step
                }
                continue
            }
            let count = min(messageRemaining, fragment.count - used)
            let start = used
            used += count
            messageRemaining -= count
            handshakeOctets += count
            if isHello, messageRemaining > 0 || !buffer.isEmpty {
                buffer.append(copying: fragment.extracting(start..<used))
            }
            if handshakeOctets > limits.handshakeOctets {
                stop(helloCount > 0 ? .encrypted : .failed(.handshakeTooLarge))
            } else if messageRemaining == 0, let step = endMessage(fragment, start, count) {
                return step
            }
        }
        return nil
    }

    private mutating func beginMessage() {
        if handshakeOctets > limits.handshakeOctets {
            return stop(helloCount > 0 ? .encrypted : .failed(.handshakeTooLarge))
        }
        let type = messageHeader >> 24
        messageRemaining = Int(messageHeader & 0xFF_FFFF)
        isHello = type == (direction == .toServer ? 1 : 2)
        // After ChangeCipherSpec only the hello that answers a HelloRetryRequest can be in clear.
        if sawChangeCipherSpec, !isHello || messageRemaining > limits.handshakeOctets {
            isMidstream = helloCount == 0
            return stop(.encrypted)
        }
        // A HelloRequest may come before anything else.
        if helloCount == 0, !isHello, type != 0 { return stop(.failed(.unexpectedMessage)) }
        if isHello, messageRemaining > limits.handshakeOctets { stop(.failed(.handshakeTooLarge)) }
    }

    /// A message is complete: its last `count` octets stand in `fragment` from `start` on, those before in the buffer.
    private mutating func endMessage(_ fragment: Span<UInt8>, _ start: Int, _ count: Int) -> Step? {
        messageHeader = 0
        messageHeaderCount = 0
        guard isHello else { return nil }
        let held = buffer
        buffer = []
        do throws(TLSError) {
            if held.isEmpty { return try hello(fragment.extracting(start..<(start + count))) }
            return try hello(held.span)
        } catch {
            stop(helloCount > 0 ? .encrypted : .failed(error))
            return nil
        }
    }

    private mutating func hello(_ body: Span<UInt8>) throws(TLSError) -> Step {
        switch direction {
        case .toServer:
            let hello = try ClientHello(body, limits: limits)
            helloCount += 1
            return .clientHello(hello)
        case .toClient:
            let hello = try ServerHello(body)
            helloCount += 1
            if !hello.isHelloRetryRequest { stop(.encrypted) }
            return .serverHello(hello)
        }
    }
}
