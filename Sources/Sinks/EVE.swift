package import Incidents
import Detection

/// Writes an incident as Suricata writes an alert, for what already reads those: `--format eve`.
package enum EVE {
    /// An `alert` record: Suricata's fields, and the incident itself beside them.
    package static func object(_ incident: Incident) -> JSONObject {
        var record = RecordJSON.envelope(incident.envelope, event: "alert", at: incident.lastSeen)
        record.set("alert", alert(incident))
        record.set("incident", RecordJSON.incident(incident))
        return record
    }

    private static func alert(_ incident: Incident) -> JSONObject {
        let kind = incident.classes.first ?? .fragmentedCode
        var object = JSONObject()
        object.set("action", "allowed")
        object.set("gid", 1)
        object.set("signature_id", firstSignature + (FindingClass.allCases.firstIndex(of: kind) ?? 0))
        object.set("rev", 1)
        object.set("signature", "WEIR \(kind.rawValue) to \(incident.service)")
        object.set("category", "Potential Corporate Privacy Violation")
        object.set("severity", severity(incident.severity))
        var metadata = JSONObject()
        metadata.set("weir_uid", [incident.uid])
        metadata.set("weir_class", incident.classes.map(\.rawValue))
        metadata.set("weir_severity", [incident.severity.rawValue])
        metadata.set("weir_service", [incident.service])
        object.set("metadata", metadata)
        return object
    }

    /// In EVE 1 is the worst and 3 the mildest.
    private static func severity(_ severity: Severity) -> Int {
        switch severity {
        case .critical, .high: 1
        case .medium: 2
        case .low: 3
        }
    }

    /// The first of ten identifiers in the range that Suricata leaves to local rules.
    private static let firstSignature = 1_940_001
}
