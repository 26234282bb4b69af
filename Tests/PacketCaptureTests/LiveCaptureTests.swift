import Testing

@testable import PacketCapture

@Suite("Live capture, as far as it needs no network")
struct LiveCaptureTests {
    @Test("a capture filter compiles without a device", arguments: ["tcp port 443", "", "vlan and host 10.0.0.1"])
    func filter(text: String) throws {
        try LiveCapture.check(filter: text)
    }

    @Test(
        "a wrong capture filter is named in libpcap's words",
        arguments: [
            ("tcp prot 80", "tcp prot 80: can't parse filter expression: syntax error"),
            ("port 70000", "port 70000: illegal port number 70000 > 65535"),
        ]
    )
    func badFilter(text: String, description: String) {
        let error = #expect(throws: CaptureError.self) { try LiveCapture.check(filter: text) }
        #expect(error?.kind == .filter)
        #expect(error?.description == description)
    }

    @Test("the counters go on when libpcap's wrap")
    func statistics() {
        var statistics = CaptureStatistics()
        statistics.advance(received: .max - 1, dropped: 7, droppedByInterface: 0)
        statistics.advance(received: 3, dropped: 7, droppedByInterface: 1)
        #expect(statistics.received == 0x1_0000_0003)
        #expect(statistics.droppedByKernel == 7)
        #expect(statistics.droppedByInterface == 1)
    }

    @Test("a stop is seen by whoever holds it")
    func stop() {
        let stop = CaptureStop()
        #expect(!stop.isStopped)
        stop.stop()
        stop.stop()
        #expect(stop.isStopped)
    }

    @Test("libpcap's number for raw IP is not the files'")
    func dataLink() {
        #expect(LinkType(dataLink: 12) == .raw)
        #expect(LinkType(dataLink: 1) == .ethernet)
        #expect(LinkType.raw.dataLink == 12)
        #expect(LinkType.linuxSLL2.dataLink == 276)
    }
}
