import CPcap
import Glibc
import Synchronization

/// The capture queues of one interface, among which the kernel shares packets out by flow.
///
/// The kernel's hash is the same for both directions of a flow, so that one queue sees a connection whole; IPv4 fragments
/// are put together before they are hashed (`PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG`). What is not TCP or UDP, and
/// IPv6 fragments but the first, are hashed by their addresses alone.
///
/// A queue takes packets only when all have joined: were one to begin early it would see the connections of the others,
/// and leave them again. Shared by the threads of the queues; the kernel forgets the group with its last socket.
package final class FanoutGroup: Sendable {
    /// How many queues the group has once it is complete.
    package let queues: Int

    private let state = Mutex(State())

    private struct State {
        /// The kernel's number for the group; -1 while there is none.
        var identifier: Int32 = -1
        var members = 0
    }

    /// How long a queue waits for the others.
    private static let patience = Duration.seconds(5)

    /// A group that is to have so many queues.
    package init(queues: Int) {
        self.queues = max(1, queues)
    }

    /// Adds a packet socket that is bound and refuses packets yet.
    ///
    /// - Throws: `.interface` when the kernel refuses.
    func join(descriptor: Int32, source: String) throws(CaptureError) {
        let failure = state.withLock { state -> Int32 in
            let result = weir_join_fanout(descriptor, state.members == 0 ? -1 : state.identifier)
            guard result >= 0 else { return -result }
            state.identifier = result
            state.members += 1
            return 0
        }
        guard failure == 0 else {
            throw CaptureError(.interface, source: source, reason: "no fanout group: \(FanoutGroup.text(failure))")
        }
    }

    /// Waits until every queue has joined.
    ///
    /// - Throws: `.interface` when that takes too long, or `stop` is raised meanwhile.
    func awaitOthers(source: String, stop: CaptureStop) throws(CaptureError) {
        let deadline = ContinuousClock.now + FanoutGroup.patience
        while state.withLock({ $0.members }) < queues {
            guard !stop.isStopped, ContinuousClock.now < deadline else {
                throw CaptureError(.interface, source: source, reason: "the other capture queues did not open")
            }
            _ = usleep(2_000)
        }
    }

    /// Notes that a queue's socket is about to be closed.
    func leave() {
        state.withLock { $0.members -= 1 }
    }

    /// Why the kernel shares no packets of an interface out; nil when it does, or when the interface cannot be asked.
    ///
    /// A group of one is made and given up. What hinders capturing as such is left to be said by the capture.
    package static func obstacle(interface: String) -> String? {
        // Unsafe: the name is lent to one call.
        let index = unsafe interface == "any" ? 0 : if_nametoindex(interface)
        guard interface == "any" || index > 0 else { return nil }
        return refusal(-weir_probe_fanout(Int32(clamping: index)))
    }

    /// The words for a kernel's refusal; nil for what is no refusal of groups.
    static func refusal(_ code: Int32) -> String? {
        switch code {
        case 0, EPERM, EACCES, ENODEV, ENETDOWN: nil
        case EINVAL, ENOPROTOOPT, EOPNOTSUPP: "the kernel shares no packets out (\(text(code)))"
        default: "the kernel refuses a fanout group (\(text(code)))"
        }
    }

    private static func text(_ code: Int32) -> String {
        // Unsafe: the text is copied at once; glibc's strerror never returns nil.
        let text = unsafe String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
