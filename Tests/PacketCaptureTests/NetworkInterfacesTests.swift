import Testing

@testable import PacketCapture

@Suite("Network interfaces")
struct NetworkInterfacesTests {
    @Test("the interface of the default route with the lowest metric is found")
    func ipv4() {
        let table = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
            eth1\t00000000\t0101A8C0\t0202\t0\t0\t1\t00000000\t0\t0\t0
            """
        #expect(NetworkInterfaces.defaultRoute(ipv4: table) == "eth0")
        #expect(NetworkInterfaces.defaultRoute(ipv4: "") == nil)
        #expect(NetworkInterfaces.defaultRoute(ipv4: "a\nb c d\n") == nil)
    }

    @Test("an IPv6 default route counts, the kernel's own refusal does not")
    func ipv6() {
        let zeros = String(repeating: "0", count: 32)
        let table = """
            \(zeros) 00 \(zeros) 00 fe80000000000000020000fffe000001 00000400 00000001 00000000 00450003 ens3
            \(zeros) 00 \(zeros) 00 \(zeros) ffffffff 00000001 00000000 00200200       lo
            """
        #expect(NetworkInterfaces.defaultRoute(ipv6: table) == "ens3")
        #expect(NetworkInterfaces.defaultRoute(ipv6: "") == nil)
    }

    @Test("the names are those of the table")
    func names() {
        let table = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
                lo: 6507293   12031    0    0    0     0          0         0  6507293   12031
             eth0.5:       0       0    0    0    0     0          0         0        0       0
            """
        #expect(NetworkInterfaces.names(table: table) == ["lo", "eth0.5"])
        #expect(NetworkInterfaces.names(table: "") == [])
    }
}
