import PacketCapture
import Testing

/// A frame of a real capture, with what tshark says of it.
///
/// The captures' addresses are of test networks.
struct RealFrame: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let linkType: LinkType
    let originalLength: Int
    let hex: String
    let addresses: [String]
    var vlan: [UInt16] = []
    let payload: Int
    var missing = 0
    var sequence: UInt32?

    static let all = [
        RealFrame(
            testDescription: "net-vlan, frame 7: a SYN in an 802.1Q tag",
            linkType: .ethernet,
            originalLength: 78,
            hex: """
                d6fcae28240dba6f09ad5caa8100007808004500003cc93740004006282b0a4d0302cb00710abb2401bbb371016400000000a002faf0
                48be0000020405b40402080aaa8d9eb1000000000103030a
                """,
            addresses: ["10.77.3.2", "203.0.113.10"],
            vlan: [120],
            payload: 0,
            sequence: 3_010_527_588
        ),
        RealFrame(
            testDescription: "net-ipv6, frame 1: a listener report behind a hop-by-hop header",
            linkType: .ethernet,
            originalLength: 110,
            hex: """
                33330000001642a91600102186dd6000000000380001fe8000000000000040a916fffe001021ff020000000000000000000000000016
                3a000502000001008f00f9010000000204000000ff0200000000000000000001ff00000204000000ff0200000000000000000001ff00
                1021
                """,
            addresses: ["fe80::40a9:16ff:fe00:1021", "ff02::16"],
            payload: 48
        ),
        RealFrame(
            testDescription: "net-ipv6, frame 9: a TLS record",
            linkType: .ethernet,
            originalLength: 166,
            hex: """
                4a1255a43a7542a91600102186dd6000726d0070064020010db800010000000000000000000220010db8000200000000000000000010
                907e01bb2f2137a8e5df2147801800455bfd00000101080a444c3e051c8537af140303000101170303004579b674a3c78bf776081a46
                aede25c1f3281c3dee9855be37e4a4f3dd9a38b6c9d6ed8217375a8edbbc61f8ba3e2c7ef4707e4346bace0ebd35d13123c4cff48c5b
                00f6467d
                """,
            addresses: ["2001:db8:1::2", "2001:db8:2::10"],
            payload: 80,
            sequence: 790_706_088
        ),
        RealFrame(
            testDescription: "net-any-sll2-dup, frame 9: a SYN, cooked",
            linkType: .linuxSLL2,
            originalLength: 80,
            hex: """
                08000000000000020001000642a91600102100004500003c05c640004006ed9c0a4d0102cb00710ae2c801bbe0c708ef00000000a002
                faf047880000020405b40402080a6b2363c0000000000103030a
                """,
            addresses: ["10.77.1.2", "203.0.113.10"],
            payload: 0,
            sequence: 3_771_140_335
        ),
        RealFrame(
            testDescription: "net-snaplen96, frame 8: a ClientHello, cut",
            linkType: .ethernet,
            originalLength: 583,
            hex: """
                4a1255a43a7542a9160010210800450002395213400040069f520a4d0102cb00710a940201bbc88a78dc6606c9da8018003f49850000
                0101080a0116c32423cf01f31603010200010001fc030356455535567d4b5d9bbbb16c41d32f7b1817fb
                """,
            addresses: ["10.77.1.2", "203.0.113.10"],
            payload: 30,
            missing: 487,
            sequence: 3_364_518_108
        ),
    ]
}
