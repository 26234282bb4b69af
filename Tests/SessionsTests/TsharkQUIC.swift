/// Requests of HTTP/3, put together from the STREAM frames that tshark decrypts.
struct TsharkQUIC {
    private var pieces: [Tshark.Stream: [Int: [UInt8]]] = [:]

    /// Takes what a packet's layers hold of the client's streams.
    mutating func add(_ layers: Tshark.Object) {
        guard let udp = Tshark.objects(layers["udp"]).first,
            let source = Tshark.texts(udp["udp.srcport_raw"]).first,
            let destination = Tshark.texts(udp["udp.dstport_raw"]).first, destination < source
        else { return }
        for frame in Self.streamFrames(layers["quic"]) {
            guard let number = Self.integer(Tshark.octets(frame["quic.stream.stream_id_raw"])[...])?.value else {
                continue
            }
            let offset = Self.integer(Tshark.octets(frame["quic.stream.offset_raw"])[...])?.value ?? 0
            let stream = Tshark.Stream(client: source, server: destination, number: number)
            let octets = Tshark.octets(frame["quic.stream_data_raw"])
            // A frame sent again may be longer.
            if octets.count > pieces[stream]?[offset]?.count ?? -1 { pieces[stream, default: [:]][offset] = octets }
        }
    }

    /// What the DATA frames of each request carry (RFC 9114 § 7.2.1).
    var bodies: [[UInt8]] {
        pieces.filter { $0.key.number & 3 == 0 }.map { _, pieces in
            var stream: [UInt8] = []
            for (offset, octets) in pieces.sorted(by: { $0.key < $1.key }) where offset <= stream.count {
                stream += octets.dropFirst(stream.count - offset)
            }
            var body: [UInt8] = []
            var rest = stream[...]
            while let type = Self.integer(rest), let length = Self.integer(rest.dropFirst(type.octets)) {
                rest = rest.dropFirst(type.octets + length.octets)
                if type.value == 0 { body += rest.prefix(length.value) }
                rest = rest.dropFirst(length.value)
            }
            return body
        }
    }

    /// The objects that describe STREAM frames, however deep they lie.
    private static func streamFrames(_ value: Any?) -> [Tshark.Object] {
        if let list = value as? [Any] { return list.flatMap { streamFrames($0) } }
        guard let object = value as? Tshark.Object else { return [] }
        let inside = object.values.flatMap { streamFrames($0) }
        return object["quic.stream_data_raw"] == nil ? inside : [object] + inside
    }

    /// A variable-length integer (RFC 9000 § 16), and the octets it takes.
    private static func integer(_ octets: ArraySlice<UInt8>) -> (value: Int, octets: Int)? {
        guard let first = octets.first, octets.count >= 1 << (first >> 6) else { return nil }
        let count = 1 << Int(first >> 6)
        let value = octets.prefix(count).dropFirst().reduce(Int(first & 0x3F)) { $0 << 8 | Int($1) }
        return (value, count)
    }
}
