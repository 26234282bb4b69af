import Foundation

/// Writes an Ethernet pcap, packet after packet, in pieces of megabytes.
struct CaptureWriter {
    /// Microseconds between two packets.
    var interval: UInt64 = 9

    private(set) var packets = 0
    private(set) var octets = 0

    private let file: FileHandle
    private var buffer: [UInt8]
    private var microseconds: UInt64 = 1_790_000_000_000_000

    private static let piece = 4 << 20

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        self.file = file
        buffer = []
        buffer.reserveCapacity(Self.piece + 1 << 17)
        buffer += [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    }

    /// Writes a TCP segment.
    mutating func write(_ segment: Segment) throws {
        begin(ends: segment.ends, fromClient: segment.fromClient, protocol: 6, length: 20 + segment.range.count)
        four(segment.sequence)
        four(segment.acknowledgement)
        buffer += [0x50, segment.flags, 0xFF, 0xFF, 0, 0, 0, 0]
        buffer += segment.stream[segment.range]
        try flushIfFull()
    }

    /// Writes a UDP datagram.
    mutating func write(datagram: [UInt8], ends: FlowEnds, fromClient: Bool) throws {
        begin(ends: ends, fromClient: fromClient, protocol: 17, length: 8 + datagram.count)
        two(8 + datagram.count)
        two(0)
        buffer += datagram
        try flushIfFull()
    }

    /// Lets packet time pass.
    mutating func pause(microseconds count: UInt64) { microseconds += count }

    /// Writes what is held back.
    mutating func close() throws {
        try flush()
        try file.close()
    }

    /// The record's header, Ethernet, IPv4 and the ports.
    private mutating func begin(ends: FlowEnds, fromClient: Bool, protocol number: UInt8, length: Int) {
        microseconds += interval
        let frame = 34 + length
        little(UInt32(microseconds / 1_000_000))
        little(UInt32(microseconds % 1_000_000))
        little(UInt32(frame))
        little(UInt32(frame))
        buffer += [2, 0, 0, 0, 0, fromClient ? 2 : 1, 2, 0, 0, 0, 0, fromClient ? 1 : 2, 8, 0, 0x45, 0]
        two(20 + length)
        buffer += [0, 0, 0x40, 0, 64, number, 0, 0]
        four(fromClient ? ends.client : ends.server)
        four(fromClient ? ends.server : ends.client)
        two(Int(fromClient ? ends.clientPort : ends.serverPort))
        two(Int(fromClient ? ends.serverPort : ends.clientPort))
        packets += 1
        octets += frame
    }

    private mutating func two(_ value: Int) {
        buffer.append(UInt8(truncatingIfNeeded: value >> 8))
        buffer.append(UInt8(truncatingIfNeeded: value))
    }

    private mutating func four(_ value: UInt32) {
        two(Int(value >> 16))
        two(Int(value & 0xFFFF))
    }

    private mutating func little(_ value: UInt32) { four(value.byteSwapped) }

    private mutating func flushIfFull() throws {
        if buffer.count > Self.piece { try flush() }
    }

    private mutating func flush() throws {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Both ends of a flow, over IPv4.
struct FlowEnds {
    var client: UInt32
    var server: UInt32
    var clientPort: UInt16
    var serverPort: UInt16
}

/// A TCP segment, its payload a part of its sender's stream.
struct Segment {
    let ends: FlowEnds
    let fromClient: Bool
    var sequence: UInt32
    let acknowledgement: UInt32
    let flags: UInt8
    let stream: [UInt8]
    var range: Range<Int>

    /// The same moment's segment, but the stream's octets from `back` before its first one, `count` of them at most.
    func beginning(_ back: Int, earlier count: Int) -> Segment {
        var other = self
        let start = max(0, range.lowerBound - back)
        other.sequence = sequence &- UInt32(truncatingIfNeeded: range.lowerBound - start)
        other.range = start..<min(range.upperBound, start + count)
        return other
    }
}
