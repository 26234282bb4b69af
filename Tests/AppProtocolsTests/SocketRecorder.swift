import AppProtocols

/// A sink that writes down what a WebSocket parser tells it.
struct SocketRecorder: WebSocketSink, ~Copyable {
    struct Message: Equatable {
        var head: WebSocketMessageHead
        var body: [UInt8] = []
        var gaps = 0
        /// Whether it ended as it should; nil while it is open.
        var isComplete: Bool?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    var messages: [Message] = []
    var unreadable = 0
    var errors: [WebSocketError] = []
    private(set) var isBalanced = true

    mutating func messageBegan(_ head: WebSocketMessageHead) {
        if messages.last?.isComplete == nil, !messages.isEmpty { isBalanced = false }
        messages.append(Message(head: head))
    }

    mutating func messageBody(_ octets: Span<UInt8>) {
        guard check() else { return }
        for index in octets.indices { messages[messages.count - 1].body.append(octets[index]) }
    }

    mutating func messageGap(octets: Int) {
        guard check() else { return }
        if octets < 1 { isBalanced = false }
        messages[messages.count - 1].gaps += octets
    }

    mutating func messageEnded(isComplete: Bool) {
        guard check() else { return }
        messages[messages.count - 1].isComplete = isComplete
    }

    mutating func socketUnreadable(octets: Int) { unreadable += octets }
    mutating func socketFailed(_ error: WebSocketError) { errors.append(error) }

    private mutating func check() -> Bool {
        guard let last = messages.last, last.isComplete == nil else {
            isBalanced = false
            return false
        }
        return true
    }
}

/// What a parser made of a WebSocket client's octets.
struct SocketReading: Equatable {
    var messages: [SocketRecorder.Message]
    var unreadable: Int
    var errors: [WebSocketError]
    var isBalanced: Bool
}

/// Reads pieces, each a chunk or the size of a hole, and ends the stream.
func readSocket(_ pieces: [HTTP2Piece], limits: WebSocketLimits = WebSocketLimits()) -> SocketReading {
    var parser = WebSocketParser(limits: limits)
    var sink = SocketRecorder()
    for piece in pieces {
        switch piece {
        case .octets(let octets): parser.consume(octets.span, &sink)
        case .hole(let octets): parser.gap(octets, &sink)
        }
    }
    parser.finish(&sink)
    return SocketReading(
        messages: sink.messages,
        unreadable: sink.unreadable,
        errors: sink.errors,
        isBalanced: sink.isBalanced && sink.messages.allSatisfy { $0.isComplete != nil }
    )
}
