internal import Wire

/// Reads one direction of a TLS connection from behind its hello on: finds records, opens them, and finds its place again
/// behind a hole.
///
/// Work is pulled: `next` reads until there is something to tell. Each octet given, and each of a hole, is told once.
struct TLSRecordStream: ~Copyable {
    /// What was read.
    enum Event {
        /// All octets are used.
        case needMore
        /// A record that is not protected, of so many octets with its header; its content is in `content`.
        case clear(TLSContentType, octets: Int)
        /// A record was opened; its content is in `content`, and so many octets of it are no content.
        case opened(TLSContentType, overhead: Int)
        /// So many octets of records are lost; `records` is how many they were, where that is known.
        case lost(octets: Int, records: Int?, TLSLoss)
    }

    /// The keys in use.
    var keys: TLSEpochKeys
    /// Whether all records from here on are protected; in TLS 1.3 their type says so.
    var isEncrypted = false
    /// The content of the record told last.
    private(set) var content = Plaintext()
    /// Records that were not opened since the last that was.
    private(set) var failures = 0

    private let isTLS13: Bool
    private var skipping: Int
    private var header: InlineArray<5, UInt8> = .init(repeating: 0)
    private var headerCount = 0
    private var record: TLSRecordHeader?
    private var fragment = SealedFragment()
    /// Octets of the record that have gone by, those of holes included.
    private var passed = 0
    private var hasHole = false
    private var search: TLSRecordSearch?
    private var openedType = TLSContentType.applicationData
    private var openedOctets = 0
    private var isOpenedWaiting = false
    private var replay: [UInt8] = []
    private var replayOffset = 0
    /// Why nothing is read any more; nil while something is.
    private var closed: TLSLoss?

    /// Starts `skipping` octets before a record begins, or anywhere if that is nil.
    init(_ keys: TLSEpochKeys, isTLS13: Bool, skipping: Int?) {
        self.keys = keys
        self.isTLS13 = isTLS13
        self.skipping = skipping ?? 0
        if skipping == nil { search = TLSRecordSearch(lost: 0, isSizeKnown: false) }
    }

    /// Reads until there is something to tell or the chunk is used up.
    mutating func next(in chunk: Span<UInt8>, from offset: inout Int) -> Event {
        if isOpenedWaiting {
            isOpenedWaiting = false
            return openedEvent()
        }
        if !replay.isEmpty {
            let held = replay
            var used = replayOffset
            replay = []
            replayOffset = 0
            let event = read(held.span, &used)
            // What is left over stays; a search would have taken it all.
            if used < held.count {
                replay = held
                replayOffset = used
            }
            guard case .needMore = event else { return event }
        }
        return read(chunk, &offset)
    }

    /// Notes that octets are missing here; 0 when nobody knows how many, which counts as one.
    mutating func gap(_ octets: Int) -> Event {
        let count = max(1, octets)
        if let closed { return .lost(octets: count, records: nil, closed) }
        if search != nil {
            search?.gap(octets)
            return .needMore
        }
        if skipping > 0, octets > 0, octets <= skipping {
            skipping -= octets
            return .lost(octets: octets, records: 0, .gap)
        }
        if let record, octets > 0, octets <= record.length - passed {
            hasHole = true
            passed += octets
            return passed == record.length ? endRecord(record) : .needMore
        }
        let begun = headerCount + passed
        resetRecord()
        search = TLSRecordSearch(lost: begun + count, isSizeKnown: octets > 0)
        return .needMore
    }

    /// Octets that have come and were not told yet: of a record whose end is missing, or of what was not found again.
    mutating func finish() -> Int {
        let begun = headerCount + passed + (search?.octets ?? 0) + (replay.count - replayOffset)
        resetRecord()
        search = nil
        replay = []
        replayOffset = 0
        return begun
    }

    /// Gives up: all that comes is lost.
    mutating func close(_ loss: TLSLoss) { closed = loss }

    private mutating func read(_ chunk: Span<UInt8>, _ offset: inout Int) -> Event {
        while offset < chunk.count {
            if let closed {
                let count = chunk.count - offset
                offset = chunk.count
                return .lost(octets: count, records: nil, closed)
            }
            if search != nil {
                search?.append(chunk.extracting(offset..<chunk.count))
                offset = chunk.count
                return continueSearch()
            }
            if skipping > 0 {
                let count = min(skipping, chunk.count - offset)
                skipping -= count
                offset += count
                return .clear(.handshake, octets: count)
            }
            guard let record else {
                header[headerCount] = chunk[offset]
                headerCount += 1
                offset += 1
                if headerCount == TLSRecordHeader.octets { beginRecord() }
                if let record, record.length == 0 { return endRecord(record) }
                continue
            }
            let count = min(record.length - passed, chunk.count - offset)
            if !hasHole { fragment.append(copying: chunk.extracting(offset..<(offset + count))) }
            passed += count
            offset += count
            if passed == record.length { return endRecord(record) }
        }
        return .needMore
    }

    private mutating func beginRecord() {
        do throws(TLSError) {
            record = try TLSRecordHeader(header.span)
        } catch {
            // No record begins here: the place is lost.
            var found = TLSRecordSearch(lost: 0, isSizeKnown: true)
            found.append(header.span)
            search = found
            headerCount = 0
        }
    }

    private mutating func resetRecord() {
        record = nil
        headerCount = 0
        passed = 0
        hasHole = false
        fragment.removeAll()
    }

    private mutating func endRecord(_ record: TLSRecordHeader) -> Event {
        defer { resetRecord() }
        let total = TLSRecordHeader.octets + record.length
        let isProtected = isTLS13 ? record.contentType == .applicationData : isEncrypted
        guard !hasHole else {
            if isProtected { keys.pass([]) }
            return .lost(octets: total, records: 1, .gap)
        }
        guard isProtected else {
            content = Plaintext()
            return .clear(record.contentType, octets: total)
        }
        guard let opened = keys.open(record, &fragment, window: 1 + min(failures, 8)) else {
            failures += 1
            // A number that did not prove to be the next may still be it.
            if failures > 8 { keys.pass(fragment.content) }
            return .lost(octets: total, records: 1, .damaged)
        }
        accept(opened.content, record)
        return openedEvent()
    }

    private mutating func accept(_ opened: Plaintext, _ record: TLSRecordHeader) {
        failures = 0
        content = opened
        openedType = record.contentType
        openedOctets = TLSRecordHeader.octets + record.length
    }

    private mutating func openedEvent() -> Event {
        if isTLS13 { openedType = content.takeContentType() ?? .heartbeat }
        return .opened(openedType, overhead: openedOctets - content.count)
    }

    private mutating func continueSearch() -> Event {
        guard var search else { return .needMore }
        self.search = nil
        let epoch = keys.epoch
        let found = search.find(&keys, isTLS13: isTLS13)
        guard let found else {
            if search.octets > TLSRecordSearch.patience {
                closed = .gap
                return .lost(octets: search.octets, records: nil, .gap)
            }
            self.search = search
            return .needMore
        }
        isEncrypted = true
        accept(found.opened.content, found.header)
        replay = found.rest
        replayOffset = 0
        guard found.lost > 0 else { return openedEvent() }
        isOpenedWaiting = true
        // Before the first record of the application's keys there was nothing but the handshake.
        if epoch != .application, epoch != .earlyData, keys.isFirstOfApplication {
            return .clear(.handshake, octets: found.lost)
        }
        let isKnown = search.isSizeKnown && keys.hasExactOverhead
        return .lost(octets: found.lost, records: isKnown ? found.opened.skipped : nil, .gap)
    }
}
