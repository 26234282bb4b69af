/// The dynamic table of a header compression context (RFC 7541 § 2.3.2), newest field first.
struct HPACKTable {
    /// A field, and whether its name is known.
    struct Entry {
        let name: [UInt8]
        let value: [UInt8]
        let isNameKnown: Bool

        init(_ name: [UInt8], _ value: [UInt8], isNameKnown: Bool = true) {
            self.name = name
            self.value = value
            self.isNameKnown = isNameKnown
        }

        /// The entry's size (RFC 7541 § 4.1): 32 octets are for what a table needs beside the strings.
        var size: Int { name.count + value.count + 32 }
    }

    private var entries: [Entry] = []
    private var first = 0

    /// The octets of all entries.
    private(set) var size = 0

    /// The most octets they may have.
    private(set) var maximumSize: Int

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// How many fields there are.
    var count: Int { entries.count - first }

    /// The field at `index`, 0 being the newest; nil beyond the oldest.
    subscript(index: Int) -> Entry? {
        index >= 0 && index < count ? entries[entries.count - 1 - index] : nil
    }

    /// Adds a field in front; older ones make room, and one that does not fit empties the table (RFC 7541 § 4.4).
    mutating func insert(_ entry: Entry) {
        evict(to: maximumSize - entry.size)
        guard entry.size <= maximumSize else { return }
        entries.append(entry)
        size += entry.size
    }

    /// Changes the table's size; older fields make room.
    mutating func resize(to octets: Int) {
        maximumSize = octets
        evict(to: octets)
    }

    /// Drops every field.
    mutating func removeAll() {
        entries = []
        first = 0
        size = 0
    }

    private mutating func evict(to room: Int) {
        while size > max(0, room), first < entries.count {
            size -= entries[first].size
            // The strings go at once, their place when half of the array is such places.
            entries[first] = Entry([], [])
            first += 1
        }
        if first == entries.count {
            removeAll()
        } else if first > 32, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }
}
