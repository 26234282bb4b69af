import Crypto
import Wire

/// The name of an incident, made from where its first finding was.
///
/// The file's name has no part in it, so a capture that was moved yields the same incidents.
enum IncidentUID {
    /// 32 hexadecimal digits of SHA-256 over the first sighting's service, flow, time and place.
    static func text(_ sighting: Sighting) -> String {
        let parts: [String] = [
            "weir incident 1",
            sighting.service,
            sighting.envelope.client.description,
            sighting.envelope.server.description,
            sighting.envelope.transport.rawValue,
            sighting.envelope.vlan.map { String($0) }.joined(separator: ","),
            String(sighting.timestamp.nanoseconds),
            String(sighting.request.packet),
            String(sighting.request.request),
        ]
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\n").utf8))
        return HexText.lowercase(digest.prefix(16))
    }
}
