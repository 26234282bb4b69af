import Detection
@testable import Engine
import Incidents
import Payloads
import Services
import Testing
import Wire

@Suite("Requests on their way to be scanned")
struct QueuedScanPortTests {
    private static let time = Timestamp(nanoseconds: 1)

    private func request(flow: UInt64) throws -> OpenRequest {
        let address = SocketAddress(IPAddress(ipv4: 0xC000_0201), 49_152)
        let envelope = Envelope(
            origin: .interface("eth0"),
            flowID: flow,
            client: address,
            server: address,
            transport: .tcp
        )
        return OpenRequest(
            description: RequestDescription(method: "POST", target: "/", headers: []),
            number: RequestNumber(file: 0, packet: 1, flowID: flow, request: 0),
            envelope: envelope,
            began: Self.time,
            service: ServiceFacts(
                id: "a",
                kind: "api",
                isSanctioned: false,
                evidence: [],
                confidence: "high"
            ),
            host: "a",
            operation: nil,
            client: nil,
            credential: nil,
            visibility: .plaintext
        )
    }

    private func messages(_ queue: BoundedQueue<ScanBatch>) -> [String] {
        (queue.popAll(waiting: 0) ?? []).flatMap(\.messages).map { message in
            switch message {
            case .begin(_, let slot): "begin \(slot)"
            case .beginMessage(_, let slot, let opening): "begin \(slot) in \(opening)"
            case .body(let chunk, let slot, _): "body \(chunk.count) \(slot)"
            case .lost(let octets, let reason, let slot, _): "lost \(octets) \(reason.rawValue) \(slot)"
            case .review(let slot, _): "review \(slot)"
            case .end(_, let slot, _): "end \(slot)"
            case .record: "record"
            }
        }
    }

    @Test("segments of one body cross together, in order with what else there is")
    func gathers() throws {
        let queue = BoundedQueue<ScanBatch>(capacity: 1 << 20, policy: .refuse)
        var port = QueuedScanPort([queue])
        port.begin(try request(flow: 1), slot: 0)
        for _ in 0..<3 { port.body([1, 2, 3].span, slot: 0, at: Self.time) }
        port.lost(7, .gap, slot: 0, at: Self.time)
        port.body([4].span, slot: 0, at: Self.time)
        port.end(isComplete: true, slot: 0, at: Self.time)
        #expect(messages(queue).isEmpty, "nothing crosses before it is flushed")
        port.flush()
        #expect(messages(queue) == ["begin 0", "body 9 0", "lost 7 gap 0", "body 1 0", "end 0"])
    }

    @Test("requests of one flow go to one thread, slots of several capture threads are apart")
    func shards() throws {
        let queues = (0..<2).map { _ in BoundedQueue<ScanBatch>(capacity: 1 << 20, policy: .refuse) }
        let policy = ScanQueuePolicy(producer: 1, producers: 3, reserveOctets: 0)
        var port = QueuedScanPort(queues, policy: policy)
        port.begin(try request(flow: 4), slot: 0)
        port.begin(try request(flow: 5), slot: 1)
        port.body([1].span, slot: 0, at: Self.time)
        port.body([1, 2].span, slot: 1, at: Self.time)
        port.flush()
        #expect(messages(queues[0]) == ["begin 1", "body 1 1"])
        #expect(messages(queues[1]) == ["begin 4", "body 2 4"])
    }

    @Test("what a full queue refuses is charged as overload, and heads and ends still arrive")
    func overload() throws {
        let queue = BoundedQueue<ScanBatch>(capacity: 4_096, policy: .refuse)
        var port = QueuedScanPort([queue], policy: ScanQueuePolicy(producer: 0, producers: 1, reserveOctets: 65_536))
        port.begin(try request(flow: 1), slot: 0)
        port.flush()
        let body = [UInt8](repeating: 0x20, count: 10_000)
        for _ in 0..<3 { port.body(body.span, slot: 0, at: Self.time) }
        port.end(isComplete: true, slot: 0, at: Self.time)
        port.begin(try request(flow: 2), slot: 1)
        port.flush()
        #expect(messages(queue) == ["begin 0", "lost 30000 overload 0", "end 0", "begin 1"])
        #expect(port.refusedOctets == 30_000)
        #expect(port.unrecorded == 0)
    }

    @Test("without any room a new request has no record, and one that has a record still ends with all it lost")
    func noRoom() throws {
        let queue = BoundedQueue<ScanBatch>(capacity: 4_096, policy: .refuse)
        var port = QueuedScanPort([queue], policy: ScanQueuePolicy(producer: 0, producers: 1, reserveOctets: 0))
        port.begin(try request(flow: 1), slot: 0)
        port.flush()
        #expect(queue.push(ScanBatch(messages: []), weight: 4_000, mandatory: true))
        port.begin(try request(flow: 2), slot: 1)
        port.body([1, 2, 3, 4].span, slot: 1, at: Self.time)
        port.body([1, 2, 3].span, slot: 0, at: Self.time)
        port.lost(5, .gap, slot: 0, at: Self.time)
        port.review(slot: 0, at: Self.time)
        port.flush()
        port.body([5].span, slot: 1, at: Self.time)
        port.lost(6, .gap, slot: 1, at: Self.time)
        port.end(isComplete: true, slot: 1, at: Self.time)
        port.end(isComplete: true, slot: 0, at: Self.time)
        port.flush()
        #expect(messages(queue) == ["begin 0", "lost 5 gap 0", "lost 3 overload 0", "end 0"])
        #expect(port.unrecorded == 1)
        #expect(port.unrecordedOctets == 11)
        // A slot that is used again begins anew.
        port.begin(try request(flow: 3), slot: 1)
        port.body([9].span, slot: 1, at: Self.time)
        port.flush()
        #expect(messages(queue) == ["begin 1", "body 1 1"])
    }

    private func message(flow: UInt64, _ number: UInt64) -> SocketMessage {
        SocketMessage(
            number: RequestNumber(file: 0, packet: 1, flowID: flow, request: number),
            began: Self.time,
            isCompressed: true,
            takesContext: true,
            isAssumed: false
        )
    }

    @Test("messages of a WebSocket go where the request is that opened it")
    func socketMessages() throws {
        let queues = (0..<2).map { _ in BoundedQueue<ScanBatch>(capacity: 1 << 20, policy: .refuse) }
        let policy = ScanQueuePolicy(producer: 1, producers: 3, reserveOctets: 0)
        var port = QueuedScanPort(queues, policy: policy)
        port.begin(try request(flow: 5), slot: 0)
        port.begin(message(flow: 5, 1), slot: 1, within: 0)
        port.body([1, 2].span, slot: 1, at: Self.time)
        port.end(isComplete: true, slot: 1, at: Self.time)
        port.flush()
        #expect(messages(queues[1]) == ["begin 1", "begin 4 in 1", "body 2 4", "end 4"])
    }

    @Test("a message for which there is no room takes the context from the next")
    func droppedMessage() throws {
        let queue = BoundedQueue<ScanBatch>(capacity: 4_096, policy: .refuse)
        var port = QueuedScanPort([queue], policy: ScanQueuePolicy(producer: 0, producers: 1, reserveOctets: 0))
        port.begin(try request(flow: 1), slot: 0)
        port.flush()
        #expect(queue.push(ScanBatch(messages: []), weight: 4_000, mandatory: true))
        port.begin(message(flow: 1, 1), slot: 1, within: 0)
        port.body([1, 2, 3].span, slot: 1, at: Self.time)
        port.flush()
        port.end(isComplete: true, slot: 1, at: Self.time)
        #expect(messages(queue) == ["begin 0"])
        #expect(port.unrecorded == 1)
        #expect(port.unrecordedOctets == 3)
        for number in 2...3 as ClosedRange<UInt64> { port.begin(message(flow: 1, number), slot: 1, within: 0) }
        port.flush()
        let context = (queue.popAll(waiting: 0) ?? []).flatMap(\.messages).compactMap { message -> Bool? in
            if case .beginMessage(let begun, _, _) = message { begun.takesContext } else { nil }
        }
        #expect(context == [false, true])
    }

    @Test("what is owed reaches its request before anything that follows")
    func owed() throws {
        let queue = BoundedQueue<ScanBatch>(capacity: 4_096, policy: .refuse)
        var port = QueuedScanPort([queue], policy: ScanQueuePolicy(producer: 0, producers: 1, reserveOctets: 0))
        port.begin(try request(flow: 1), slot: 0)
        port.flush()
        #expect(queue.push(ScanBatch(messages: []), weight: 4_000, mandatory: true))
        port.body([1, 2, 3].span, slot: 0, at: Self.time)
        port.flush()
        #expect(messages(queue) == ["begin 0"])
        port.body([4, 5].span, slot: 0, at: Self.time)
        port.flush()
        #expect(messages(queue) == ["lost 3 overload 0", "body 2 0"])
    }
}
