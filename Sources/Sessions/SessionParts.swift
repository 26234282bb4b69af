internal import AppProtocols
internal import FlowTracking
internal import SecureTransport

/// What few sessions need: readers of greetings, of proxies' answers and of SOCKS, none for long; of HTTP/2, HTTP/3 and
/// WebSocket.
///
/// Apart from the session, so that a flow which only speaks HTTP, or whose greeting came in one piece, does not pay for it.
final class SessionParts {
    var responses: HTTP1ResponseReader?
    var hello: TLSHandshakeReader?
    var serverHello: TLSHandshakeReader?
    var socks: SOCKSReader?
    var earlyGreeting: ServerHello?
    /// The TLS connection that is not read yet.
    var pending: PendingTLS?
    /// How the client's stream ended, while it waits to be read.
    var lateEnd: StreamEnd?
    var unansweredTunnels = 0
    var http2: HTTP2Use?
    var http3: HTTP3Use?
    var webSocket: WebSocketUse?
    var quic: QUICUse?

    /// Whether nothing is there.
    fileprivate var isEmpty: Bool {
        responses == nil && hello == nil && serverHello == nil && socks == nil && earlyGreeting == nil
            && unansweredTunnels == 0 && pending == nil && lateEnd == nil && http2 == nil && http3 == nil
            && webSocket == nil && quic == nil
    }
}

extension Session {
    /// Reads the server's answers while a request may leave HTTP.
    var responses: HTTP1ResponseReader? {
        _read { if let parts { yield parts.responses } else { yield nil } }
        _modify {
            guard let parts else {
                var fresh: HTTP1ResponseReader?
                yield &fresh
                if fresh != nil { made().responses = fresh }
                return
            }
            yield &parts.responses
        }
    }

    /// Reads the client's greeting.
    var hello: TLSHandshakeReader? {
        _read { if let parts { yield parts.hello } else { yield nil } }
        _modify {
            guard let parts else {
                var fresh: TLSHandshakeReader?
                yield &fresh
                if fresh != nil { made().hello = fresh }
                return
            }
            yield &parts.hello
        }
    }

    /// Reads the server's greeting.
    var serverHello: TLSHandshakeReader? {
        _read { if let parts { yield parts.serverHello } else { yield nil } }
        _modify {
            guard let parts else {
                var fresh: TLSHandshakeReader?
                yield &fresh
                if fresh != nil { made().serverHello = fresh }
                return
            }
            yield &parts.serverHello
        }
    }

    /// Reads a SOCKS negotiation.
    var socks: SOCKSReader? {
        _read { if let parts { yield parts.socks } else { yield nil } }
        _modify {
            guard let parts else {
                var fresh: SOCKSReader?
                yield &fresh
                if fresh != nil { made().socks = fresh }
                return
            }
            yield &parts.socks
        }
    }

    /// The TLS connection that is not read yet.
    var pending: PendingTLS? {
        get { parts?.pending }
        set { if newValue != nil || parts != nil { made().pending = newValue } }
    }

    /// The server's greeting when it came before the client's was judged.
    var earlyGreeting: ServerHello? {
        get { parts?.earlyGreeting }
        set { if newValue != nil || parts != nil { made().earlyGreeting = newValue } }
    }

    /// Tunnels that were entered on the client's word, whose answers have not come yet.
    var unansweredTunnels: Int {
        get { parts?.unansweredTunnels ?? 0 }
        set { if newValue != 0 || parts != nil { made().unansweredTunnels = newValue } }
    }

    /// The HTTP/2 connection that is read.
    var http2: HTTP2Use? {
        get { parts?.http2 }
        set { if newValue != nil || parts != nil { made().http2 = newValue } }
    }

    /// The HTTP/3 connection that is read.
    var http3: HTTP3Use? {
        get { parts?.http3 }
        set { if newValue != nil || parts != nil { made().http3 = newValue } }
    }

    /// The WebSocket that is read.
    var webSocket: WebSocketUse? {
        get { parts?.webSocket }
        set { if newValue != nil || parts != nil { made().webSocket = newValue } }
    }

    /// The QUIC connection that is read.
    var quic: QUICUse? {
        get { parts?.quic }
        set { if newValue != nil || parts != nil { made().quic = newValue } }
    }

    /// Lets go of the parts when none is in use.
    mutating func dropUnusedParts() {
        if parts?.isEmpty == true { parts = nil }
    }

    private mutating func made() -> SessionParts {
        if let parts { return parts }
        let parts = SessionParts()
        self.parts = parts
        return parts
    }
}
