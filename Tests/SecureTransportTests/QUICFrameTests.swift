import SecureTransport
import TestSupport
import Testing

@Suite("QUIC frames (RFC 9000 § 19)")
struct QUICFrameTests {
    private static func frames(_ octets: [UInt8]) throws(QUICError) -> [QUICFrame] {
        var reader = QUICFrameReader()
        var frames: [QUICFrame] = []
        while let frame = try reader.next(in: octets.span) { frames.append(frame) }
        return frames
    }

    /// One frame of every type, by section.
    static let all: [(String, [UInt8], QUICFrame)] = [
        ("§ 19.2, PING", [1], .other),
        ("§ 19.3, ACK", [2, 0x44, 0, 5, 1, 3, 0, 2], .other),
        ("§ 19.3.2, ACK with ECN counts", [3, 9, 5, 0, 3, 1, 2, 3], .other),
        ("§ 19.4, RESET_STREAM", [4, 8, 1, 0x40, 0x99], .resetStream(id: 8, finalSize: 0x99)),
        ("§ 19.5, STOP_SENDING", [5, 8, 1], .other),
        ("§ 19.6, CRYPTO", [6, 2, 3, 7, 7, 7], .crypto(offset: 2, octets: 3..<6)),
        ("§ 19.7, NEW_TOKEN", [7, 2, 7, 7], .other),
        ("§ 19.8, STREAM with a length", [0x0A, 4, 2, 7, 7], .stream(id: 4, offset: 0, octets: 3..<5, isFinal: false)),
        ("§ 19.8, STREAM with all", [0x0F, 4, 9, 1, 7], .stream(id: 4, offset: 9, octets: 4..<5, isFinal: true)),
        ("§ 19.9, MAX_DATA", [0x10, 0x80, 1, 0, 0], .other),
        ("§ 19.10, MAX_STREAM_DATA", [0x11, 4, 9], .other),
        ("§ 19.11, MAX_STREAMS", [0x12, 4], .other),
        ("§ 19.11, MAX_STREAMS, one way", [0x13, 4], .other),
        ("§ 19.12, DATA_BLOCKED", [0x14, 4], .other),
        ("§ 19.13, STREAM_DATA_BLOCKED", [0x15, 4, 9], .other),
        ("§ 19.14, STREAMS_BLOCKED", [0x16, 4], .other),
        ("§ 19.14, STREAMS_BLOCKED, one way", [0x17, 4], .other),
        (
            "§ 19.15, NEW_CONNECTION_ID", [0x18, 2, 1, 3, 9, 9, 9] + [UInt8](repeating: 5, count: 16),
            .newConnectionID(sequence: 2, id: 4..<7)
        ),
        ("§ 19.16, RETIRE_CONNECTION_ID", [0x19, 4], .other),
        ("§ 19.17, PATH_CHALLENGE", [0x1A] + [UInt8](repeating: 1, count: 8), .other),
        ("§ 19.18, PATH_RESPONSE", [0x1B] + [UInt8](repeating: 1, count: 8), .other),
        ("§ 19.19, CONNECTION_CLOSE", [0x1C, 1, 6, 2, 7, 7], .connectionClose),
        ("§ 19.19, CONNECTION_CLOSE of the application", [0x1D, 1, 2, 7, 7], .connectionClose),
        ("§ 19.20, HANDSHAKE_DONE", [0x1E], .other),
        ("RFC 9221 § 4, DATAGRAM with a length", [0x31, 2, 7, 7], .datagram(octets: 2..<4)),
    ]

    @Test("each is read whole, and the next behind it", arguments: all.indices)
    func each(index: Int) throws {
        let (_, octets, frame) = Self.all[index]
        let frames = try Self.frames([0, 0] + octets + [1, 0])
        #expect(frames.count == 2 && frames.last == .other)
        #expect(frames.first == frame.moved(by: 2))
        Torture.everyPrefix(of: octets) { prefix in
            guard prefix.count > 0 else { return }
            var reader = QUICFrameReader()
            #expect(throws: QUICError.truncatedFrame) { try reader.next(in: prefix) }
        }
    }

    @Test("without a length a frame reaches to the packet's end")
    func toTheEnd() throws {
        let stream = try Self.frames([0x08, 4, 7, 7, 7])
        #expect(stream == [.stream(id: 4, offset: 0, octets: 2..<5, isFinal: false)])
        let datagram = try Self.frames([0x30, 7, 7])
        #expect(datagram == [.datagram(octets: 1..<3)])
        #expect(try Self.frames([]) == [] && (try Self.frames([0, 0, 0])) == [])
    }

    @Test("what cannot be is refused: unknown types, lengths beyond the packet, ids that are too long")
    func refused() {
        #expect(throws: QUICError.unknownFrame) { try Self.frames([0x1F]) }
        #expect(throws: QUICError.unknownFrame) { try Self.frames([0x40, 0x52]) }
        #expect(throws: QUICError.truncatedFrame) { try Self.frames([6, 0, 9, 7]) }
        let acknowledgements: [UInt8] = [2, 0, 0, 0xFF] + [UInt8](repeating: 0xFF, count: 7) + [0]
        #expect(throws: QUICError.truncatedFrame) { try Self.frames(acknowledgements) }
        let id: [UInt8] = [0x18, 1, 0, 21] + [UInt8](repeating: 1, count: 40)
        #expect(throws: QUICError.truncatedFrame) { try Self.frames(id) }
    }

    @Test("nothing traps")
    func torture() {
        let packet = Self.all.flatMap { $0.1 }
        Torture.everything(of: packet) { pieces in
            for piece in pieces { _ = try? Self.frames(Array(piece)) }
        }
    }
}

extension QUICFrame {
    /// The same frame, so many octets later in its packet.
    fileprivate func moved(by count: Int) -> QUICFrame {
        func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + count..<range.upperBound + count }
        return switch self {
        case .crypto(let offset, let octets): .crypto(offset: offset, octets: moved(octets))
        case .stream(let id, let offset, let octets, let isFinal):
            .stream(id: id, offset: offset, octets: moved(octets), isFinal: isFinal)
        case .newConnectionID(let sequence, let id): .newConnectionID(sequence: sequence, id: moved(id))
        case .datagram(let octets): .datagram(octets: moved(octets))
        case .resetStream, .connectionClose, .other: self
        }
    }
}
