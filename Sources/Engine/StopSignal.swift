internal import Dispatch
internal import Glibc
internal import Synchronization

/// Turns SIGTERM and SIGINT into a request to drain and end, SIGHUP into one to open the logs anew.
package final class StopSignal: Sendable {
    private let raised = Atomic<Bool>(false)
    private let reopening = Atomic<Bool>(false)
    private let wake = DispatchSemaphore(value: 0)

    /// Not raised; signals are not watched until `watch`.
    package init() {}

    /// Watches the signals, for as long as the caller keeps what is returned; of SIGHUP `reload` is told too.
    package func watch(reload: @escaping @Sendable () -> Void) -> SignalWatch {
        SignalWatch(
            sources: [SIGTERM, SIGINT, SIGHUP].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [weak self] in
                    if number == SIGHUP {
                        self?.requestReopening()
                        reload()
                    } else {
                        self?.raise()
                    }
                }
                source.resume()
                return source
            }
        )
    }

    /// Asks for the end.
    package func raise() {
        raised.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Asks for the logs to be opened anew.
    package func requestReopening() {
        reopening.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Whether that was asked for since the last time.
    func takeReopening() -> Bool { reopening.exchange(false, ordering: .acquiringAndReleasing) }

    /// Whether the end was asked for, waiting up to so long for it.
    package func wait(milliseconds: Int) -> Bool {
        if raised.load(ordering: .acquiring) {
            // Draining has begun; the caller polls for its end.
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(min(milliseconds, 10)))
            return true
        }
        _ = wake.wait(timeout: .now() + .milliseconds(milliseconds))
        return raised.load(ordering: .acquiring)
    }
}

/// Keeps signals watched while it lives.
package struct SignalWatch {
    let sources: [any DispatchSourceSignal]
}
