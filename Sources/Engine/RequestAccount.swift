package import Detection
package import Incidents

/// What became of one request of a capture, for `weir explain`.
package struct RequestAccount {
    /// The record that `weir scan` prints of it.
    package let record: LLMRecord
    /// What it consisted of, and how it was matched; nil where it could not be read.
    package let trace: ScanTrace?
    /// What was found in it.
    package let finding: Finding
    /// The name of the incident that it belongs to; nil where nothing was found.
    package let incident: String?
}

/// What a capture came to besides its requests.
package struct CaptureAccount {
    /// Packets read.
    package var packets: UInt64 = 0
    /// Flows seen.
    package var flows: UInt64 = 0
    /// Payload octets that were no LLM service's business, by why.
    package var skippedOctets: [(reason: String, octets: UInt64)] = []
    /// Whether the capture ends within its last packet.
    package var isTruncated = false
}
