internal import BasicContainers
package import Detection
package import Incidents
package import Payloads
internal import Services
package import Wire

/// Scans the messages of open requests and reports what it finds as the octets come.
///
/// Owned by one thread. Its scratch is shared by all messages; each message keeps the detection set that it began with.
package struct ScanWorker<Output: Reporter & ~Copyable>: ~Copyable, ScanPort {
    /// Where records and sightings go.
    package var output: Output

    /// Octets of text that were known from earlier messages and not scanned again.
    package private(set) var resentOctets: UInt64 = 0

    private var detection: DetectionWorker
    private var messages: [OpenMessage?] = []
    private var budget: DecoderBudget
    /// Requests that opened WebSockets with compressed messages, the most recently used last.
    private var inflating: [(slot: Int, share: Int)] = []

    /// A worker that begins messages with `set`; memory for decompression comes from `pool`, without one from shares that do
    /// not depend on other workers.
    package init(set: DetectionSet, pool: DecoderPool? = nil, output: consuming Output) throws {
        self.output = output
        budget = pool.map(DecoderBudget.init) ?? DecoderBudget(octets: set.limits.decoderTotalOctets)
        detection = try DetectionWorker(set)
    }

    /// What notes how the messages that begin from now on are looked through; nil but for `weir explain`.
    package var trace: ScanTrace? {
        get { detection.trace }
        set { detection.trace = newValue }
    }

    /// Begins a message; its target and head are scanned at once.
    package mutating func begin(_ request: consuming OpenRequest, slot: Int) {
        while messages.count <= slot { messages.append(nil) }
        var request = request
        let scan = MessageScan(detection, request: request.description)
        request.envelope.http = request.envelope.http.map { facts in
            HTTPFacts(
                hostname: facts.hostname,
                port: facts.port,
                url: scan.safeTarget,
                method: facts.method,
                userAgent: scan.safeUserAgent,
                requestContentType: scan.safeContentType
            )
        }
        // The operation is read from the path and the client from the User-Agent: where a rule hit there, neither is fit.
        if scan.hasTargetHit { request.operation = nil }
        if scan.hasHeaderHit, scan.safeUserAgent == nil { request.client = nil }
        let began = request.began
        let share = budget.share(of: request.envelope)
        messages[slot] = OpenMessage(request: request, share: share, scan: scan)
        reportFinding(slot: slot, at: began)
    }

    /// Begins a message of a WebSocket; what its records say of the head is the opening request's.
    package mutating func begin(_ message: consuming SocketMessage, slot: Int, within opening: Int) {
        guard opening < messages.count, var request = messages[opening]?.request else { return }
        while messages.count <= slot { messages.append(nil) }
        request.envelope.appProtocol = "websocket"
        request.number = message.number
        request.began = message.began
        if message.isAssumed, request.service.confidence == Confidence.high.rawValue {
            request.service.confidence = Confidence.medium.rawValue
        }
        var head = request.description.messageOfWebSocket
        head.takesContext = message.takesContext
        let inflater = message.isCompressed ? inflater(of: opening) : nil
        // What the opening names by its path; it has no body.
        let model = messages[opening]?.scan.model
        messages[opening]?.hasMessages = true
        messages[slot] = OpenMessage(
            request: request,
            share: budget.share(of: request.envelope),
            scan: MessageScan(detection, message: head, model: model, inflater: inflater)
        )
    }

    /// Scans octets of a body.
    package mutating func body(_ octets: Span<UInt8>, slot: Int, at time: Timestamp) {
        guard slot < messages.count, let message = messages[slot] else { return }
        message.body(octets, &budget)
        // Asked first: taking a finding looks at text that had better wait for more.
        if message.scan.hasNews { reportFinding(slot: slot, at: time) }
    }

    /// Charges octets that did not arrive.
    package mutating func lost(_ octets: Int, _ reason: OpaqueReason, slot: Int, at time: Timestamp) {
        guard slot < messages.count else { return }
        messages[slot]?.gap(octets, reason, &budget)
        reportFinding(slot: slot, at: time)
    }

    /// Reports what has been found in a message and how far it has come.
    package mutating func review(slot: Int, at time: Timestamp) {
        reportFinding(slot: slot, at: time)
        guard slot < messages.count, messages[slot]?.isRecorded == true,
            let record = messages[slot]?.partialRecord
        else { return }
        output.report(record)
    }

    /// Finishes a message: its last findings, then its record.
    package mutating func end(isComplete: Bool, slot: Int, at time: Timestamp) {
        guard slot < messages.count, let message = messages[slot].take() else { return }
        let result = message.finish(isComplete: isComplete, &budget)
        resentOctets += UInt64(detection.takeResentOctets())
        report(result.finding, of: message.request, at: time, isLast: true)
        inflating.removeAll { $0.slot == slot }
        guard message.isRecorded else { return }
        var record = message.request.record(ledger: result.ledger, model: result.model)
        record.limitsReached = result.limitsReached
        output.report(record)
    }

    /// Passes a record on.
    package mutating func record(_ record: consuming LLMRecord) {
        output.report(record)
    }

    /// What the compressed messages of a WebSocket share; where too many are kept, the one used least recently gives way.
    private mutating func inflater(of opening: Int) -> MessageInflater? {
        guard let share = messages[opening]?.share else { return nil }
        inflating.removeAll { $0.slot == opening }
        inflating.append((opening, share))
        if inflating.count(where: { $0.share == share }) > budget.socketContexts,
            let oldest = inflating.firstIndex(where: { $0.share == share })
        {
            messages[inflating.remove(at: oldest).slot]?.inflater?.forget(.buffer)
        }
        if messages[opening]?.inflater == nil { messages[opening]?.inflater = MessageInflater() }
        return messages[opening]?.inflater
    }

    private mutating func reportFinding(slot: Int, at time: Timestamp) {
        guard slot < messages.count, let finding = messages[slot]?.scan.takeFinding(),
            let request = messages[slot]?.request
        else { return }
        report(finding, of: request, at: time, isLast: false)
    }

    private mutating func report(_ finding: Finding, of request: OpenRequest, at time: Timestamp, isLast: Bool) {
        guard !finding.isEmpty else { return }
        output.report(
            Sighting(
                request: request.number,
                timestamp: time,
                envelope: request.envelope,
                service: request.service.id,
                isSanctioned: request.service.isSanctioned,
                tool: request.client?.tool,
                credential: request.credential,
                finding: finding,
                generation: detection.set.generation,
                isLast: isLast
            )
        )
    }
}

/// A message that is being scanned, with what its records will say of it.
///
/// A class, since it is several kilobytes: as a value it would be moved with every segment that is scanned.
final class OpenMessage {
    let request: OpenRequest
    /// The share of the budget for decompression that the message takes from.
    let share: Int
    var scan: MessageScan
    /// What the compressed messages share of the WebSocket that the request opened.
    var inflater: MessageInflater?
    /// Whether messages came on it: they have records, and the request none unless octets are charged to it.
    var hasMessages = false

    init(request: OpenRequest, share: Int, scan: consuming MessageScan) {
        self.request = request
        self.share = share
        self.scan = scan
    }

    /// Whether the request has a record of its own.
    var isRecorded: Bool { !hasMessages || scan.ledger.requestOctets > 0 }

    func body(_ octets: Span<UInt8>, _ budget: inout DecoderBudget) {
        let held = scan.decoderOctets
        scan.decoderAllowance = budget.allowance(in: share, holding: held)
        scan.body(octets)
        budget.change(in: share, from: held, to: scan.decoderOctets)
    }

    func gap(_ octets: Int, _ reason: OpaqueReason, _ budget: inout DecoderBudget) {
        let held = scan.decoderOctets
        scan.gap(octets: octets, reason: reason)
        budget.change(in: share, from: held, to: scan.decoderOctets)
    }

    func finish(isComplete: Bool, _ budget: inout DecoderBudget) -> MessageResult {
        let held = scan.decoderOctets
        let result = scan.finish(complete: isComplete)
        budget.change(in: share, from: held, to: 0)
        return result
    }

    /// The request's record as far as it has come.
    var partialRecord: LLMRecord {
        var record = request.record(ledger: scan.ledger, model: scan.model)
        record.isPartial = true
        return record
    }
}

extension OpenRequest {
    /// The request's record, its octets as the ledger has them.
    func record(ledger: OctetLedger, model: String?) -> LLMRecord {
        LLMRecord(
            timestamp: began,
            envelope: envelope,
            service: service,
            host: host,
            operation: operation,
            model: model,
            client: client,
            visibility: visibility,
            ledger: ledger
        )
    }
}
