package import SecureTransport

/// Where sessions find the secrets of TLS, and how long they wait for one that is late.
package struct KeyAccess: Sendable {
    /// The secrets.
    package var source: KeySource
    /// How long connections wait, if the source may grow.
    package let wait: KeyWait

    /// Secrets from `source`.
    package init(_ source: KeySource, wait: KeyWait = KeyWait()) {
        self.source = source
        self.wait = wait
    }
}

/// How long connections wait for their secrets, and how much of them.
package struct KeyWait: Hashable, Sendable {
    /// How long a connection waits from its ClientHello on, in nanoseconds of packet time.
    package var patience: Int64 = 2_000_000_000
    /// How many octets of one flow may wait.
    package var flowOctets = 256 << 10
    /// How many octets of all flows may wait; those of connections to no service may take half of it.
    package var octets = 64 << 20

    /// The defaults.
    package init() {}

    /// The share of one of `count` that together wait for no more.
    package func divided(by count: Int) -> KeyWait {
        var share = self
        share.octets = max(flowOctets, octets / max(1, count))
        return share
    }
}
