/// The keys of one direction that are in use and those that may come, in order.
///
/// Which are in use is known from the messages that change them. Where such a message was missed, a record tells by the
/// keys that open it: a wrong key, or a wrong number, opens none.
struct TLSEpochKeys {
    /// What keys protect.
    enum Epoch: Int, Comparable {
        case none, earlyData, handshake, application

        static func < (left: Epoch, right: Epoch) -> Bool { left.rawValue < right.rawValue }
    }

    /// Which keys are in use; `.none` before the first.
    private(set) var epoch = Epoch.none
    /// The keys in use; nil before the first.
    private(set) var current: TLSRecordKeys?
    /// How many secrets have opened a record.
    private(set) var usedSecrets = 0

    private var upcoming: [(epoch: Epoch, keys: TLSRecordKeys)]
    private var isProven = false
    /// Octets that may still be tried in vain, so that hostile traffic cannot buy time.
    private var trialOctets = 32 << 20

    /// Starts before the first keys; several of one epoch are alternatives.
    init(_ upcoming: [(epoch: Epoch, keys: TLSRecordKeys)]) {
        self.upcoming = upcoming
    }

    /// Whether any keys are there.
    var isEmpty: Bool { current == nil && upcoming.isEmpty }

    /// Whether the record opened last was the application's first.
    var isFirstOfApplication: Bool { epoch == .application && current?.sequence == 1 }

    /// What a record adds to what it carries.
    var overhead: Int { (current ?? upcoming.first?.keys)?.overhead ?? TLSRecordHeader.octets }

    /// Whether that is known exactly, padding aside.
    var hasExactOverhead: Bool { (current ?? upcoming.first?.keys)?.hasExactOverhead ?? false }

    /// The version of the keys.
    var version: TLSVersion? { (current ?? upcoming.first?.keys)?.version }

    /// Goes on with the next keys, as a message says.
    mutating func advance() {
        guard let next = upcoming.first else { return }
        use(next.epoch, next.keys)
    }

    /// Goes on with the keys after these, as a KeyUpdate says.
    mutating func update() {
        guard let next = current?.next else { return }
        current = next
    }

    /// Goes on with keys of another handshake; nil where they are not known.
    mutating func renegotiate(_ keys: TLSRecordKeys?) {
        upcoming = []
        current = keys
        isProven = false
    }

    /// Counts a record that was not opened.
    mutating func pass(_ fragment: ArraySlice<UInt8>) {
        guard var keys = current else { return }
        keys.sequence &+= 1
        keys.passed(fragment)
        current = keys
    }

    /// A record that was opened: its content, and how many records of its keys were passed over before it.
    struct Opened {
        let content: Plaintext
        let skipped: Int
    }

    /// Opens a record with the keys in use as one of the next `window` numbers, else with those that may come.
    mutating func open(_ header: TLSRecordHeader, _ fragment: inout SealedFragment, window: Int) -> Opened? {
        if let keys = current, let opened = attempt(keys, header, &fragment, window) {
            advance(by: opened.skipped, fragment.content)
            return opened
        }
        for (candidate, keys) in upcoming {
            guard let opened = attempt(keys, header, &fragment, window) else { continue }
            use(candidate, keys)
            advance(by: opened.skipped, fragment.content)
            return opened
        }
        guard epoch == .application, let next = current?.next, let opened = attempt(next, header, &fragment, window)
        else { return nil }
        current = next
        advance(by: opened.skipped, fragment.content)
        return opened
    }

    private mutating func attempt(
        _ keys: TLSRecordKeys,
        _ header: TLSRecordHeader,
        _ fragment: inout SealedFragment,
        _ window: Int
    ) -> Opened? {
        for skipped in 0..<max(1, window) {
            if let content = keys.open(header, &fragment, sequence: keys.sequence &+ UInt64(skipped)) {
                return Opened(content: Plaintext(content), skipped: skipped)
            }
            trialOctets -= fragment.count + 64
            // The first number is always tried: it is the one that is due.
            if trialOctets < 0 { return nil }
        }
        return nil
    }

    private mutating func use(_ epoch: Epoch, _ keys: TLSRecordKeys) {
        upcoming.removeAll { $0.epoch <= epoch || $0.keys.cipher != keys.cipher }
        current = keys
        self.epoch = epoch
        isProven = false
    }

    private mutating func advance(by skipped: Int, _ fragment: ArraySlice<UInt8>) {
        guard var keys = current else { return }
        if !isProven {
            isProven = true
            usedSecrets += 1
        }
        keys.sequence &+= UInt64(skipped) &+ 1
        keys.passed(fragment)
        current = keys
    }
}
