/// Where the secrets of sessions come from: key logs, and what the capture itself brings along.
package struct KeySource: Sendable {
    /// Whether secrets may still be added while packets are read, so that it pays to wait for one.
    package let mayGrow: Bool

    private let stores: [KeyStore]

    /// Asks these stores, in order.
    package init(_ stores: [KeyStore], mayGrow: Bool) {
        self.stores = stores
        self.mayGrow = mayGrow
    }

    /// The same with one store more.
    package func adding(_ store: KeyStore) -> KeySource { KeySource(stores + [store], mayGrow: mayGrow) }

    /// What is known of a session; nil when nothing is.
    package func secrets(of random: [UInt8]) -> SessionSecrets? {
        guard let random = SessionRandom(random.span) else { return nil }
        var found: SessionSecrets?
        for store in stores {
            guard let more = store.secrets(of: random) else { continue }
            if found == nil { found = more } else { found?.add(more) }
        }
        return found
    }

    /// Whether a session's application data can be opened with what is known.
    package func opensApplicationData(of random: SessionRandom) -> Bool {
        stores.contains { $0.opensApplicationData(of: random) }
    }

    /// How many secrets have been added so far: whoever waits for one need not ask again until this has changed.
    package var additions: Int { stores.reduce(0) { $0 &+ $1.additions } }
}
