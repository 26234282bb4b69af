package import AppProtocols
package import FlowTracking
package import Wire

/// That a client was told, at a moment, which addresses a name has.
package struct NameAnswer: Hashable, Sendable {
    /// Who asked: the host that the answer went to, which may be a resolver that asks for others.
    package let client: IPAddress
    /// What it was told.
    package let resolution: DNSResolution
    /// The packet that completed the answer.
    package let stamp: PacketStamp

    /// Joins the parts.
    package init(client: IPAddress, resolution: DNSResolution, stamp: PacketStamp) {
        self.client = client
        self.resolution = resolution
        self.stamp = stamp
    }
}
