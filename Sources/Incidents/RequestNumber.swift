/// Which request of a run this is: the order in which findings are folded and printed.
package struct RequestNumber: Hashable, Comparable, Sendable {
    /// The capture's place among the files of a `scan`, from 0; 0 in `run`.
    package let file: Int
    /// The number of the packet that bore the request's first octet, 1-based in its file.
    package let packet: UInt64
    /// The flow's number.
    package let flowID: UInt64
    /// The request's place in its flow, from 0.
    package let request: UInt64

    /// Names a request.
    package init(file: Int, packet: UInt64, flowID: UInt64, request: UInt64) {
        self.file = file
        self.packet = packet
        self.flowID = flowID
        self.request = request
    }

    /// By file, packet, request, and flow where packets tie.
    package static func < (lhs: RequestNumber, rhs: RequestNumber) -> Bool {
        (lhs.file, lhs.packet, lhs.request, lhs.flowID) < (rhs.file, rhs.packet, rhs.request, rhs.flowID)
    }
}
