import FlowTracking
import PacketCapture
import PacketDecode
import Sessions

/// A capture file, all the way: frames, packets, flows, sessions.
enum CaptureBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var witness = FlowWitness(policy: 0, isContentKnown: false)
        var table = FlowTable<FlowWitness>(limits: FlowLimits(), seed: 1)
        var tracker = SessionTracker(consumer: SessionWitness(policy: 0))
        var sessions = FlowTable<SessionTracker<SessionWitness>>(limits: FlowsBody.tight, seed: 2)
        // Few octets of gzip or zstd may stand for many frames.
        let isCompressed = octets.starts(with: [0x1F, 0x8B]) || octets.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        do throws(CaptureError) {
            var reader = try CaptureReader(octets: octets, name: "input")
            var frames: UInt64 = 0
            while let frame = try reader.next() {
                frames += 1
                hold(frame.number == frames, "frames are counted from 1")
                hold(isCompressed || frames <= octets.count, "a frame takes octets")
                hold(isCompressed || frame.bytes.count <= octets.count, "a frame lies in its file")
                hold(frame.originalLength >= frame.bytes.count, "no more is captured than was sent")
                let stamp = PacketStamp(timestamp: frame.timestamp, number: frames)
                do throws(PacketError) {
                    var levels = 0
                    let packet = try PacketDecoder.innermost(of: PacketDecoder.decode(frame), levels: &levels)
                    hold(levels <= VXLANHeader.nestingLimit, "tunnels inside each other are bounded")
                    hold(packet.payload.count <= frame.bytes.count, "a payload lies in its frame")
                    hold(packet.missing >= 0, "nothing negative is missing")
                    table.process(packet, at: stamp, consumer: &witness)
                    sessions.process(packet, at: stamp, consumer: &tracker)
                } catch {
                    hold(!error.description.isEmpty, "errors are described")
                }
            }
            _ = (reader.isTruncated, reader.interfaces.count, reader.secrets.count, reader.secretsLeftOut)
        } catch {
            hold(error.description.contains("input"), "errors name the file")
        }
        table.finish(consumer: &witness)
        witness.check(table.counters, flows: table.flowCount, buffered: table.bufferedOctets)
        sessions.finish(consumer: &tracker)
        tracker.consumer.check()
    }
}
