internal import AppProtocols
internal import FlowTracking

/// An HTTP/3 connection that is being read.
///
/// Apart from the session, so that the many flows which speak something else do not pay for it.
final class HTTP3Use {
    var parser = HTTP3Parser()
    var streams = StreamTable()
    /// The packets in which heads have begun that are not complete, by stream.
    var begun: [UInt64: PacketStamp] = [:]

    /// Notes whether a stream's head has begun in the packet of this stamp.
    func note(_ stream: UInt64, _ stamp: PacketStamp) {
        if parser.isWithinHead(stream) {
            if begun[stream] == nil { begun[stream] = stamp }
        } else if !begun.isEmpty {
            begun[stream] = nil
        }
        // Streams that were given up while their heads were incomplete.
        if begun.count > parser.openStreams { begun = begun.filter { parser.isWithinHead($0.key) } }
    }
}
