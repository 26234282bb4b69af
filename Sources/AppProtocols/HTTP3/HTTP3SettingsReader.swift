internal import Wire

/// Finds in the server's control stream how large a dynamic table it allows (RFC 9114 § 7.2.4, RFC 9204 § 5).
struct HTTP3SettingsReader {
    private struct Opening {
        let stream: UInt64
        var octets: [UInt8] = []
        /// Whether it is another stream than the one looked for.
        var isOther = false
    }

    private var openings: [Opening] = []
    private var isOver = false

    /// SETTINGS_QPACK_MAX_TABLE_CAPACITY in octets, 0 where SETTINGS do not name it; nil until they have been read.
    private(set) var tableCapacity: Int?

    private static let maximumStreams = 8
    private static let maximumOctets = 512
    private static let maximumCapacity: UInt64 = 0x01

    /// Takes octets of a stream of the server's; only unidirectional ones are looked at.
    mutating func consume(_ chunk: Span<UInt8>, stream: UInt64) {
        guard !isOver, stream.isServerUnidirectional else { return }
        guard let index = open(stream), !openings[index].isOther else { return }
        let room = max(0, Self.maximumOctets - openings[index].octets.count)
        for place in 0..<min(room, chunk.count) { openings[index].octets.append(chunk[place]) }
        read(openings[index].octets, index)
    }

    /// Notes that octets of a stream of the server's are missing.
    mutating func gap(stream: UInt64) {
        guard !isOver, stream.isServerUnidirectional, let index = open(stream) else { return }
        openings[index].isOther = true
    }

    private mutating func open(_ stream: UInt64) -> Int? {
        if let index = openings.firstIndex(where: { $0.stream == stream }) { return index }
        guard openings.count < Self.maximumStreams else { return nil }
        openings.append(Opening(stream: stream))
        return openings.count - 1
    }

    private mutating func read(_ octets: [UInt8], _ index: Int) {
        var reader = ByteReader(octets.span)
        guard let type = reader.readVariableInteger() else { return }
        guard type == HTTP3StreamType.control.rawValue else { return openings[index].isOther = true }
        let typeOctets = reader.position
        guard let frame = HTTP3Frame(reader.takeRest()) else { return }
        let start = typeOctets + frame.headerOctets
        let isWhole = frame.length <= octets.count - start
        guard isWhole || octets.count >= Self.maximumOctets || frame.type != .settings else { return }
        isOver = true
        openings = []
        guard frame.type == .settings else { return }
        tableCapacity = Self.capacity(octets.span.extracting(start..<(isWhole ? start + frame.length : octets.count)))
    }

    /// Reads pairs of an identifier and a value.
    private static func capacity(_ settings: Span<UInt8>) -> Int {
        var reader = ByteReader(settings)
        while let identifier = reader.readVariableInteger(), let value = reader.readVariableInteger() {
            if identifier == maximumCapacity { return Int(clamping: min(value, 1 << 30)) }
        }
        return 0
    }
}
