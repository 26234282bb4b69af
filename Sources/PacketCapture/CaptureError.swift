/// Why a capture could not be opened, read or started; its description is the line that a user sees.
package struct CaptureError: Error, Equatable, Sendable {
    /// The file's path (`-` for standard input), the interface's name, or the filter's text.
    package let source: String
    /// Where in the file, in octets from its start; nil when the place means nothing.
    package let offset: UInt64?
    /// Whether `offset` counts octets that came out of a compressed file, rather than the file's own.
    package let isDecompressed: Bool
    /// What kind of failure this is: the exit status follows from it.
    package let kind: Kind
    /// What is wrong and what would be right, as the end of a sentence.
    package let reason: String

    /// Joins the parts.
    package init(
        _ kind: Kind,
        source: String,
        offset: UInt64? = nil,
        isDecompressed: Bool = false,
        reason: String
    ) {
        self.kind = kind
        self.source = source
        self.offset = offset
        self.isDecompressed = isDecompressed
        self.reason = reason
    }

    /// The failures that a caller tells apart.
    package enum Kind: Sendable {
        /// The input does not exist or cannot be opened (sysexits 66).
        case cannotOpen
        /// The kernel refused for lack of rights (sysexits 77).
        case permission
        /// The octets are no capture, or a damaged one (sysexits 65).
        case malformed
        /// A capture of a kind that is not read, such as one of a later version (sysexits 65).
        case unsupported
        /// Reading or writing failed after opening (sysexits 74).
        case inputOutput
        /// No such network interface, or it is down or went away (sysexits 69).
        case interface
        /// A capture filter that libpcap does not compile (sysexits 78).
        case filter
    }
}

extension CaptureError: CustomStringConvertible {
    /// `x.pcap: offset 24: block length 7 is below 12`.
    package var description: String {
        guard let offset else { return "\(source): \(reason)" }
        return "\(source): offset \(offset)\(isDecompressed ? " of the decompressed capture" : ""): \(reason)"
    }
}
