import Foundation
import TestSupport
import Wire

/// A capture to be replayed as load: uploads to a service, each with a planted file, among traffic to others.
struct LoadCapture {
    /// Uploads to a service; in each something is to be found.
    static let uploads = 24
    /// Addresses that they come from, so that there are so many incidents.
    static let clients = 4

    let path: String
    let packets: Int
    let octets: Int

    /// Writes the capture; its flows pass at the same time, packet by packet in turn.
    init(in folder: TemporaryFolder) throws {
        let files = ["foc_observer.c", "berth_pricing.py", "reefbus_arbiter.v"]
        let filler = [UInt8](repeating: 0x20, count: 24_000)
        var flows = try (0..<Self.uploads).map { index in
            let body = Prompt.chat(try Prompt.files([files[index % files.count]]) + filler)
            return Self.flow(index, client: index % Self.clients, request: Prompt.post(body))
        }
        flows += (0..<8).map { index in
            let request = Prompt.post(filler, host: "git.example.org", path: "/upload")
            return Self.flow(100 + index, client: 10 + index, request: request)
        }
        flows += (0..<8).map { index in
            let noise = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ index) }
            return Self.flow(200 + index, client: 20 + index, request: [0xFF] + noise)
        }
        var frames: [CapturedFrame] = []
        for turn in 0..<(flows.map(\.count).max() ?? 0) {
            for flow in flows where turn < flow.count { frames.append(flow[turn]) }
            if turn % 4 == 0 { frames.append(Self.datagram(turn)) }
        }
        packets = frames.count
        octets = frames.reduce(0) { $0 + $1.octets.count }
        path = try folder.write(CaptureFile.pcap(frames), to: "load.pcap")
    }

    /// How many times the capture lasts for so long at a rate of so many megabits a second; at least once.
    func loops(seconds: Double, megabits: Double) -> Int {
        max(1, Int(seconds * megabits * 125_000 / Double(octets)))
    }

    private static func flow(_ number: Int, client: Int, request: [UInt8]) -> [CapturedFrame] {
        var builder = PacketBuilder(clientPort: 20_000 + UInt16(number))
        // Far enough apart that addresses of one round of replay are not those of another.
        builder.source = SocketAddress(
            IPAddress(ipv4: 0x0A01_0000 + UInt32(client) << 16),
            20_000 + UInt16(number)
        )
        builder.destination = SocketAddress(IPAddress(ipv4: 0xC612_0000 + UInt32(client) << 8), 80)
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        return TCPConversation.exchange(builder, request: request, response: response)
    }

    private static func datagram(_ number: Int) -> CapturedFrame {
        var builder = PacketBuilder(clientPort: 40_000 + UInt16(number % 16), port: 5_000)
        builder.source = SocketAddress(IPAddress(ipv4: 0x0A7F_0000), builder.source.port)
        return CapturedFrame(builder.udp(payload: [UInt8](repeating: 7, count: 100)), at: Timestamp(nanoseconds: 0))
    }
}
