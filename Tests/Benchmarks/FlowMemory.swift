import FlowTracking
import Foundation
import PacketCapture
import PacketDecode
import SecureTransport
import Sessions
import TestSupport
import Wire

/// What flows cost in memory, all in: hash buckets, slack and the sessions' state included.
struct FlowMemory {
    /// What the flows have done before they fell silent.
    enum Kind: String, CaseIterable {
        /// A SYN, no answer.
        case embryonic = "SYN only"
        /// TLS whose server is no service: no longer put in order.
        case shunted = "shunted TLS"
        /// The same over IPv6.
        case shuntedIPv6 = "shunted TLS, IPv6"
        /// Something in UDP that nobody reads.
        case datagrams = "UDP"
        /// An HTTP connection kept alive after a request that was read to its end.
        case idle = "idle HTTP"

        /// The most octets that one may cost.
        var mark: Int? {
            switch self {
            case .idle: 400
            case .shunted, .shuntedIPv6: 128
            case .embryonic, .datagrams: nil
            }
        }
    }

    /// Prints a line of JSON for each kind and a table.
    ///
    /// Each kind in a process of its own, since an allocator keeps what another has freed.
    static func report(flows: Int, program: String) throws {
        var table = Table(["flows", "octets each", "mark"])
        for kind in Kind.allCases {
            let said = try Measurement.output(of: [program, "flow-memory", kind.rawValue, "\(flows)"])
            let octets = Double(said) ?? 0
            print(
                JSONLine([
                    ("flows", .integer(flows)), ("kind", .text(kind.rawValue)),
                    ("mark_octets", kind.mark.map { .integer($0) }), ("octets_per_flow", .number(octets)),
                ])
            )
            table.add([kind.rawValue, rounded(octets), kind.mark.map { "\($0)" } ?? ""])
        }
        print("\n" + table.text)
    }

    /// By how much the process grows when so many flows come, divided by their number.
    ///
    /// What the first thousand bring into memory besides, code above all, is left out.
    static func measure(_ kind: Kind, flows: Int) throws -> Double {
        var limits = FlowLimits()
        let first = 1_000
        limits.trackedFlows = first + flows + 1
        limits.reassemblingFlows = first + flows + 1
        var sessions = SessionTracker(consumer: NoServices())
        var table = FlowTable<SessionTracker<NoServices>>(limits: limits, seed: 1)
        var before = 0
        let hello = HelloTemplate.recorded[0].records(host: "static.example.net", seed: 1)
        let request = Array("POST /form HTTP/1.1\r\nHost: www.example.net\r\nContent-Length: 4\r\n\r\na=bc".utf8)
        let answer = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
        var number: UInt64 = 0
        func send(_ octets: [UInt8]) throws {
            number += 1
            let frame = Frame(
                bytes: octets.span,
                timestamp: Timestamp(nanoseconds: 1_790_000_000_000_000_000 + Int64(number) * 1_000),
                originalLength: octets.count,
                linkType: .ethernet,
                number: number
            )
            let packet = try PacketDecoder.decode(frame)
            table.process(
                packet,
                at: PacketStamp(timestamp: frame.timestamp, number: number),
                consumer: &sessions
            )
        }
        for index in 0..<(first + flows) {
            if index == first { before = residentOctets }
            var packets = PacketBuilder(ipv6: kind == .shuntedIPv6)
            let host = UInt64(index / 50_000)
            packets.source = SocketAddress(
                kind == .shuntedIPv6
                    ? IPAddress(ipv6High: 0x2001_0DB8_0000_0001, low: host)
                    : IPAddress(ipv4: 0x0A00_0000 + UInt32(host)),
                UInt16(1_024 + index % 50_000)
            )
            if kind == .datagrams {
                try send(packets.udp(payload: [UInt8](repeating: 1, count: 40)))
                continue
            }
            try send(packets.tcp(sequence: 999, flags: 0x02))
            if kind == .embryonic { continue }
            try send(packets.reversed.tcp(sequence: 4_999, acknowledgement: 1_000, flags: 0x12))
            let said = kind == .idle ? request : hello
            try send(packets.tcp(sequence: 1_000, acknowledgement: 5_000, payload: said))
            if kind == .idle {
                let reached = 1_000 + UInt32(said.count)
                try send(packets.reversed.tcp(sequence: 5_000, acknowledgement: reached, payload: answer))
            }
        }
        let octets = Double(residentOctets - before) / Double(flows)
        table.finish(consumer: &sessions)
        return octets
    }

    /// Octets of this process that are in memory.
    private static var residentOctets: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Knows no service.
private struct NoServices: RequestConsumer {
    mutating func judge(_ connection: borrowing Connection) -> Int? { nil }
    mutating func judge(_ request: borrowing Request) -> Int? { nil }
    mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int { 0 }
    mutating func body(_ octets: Span<UInt8>, slot: Int) {}
    mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {}
    mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {}
    mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {}
    mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {}
}
