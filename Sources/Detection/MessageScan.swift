package import Payloads

/// Looks through one request, from its head to the last octet of its body, as the octets arrive.
///
/// Memory is bounded by windows and caps, not by the body. What was found can be taken at any moment: a request that is
/// cut off was scanned as far as it came.
package struct MessageScan: ~Copyable {
    /// What looks: the generation that was current when the message began.
    package let set: DetectionSet
    /// The request's target without secrets: fit for a record, not yet cut to length.
    package let safeTarget: String
    /// Whether a rule hit in the target: then nothing else that was read from it, such as an operation, is fit for a record.
    package let hasTargetHit: Bool
    /// Whether a rule hit in the head's fields: then a client's name that was read from the User-Agent is fit for a record
    /// only if `safeUserAgent` is not nil.
    package let hasHeaderHit: Bool
    /// The User-Agent; nil where there is none or a rule hit in it.
    package let safeUserAgent: String?
    /// The Content-Type; nil where there is none or a rule hit in it.
    package let safeContentType: String?

    private let decoder: MessageDecoder
    private let leaves: LeafBox
    private var isModelSafe = false
    private let pathModel: String?

    /// Begins a message with the set of a thread's worker, and scans its target and its head at once.
    package init(_ worker: DetectionWorker, request: borrowing RequestDescription) {
        set = worker.set
        var leaves = MessageLeaves(worker)
        let target = request.target.scannedText
        hasTargetHit = leaves.scanHead(target, segment: .url)
        safeTarget = hasTargetHit ? MessageScan.redact(request.target, &leaves) : request.target.redacted { _ in false }
        // Of a target in which a rule hit, nothing is fit for a record.
        pathModel = hasTargetHit ? nil : request.pathModel
        let hasHeaderHit = leaves.scanHead(request.scannedHeaders, segment: .header)
        self.hasHeaderHit = hasHeaderHit
        let safe = { (value: String?, leaves: inout MessageLeaves) -> String? in
            guard let value, !hasHeaderHit || !leaves.wouldHit(Array(value.utf8)) else { return nil }
            return value
        }
        safeUserAgent = safe(request.value(of: "user-agent"), &leaves)
        safeContentType = safe(request.value(of: "content-type"), &leaves)
        decoder = MessageDecoder(request.messageHead, limits: worker.set.limits)
        leaves.bodyBegan(path: Array(target.prefix { $0 != UInt8(ascii: "?") }))
        self.leaves = LeafBox(leaves)
    }

    /// Begins a message of a WebSocket, whose opening request was scanned before.
    ///
    /// `model` is what the opening's path names; `inflater` is what compressed messages share, nil for one that is not
    /// compressed.
    package init(_ worker: DetectionWorker, message: MessageHead, model: String?, inflater: MessageInflater?) {
        set = worker.set
        pathModel = model
        decoder = MessageDecoder(message, limits: worker.set.limits, inflater: inflater)
        var leaves = MessageLeaves(worker)
        leaves.bodyBegan()
        self.leaves = LeafBox(leaves)
        safeTarget = ""
        hasTargetHit = false
        hasHeaderHit = false
        safeUserAgent = nil
        safeContentType = nil
    }

    /// What became of the body's octets so far.
    package var ledger: OctetLedger { decoder.ledger }

    /// Octets of memory that decompression of the body holds.
    package var decoderOctets: Int { decoder.decoderOctets }

    /// Octets of memory that decompression of the body may hold; beyond it the rest is `opaque: buffer`.
    package var decoderAllowance: Int {
        get { decoder.decoderAllowance }
        set { decoder.decoderAllowance = newValue }
    }

    /// The model that the body names, else the path; nil while a rule has hit and it is not known whether in the name.
    package var model: String? {
        guard let model = leaves.leaves.model else { return pathModel }
        return isModelSafe || !leaves.leaves.hasHits ? model : nil
    }

    /// Takes the next octets of the body.
    package mutating func body(_ octets: Span<UInt8>) {
        decoder.consume(octets, &leaves.leaves)
    }

    /// Passes over octets of the body that were never seen.
    package mutating func gap(octets: Int, reason: OpaqueReason) {
        decoder.gap(octets, reason: reason, &leaves.leaves)
    }

    /// Whether something was found that was not taken; what was given last may not have been looked at.
    ///
    /// At most 8 KiB of a leaf, or short leaves of 2 KiB together, wait for more or for `takeFinding()`.
    package var hasNews: Bool { leaves.leaves.hasNews }

    /// What was found in the message so far, if that is more than was taken before; nil otherwise.
    ///
    /// Where there is no news, all text that has come is looked at first.
    package mutating func takeFinding() -> Finding? { leaves.leaves.takeFinding() }

    /// Ends the body; `complete` when all of it was given.
    ///
    /// To be called once. `takeFinding()` then gives what the end has added.
    package mutating func finish(complete: Bool) -> MessageResult {
        decoder.finish(complete: complete, &leaves.leaves)
        let finding = leaves.leaves.messageEnded()
        if let model = leaves.leaves.model {
            isModelSafe = !leaves.leaves.hasHits || !leaves.leaves.wouldHit(Array(model.utf8))
        }
        var limits = leaves.leaves.hasRuleLimitBitten ? ["rule_matches"] : []
        if leaves.leaves.hasCodeLimitBitten { limits.append("code_places") }
        return MessageResult(
            ledger: decoder.ledger,
            model: model,
            finding: finding,
            limitsReached: limits
        )
    }

    /// Looks which components of a target in which a rule hit are to be left out of records.
    private static func redact(_ target: RequestTarget, _ leaves: inout MessageLeaves) -> String {
        var secret: Set<Int> = []
        for (index, component) in target.components.enumerated()
        where leaves.wouldHit(target.decoded(component)) {
            secret.insert(index)
        }
        // What hits only across components is in none of them: then nothing of the target is shown.
        guard !secret.isEmpty else { return "***" }
        return target.redacted { secret.contains($0) }
    }
}

/// What became of a message.
package struct MessageResult: Sendable {
    /// What became of each octet of its body.
    package let ledger: OctetLedger
    /// The model that the body names, else the path; nil where none is named or a rule hit in the name.
    package let model: String?
    /// What was found in all of it, head and body.
    package let finding: Finding
    /// Limits of detection that bit, by name: what lies behind them was not looked at with everything.
    package let limitsReached: [String]
}

/// Where a message's scanner stays: as a value it would be moved with every segment that is scanned.
private final class LeafBox {
    var leaves: MessageLeaves

    init(_ leaves: consuming MessageLeaves) {
        self.leaves = leaves
    }
}
