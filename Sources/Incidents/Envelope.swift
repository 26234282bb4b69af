package import Wire

/// What every record says about the flow that it is of: the part that Suricata's EVE gives its name to.
///
/// All text in it is already fit for a record: bounded, and without any secret (`RequestIdentity` sees to that).
package struct Envelope: Hashable, Sendable {
    /// Where the packets came from.
    package var origin: Origin
    /// The flow's number, below 2^53; in `scan` it comes from the content.
    package var flowID: UInt64
    /// The client: `src_ip` and `src_port`.
    package var client: SocketAddress
    /// The packets' destination, which may be a proxy: `dest_ip` and `dest_port`.
    package var server: SocketAddress
    /// The transport protocol.
    package var transport: TransportName
    /// VLAN identifiers, outermost first; empty where the packets bore no tag.
    package var vlan: [UInt16] = []
    /// What is spoken: `http`, `http2`, `http3`, `websocket`, `tls`, `quic`; nil where unknown.
    package var appProtocol: String?
    /// The TLS session, where one was seen.
    package var tls: TLSFacts?
    /// The HTTP request, where one was read.
    package var http: HTTPFacts?

    /// Whose request it is, where the client is a trusted proxy that says so; nil where it is the client's own.
    package var forwarded: IPAddress?

    /// An envelope for a flow about which nothing else is known yet.
    package init(
        origin: Origin,
        flowID: UInt64,
        client: SocketAddress,
        server: SocketAddress,
        transport: TransportName,
        vlan: [UInt16] = []
    ) {
        self.origin = origin
        self.flowID = flowID
        self.client = client
        self.server = server
        self.transport = transport
        self.vlan = vlan
    }

    /// Who sent: the client, or whom it forwards for.
    package var actor: IPAddress { forwarded ?? client.address }

    /// The flow's Community ID, version 1, seed 0.
    package var communityID: String {
        CommunityID.text(source: client, destination: server, protocol: transport.number)
    }

    /// Where packets come from.
    package enum Origin: Hashable, Sendable {
        /// A network interface: `in_iface`.
        case interface(String)
        /// A capture file, as its path was given, `-` for standard input: `pcap_filename`.
        case capture(String)
    }
}

/// The transport protocol of a record.
package enum TransportName: String, Hashable, Sendable {
    /// Transmission Control Protocol.
    case tcp = "TCP"
    /// User Datagram Protocol.
    case udp = "UDP"

    /// The number that the Internet Assigned Numbers Authority gave it.
    package var number: UInt8 { self == .tcp ? 6 : 17 }
}

/// What is reported of a TLS or QUIC session.
package struct TLSFacts: Hashable, Sendable {
    /// The server's name as the client gave it.
    package var serverName: String?
    /// The version as Suricata writes it, `TLS 1.3`.
    package var version: String?
    /// The JA4 fingerprint of the client's hello.
    package var ja4: String?
    /// Protocols that the client offered (ALPN).
    package var clientALPNs: [String]
    /// Protocols that the server chose, where that is readable.
    package var serverALPNs: [String]
    /// Whether the client's hello has an encrypted one inside, or pretends to.
    package var hasECH: Bool

    /// Joins what is known of a session.
    package init(
        serverName: String? = nil,
        version: String? = nil,
        ja4: String? = nil,
        clientALPNs: [String] = [],
        serverALPNs: [String] = [],
        hasECH: Bool = false
    ) {
        self.hasECH = hasECH
        self.serverName = serverName
        self.version = version
        self.ja4 = ja4
        self.clientALPNs = clientALPNs
        self.serverALPNs = serverALPNs
    }

    /// A version number of the TLS record or handshake in Suricata's words: `TLS 1.3`, `TLSv1`, `SSLv3`, else `0x7f1c`.
    package static func versionName(_ version: UInt16) -> String {
        switch version {
        case 0x0304: return "TLS 1.3"
        case 0x0303: return "TLS 1.2"
        case 0x0302: return "TLS 1.1"
        case 0x0301: return "TLSv1"
        case 0x0300: return "SSLv3"
        case 0x0002: return "SSLv2"
        default:
            let digits = String(version, radix: 16)
            return "0x" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
    }
}

/// What is reported of an HTTP request.
package struct HTTPFacts: Hashable, Sendable {
    /// The authority's host, lower case, without port.
    package var hostname: String?
    /// The authority's port, where it names one.
    package var port: UInt16?
    /// The target without secrets, bounded.
    package var url: String?
    /// The method.
    package var method: String?
    /// The User-Agent without secrets, bounded.
    package var userAgent: String?
    /// The Content-Type, bounded.
    package var requestContentType: String?

    /// Joins what is known of a request; texts are cut to `maximumOctets`.
    package init(
        hostname: String? = nil,
        port: UInt16? = nil,
        url: String? = nil,
        method: String? = nil,
        userAgent: String? = nil,
        requestContentType: String? = nil
    ) {
        self.hostname = hostname
        self.port = port
        self.url = url.map { BoundedText.prefix($0, octets: 4 * HTTPFacts.maximumOctets) }
        self.method = method.map { BoundedText.prefix($0, octets: 32) }
        self.userAgent = userAgent.map { BoundedText.prefix($0, octets: HTTPFacts.maximumOctets) }
        self.requestContentType = requestContentType.map { BoundedText.prefix($0, octets: HTTPFacts.maximumOctets) }
    }

    /// The most octets of a header value that a record holds; a URL may have four times as many.
    package static let maximumOctets = 512
}
