import Wire

/// Sends captured TCP again as a worse network would have carried it: what a tap sees changes, what was said does not.
///
/// Every result is a valid capture: lengths, checksums, sequence numbers and times are right, nothing is acknowledged
/// before it passed (but where `lose` took it away), and nothing passes a SYN or an RST of its own connection. Frames
/// other than whole TCP segments are left out.
package struct CaptureMangler: Sendable {
    /// The segments, in the order in which they pass.
    package private(set) var segments: [SegmentRecord]
    /// What `lose` took away, in the order in which it would have passed.
    package private(set) var lost: [Loss] = []

    /// A segment that the tap did not see.
    package struct Loss: Hashable, Sendable {
        /// From the client to the server.
        package let path: SegmentRecord.Path
        /// Where in the client's stream its payload lay: 0 is the first octet after the SYN.
        package let octets: Range<Int>
        /// The payload.
        package let payload: [UInt8]
    }

    /// The ways of sending again that issue 3 names.
    package enum Guise: String, CaseIterable, Sendable {
        /// A quarter of the segments arrive late.
        case reordered
        /// A tenth of the segments arrive twice.
        case duplicated
        /// No packet is larger than 600 octets.
        case resegmented
        /// All frames carry a VLAN tag.
        case tagged
        /// All packets are IPv6.
        case overIPv6
        /// Linux cooked version 2, every packet twice.
        case cookedTwice
        /// No packet has more than 240 octets of payload: larger ones are cut into fragments, which pass in any order.
        case fragmented
        /// The same over IPv6.
        case fragmentedIPv6
        /// As captured on a BSD system's loopback.
        case loopback
        /// In VXLAN between two routers, the frames within tagged.
        case tunnelled
        /// Fragments over IPv6 in VXLAN, whose own packets are cut into fragments again, which pass in any order.
        case tunnelledPieces
        /// Of the client's segments after a request's head, cut to 600 octets, a twentieth is lost to the tap.
        case lossy

        /// Whether each frame holds a segment at once: neither a piece of one nor a tunnel.
        package var isDirect: Bool {
            switch self {
            case .fragmented, .fragmentedIPv6, .tunnelled, .tunnelledPieces: false
            default: true
            }
        }
    }

    /// A capture in its new guise.
    package struct Capture: Sendable {
        /// The frames, in the order in which they pass.
        package let frames: [CapturedFrame]
        /// What the frames begin with, by its registered number.
        package let linkType: UInt32
        /// What the tap did not see.
        package let lost: [Loss]

        /// The same on Ethernet, packets with more payload cut into fragments of `size` octets, which pass in any order.
        package func fragmented(size: Int, seed: UInt64) -> Capture {
            var generator = SeededGenerator(seed: seed)
            var identification: UInt32 = 0
            let pieces = frames.flatMap { frame in
                identification += 1
                return IPFragmenter.fragments(
                    of: frame.octets,
                    linkLength: 14,
                    size: size,
                    identification: identification
                ).shuffled(using: &generator).map { CapturedFrame($0, at: frame.timestamp) }
            }
            return Capture(frames: pieces, linkType: linkType, lost: lost)
        }

        /// The same inside VXLAN (RFC 7348 § 5): Ethernet frames between two routers, with varying source ports.
        package func tunnelled() -> Capture {
            let frames = frames.map { frame in
                let port = 49_152 + UInt16(truncatingIfNeeded: frame.octets.count % 7)
                let outer = PacketBuilder(clientPort: port, port: 4789)
                let payload = [0x08, 0, 0, 0, 0, 0x12, 0x34, 0] + frame.octets
                return CapturedFrame(outer.udp(payload: payload), at: frame.timestamp)
            }
            return Capture(frames: frames, linkType: linkType, lost: lost)
        }

        /// The capture as a pcap file.
        package var pcap: [UInt8] { CaptureFile.pcap(frames, linkType: linkType) }
    }

    /// Takes the TCP segments out of frames.
    package init(_ frames: [CapturedFrame], linkType: UInt32) {
        segments = frames.compactMap { SegmentRecord($0, linkType: linkType) }
    }

    /// Sends frames again in a guise; the same seed gives the same capture.
    package static func capture(
        _ frames: [CapturedFrame],
        linkType: UInt32,
        as guise: Guise,
        seed: UInt64 = 1
    ) -> Capture {
        var mangler = CaptureMangler(frames, linkType: linkType)
        var link = PacketBuilder.Link.ethernet(vlan: [])
        switch guise {
        case .reordered: mangler.reorder(percent: 25, seed: seed)
        case .duplicated: mangler.duplicate(percent: 10, seed: seed)
        case .resegmented: mangler.resegment(mtu: 600)
        case .tagged: link = .ethernet(vlan: [42])
        case .overIPv6, .fragmented, .fragmentedIPv6, .tunnelledPieces: break
        case .tunnelled: link = .ethernet(vlan: [7])
        case .loopback: link = .loop
        case .cookedTwice: link = .linuxSLL2
        case .lossy:
            mangler.resegment(mtu: 600)
            mangler.lose(percent: 5, seed: seed)
        }
        let overIPv6 = guise == .overIPv6 || guise == .fragmentedIPv6 || guise == .tunnelledPieces
        let capture = mangler.capture(link: link, overIPv6: overIPv6, twice: guise == .cookedTwice)
        switch guise {
        case .fragmented, .fragmentedIPv6: return capture.fragmented(size: 240, seed: seed)
        case .tunnelled: return capture.tunnelled()
        case .tunnelledPieces:
            return capture.fragmented(size: 240, seed: seed).tunnelled().fragmented(size: 120, seed: seed &+ 1)
        default: return capture
        }
    }

    /// The segments as a capture; `twice` puts each frame there a second time, as a tap of two interfaces does.
    package func capture(
        link: PacketBuilder.Link = .ethernet(vlan: []),
        overIPv6: Bool = false,
        twice: Bool = false
    ) -> Capture {
        let frames = segments.map { $0.frame(link: link, overIPv6: overIPv6) }
        return Capture(
            frames: twice ? frames.flatMap { [$0, $0] } : frames,
            linkType: link.number,
            lost: lost
        )
    }

    /// Cuts payloads so that no IPv4 packet exceeds `mtu` octets; the parts pass at the same moment.
    package mutating func resegment(mtu: Int) {
        segments = segments.flatMap { segment in
            let room = max(1, mtu - 40 - segment.options.count)
            guard segment.payload.count > room else { return [segment] }
            return stride(from: 0, to: segment.payload.count, by: room).map { start in
                let end = min(start + room, segment.payload.count)
                var part = segment
                part.payload = Array(segment.payload[start..<end])
                part.sequence = segment.sequence &+ UInt32(truncatingIfNeeded: start)
                // FIN and PSH belong to the last octet.
                if end < segment.payload.count { part.flags &= ~0x09 }
                return part
            }
        }
    }

    /// Lets some segments pass one to four segments later than they did.
    package mutating func reorder(percent: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var waiting = Waiting()
        var order: [SegmentRecord] = []
        for segment in segments {
            if segment.has(0x06) { order += waiting.take { $0.isOfConnection(segment.path) } }
            if !segment.has(0x06), Int.random(in: 0..<100, using: &generator) < percent {
                waiting.add(segment, for: Int.random(in: 1...4, using: &generator))
            } else {
                order.append(segment)
                order += waiting.tick()
            }
        }
        order += waiting.take { _ in true }
        restoreOrder(order)
    }

    /// Lets some segments pass a second time, at once or up to three segments later.
    package mutating func duplicate(percent: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var waiting = Waiting()
        var order: [SegmentRecord] = []
        for segment in segments {
            if segment.has(0x06) { order += waiting.take { $0.isOfConnection(segment.path) } }
            order.append(segment)
            order += waiting.tick()
            if Int.random(in: 0..<100, using: &generator) < percent {
                let delay = Int.random(in: 0...3, using: &generator)
                if delay == 0 { order.append(segment) } else { waiting.add(segment, for: delay) }
            }
        }
        order += waiting.take { _ in true }
        restoreOrder(order)
    }

    /// Hides some of the clients' segments from the tap: only whole ones after a request's head, never SYN, FIN or RST.
    ///
    /// At least one is lost where any may be. The receiver has them: it acknowledges them, and they are not sent again. A
    /// head begins where a stream does, and where a segment begins with an HTTP method; it ends at its empty line.
    package mutating func lose(percent: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let candidates = losable()
        let count = candidates.isEmpty ? 0 : max(1, (candidates.count * percent + 50) / 100)
        let chosen = Dictionary(
            uniqueKeysWithValues: candidates.shuffled(using: &generator).prefix(count).map { ($0.index, $0.first) }
        )
        var kept: [SegmentRecord] = []
        for (index, segment) in segments.enumerated() {
            guard let first = chosen[index] else {
                kept.append(segment)
                continue
            }
            let start = Int(segment.sequence &- first)
            let octets = start..<(start + segment.payload.count)
            lost.append(Loss(path: segment.path, octets: octets, payload: segment.payload))
        }
        segments = kept
    }

    /// Which segments `lose` may take, each with the first sequence number of its stream.
    private func losable() -> [(index: Int, first: UInt32)] {
        var heads: [SegmentRecord.Path: HeadTracker] = [:]
        var candidates: [(index: Int, first: UInt32)] = []
        for (index, segment) in segments.enumerated() {
            // A SYN without ACK is a client's; a stream that began before the capture is nobody's.
            if segment.has(0x02), !segment.has(0x10) { heads[segment.path] = HeadTracker(first: segment.sequence &+ 1) }
            guard !segment.payload.isEmpty, var head = heads[segment.path] else { continue }
            let isProtected = head.touchesHead(segment)
            heads[segment.path] = head
            if !isProtected, !segment.has(0x07) { candidates.append((index, head.first)) }
        }
        return candidates
    }

    /// Takes a new order: the moments of the capture stay sorted, and no acknowledgement is ahead of what passed.
    private mutating func restoreOrder(_ order: [SegmentRecord]) {
        var streams: [SegmentRecord.Path: PassedStream] = [:]
        var latest = order.first?.timestamp ?? Timestamp(nanoseconds: 0)
        segments = order.map { segment in
            var segment = segment
            latest = max(latest, segment.timestamp)
            segment.timestamp = latest
            // A new SYN starts the numbers of a connection anew.
            if segment.has(0x02), streams[segment.path]?.first != segment.sequence { streams[segment.path] = nil }
            streams[segment.path, default: PassedStream(first: segment.sequence)]
                .pass(segment.sequence, segment.span)
            if segment.has(0x10), let peer = streams[segment.path.reversed] {
                segment.acknowledgement = peer.limited(segment.acknowledgement)
            }
            return segment
        }
    }
}

/// Segments on their way, each with the number of segments that pass before it.
private struct Waiting {
    private var entries: [(segment: SegmentRecord, left: Int)] = []

    mutating func add(_ segment: SegmentRecord, for count: Int) { entries.append((segment, count)) }

    mutating func tick() -> [SegmentRecord] {
        for index in entries.indices { entries[index].left -= 1 }
        let due = entries.filter { $0.left <= 0 }.map(\.segment)
        entries.removeAll { $0.left <= 0 }
        return due
    }

    mutating func take(where condition: (SegmentRecord) -> Bool) -> [SegmentRecord] {
        let taken = entries.filter { condition($0.segment) }.map(\.segment)
        entries.removeAll { condition($0.segment) }
        return taken
    }
}

extension SegmentRecord {
    fileprivate func isOfConnection(_ other: Path) -> Bool { path == other || path == other.reversed }
}

/// How far one direction of a connection has passed without a hole.
private struct PassedStream {
    let first: UInt32
    private var contiguous = 0
    private var ahead: [Range<Int>] = []

    init(first: UInt32) {
        self.first = first
    }

    mutating func pass(_ sequence: UInt32, _ count: Int) {
        let start = Int(Int32(bitPattern: sequence &- first))
        ahead.append(start..<(start + count))
        while let index = ahead.firstIndex(where: { $0.lowerBound <= contiguous }) {
            contiguous = max(contiguous, ahead.remove(at: index).upperBound)
        }
    }

    func limited(_ acknowledgement: UInt32) -> UInt32 {
        let relative = Int(Int32(bitPattern: acknowledgement &- first))
        return relative > contiguous ? first &+ UInt32(truncatingIfNeeded: contiguous) : acknowledgement
    }
}

/// Whether a client's stream is within a request's head.
private struct HeadTracker {
    let first: UInt32
    private var isInHead = true
    private var tail: [UInt8] = []

    init(first: UInt32) {
        self.first = first
    }

    /// Whether any octet of the segment belongs to a head.
    mutating func touchesHead(_ segment: SegmentRecord) -> Bool {
        let methods = ["GET ", "POST ", "PUT ", "HEAD ", "PATCH ", "DELETE ", "OPTIONS ", "CONNECT "]
        if !isInHead, methods.contains(where: { segment.payload.starts(with: $0.utf8) }) {
            isInHead = true
            tail = []
        }
        guard isInHead else { return false }
        for octet in segment.payload {
            tail = tail.suffix(3) + [octet]
            if tail == [13, 10, 13, 10] { isInHead = false }
        }
        return true
    }
}
