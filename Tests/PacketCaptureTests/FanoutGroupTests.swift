import Glibc
import Testing

@testable import PacketCapture

@Suite("Fanout groups, as far as they need no network")
struct FanoutGroupTests {
    @Test("a kernel's refusal is told in words; what hinders any capture is not one")
    func refusals() {
        #expect(FanoutGroup.refusal(0) == nil)
        #expect(FanoutGroup.refusal(EPERM) == nil)
        #expect(FanoutGroup.refusal(ENETDOWN) == nil)
        #expect(FanoutGroup.refusal(EINVAL) == "the kernel shares no packets out (invalid argument)")
        #expect(FanoutGroup.refusal(ENOSPC) == "the kernel refuses a fanout group (no space left on device)")
    }

    @Test("an interface that is not there is left to the capture to name")
    func absent() {
        #expect(FanoutGroup.obstacle(interface: "nosuch0") == nil)
    }

    @Test("a group has at least one queue")
    func least() {
        #expect(FanoutGroup(queues: 0).queues == 1)
    }
}
