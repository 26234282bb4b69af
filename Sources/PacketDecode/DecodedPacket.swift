public import Wire

/// An IP packet of a frame, its header fields read and its payload a view of the frame's octets.
@usableFromInline
package struct DecodedPacket: ~Escapable {
    /// Who sent the packet.
    @usableFromInline package let source: IPAddress
    /// To whom it goes.
    @usableFromInline package let destination: IPAddress
    /// The VLAN tags around it.
    @usableFromInline package let vlan: VLANTags
    /// What it carries.
    @usableFromInline package let transport: Transport
    /// The captured payload of the transport: padding is cut off, octets beyond the snap length are absent.
    @usableFromInline package let payload: Span<UInt8>
    /// Payload octets that were on the wire but were not captured, because the snap length cut them.
    @usableFromInline package let missing: Int

    /// Describes octets that live elsewhere.
    @inlinable
    @_lifetime(copy payload)
    package init(
        source: IPAddress,
        destination: IPAddress,
        vlan: VLANTags = VLANTags(),
        transport: Transport,
        payload: Span<UInt8>,
        missing: Int = 0
    ) {
        self.source = source
        self.destination = destination
        self.vlan = vlan
        self.transport = transport
        self.payload = payload
        self.missing = missing
    }
}
