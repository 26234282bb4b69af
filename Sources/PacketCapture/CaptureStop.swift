import CPcap
import Glibc
import Synchronization

/// Stops a live capture from another thread: the one part of it that may be shared.
package final class CaptureStop: Sendable {
    /// An event counter that becomes readable when the capture is to stop; -1 where the kernel gave none.
    let descriptor: Int32
    private let isRaised = Atomic<Bool>(false)

    /// A stop not yet asked for.
    package init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
    }

    /// Has the capture's next or current `dispatch` return; may be called from any thread, and again.
    package func stop() {
        isRaised.store(true, ordering: .releasing)
        if descriptor >= 0 { _ = eventfd_write(descriptor, 1) }
    }

    /// Whether `stop()` was called.
    package var isStopped: Bool { isRaised.load(ordering: .acquiring) }
}
