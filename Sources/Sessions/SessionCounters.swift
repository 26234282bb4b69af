/// What sessions met, in plain integers: payload octets of clients by what became of them, and failures by kind.
///
/// Each payload octet of a client stands in exactly one of the counters that `clientOctets` sums, at the latest when its
/// flow closes. A hole of unknown size counts as one octet.
package struct SessionCounters: Sendable, Equatable {
    /// Requests whose head was read.
    package var requests = 0
    /// Messages of WebSockets that go to services.
    package var messages = 0
    /// Streams of HTTP/2 that were given up because too many were open.
    package var streamsGivenUp = 0
    /// Streams of HTTP/3 that were given up because too many were open.
    package var http3StreamsGivenUp = 0
    /// Client octets that are heads, trailers, framing of chunks, frames or messages, control frames, padding, lines between requests, or talk with a SOCKS proxy.
    ///
    /// While a head is incomplete its octets stand here, too.
    package var framingOctets = 0
    /// Body octets handed to the consumer.
    package var deliveredOctets = 0
    /// Octets that the consumer was told are lost from a body.
    package var lostOctets = 0
    /// Body octets passed over because no service was meant.
    package var skippedBodyOctets = 0
    /// Client octets of HTTP streams that could not be read as head or body, outside of any kept request.
    package var unreadableOctets = 0
    /// Client octets of connections to services that cannot be read.
    package var watchedOctets = 0
    /// Client octets of TLS connections to no service.
    package var shuntedOctets = 0
    /// Client octets of flows that speak no protocol known here.
    package var unrecognisedOctets = 0
    /// UDP payload octets of clients, DNS left out.
    package var datagramOctets = 0
    /// Client octets of DNS.
    package var nameOctets = 0
    /// Octets of DNS servers, which stand here only.
    package var nameServerOctets = 0
    /// Payload octets of servers, which are read only as far as the client's need it.
    package var serverOctets = 0
    /// Octets that stand for holes of unknown size: counted of clients, though no stream is longer for them.
    package var unsizedHoleOctets = 0
    /// Octets that are missing from streams of QUIC: counted of clients, though in no datagram.
    package var quicHoleOctets = 0
    /// Holes in streams of QUIC.
    package var quicHoles = 0
    /// Streams of QUIC that were given up because too many were open.
    package var quicStreamsGivenUp = 0
    /// Connections of TLS and QUIC whose ClientHello was read.
    package var clientHellos = 0
    /// Connections that were shunted because no service was meant.
    package var shuntedConnections = 0
    /// TLS connections whose ClientHello could not be read whole.
    package var unnamedConnections = 0
    /// Tunnels that a proxy opened.
    package var tunnels = 0
    /// Times that the framing of an HTTP stream was lost.
    package var framingLosses = 0
    /// Flows joined midway whose client turned out to be the other end.
    package var reversals = 0
    /// Holes in streams that are read.
    package var gaps = 0

    /// Counters at 0.
    package init() {}

    /// The client payload octets that stand in one of the counters.
    package var clientOctets: Int {
        framingOctets + deliveredOctets + lostOctets + skippedBodyOctets + unreadableOctets + watchedOctets
            + shuntedOctets + unrecognisedOctets + datagramOctets + nameOctets
    }
}
