internal import BasicContainers
package import Incidents
package import Payloads
package import Wire

/// Sends the requests of one capture thread through queues to the threads that scan them, those of one flow to one thread.
///
/// Messages cross in batches and segments' octets in chunks, so that neither costs a lock or an allocation for each
/// packet; the owner calls `flush` when it has read what there was. What a full queue refuses is charged to its request
/// as `overload`. Heads and ends have a reserve of room; a request for whose head not even that is left has no record,
/// and its octets are counted as unrecorded.
package struct QueuedScanPort: ~Copyable, ScanPort {
    private let queues: [BoundedQueue<ScanBatch>]
    private let policy: ScanQueuePolicy
    private var open = UniqueArray<OpenBatch>()
    private var slots: [Slot] = []
    /// Octets that requests are still to be charged with, by slot; empty but in the worst of overload.
    private var owed: [Int: [OpaqueReason: Int]] = [:]

    /// Body octets that the queues refused; each is in its request's record as `overload`, or unrecorded.
    package private(set) var refusedOctets: UInt64 = 0
    /// Requests and unread connections that have no record, since there was no room for their heads.
    package private(set) var unrecorded: UInt64 = 0
    /// Their octets.
    package private(set) var unrecordedOctets: UInt64 = 0

    /// Octets that are gathered before they are sent without waiting for `flush`.
    static let batchOctets = 1 << 16

    /// Sends into `queues`, whose weight is octets.
    package init(_ queues: [BoundedQueue<ScanBatch>], policy: ScanQueuePolicy = ScanQueuePolicy()) {
        self.queues = queues
        self.policy = policy
        for _ in queues { open.append(OpenBatch()) }
    }

    /// Sends a request's head.
    package mutating func begin(_ request: consuming OpenRequest, slot: Int) {
        while slots.count <= slot { slots.append(Slot()) }
        let shard = self.shard(of: request.number.flowID)
        slots[slot] = Slot(shard: shard, isRecorded: true)
        open[shard].append(.begin(request, slot: policy.shared(slot)), weight: 1_024)
    }

    /// Sends that a message begins, to the thread that has the request within whose WebSocket it does.
    package mutating func begin(_ message: consuming SocketMessage, slot: Int, within opening: Int) {
        while slots.count <= slot { slots.append(Slot()) }
        guard let shard = shard(ofOpen: opening) else {
            slots[slot] = Slot()
            return unrecorded += 1
        }
        slots[slot] = Slot(shard: shard, isRecorded: true)
        var message = message
        if slots[opening].lacksMessage {
            slots[opening].lacksMessage = false
            message.takesContext = false
        }
        open[shard].append(.beginMessage(message, slot: policy.shared(slot), within: policy.shared(opening)))
    }

    /// Copies octets of a body and sends them.
    package mutating func body(_ octets: Span<UInt8>, slot: Int, at time: Timestamp) {
        guard let shard = shard(ofOpen: slot) else { return unrecordedOctets += UInt64(octets.count) }
        open[shard].append(octets, slot: policy.shared(slot), at: time)
        if open[shard].weight >= Self.batchOctets { flush(shard) }
    }

    /// Sends that octets are missing.
    package mutating func lost(_ octets: Int, _ reason: OpaqueReason, slot: Int, at time: Timestamp) {
        guard let shard = shard(ofOpen: slot) else { return unrecordedOctets += UInt64(octets) }
        open[shard].append(.lost(octets, reason, slot: policy.shared(slot), at: time))
    }

    /// Sends that a request is open for long.
    package mutating func review(slot: Int, at time: Timestamp) {
        guard let shard = shard(ofOpen: slot) else { return }
        open[shard].append(.review(slot: policy.shared(slot), at: time))
    }

    /// Sends a request's end.
    package mutating func end(isComplete: Bool, slot: Int, at time: Timestamp) {
        guard let shard = shard(ofOpen: slot) else { return }
        open[shard].append(.end(isComplete: isComplete, slot: policy.shared(slot), at: time))
    }

    /// Sends a record.
    package mutating func record(_ record: consuming LLMRecord) {
        let shard = shard(of: record.envelope.flowID)
        open[shard].append(.record(record), weight: 512)
    }

    /// Sends what has been gathered.
    package mutating func flush() {
        for shard in 0..<open.count where !open[shard].isEmpty { flush(shard) }
    }

    private func shard(of flow: UInt64) -> Int { Int(flow % UInt64(queues.count)) }

    /// The queue of a request that is to be recorded; nil for one that is not.
    private func shard(ofOpen slot: Int) -> Int? {
        slot < slots.count && slots[slot].isRecorded ? slots[slot].shard : nil
    }

    private mutating func flush(_ shard: Int) {
        var (messages, weight) = open[shard].take()
        guard !messages.isEmpty else { return }
        if !owed.isEmpty { settle(shard, &messages) }
        if queues[shard].push(ScanBatch(messages: messages), weight: weight) { return }
        // The bodies stay behind; what says that they do is small.
        let thin = messages.map { message in
            guard case .body(let chunk, let slot, let time) = message else { return message }
            refusedOctets += UInt64(chunk.count)
            return .lost(chunk.count, .overload, slot: slot, at: time)
        }
        let thinWeight = thin.reduce(0) { sum, message in
            if case .begin = message { return sum + 1_024 }
            return sum + 64
        }
        if queues[shard].push(ScanBatch(messages: thin), weight: thinWeight, reserve: policy.reserveOctets) { return }
        for message in thin { pushOrDrop(message, shard) }
    }

    /// Without any room left: ends pass, heads are dropped, losses are owed.
    private mutating func pushOrDrop(_ message: ScanMessage, _ shard: Int) {
        switch message {
        case .begin(_, let slot):
            slots[policy.own(slot)].isRecorded = false
            unrecorded += 1
        case .beginMessage(_, let slot, let opening):
            slots[policy.own(slot)].isRecorded = false
            slots[policy.own(opening)].lacksMessage = true
            unrecorded += 1
        case .lost(let octets, let reason, let slot, _):
            if slots[policy.own(slot)].isRecorded {
                owed[slot, default: [:]][reason, default: 0] += octets
            } else {
                unrecordedOctets += UInt64(octets)
            }
        case .end(_, let slot, let time):
            guard slots[policy.own(slot)].isRecorded else { return }
            let messages = takeOwed(slot, at: time) + [message]
            // There is at most one for each request that was let in.
            _ = queues[shard].push(ScanBatch(messages: messages), weight: 64, mandatory: true)
        case .record(let record):
            unrecorded += 1
            unrecordedOctets += UInt64(clamping: record.ledger.requestOctets)
        case .body, .review: break
        }
    }

    /// Has the requests of a queue charged with what they owe, before anything that follows.
    private mutating func settle(_ shard: Int, _ messages: inout [ScanMessage]) {
        var charges: [ScanMessage] = []
        for slot in owed.keys.sorted() where slots[policy.own(slot)].shard == shard {
            guard let time = messages.lazy.compactMap(\.time).first else { return }
            charges += takeOwed(slot, at: time)
        }
        messages.insert(contentsOf: charges, at: 0)
    }

    private mutating func takeOwed(_ slot: Int, at time: Timestamp) -> [ScanMessage] {
        guard let losses = owed.removeValue(forKey: slot) else { return [] }
        return losses.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { .lost($0.value, $0.key, slot: slot, at: time) }
    }

    private struct Slot {
        var shard = 0
        var isRecorded = false
        /// Whether a message of the WebSocket that it opened was dropped, so that the next cannot refer to it.
        var lacksMessage = false
    }
}

/// How the slots and the reserves of several capture threads share the queues to the scan threads.
package struct ScanQueuePolicy: Sendable {
    /// Which of the capture threads this is, from 0.
    package var producer = 0
    /// How many there are.
    package var producers = 1
    /// Octets beyond a queue's capacity that heads, losses and ends may use.
    package var reserveOctets = 1 << 20

    /// The only capture thread.
    package init() {}

    /// One of several capture threads.
    package init(producer: Int, producers: Int, reserveOctets: Int) {
        self.producer = producer
        self.producers = max(1, producers)
        self.reserveOctets = reserveOctets
    }

    /// The slot's number among those of all capture threads.
    func shared(_ slot: Int) -> Int { slot * producers + producer }

    /// The number that the slot has for its own capture thread.
    func own(_ slot: Int) -> Int { slot / producers }
}

/// Messages that cross together.
package struct ScanBatch: Sendable {
    /// In the order in which they came about.
    package let messages: [ScanMessage]
}

/// Messages that are being gathered for one queue.
///
/// Not private: the compiler (6.3.1) loses the type's descriptor then, which the arrays of other files ask for.
struct OpenBatch: ~Copyable {
    private var messages: [ScanMessage] = []
    private var messageWeight = 0
    private var body = UniqueArray<UInt8>()
    private var bodySlot = -1
    private var bodyTime = Timestamp(nanoseconds: 0)

    var isEmpty: Bool { messages.isEmpty && bodySlot < 0 }

    var weight: Int { messageWeight + body.count }

    mutating func append(_ message: consuming ScanMessage, weight: Int = 64) {
        closeBody()
        messages.append(message)
        messageWeight += weight
    }

    mutating func append(_ octets: Span<UInt8>, slot: Int, at time: Timestamp) {
        if bodySlot != slot {
            closeBody()
            bodySlot = slot
        }
        body.append(copying: octets)
        bodyTime = time
    }

    mutating func take() -> ([ScanMessage], weight: Int) {
        closeBody()
        let weight = messageWeight
        messageWeight = 0
        var taken: [ScanMessage] = []
        swap(&taken, &messages)
        return (taken, weight)
    }

    private mutating func closeBody() {
        guard bodySlot >= 0 else { return }
        var octets = UniqueArray<UInt8>()
        swap(&octets, &body)
        messageWeight += octets.capacity + 128
        messages.append(.body(BodyChunk(octets), slot: bodySlot, at: bodyTime))
        bodySlot = -1
    }
}

extension ScanMessage {
    /// The packet that brought it about; nil of heads and records, which have it within.
    fileprivate var time: Timestamp? {
        switch self {
        case .begin(let request, _): request.began
        case .beginMessage(let message, _, _): message.began
        case .body(_, _, let time), .lost(_, _, _, let time), .review(_, let time), .end(_, _, let time): time
        case .record(let record): record.timestamp
        }
    }
}
