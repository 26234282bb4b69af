import Engine
import Testing

@Suite("Signs of life")
struct HealthWatchTests {
    @Test("a thread that makes no progress is stuck, until it does again or has ended")
    func stuck() {
        let (first, second) = (WorkerPulse("first"), WorkerPulse("second"))
        let start = ContinuousClock.now
        var watch = HealthWatch([first, second], patience: .seconds(10), now: start)
        first.beat()
        #expect(watch.stuck(now: start + .seconds(9)) == [])
        first.beat()
        #expect(watch.stuck(now: start + .seconds(11)) == ["second"])
        first.beat()
        second.beat()
        #expect(watch.stuck(now: start + .seconds(12)) == [])
        #expect(watch.stuck(now: start + .seconds(30)) == ["first", "second"])
        second.end()
        #expect(watch.stuck(now: start + .seconds(31)) == ["first"])
    }
}
