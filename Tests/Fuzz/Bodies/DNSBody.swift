import AppProtocols
import FlowTracking
import Sessions
import Wire

/// DNS messages, alone and in a stream, and a cache that learns from them.
enum DNSBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let stream = input.rest()
        let whole = messages(stream, [0..<stream.count])
        let cut = messages(stream, Piece.cuts(stream.count, by: plan))
        hold(whole == cut, "messages are the same however their stream is cut")
        var cache = NameCache(limit: 16)
        for (number, message) in ([stream] + whole).enumerated() {
            guard let resolution = resolution(message) else { continue }
            hold(!resolution.addresses.isEmpty, "a resolution has addresses")
            hold(resolution.addresses.count <= DNSLimits.addresses, "and not too many")
            hold(Set(resolution.addresses).count == resolution.addresses.count, "each once")
            let stamp = PacketStamp(timestamp: Timestamp(nanoseconds: Int64(number)), number: UInt64(number))
            let client = IPAddress(ipv4: UInt32(plan[number % 4]))
            cache.learn(NameAnswer(client: client, resolution: resolution, stamp: stamp))
            hold(cache.count <= 16, "the cache is bounded")
            guard let last = resolution.addresses.last else { continue }
            let names = cache.names(of: last, for: client, at: stamp.timestamp)
            hold(names.asked.first == resolution.host, "what was learnt last is known")
            hold(names.asked.count <= NameCache.namesOfAddress, "an address has few names")
        }
    }

    private static func resolution(_ octets: [UInt8]) -> DNSResolution? {
        do throws(DNSError) {
            let message = try DNSMessage(octets.span)
            hold(message.records.count <= DNSLimits.records, "records are bounded")
            for record in message.records { hold(record.owner.octets.count < DNSLimits.name, "names are bounded") }
            return message.resolution
        } catch {
            hold(!error.description.isEmpty, "errors are described")
            return nil
        }
    }

    private static func messages(_ stream: [UInt8], _ cuts: [Range<Int>]) -> [[UInt8]] {
        var reader = DNSStreamReader()
        var messages: [[UInt8]] = []
        for range in cuts {
            reader.consume(stream.span.extracting(range)) { message in
                messages.append(message.indices.map { message[$0] })
            }
        }
        return messages
    }
}
