import FlowTracking
import Foundation
import PacketCapture
import PacketDecode
import SecureTransport
import Sessions

/// What a tracker makes of a capture with its key log.
struct DecryptedCapture {
    /// Everything that was judged.
    let entries: [RecordingConsumer.Entry]
    /// Breaches of the protocol between tracker and consumer.
    let faults: [String]
    /// Secrets that opened a record.
    let keysUsed: Int

    /// Plays a capture; all requests are wanted.
    init(_ capture: String, keyLog: String) throws {
        let store = KeyStore()
        var log = KeyLogReader()
        log.consume(Array(try Data(contentsOf: URL(filePath: keyLog))).span, into: store)
        var table = FlowTable<SessionTracker<RecordingConsumer>>(limits: FlowLimits(), seed: 7)
        var consumer = RecordingConsumer()
        consumer.wantsAll = true
        var tracker = SessionTracker(consumer: consumer, keys: KeyAccess(KeySource([store], mayGrow: false)))
        var reader = try CaptureReader(path: capture)
        while let frame = try reader.next() {
            do throws(PacketError) {
                var levels = 0
                let packet = try PacketDecoder.innermost(of: PacketDecoder.decode(frame), levels: &levels)
                let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
                table.process(packet, at: stamp, consumer: &tracker)
            } catch {
                // ARP and the like.
            }
        }
        table.finish(consumer: &tracker)
        entries = tracker.consumer.entries
        faults = tracker.consumer.faults
        keysUsed = tracker.keysUsed
    }

    /// What was read of decrypted requests that have a body, messages of WebSockets among them.
    var requests: [RecordingConsumer.Entry] {
        entries.filter { !$0.isConnection && !$0.body.isEmpty && $0.isDecrypted }
    }
}
