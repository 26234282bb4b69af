package import Fingerprints
package import Patterns
package import Payloads
package import Services
package import Wire

/// All that detection looks with: one immutable generation, replaced whole by a reload.
///
/// A `MessageScan` keeps the set that it began with, so a message is judged by one generation from first octet to last.
package final class DetectionSet: Sendable {
    /// The LLM services that are known.
    package let catalogue: ServiceCatalogue
    /// The pattern rules.
    package let rules: RuleSet
    /// The fingerprint indexes; may be none.
    package let indexes: [FingerprintIndex]
    /// How much evidence makes a finding.
    package let thresholds: MatchThresholds
    /// Ids of the services that the configuration allows.
    package let sanctioned: Set<String>
    /// Clients that are proxies of the house, and are believed when they say for whom they forward.
    package let trustedProxies: [IPPrefix]
    /// The caps of a message's decoding.
    package let limits: DecodeLimits
    /// Octets of memory that each thread may take to recognise what is sent again; 0 for none.
    package let resentOctets: Int
    /// Names the rules and indexes by their content: `rules:9f2c… index:41aa…`.
    package let generation: String

    /// What is damaged of an index, once that has been read: what was found in that index since is left out.
    package var damage: IndexError? { indexes.lazy.compactMap(\.damage).first }

    /// Joins what was loaded.
    package init(
        catalogue: ServiceCatalogue,
        rules: RuleSet,
        indexes: [FingerprintIndex],
        thresholds: MatchThresholds = MatchThresholds(),
        sanctioned: Set<String> = [],
        trustedProxies: [IPPrefix] = [],
        limits: DecodeLimits = DecodeLimits(),
        resentOctets: Int = 16 << 20
    ) {
        self.catalogue = catalogue
        self.rules = rules
        self.indexes = indexes
        self.thresholds = thresholds
        self.sanctioned = sanctioned
        self.trustedProxies = trustedProxies
        self.limits = limits
        self.resentOctets = resentOctets
        let parts = indexes.map { String($0.generation.prefix(16)) }
        generation =
            "rules:\(rules.generation.prefix(16))" + (parts.isEmpty ? "" : " index:" + parts.joined(separator: "+"))
    }
}
