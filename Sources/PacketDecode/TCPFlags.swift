/// The control bits of a TCP header.
@usableFromInline
package struct TCPFlags: OptionSet, Hashable, Sendable {
    /// The eight bits as on the wire, CWR the highest.
    @usableFromInline package let rawValue: UInt8

    /// The flags with those bits.
    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The sender has no more data.
    @inlinable
    package static var fin: TCPFlags { TCPFlags(rawValue: 0x01) }
    /// Sequence numbers are being synchronised.
    @inlinable
    package static var syn: TCPFlags { TCPFlags(rawValue: 0x02) }
    /// The connection is reset.
    @inlinable
    package static var rst: TCPFlags { TCPFlags(rawValue: 0x04) }
    /// The data is to be pushed to the receiver.
    @inlinable
    package static var psh: TCPFlags { TCPFlags(rawValue: 0x08) }
    /// The acknowledgement number is meaningful.
    @inlinable
    package static var ack: TCPFlags { TCPFlags(rawValue: 0x10) }
    /// The urgent pointer is meaningful.
    @inlinable
    package static var urg: TCPFlags { TCPFlags(rawValue: 0x20) }
    /// Congestion experienced, echoed.
    @inlinable
    package static var ece: TCPFlags { TCPFlags(rawValue: 0x40) }
    /// The congestion window was reduced.
    @inlinable
    package static var cwr: TCPFlags { TCPFlags(rawValue: 0x80) }
}
