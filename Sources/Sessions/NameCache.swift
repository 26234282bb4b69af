internal import AppProtocols
internal import FlowTracking
package import Wire

/// Remembers from DNS answers which names an address goes by, for each client and for all.
///
/// A name is the one that was asked for, whatever aliases led to the address. It holds for its time to live, which is
/// raised to a minute and lengthened by five, since programs keep addresses for longer than they may. Of one address and
/// client the last eight names are kept; when the cache is full, what was learnt longest ago goes. Learning and looking
/// up depend on packet times only, and looking up changes nothing.
package struct NameCache: ~Copyable {
    /// Names that were forgotten to make room before their time was over.
    package private(set) var evicted: UInt64 = 0

    private let limit: Int
    private var entries: [Entry] = []
    private var free: [UInt32] = []
    /// The last learnt name of an address, from which a chain leads to those before it.
    private var heads = IndexBuckets()
    /// Who sends answers chooses addresses, and must not choose which of them collide.
    private let secret = Secret()
    private var oldest = Entry.none
    private var newest = Entry.none

    /// Names of one address that are kept for one client.
    package static let namesOfAddress = 8
    /// Octets of memory that an entry takes at most, its name and its place in tables included.
    package static let octetsOfEntry = 512
    /// Nanoseconds for which a name holds at least.
    static let floor: Int64 = 60_000_000_000
    /// Nanoseconds for which a name holds beyond its time to live.
    static let grace: Int64 = 300_000_000_000
    /// Seconds of a time to live that are believed: a day.
    static let longest: UInt32 = 86_400

    private struct Key: Hashable {
        /// Who asked; the unspecified address for anybody.
        let client: IPAddress
        let address: IPAddress

        static let anybody = IPAddress(ipv6High: 0, low: 0)

        /// Mixed by multiplying to 128 bits and folding the halves, as the keys of flows are.
        func hash(_ secret: Secret) -> UInt64 {
            let kinds: UInt64 = (client.isIPv4 ? 1 : 0) | (address.isIPv4 ? 2 : 0)
            var state = Key.fold(client.low ^ secret.first, address.low ^ secret.second)
            state = Key.fold(state ^ client.high ^ secret.first, address.high ^ secret.second)
            return Key.fold(state ^ kinds ^ secret.first, secret.second)
        }

        private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let product = left.multipliedFullWidth(by: right)
            return product.high ^ product.low
        }
    }

    /// What keys are mixed with: both factors, since one of zero would hide the other.
    private struct Secret {
        let first = UInt64.random(in: .min ... .max)
        let second = UInt64.random(in: .min ... .max)
    }

    private struct Entry {
        var key: Key
        var name: Hostname
        /// When the name was last learnt, and until when it holds, in nanoseconds of packet time.
        var learnt: Int64
        var expires: Int64
        /// The name of the same key that was learnt before this one.
        var next = Entry.none
        /// The entries that were learnt before and after this one.
        var older = Entry.none
        var newer = Entry.none

        static let none = UInt32.max
    }

    /// An empty cache of at most `limit` entries: each name of an address is one for its client and one for all clients.
    package init(limit: Int) {
        self.limit = max(2, limit)
    }

    /// How many entries there are.
    package var count: Int { entries.count - free.count }

    /// Learns an answer.
    package mutating func learn(_ answer: borrowing NameAnswer) {
        let now = answer.stamp.timestamp.nanoseconds
        let seconds = Int64(min(answer.resolution.timeToLive, NameCache.longest))
        let expires = now &+ max(NameCache.floor, seconds * 1_000_000_000) &+ NameCache.grace
        for address in answer.resolution.addresses {
            learn(Key(client: answer.client, address: address), answer.resolution.host, now, expires)
            learn(Key(client: Key.anybody, address: address), answer.resolution.host, now, expires)
        }
    }

    /// The names by which a client may mean an address, at a moment.
    package func names(of address: IPAddress, for client: IPAddress, at time: Timestamp) -> ResolvedNames {
        var names = ResolvedNames()
        guard heads.count > 0 else { return names }
        let now = time.nanoseconds
        forEach(Key(client: client, address: address)) { entry in
            guard entry.expires >= now else { return }
            names.asked.append(entry.name)
            let age = now &- entry.learnt
            // Taps of several links do not keep the order to the last: what is just behind counts as just before.
            if age >= -1_000_000_000, age <= ResolvedNames.recency { names.recent.append(entry.name) }
        }
        guard names.asked.isEmpty else { return names }
        forEach(Key(client: Key.anybody, address: address)) { entry in
            if entry.expires >= now { names.others.append(entry.name) }
        }
        names.isCrowded = names.others.count >= NameCache.namesOfAddress
        return names
    }

    /// Forgets everything: another capture begins.
    package mutating func removeAll() {
        entries = []
        free = []
        heads = IndexBuckets()
        oldest = Entry.none
        newest = Entry.none
    }

    /// The last learnt entry of a key, or `none`.
    private func head(of key: Key, _ hash: UInt64) -> UInt32 {
        guard let found = heads.find(hash, { entries[$0].key == key }) else { return Entry.none }
        return UInt32(truncatingIfNeeded: found)
    }

    /// Has the chain of the key with that hash begin at another entry, either of which may be `none`.
    private mutating func setHead(of hash: UInt64, from old: UInt32, to new: UInt32) {
        if old == Entry.none {
            heads.insert(hash, new)
        } else if new == Entry.none {
            heads.remove(hash, old)
        } else {
            heads.replace(hash, old, with: new)
        }
    }

    private func forEach(_ key: Key, _ body: (Entry) -> Void) {
        var index = head(of: key, key.hash(secret))
        while index != Entry.none {
            body(entries[Int(index)])
            index = entries[Int(index)].next
        }
    }

    /// Enters a name as the last learnt of its key, or moves it there.
    private mutating func learn(_ key: Key, _ name: Hostname, _ now: Int64, _ expires: Int64) {
        let hash = key.hash(secret)
        let known = head(of: key, hash)
        if known != Entry.none, entries[Int(known)].name == name {
            entries[Int(known)].learnt = now
            entries[Int(known)].expires = max(entries[Int(known)].expires, expires)
            unlinkAge(known)
            return linkAge(known)
        }
        var expires = expires
        if let earlier = place(of: name, from: known) {
            expires = max(expires, entries[Int(earlier)].expires)
            remove(earlier)
        } else {
            trim(from: known)
            while count >= limit, oldest != Entry.none {
                if entries[Int(oldest)].expires >= now { evicted += 1 }
                remove(oldest)
            }
        }
        var entry = Entry(key: key, name: name, learnt: now, expires: expires)
        // What made room may have been of this very key.
        let head = known == Entry.none ? Entry.none : head(of: key, hash)
        entry.next = head
        let index: UInt32
        if let unused = free.popLast() {
            index = unused
            entries[Int(index)] = entry
        } else {
            index = UInt32(truncatingIfNeeded: entries.count)
            entries.append(entry)
        }
        setHead(of: hash, from: head, to: index)
        linkAge(index)
    }

    private func place(of name: Hostname, from head: UInt32) -> UInt32? {
        var index = head
        while index != Entry.none {
            if entries[Int(index)].name == name { return index }
            index = entries[Int(index)].next
        }
        return nil
    }

    /// Makes room for another name of the key whose chain begins there.
    private mutating func trim(from head: UInt32) {
        var (index, last, count) = (head, Entry.none, 0)
        while index != Entry.none {
            count += 1
            last = index
            index = entries[Int(index)].next
        }
        if count >= NameCache.namesOfAddress { remove(last) }
    }

    private mutating func remove(_ index: UInt32) {
        let key = entries[Int(index)].key
        let next = entries[Int(index)].next
        let hash = key.hash(secret)
        let head = head(of: key, hash)
        if head == index {
            setHead(of: hash, from: index, to: next)
        } else {
            var before = head
            while before != Entry.none, entries[Int(before)].next != index { before = entries[Int(before)].next }
            if before != Entry.none { entries[Int(before)].next = next }
        }
        unlinkAge(index)
        free.append(index)
    }

    private mutating func linkAge(_ index: UInt32) {
        entries[Int(index)].older = newest
        entries[Int(index)].newer = Entry.none
        if newest == Entry.none { oldest = index } else { entries[Int(newest)].newer = index }
        newest = index
    }

    private mutating func unlinkAge(_ index: UInt32) {
        let (older, newer) = (entries[Int(index)].older, entries[Int(index)].newer)
        if older == Entry.none { oldest = newer } else { entries[Int(older)].newer = newer }
        if newer == Entry.none { newest = older } else { entries[Int(newer)].older = older }
    }
}
