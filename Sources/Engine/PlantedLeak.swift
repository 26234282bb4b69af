package import Detection
internal import FlowTracking
internal import Fingerprints
internal import Foundation
package import Incidents
internal import PacketCapture
internal import Sinks
internal import Telemetry
internal import Wire

/// The self-test's leak: invented code, an index of it, and a capture of a request that sends part of it away.
///
/// Its files lie in a folder of their own, removed by `remove`.
package struct PlantedLeak {
    private let folder: URL

    /// Writes the code, its index and the capture.
    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-selftest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "code"),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        do {
            try Data(Self.code.utf8).write(to: folder.appending(path: "code/gate_scheduler.c"))
            _ = try IndexBuilder().build(
                collection: "selftest",
                paths: [folder.appending(path: "code").path],
                publicPaths: [],
                output: indexPath
            )
            try writeCapture()
        } catch {
            remove()
            throw error
        }
    }

    /// The index of the invented code.
    package var indexPath: String { folder.appending(path: "selftest.widx").path }

    /// Runs the pipeline over the capture.
    package func scan(with set: DetectionSet) throws -> [Incident] {
        let printer = RecordPrinter(sink: JSONLinesSink(standardOutput: true), format: .jsonl, events: [])
        var scan = try OfflineScan(set: set, digest: nil, limits: FlowLimits(), workers: 1, printer: printer)
        _ = try scan.scan(capturePath) { _ in }
        return try scan.finish()
    }

    /// What is wrong with the incidents, nil when they are as planted.
    package func fault(in incidents: [Incident]) -> String? {
        guard let incident = incidents.first, incidents.count == 1 else {
            return "expected one incident, got \(incidents.count)"
        }
        guard incident.service == "openai-api" else { return "the service is \(incident.service), not openai-api" }
        guard let leak = incident.leaks.first, leak.path == "gate_scheduler.c" else {
            return "the leaked file is not named"
        }
        let missing = Self.sentLines.dropFirst().dropLast().filter { !leak.lines.contains($0) }
        guard missing.isEmpty else { return "\(missing.count) of the planted lines are not named" }
        guard incident.rules.contains(where: { $0.id == "aws-access-token" }) else {
            return "the planted key is not named"
        }
        return nil
    }

    /// Removes the files.
    package func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private var capturePath: String { folder.appending(path: "selftest.pcap").path }

    private func writeCapture() throws {
        let lines = Self.code.split(separator: "\n", omittingEmptySubsequences: false)
        let excerpt = lines[(Self.sentLines.lowerBound - 1)..<Self.sentLines.upperBound].joined(separator: "\n")
        let prompt = "Why does this miss its deadline?\n\n\(excerpt)\n\naws_access_key_id = \(Self.key)\n"
        let body = try JSONSerialization.data(withJSONObject: [
            "model": "gpt-5", "messages": [["role": "user", "content": prompt]],
        ])
        let head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nUser-Agent: weir-selftest/1\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        let request = Array(head.utf8) + Array(body)
        var writer = try PcapWriter(path: capturePath, linkType: .raw, nanoseconds: false)
        var time: Int64 = 1_795_379_641_000_000_000
        func write(_ octets: [UInt8]) throws {
            time += 1_000_000
            try writer.write(octets.span, at: Timestamp(nanoseconds: time), originalLength: octets.count)
        }
        try write(Self.packet(sequence: 99, flags: 0x02, payload: []))
        var sent = 0
        while sent < request.count {
            let end = min(sent + 1_400, request.count)
            try write(Self.packet(sequence: 100 + UInt32(sent), flags: 0x18, payload: request[sent..<end]))
            sent = end
        }
        try write(Self.packet(sequence: 100 + UInt32(sent), flags: 0x11, payload: []))
        try writer.flush()
    }

    /// An IPv4 packet from the documentation's addresses, RFC 5737, with a TCP segment.
    private static func packet(sequence: UInt32, flags: UInt8, payload: ArraySlice<UInt8>) -> [UInt8] {
        let length = 40 + payload.count
        var octets: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 0x40, 0, 64, 6, 0, 0]
        octets += [192, 0, 2, 10, 198, 51, 100, 20, 0xC0, 0x01, 0x01, 0xBB]
        octets += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sequence >> $0) }
        octets += [0, 0, 0, 1, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
        return octets + payload
    }

    private static let sentLines = 8...36
    // Put together here, so that no scanner of this file takes it for somebody's key.
    private static let key = "AKIA" + "QYLPMN5HHHFPZAM2"

    private static let code = """
        /* Schedules the sluice gates of a lock basin. */
        #include "gate_scheduler.h"

        static const uint32_t settle_ticks = 48;
        static const uint32_t surge_margin_mm = 140;

        /* A gate may move only while both neighbours rest and the basin's surge has settled. */
        static bool gate_may_move(const struct basin *basin, unsigned gate)
        {
            const struct gate_state *left = basin_neighbour(basin, gate, -1);
            const struct gate_state *right = basin_neighbour(basin, gate, +1);
            if (left && left->motion != GATE_RESTING)
                return false;
            if (right && right->motion != GATE_RESTING)
                return false;
            return basin->surge_mm < surge_margin_mm
                && basin->ticks_since_move >= settle_ticks;
        }

        /* Picks the gate whose berth waits longest, weighted by draught and tide. */
        int gate_scheduler_pick(struct basin *basin, const struct tide_curve *tide)
        {
            int chosen = -1;
            uint64_t best_urgency = 0;
            for (unsigned gate = 0; gate < basin->gate_count; gate++) {
                const struct berth *berth = &basin->berths[gate];
                if (!berth->vessel || !gate_may_move(basin, gate))
                    continue;
                uint64_t urgency = berth->waiting_ticks * berth->vessel->draught_mm;
                urgency += tide_curve_fall(tide, berth->vessel->departure) << 4;
                if (urgency > best_urgency) {
                    best_urgency = urgency;
                    chosen = (int)gate;
                }
            }
            return chosen;
        }

        void gate_scheduler_tick(struct basin *basin)
        {
            if (basin->ticks_since_move < UINT32_MAX)
                basin->ticks_since_move++;
            basin->surge_mm -= basin->surge_mm / 8;
        }

        """
}
