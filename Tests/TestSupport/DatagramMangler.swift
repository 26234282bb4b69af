import Wire

/// Sends captured datagrams again as a worse network would have carried them: frames of Ethernet, whatever they hold.
package enum DatagramMangler {
    /// The ways of sending again.
    package enum Guise: String, CaseIterable, Sendable {
        /// A quarter of the frames arrive one to four frames later than they did.
        case reordered
        /// A tenth of the frames arrive twice, at once or up to three frames later.
        case duplicated
        /// All frames carry a VLAN tag.
        case tagged
        /// Every frame twice, as a tap of two interfaces has them.
        case twice
    }

    /// Sends frames again in a guise, at the same times; the same seed gives the same capture.
    package static func frames(_ frames: [CapturedFrame], as guise: Guise, seed: UInt64) -> [CapturedFrame] {
        var generator = SeededGenerator(seed: seed)
        switch guise {
        case .tagged:
            return frames.map {
                CapturedFrame($0.octets[..<12] + [0x81, 0, 0, 42] + $0.octets[12...], at: $0.timestamp)
            }
        case .twice: return frames.flatMap { [$0, $0] }
        case .reordered:
            return delayed(frames) { _ in
                Int.random(in: 0..<100, using: &generator) < 25 ? [Int.random(in: 1...4, using: &generator)] : [0]
            }
        case .duplicated:
            return delayed(frames) { _ in
                Int.random(in: 0..<100, using: &generator) < 10 ? [0, Int.random(in: 0...3, using: &generator)] : [0]
            }
        }
    }

    /// Frames by how many others each lets pass first; times stay where they were.
    private static func delayed(_ frames: [CapturedFrame], _ delays: (Int) -> [Int]) -> [CapturedFrame] {
        var places: [(place: Int, frame: CapturedFrame)] = []
        for (index, frame) in frames.enumerated() {
            for delay in delays(index) { places.append((4 * (index + delay) + (delay > 0 ? 1 : 0), frame)) }
        }
        let ordered = places.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
        let times = places.map(\.frame.timestamp).sorted { $0.nanoseconds < $1.nanoseconds }
        return zip(ordered, times).map { CapturedFrame($0.element.frame.octets, at: $1) }
    }
}
