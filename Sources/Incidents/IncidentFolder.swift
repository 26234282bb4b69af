import Detection
import Wire

/// The caps of folding; what they refuse is counted.
package struct IncidentLimits: Sendable {
    /// Incidents open at once.
    package var incidents = 65_536
    /// Leaks, which are files, of one incident.
    package var leaks = 4_096
    /// Requests known to have shown something that are not over yet.
    package var openRequests = 65_536

    /// The defaults.
    package init() {}
}

/// Folds sightings into one incident for each sender's address and service.
///
/// The caller folds in the order of `RequestNumber`, which makes the outcome the same from run to run; of the order only an
/// incident's name, envelope and the place of equally strong parts depend. Not thread-safe; the recorder owns one.
package struct IncidentFolder: Sendable {
    private var incidents: [Key: Incident] = [:]
    private var openRequests: Set<RequestNumber> = []
    private let limits: IncidentLimits

    /// Sightings that opened no incident because too many are open.
    package private(set) var refused: UInt64 = 0

    /// A folder without incidents.
    package init(limits: IncidentLimits = IncidentLimits()) {
        self.limits = limits
    }

    /// How many incidents are open.
    package var count: Int { incidents.count }

    /// Folds one sighting; one in which nothing was found only ends its request.
    ///
    /// - Returns: the incident, its state `opened` or `updated`, where it says more than before; nil otherwise.
    package mutating func fold(_ sighting: Sighting) -> Incident? {
        let isNewRequest = !openRequests.contains(sighting.request)
        defer { if sighting.isLast { openRequests.remove(sighting.request) } }
        guard !sighting.finding.isEmpty else { return nil }
        let key = Key(address: sighting.envelope.actor, service: sighting.service)
        let isNew = incidents[key] == nil
        if isNew, incidents.count >= limits.incidents {
            refused += 1
            return nil
        }
        if isNewRequest, !sighting.isLast, openRequests.count < limits.openRequests {
            openRequests.insert(sighting.request)
        }
        var incident = incidents.removeValue(forKey: key) ?? Incident(opening: sighting)
        let hasGrown = incident.fold(sighting, isNewRequest: isNewRequest, limits: limits)
        incident.state = isNew ? .opened : .updated
        incidents[key] = incident
        return hasGrown ? incident : nil
    }

    /// Closes all incidents and forgets them.
    ///
    /// - Returns: them as they stood at the end, by first sight and then by uid.
    package mutating func close() -> [Incident] {
        let closed = incidents.values.map { incident in
            var incident = incident
            incident.state = .closed
            return incident
        }
        incidents.removeAll()
        openRequests.removeAll()
        return closed.sorted {
            $0.firstSeen != $1.firstSeen ? $0.firstSeen < $1.firstSeen : $0.uid < $1.uid
        }
    }

    private struct Key: Hashable {
        let address: IPAddress
        let service: String
    }
}
