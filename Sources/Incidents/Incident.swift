package import Detection
package import Wire

/// What one client leaked to one service in a run: an `incident` record.
package struct Incident: Sendable {
    /// Names the incident for good: a hash of its first finding's place, the same whenever the same capture is scanned.
    package let uid: String
    /// Where the incident is in its life.
    package var state: State
    /// The flow of the first finding.
    package let envelope: Envelope
    /// When the earliest finding was made.
    package private(set) var firstSeen: Timestamp
    /// When the latest finding was made.
    package private(set) var lastSeen: Timestamp
    /// The requests in which something was found.
    package private(set) var requests: UInt64 = 0
    /// The id of the service that received.
    package let service: String
    /// Whether the configuration allows that service.
    package let isSanctioned: Bool
    /// Who sent.
    package private(set) var actor: Actor
    /// Leaked code, best first; at most `IncidentLimits.leaks`.
    package private(set) var leaks: [Leak] = []
    /// Rules that hit, worst first.
    package private(set) var rules: [RuleHit] = []
    /// The rules and indexes that looked, as of the latest finding.
    package private(set) var generation: String
    /// Leaks that no longer fitted.
    package private(set) var leaksRefused: UInt64 = 0

    private var leakOrigins: [LeakKey: RequestNumber] = [:]
    private var ruleOrigins: [String: RequestNumber] = [:]

    /// Opens an incident on its first sighting, which is not yet folded in.
    init(opening sighting: Sighting) {
        uid = IncidentUID.text(sighting)
        state = .opened
        envelope = sighting.envelope
        firstSeen = sighting.timestamp
        lastSeen = sighting.timestamp
        service = sighting.service
        isSanctioned = sighting.isSanctioned
        actor = Actor(address: sighting.envelope.actor, tool: sighting.tool, credential: sighting.credential)
        generation = sighting.generation
    }

    /// The kinds of things found, in the contract's order.
    package var classes: [FindingClass] { Finding(leaks: leaks, rules: rules).classes }

    /// 0…100: that of its weightiest part.
    package var score: Int { Finding(leaks: leaks, rules: rules).score(isSanctioned: isSanctioned) }

    /// The band of its score.
    package var severity: Severity { Severity(score: score) }

    /// Joins a sighting.
    ///
    /// - Returns: whether the incident now says more about what was found than before.
    mutating func fold(_ sighting: Sighting, isNewRequest: Bool, limits: IncidentLimits) -> Bool {
        let before = (leaks, rules)
        if isNewRequest { requests += 1 }
        actor.tool = actor.tool ?? sighting.tool
        actor.credential = actor.credential ?? sighting.credential
        generation = sighting.generation
        for leak in sighting.finding.leaks { fold(leak, sighting.request, limits: limits) }
        for rule in sighting.finding.rules { fold(rule, sighting.request) }
        leaks.sort(by: Leak.isBetter)
        rules.sort(by: RuleHit.isWorse)
        let hasGrown = before != (leaks, rules)
        // That a request ended is no sight of anything.
        if isNewRequest || hasGrown {
            firstSeen = min(firstSeen, sighting.timestamp)
            lastSeen = max(lastSeen, sighting.timestamp)
        }
        return hasGrown
    }

    private mutating func fold(_ leak: Leak, _ request: RequestNumber, limits: IncidentLimits) {
        let key = LeakKey(collection: leak.collection, path: leak.path)
        if let index = leaks.firstIndex(where: { $0.collection == leak.collection && $0.path == leak.path }) {
            let strength = leaks[index].strength
            leaks[index].merge(leak, replacesEqual: leakOrigins[key] == request)
            if leaks[index].strength > strength { leakOrigins[key] = request }
        } else if leaks.count < limits.leaks {
            leaks.append(leak)
            leakOrigins[key] = request
        } else {
            leaksRefused += 1
        }
    }

    private mutating func fold(_ rule: RuleHit, _ request: RequestNumber) {
        if let index = rules.firstIndex(where: { $0.id == rule.id }) {
            rules[index].merge(rule, replacesFirst: ruleOrigins[rule.id] == request)
        } else {
            rules.append(rule)
            ruleOrigins[rule.id] = request
        }
    }

    /// Where an incident is in its life.
    package enum State: String, Sendable {
        /// Its first finding was made.
        case opened
        /// It has grown.
        case updated
        /// Nothing more will come.
        case closed
    }

    /// Who sent.
    package struct Actor: Hashable, Sendable {
        /// The client's address, or that for which a trusted proxy forwards.
        package let address: IPAddress
        /// The program, of the first sighting that knew it.
        package var tool: String?
        /// The digest of the credential, of the first sighting that had one.
        package var credential: String?
    }

    private struct LeakKey: Hashable {
        let collection: String
        let path: String
    }
}
