/// What to capture from an interface, and how.
package struct LiveCaptureOptions: Hashable, Sendable {
    /// The interface's name, such as `eth0`; `any` captures from all, as Linux cooked frames.
    package var interface: String
    /// Octets kept of each frame.
    package var snapLength: Int
    /// Whether to see frames meant for others: needed on a mirror port.
    package var isPromiscuous: Bool
    /// Octets of the ring that the kernel fills.
    package var ringOctets: Int
    /// A capture filter in libpcap's language; nil for everything.
    package var filter: String?
    /// How long a frame may wait in the ring for others to be handed over with it, in milliseconds.
    package var blockMilliseconds: Int

    /// Options with their defaults: whole frames, promiscuous, a ring of 64 MiB, no filter, 100 ms.
    package init(
        interface: String,
        snapLength: Int = 262_144,
        isPromiscuous: Bool = true,
        ringOctets: Int = 64 << 20,
        filter: String? = nil,
        blockMilliseconds: Int = 100
    ) {
        self.interface = interface
        self.snapLength = snapLength
        self.isPromiscuous = isPromiscuous
        self.ringOctets = ringOctets
        self.filter = filter
        self.blockMilliseconds = blockMilliseconds
    }
}
