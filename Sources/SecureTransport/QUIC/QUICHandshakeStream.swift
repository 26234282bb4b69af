/// Puts the handshake messages of one direction on one level in order, however they are cut over frames and packets.
struct QUICHandshakeStream {
    private var buffer = QUICStreamBuffer()
    private var scanner = TLSMessageScanner()
    private var taken = 0
    private let limit: Int

    init(limits: QUICLimits) {
        limit = limits.handshakeOctets
    }

    /// The memory of what waits or is not whole.
    var heldOctets: Int { buffer.heldOctets + taken }

    /// Takes a piece; tells of each message that it completes, with its body if it is one that tells something.
    ///
    /// What lies beyond the limit is passed over.
    mutating func take(
        _ octets: Span<UInt8>,
        at offset: UInt64,
        _ tell: (TLSHandshakeType, [UInt8]) -> Void
    ) {
        guard offset <= UInt64(limit), octets.count <= limit - Int(offset), buffer.heldOctets <= limit else { return }
        let part = buffer.take(octets, at: offset)
        scan(octets.extracting(part.ready), tell)
        while let waiting = buffer.popReady() { scan(waiting.span, tell) }
    }

    private mutating func scan(_ octets: Span<UInt8>, _ tell: (TLSHandshakeType, [UInt8]) -> Void) {
        taken += octets.count
        var offset = 0
        while let message = scanner.next(in: octets, from: &offset) { tell(message.type, message.body) }
    }
}
