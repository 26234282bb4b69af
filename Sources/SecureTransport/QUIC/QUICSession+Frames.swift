internal import Wire

/// From opened packets to octets of streams.
extension QUICSession {
    /// Reads frames of the packet until one has something to tell.
    mutating func readFrame() -> Step? {
        while true {
            let frame: QUICFrame?
            do throws(QUICError) {
                frame = try frames.next(in: plain.span)
            } catch {
                // What lies behind a frame of which nothing is known cannot be told from padding.
                let rest = plain.count - frames.position
                hasFrames = false
                guard direction == .toServer else { return nil }
                untold -= rest
                return rest > 0 ? .lost(rest, .damaged) : nil
            }
            guard let frame else {
                hasFrames = false
                return nil
            }
            if direction == .toClient {
                if let step = learn(frame) { return step }
                continue
            }
            switch frame {
            case .stream(let id, let offset, let octets, let isFinal):
                if let step = takeStream(id, offset, octets, isFinal) { return step }
            case .resetStream(let id, let finalSize):
                streams.reset(id, finalSize: finalSize)
                draining = id
                return nil
            case .datagram(let octets):
                // What an application says outside of streams is not read.
                guard !octets.isEmpty else { continue }
                untold -= octets.count
                return .refused(octets.count)
            case .crypto, .newConnectionID, .connectionClose, .other: continue
            }
        }
    }

    private mutating func takeStream(_ id: UInt64, _ offset: UInt64, _ octets: Range<Int>, _ isFinal: Bool) -> Step? {
        let taken = streams.take(plain.span.extracting(octets), at: offset, isFinal: isFinal, stream: id)
        switch taken {
        case .refused:
            guard !octets.isEmpty else { return nil }
            untold -= octets.count
            return .refused(octets.count)
        case .outOfWindow:
            guard !octets.isEmpty else { return nil }
            untold -= octets.count
            return .lost(octets.count, .damaged)
        case .accepted(let accepted, let ready):
            untold -= accepted
            draining = id
            guard !ready.isEmpty else { return nil }
            let start = octets.lowerBound + ready.lowerBound
            contentRange = start..<(start + ready.count)
            return .stream(id)
        }
    }

    /// Takes what the server says on streams of its own that go one way, where its settings are, and the ids that it issues.
    private mutating func learn(_ frame: QUICFrame) -> Step? {
        if case .newConnectionID(_, let id) = frame, !id.isEmpty {
            contentRange = id
            return .issued
        }
        guard case .stream(let id, let offset, let octets, let isFinal) = frame, id & 3 == 3 else { return nil }
        let part = plain.span.extracting(octets)
        guard case .accepted(_, let ready) = serverStreams.take(part, at: offset, isFinal: isFinal, stream: id) else {
            return nil
        }
        draining = id
        guard !ready.isEmpty else { return nil }
        let start = octets.lowerBound + ready.lowerBound
        contentRange = start..<(start + ready.count)
        return .learned(id)
    }
}
