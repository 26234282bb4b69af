import Payloads
import Wire

/// The leaves of one message on their way to be scanned.
///
/// The head, the conversation, the system prompt and the tools are texts of their own: so each is told to begin as another did,
/// whatever else the messages have.
///
/// Text is gathered, up to `batch` octets of a leaf, before anything looks at it: segments of TCP are small, and each beginning
/// costs. What is found is told at marks: behind each full batch, and where a leaf ends with `markOctets` or more since the last
/// such end. Where the marks are depends on the leaves alone, never on how the body was cut; and so does what is told there,
/// whether it was found now or, as `PrefixCache` remembers, in a message that began the same.
struct MessageLeaves: ~Copyable {
    /// Octets that are gathered at most: a finding may wait for so many, and for the end of a line.
    static let batch = 8_192
    /// Octets of short leaves from which the end of one is a mark, and what a leaf counts for besides its text.
    private static let markOctets = 2_048
    private static let leafOctets = 64
    /// Texts that a message may have.
    private static let maximumTexts = 8
    /// The members of bodies that are texts of their own, by `LeafPointer.member`.
    private static let members: Set<UInt64> = {
        let names = [
            "messages", "input", "contents", "system", "systemInstruction", "system_instruction", "instructions",
            "tools", "functions",
        ]
        return Set(
            names.map { name in
                let pointer = Array("/\(name)/".utf8)
                return LeafPointer(pointer.span).member
            }
        )
    }()

    private var scanner: LeafScanner
    private let cache: PrefixCache?
    private var prefix: Prefix?

    /// Text of the open leaf that nothing has looked at.
    private var gathered: [UInt8] = []
    /// The path that is asked for, the member of the body that the text at hand is, and how many texts there were.
    private var path: [UInt8] = []
    private var member: UInt64 = 0
    private var texts = 0
    /// What scanning the texts that are over came to.
    private var ended = TextResult()

    /// Octets since the last mark at a leaf's end, and whether anything has come since the last of all.
    private var unmarked = 0
    private var isAtMark = true
    /// What was found that was not taken.
    private var waiting: Finding?
    /// Whether a rule hit in what was told.
    private var hasToldHits = false

    /// The model that the body named first.
    private(set) var model: String?

    /// How the message began.
    private struct Prefix {
        var digest: PrefixDigest
        /// What is held back while the message is what another was; nil when it is scanned as it comes.
        var held: HeldLeaves?
        /// Octets of text so far.
        var octets = 0
        /// The places that the scanner can go on from.
        var places = PrefixPlaces()
    }

    init(_ worker: DetectionWorker) {
        scanner = LeafScanner(worker)
        // A damaged index gives no answers, not even those it gave before.
        cache = worker.trace == nil && worker.set.damage == nil ? worker.prefixes : nil
    }

    /// Whether rules stopped looking before the message's end, because it gave more matches than are kept.
    var hasRuleLimitBitten: Bool { ended.hasRuleLimitBitten || scanner.hasRuleLimitBitten }

    /// Whether the matcher of code passed over some of what resembles its indexes.
    var hasCodeLimitBitten: Bool { ended.hasCodeLimitBitten || scanner.hasCodeLimitBitten }

    /// Whether any rule has hit, as far as was looked.
    var hasHits: Bool { hasToldHits || scanner.hasHits }

    /// Scans a text of the request's head as one leaf.
    ///
    /// - Returns: whether a rule hit in it.
    mutating func scanHead(_ text: [UInt8], segment: Segment) -> Bool {
        guard !text.isEmpty else { return false }
        scanner.leafBegan(Provenance(segment: segment))
        scanner.leafText(text.span)
        scanner.leafEnded(truncated: false)
        return scanner.collect()
    }

    /// Whether a rule would hit in a text, without counting it; true also when a limit kept a rule from looking.
    ///
    /// Not to be called inside a leaf.
    mutating func wouldHit(_ text: [UInt8]) -> Bool { scanner.wouldHit(text) }

    /// Begins the body of a request for `path`, whose head was scanned.
    mutating func bodyBegan(path: [UInt8] = []) {
        self.path = path
        nextText()
    }

    /// Whether something was found that was not taken.
    var hasNews: Bool { waiting != nil }

    /// What was found, if that is more than was taken before; where nothing waits, all text that has come is looked at first.
    mutating func takeFinding() -> Finding? {
        // At a mark everything is told.
        if waiting == nil, !isAtMark || !gathered.isEmpty {
            scanHeld()
            scanGathered()
            // From here on marks would stand elsewhere.
            prefix = nil
            isAtMark = true
            tell(scanner.checkpoint())
        }
        defer { waiting = nil }
        return waiting
    }

    /// Ends the message, and gives all that was found in it.
    ///
    /// To be called once.
    mutating func messageEnded() -> Finding {
        textEnded()
        return ended.finding
    }
}

// MARK: - Text

extension MessageLeaves: LeafSink {
    mutating func leafBegan(_ provenance: Provenance) {
        let member = provenance.place.member
        if member != self.member, texts < Self.maximumTexts, Self.members.contains(member) {
            self.member = member
            texts += 1
            nextText()
        }
        prefix?.digest.leafBegan(provenance)
        if let held = prefix?.held { held.append(.leafBegan(provenance)) } else { scanner.leafBegan(provenance) }
    }

    mutating func leafText(_ text: Span<UInt8>) {
        var start = 0
        while start < text.count {
            let count = min(text.count - start, Self.batch - gathered.count)
            let piece = text.extracting(start..<(start + count))
            start += count
            if count == Self.batch {
                scan(piece, isMark: true)
            } else {
                gathered.append(copying: piece)
                guard gathered.count == Self.batch else { return }
                scanGathered(isMark: true)
            }
            mark(isLeafEnd: false)
        }
    }

    mutating func leafEnded(truncated: Bool) {
        scanGathered()
        prefix?.digest.leafEnded(truncated: truncated)
        if let held = prefix?.held {
            held.append(.leafEnded(truncated: truncated))
        } else {
            scanner.leafEnded(truncated: truncated)
        }
        unmarked += Self.leafOctets
        isAtMark = false
        guard unmarked >= Self.markOctets else { return }
        unmarked = 0
        mark(isLeafEnd: true)
    }

    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        prefix?.digest.groupResolved(group, segment)
        if let held = prefix?.held {
            held.append(.groupResolved(group, segment))
        } else {
            scanner.groupResolved(group, segment)
        }
    }

    mutating func modelNamed(_ model: String) {
        if self.model == nil { self.model = model }
    }

    private mutating func scanGathered(isMark: Bool = false) {
        guard !gathered.isEmpty else { return }
        let text = gathered
        scan(text.span, isMark: isMark)
        gathered.removeAll(keepingCapacity: true)
    }

    /// Scans text, or holds it back; behind it there may be a mark.
    private mutating func scan(_ text: Span<UInt8>, isMark: Bool) {
        unmarked += text.count
        isAtMark = false
        prefix?.octets += text.count
        prefix?.digest.text(text)
        // What nobody sent before is not copied first.
        if isMark, prefix?.held != nil, let value = prefix?.digest.value, cache?.entry(value) == nil { scanHeld() }
        if let held = prefix?.held, held.append(text) { return }
        scanHeld()
        scanner.leafText(text)
    }
}

// MARK: - Texts

extension MessageLeaves {
    /// Ends the text at hand, and begins another.
    private mutating func nextText() {
        textEnded()
        scanner.textBegan(naming: path)
        unmarked = 0
        guard let cache else { return }
        var digest = PrefixDigest(cache.key)
        digest.textBegan(path: path, member: member)
        let isKnown = cache.entry(digest.value) != nil
        if !isKnown { cache.keep(PrefixCache.Entry(finding: nil), for: digest.value) }
        prefix = Prefix(digest: digest, held: isKnown ? HeldLeaves(cache) : nil)
    }

    /// Ends the text at hand: what is left open in it is judged, and what was found is told.
    private mutating func textEnded() {
        scanGathered()
        prefix?.digest.textEnded()
        let value = prefix?.digest.value
        let known = value.flatMap { cache?.entry($0) }
        if let text = known?.text, let held = prefix?.held {
            tell(known?.finding)
            cache?.recognise(held.count)
            ended.add(text)
        } else {
            scanHeld()
            scanner.textEnded()
            let finding = scanner.checkpoint()
            tell(finding)
            let text = TextResult(
                finding: scanner.currentFinding(),
                hasRuleLimitBitten: scanner.hasRuleLimitBitten,
                hasCodeLimitBitten: scanner.hasCodeLimitBitten
            )
            ended.add(text)
            if let value, known == nil { cache?.keep(PrefixCache.Entry(finding: finding, text: text), for: value) }
        }
        prefix = nil
        isAtMark = true
    }
}

/// What scanning a text of a message came to.
struct TextResult {
    private(set) var finding = Finding(leaks: [], rules: [])
    private(set) var hasRuleLimitBitten = false
    private(set) var hasCodeLimitBitten = false

    /// Adds what a later text came to.
    mutating func add(_ other: TextResult) {
        finding = finding.joined(other.finding)
        hasRuleLimitBitten = hasRuleLimitBitten || other.hasRuleLimitBitten
        hasCodeLimitBitten = hasCodeLimitBitten || other.hasCodeLimitBitten
    }
}

// MARK: - Marks

extension MessageLeaves {
    /// Tells what was found up to here.
    private mutating func mark(isLeafEnd: Bool) {
        isAtMark = true
        guard let cache, let value = prefix?.digest.value, let octets = prefix?.octets else {
            return tell(scanner.checkpoint())
        }
        let known = cache.entry(value)
        if let held = prefix?.held {
            if let known {
                tell(known.finding)
                if isLeafEnd, let position = known.position?.position {
                    scanner.resume(from: position)
                    prefix?.places.add(value, at: octets, cache)
                    cache.recognise(held.count)
                    held.removeAll()
                } else if held.isFull {
                    held.append(.mark)
                    scanHeld()
                } else {
                    held.append(.mark)
                }
                return
            }
            scanHeld()
        }
        let finding = scanner.checkpoint()
        tell(finding)
        var position = known?.position
        if isLeafEnd {
            if position != nil {
                // Another message went on from here: perhaps as this one will.
                prefix?.held = HeldLeaves(cache)
            } else if prefix?.places.isWanted(at: octets) == true {
                position = keptPosition(cache)
            }
        }
        if known == nil || position != nil && known?.position == nil {
            cache.keep(PrefixCache.Entry(finding: finding, position: position), for: value)
        }
        if position != nil { prefix?.places.add(value, at: octets, cache) }
    }

    /// Where the scanner stands, unless that is large.
    private func keptPosition(_ cache: PrefixCache) -> PrefixCache.KeptPosition? {
        guard let position = scanner.position, position.octets <= cache.positionLimit else { return nil }
        return PrefixCache.KeptPosition(position)
    }

    /// Scans what was held back, and what comes from now on.
    private mutating func scanHeld() {
        guard let held = prefix?.held else { return }
        prefix?.held = nil
        for event in held.events {
            switch event {
            case .leafBegan(let provenance): scanner.leafBegan(provenance)
            case .text(let range): scanHeld(held, range)
            case .leafEnded(let truncated): scanner.leafEnded(truncated: truncated)
            case .groupResolved(let group, let segment): scanner.groupResolved(group, segment)
            // What was found up to here was told when it came.
            case .mark: _ = scanner.checkpoint()
            }
        }
    }

    private mutating func scanHeld(_ held: HeldLeaves, _ range: Range<Int>) {
        held.withText(range) { scanner.leafText($0) }
    }

    private mutating func tell(_ finding: Finding?) {
        guard let finding else { return }
        waiting = ended.finding.joined(finding)
        if !finding.rules.isEmpty { hasToldHits = true }
    }
}
