import Foundation

/// A capture of a flood, written as it is made, through which a request with a leak goes in pieces.
///
/// Frames are Ethernet and IPv4 without checksums, which Weir does not look at.
struct HostileCapture {
    /// Microseconds between two packets.
    var interval: UInt64 = 10

    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var microseconds: UInt64 = 1_790_000_000_000_000
    private let leak: [UInt8]
    private var leaked = 0

    private static let leaker = 0
    private static let segment = 1_448

    /// Begins the file and the connection of the leak.
    init(path: String, leak: [UInt8]) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        file = try FileHandle(forWritingTo: URL(filePath: path))
        self.leak = leak
        buffer = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
        try open(client: Self.leaker)
        // The head, so that the request is being read before the flood begins.
        try leakOn(Self.segment)
    }

    /// Makes `count` steps of a flood, and sends the leak on between them.
    mutating func flood(_ count: Int, _ step: (inout HostileCapture, Int) throws -> Void) throws {
        let pieces = max(1, (leak.count - leaked) / Self.segment)
        let stride = max(1, count / (pieces + 1))
        for index in 0..<count {
            try step(&self, index)
            if index % stride == stride - 1 { try leakOn(Self.segment) }
        }
    }

    /// Sends what is left of the leak, ends its connection and the file.
    mutating func finish() throws {
        try leakOn(leak.count)
        try send(client: Self.leaker, sequence: UInt32(1_000 + leaked), flags: 0x11)
        try send(
            client: Self.leaker,
            fromClient: false,
            sequence: 5_000,
            acknowledgement: UInt32(1_001 + leaked),
            flags: 0x11
        )
        try file.write(contentsOf: buffer)
        try file.close()
    }

    /// The three-way handshake of a client, whose stream then begins at 1,000 and the server's at 5,000.
    mutating func open(client: Int) throws {
        try send(client: client, sequence: 999, acknowledgement: 0, flags: 0x02)
        try send(client: client, fromClient: false, sequence: 4_999, acknowledgement: 1_000, flags: 0x12)
        try send(client: client, sequence: 1_000, flags: 0x10)
    }

    /// A segment of the client with that number, which has an address of its own, or of its server.
    mutating func send(
        client: Int,
        fromClient: Bool = true,
        sequence: UInt32,
        acknowledgement: UInt32 = 5_000,
        flags: UInt8 = 0x18,
        _ payload: [UInt8] = []
    ) throws {
        microseconds += interval
        little(UInt32(microseconds / 1_000_000))
        little(UInt32(microseconds % 1_000_000))
        little(UInt32(54 + payload.count))
        little(UInt32(54 + payload.count))
        buffer += [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0]
        two(40 + payload.count)
        buffer += [0, 0, 0x40, 0, 64, 6, 0, 0]
        let address = 0x0A00_0000 + UInt32(client & 0xFF_FFFF)
        let port = 1_024 + client % 50_000
        four(fromClient ? address : 0xCB00_7101)
        four(fromClient ? 0xCB00_7101 : address)
        two(fromClient ? port : 80)
        two(fromClient ? 80 : port)
        four(sequence)
        four(acknowledgement)
        buffer += [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
        buffer += payload
        guard buffer.count > 4 << 20 else { return }
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func leakOn(_ count: Int) throws {
        let end = min(leak.count, leaked + count)
        while leaked < end {
            let stop = min(end, leaked + Self.segment)
            try send(client: Self.leaker, sequence: UInt32(1_000 + leaked), Array(leak[leaked..<stop]))
            leaked = stop
            try send(
                client: Self.leaker,
                fromClient: false,
                sequence: 5_000,
                acknowledgement: UInt32(1_000 + leaked),
                flags: 0x10
            )
        }
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
}
