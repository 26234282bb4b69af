/// Takes the messages out of a DNS stream, each behind its length (RFC 1035 § 4.2.2, TCP usage).
///
/// Holds a message only while it is incomplete, so at most `DNSLimits.message` octets. Behind a hole nothing tells where a
/// message begins: nothing more is read.
package struct DNSStreamReader: Sendable {
    private var length = 0
    private var lengthOctets = 0
    private var held: [UInt8] = []
    private var isLost = false

    /// At the beginning of a stream.
    package init() {}

    /// Whether nothing more can be read.
    package var isOver: Bool { isLost }

    /// Takes the next octets; `message` is called with each message that they complete, borrowed until it returns.
    package mutating func consume(_ chunk: Span<UInt8>, _ message: (Span<UInt8>) -> Void) {
        var position = 0
        while position < chunk.count, !isLost {
            if lengthOctets < 2 {
                length = length << 8 | Int(chunk[position])
                lengthOctets += 1
                position += 1
                continue
            }
            let count = min(length - held.count, chunk.count - position)
            let piece = chunk.extracting(position..<(position + count))
            position += count
            if held.isEmpty, count == length {
                if count > 0 { message(piece) }
            } else {
                for index in piece.indices { held.append(piece[index]) }
                guard held.count == length else { break }
                message(held.span)
            }
            held.removeAll(keepingCapacity: length <= 4_096)
            length = 0
            lengthOctets = 0
        }
    }

    /// Notes that octets are missing.
    package mutating func gap() {
        isLost = true
        held = []
    }
}
