internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import Synchronization
internal import Wire

/// The secrets of sessions, by the random octets of their ClientHello: filled by whoever reads key logs, asked by threads
/// that meet a session.
///
/// They lie in memory that is locked against swapping where the system permits it, and are overwritten when they make room
/// for others and at the end. A question takes a lock for the time of a look-up; it is asked once or a few times a session.
package final class KeyStore: Sendable {
    private let table: Mutex<KeyTable>
    private let count = Atomic<Int>(0)

    /// A store of so many sessions at most; beyond them the one that came first goes.
    package init(capacity: Int = KeyStore.defaultCapacity) {
        table = Mutex(KeyTable(capacity: max(1, capacity)))
    }

    /// Sessions that are kept unless said otherwise.
    package static let defaultCapacity = 100_000

    /// What became of a secret that was added.
    enum Addition {
        /// Nothing was known in its place, or it protects no record and is not kept.
        case new
        /// It was known already.
        case repeated
        /// Another was known in its place, which is wiped.
        case replaced
    }

    /// Whether digits can be a secret of a label: their number is right, and all are hexadecimal.
    static func isSecret(digits: Span<UInt8>, _ label: KeyLogLabel) -> Bool {
        guard digits.count % 2 == 0, label.fits(octets: digits.count / 2) else { return false }
        for index in digits.indices where ASCII.hexValue(digits[index]) == nil { return false }
        return true
    }

    /// Keeps a secret given in hexadecimal digits, which it must be; no other copy of it is made.
    func add(digits: Span<UInt8>, _ label: KeyLogLabel, of random: SessionRandom) -> Addition {
        guard label.protectsRecords, label.fits(octets: digits.count / 2) else { return .new }
        let addition = table.withLock { table in
            table.add(octets: digits.count / 2, label, random) { ASCII.hexOctet(digits, at: 2 * $0) ?? 0 }
        }
        if addition != .repeated { count.add(1, ordering: .releasing) }
        return addition
    }

    /// Keeps a secret; one that is known already is replaced, and one that protects no record is not kept.
    package func add(_ secret: Span<UInt8>, _ label: KeyLogLabel, of random: SessionRandom) {
        guard label.protectsRecords, label.fits(octets: secret.count) else { return }
        let addition = table.withLock { $0.add(octets: secret.count, label, random) { secret[$0] } }
        if addition != .repeated { count.add(1, ordering: .releasing) }
    }

    /// How many secrets have been added that were not known: whoever waits for one need not ask again until this has changed.
    package var additions: Int { count.load(ordering: .acquiring) }

    /// What is known of a session; nil when nothing is.
    package func secrets(of random: SessionRandom) -> SessionSecrets? { table.withLock { $0.secrets(random) } }

    /// Whether the client's application data of a session can be opened; nothing is copied.
    package func opensApplicationData(of random: SessionRandom) -> Bool {
        table.withLock { $0.knows(.masterSecret, random) || $0.knows(.clientTraffic, random) }
    }

    /// The sessions that are kept now.
    package var sessionCount: Int { table.withLock { $0.sessionCount } }

    /// The sessions that had to go so far.
    package var evictedCount: Int { table.withLock { $0.evictedCount } }

    /// Whether these octets lie anywhere in the store's memory: for tests of what is wiped.
    func holds(_ octets: [UInt8]) -> Bool { table.withLock { $0.holds(octets) } }

    /// Overwrites octets in a way that is not left out for nobody reading them.
    static func wipe(_ octets: inout [UInt8]) {
        // SAFETY: the array's own storage, of its length.
        unsafe octets.withUnsafeMutableBytes { memory in
            if let start = memory.baseAddress { unsafe explicit_bzero(start, memory.count) }
        }
    }

    /// Whether all secrets lie in memory that is never swapped; false where the system did not permit that.
    package var isLocked: Bool { table.withLock { $0.isLocked } }
}

/// The secrets of one session that are known, each wiped when nobody holds it any more.
package struct SessionSecrets: Sendable {
    private var keys: [SymmetricKey?] = Array(repeating: nil, count: KeyLogLabel.recordLabels)

    /// The secret of a label; nil when it is not known.
    subscript(label: KeyLogLabel) -> SymmetricKey? {
        get { label.protectsRecords ? keys[Int(label.rawValue)] : nil }
        set { if label.protectsRecords { keys[Int(label.rawValue)] = newValue } }
    }

    /// Whether the client's application data can be opened with them.
    package var openApplicationData: Bool { self[.masterSecret] != nil || self[.clientTraffic] != nil }

    /// Adds what another store knows of the same session.
    mutating func add(_ other: SessionSecrets) {
        for index in keys.indices where keys[index] == nil { keys[index] = other.keys[index] }
    }
}

extension KeyLogLabel {
    /// Labels whose secrets are kept.
    static var recordLabels: Int { Int(KeyLogLabel.exporter.rawValue) }
}

/// What stands behind the lock: a ring of slots, filled in order.
private struct KeyTable: ~Copyable {
    private(set) var evictedCount = 0
    private let capacity: Int
    private var memory: LockedMemory
    private var slots: [SessionRandom: Int] = [:]
    private var randoms: [SessionRandom] = []
    private var next = 0

    /// A slot holds for each label the secret's length and room for 48 octets.
    private static let field = 49
    private static let slot = field * KeyLogLabel.recordLabels

    init(capacity: Int) {
        self.capacity = capacity
        memory = LockedMemory(octets: capacity * Self.slot)
    }

    var sessionCount: Int { slots.count }
    var isLocked: Bool { memory.isLocked }

    mutating func add(
        octets count: Int,
        _ label: KeyLogLabel,
        _ random: SessionRandom,
        _ octet: (Int) -> UInt8
    ) -> KeyStore.Addition {
        let start = place(of: random) * Self.slot + Int(label.rawValue) * Self.field
        let known = Int(memory.octet(at: start))
        if known == count, (0..<count).allSatisfy({ memory.octet(at: start + 1 + $0) == octet($0) }) {
            return .repeated
        }
        memory.wipe(at: start, octets: Self.field)
        for index in 0..<count { memory.write(octet(index), at: start + 1 + index) }
        memory.write(UInt8(truncatingIfNeeded: count), at: start)
        return known == 0 ? .new : .replaced
    }

    func holds(_ octets: [UInt8]) -> Bool {
        let end = min(randoms.count, capacity) * Self.slot
        guard !octets.isEmpty, octets.count <= end else { return false }
        return (0...(end - octets.count)).contains { start in
            octets.indices.allSatisfy { memory.octet(at: start + $0) == octets[$0] }
        }
    }

    func knows(_ label: KeyLogLabel, _ random: SessionRandom) -> Bool {
        guard let slot = slots[random] else { return false }
        return memory.octet(at: slot * Self.slot + Int(label.rawValue) * Self.field) > 0
    }

    func secrets(_ random: SessionRandom) -> SessionSecrets? {
        guard let slot = slots[random] else { return nil }
        var secrets = SessionSecrets()
        for label in KeyLogLabel.allCases where label.protectsRecords {
            let start = slot * Self.slot + Int(label.rawValue) * Self.field
            let length = Int(memory.octet(at: start))
            if length > 0 { secrets[label] = memory.key(at: start + 1, octets: length) }
        }
        return secrets
    }

    /// The slot of a session, which for a new one is the next of the ring, wiped.
    private mutating func place(of random: SessionRandom) -> Int {
        if let known = slots[random] { return known }
        let slot = next
        next = (next + 1) % capacity
        if slot < randoms.count {
            slots[randoms[slot]] = nil
            evictedCount += 1
            memory.wipe(at: slot * Self.slot, octets: Self.slot)
            randoms[slot] = random
        } else {
            memory.lock(upTo: (slot + 1) * Self.slot)
            randoms.append(random)
        }
        slots[random] = slot
        return slot
    }
}

/// Pages that are not swapped where that is permitted, not dumped, and zero when given back.
///
/// Of the octets asked for only those take memory that were written; they are locked piece by piece, so that a limit on
/// locked memory costs the lock of the rest only. Without memory, reads give zeros and writes are lost.
@safe
private struct LockedMemory: ~Copyable {
    private(set) var isLocked = true
    private let start: UnsafeMutableRawPointer?
    private let octets: Int
    private var lockedOctets = 0

    /// What is locked at a time.
    private static let piece = 1 << 16

    init(octets: Int) {
        let whole = (octets + Self.piece - 1) / Self.piece * Self.piece
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        // SAFETY: a new mapping of our own; MAP_FAILED is all ones.
        let mapped = unsafe mmap(nil, whole, PROT_READ | PROT_WRITE, flags, -1, 0)
        let failed = unsafe mapped == UnsafeMutableRawPointer(bitPattern: -1)
        unsafe start = failed ? nil : mapped
        self.octets = failed ? 0 : whole
        // SAFETY: the whole of the mapping just made.
        if let start = unsafe start { unsafe _ = madvise(start, whole, MADV_DONTDUMP) }
    }

    deinit {
        guard let start = unsafe start else { return }
        // SAFETY: the mapping is this struct's alone and not used any more. Pages that were never written stay unmapped:
        // wiping ends with what was locked, which is done before anything is written.
        unsafe explicit_bzero(start, min(octets, lockedOctets))
        unsafe munmap(start, octets)
    }

    /// Locks the octets before `end`, if they are not locked yet.
    mutating func lock(upTo end: Int) {
        guard end > lockedOctets, end <= octets, let start = unsafe start else { return }
        let target = min(octets, (end + Self.piece - 1) / Self.piece * Self.piece)
        // SAFETY: both bounds lie within the mapping.
        if unsafe mlock(start + lockedOctets, target - lockedOctets) != 0 { isLocked = false }
        lockedOctets = target
    }

    mutating func write(_ octet: UInt8, at index: Int) {
        guard index >= 0, index < octets, let start = unsafe start else { return }
        // SAFETY: the index lies within the mapping.
        unsafe start.storeBytes(of: octet, toByteOffset: index, as: UInt8.self)
    }

    mutating func wipe(at index: Int, octets count: Int) {
        guard index >= 0, count <= octets - index, let start = unsafe start else { return }
        // SAFETY: the range lies within the mapping.
        unsafe explicit_bzero(start + index, count)
    }

    func octet(at index: Int) -> UInt8 {
        guard index >= 0, index < octets, let start = unsafe start else { return 0 }
        // SAFETY: the index lies within the mapping.
        return unsafe start.load(fromByteOffset: index, as: UInt8.self)
    }

    /// A key of the octets there; it wipes its own copy.
    func key(at index: Int, octets count: Int) -> SymmetricKey? {
        guard index >= 0, count <= octets - index, let start = unsafe start else { return nil }
        // SAFETY: the range lies within the mapping.
        return unsafe SymmetricKey(data: UnsafeRawBufferPointer(start: start + index, count: count))
    }
}

extension SymmetricKey {
    /// A copy of the key's octets, for the one derivation that takes a secret apart.
    var octets: [UInt8] {
        // SAFETY: the octets are copied within the call.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
