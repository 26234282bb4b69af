internal import Wire

/// Looks for the next record behind a hole: a header that may be one, and keys that open what follows it.
///
/// How many records the hole swallowed is not known, so their numbers are tried in order; only the right one opens a record.
struct TLSRecordSearch {
    /// Whether the octets missing so far were counted.
    private(set) var isSizeKnown: Bool

    private var window: [UInt8] = []
    /// Octets before the window that belong to no record that was read.
    private var lost: Int
    /// Where in the window no record begins before.
    private var scanned = 0

    /// Octets after which a record must have been found.
    static let patience = 4 << 20
    /// The most records that a hole may have swallowed.
    private static let maximumSkipped = 4_096

    /// Starts behind a hole of so many octets, those of a record that was being read included.
    init(lost: Int, isSizeKnown: Bool) {
        self.lost = lost
        self.isSizeKnown = isSizeKnown
    }

    /// Octets that wait, or are lost, since the last record that was read.
    var octets: Int { lost + window.count }

    /// Adds octets behind the hole.
    mutating func append(_ octets: Span<UInt8>) { window.append(copying: octets) }

    /// Notes another hole; 0 is of unknown size.
    mutating func gap(_ octets: Int) {
        lost += window.count + max(1, octets)
        window = []
        scanned = 0
        if octets == 0 { isSizeKnown = false }
    }

    /// A record that was found.
    struct Found {
        let opened: TLSEpochKeys.Opened
        let header: TLSRecordHeader
        /// Octets before it that are lost.
        let lost: Int
        /// What follows it.
        let rest: [UInt8]
    }

    /// The first record that opens; nil while none does.
    mutating func find(_ keys: inout TLSEpochKeys, isTLS13: Bool) -> Found? {
        let minimum = keys.overhead - TLSRecordHeader.octets
        while let header = candidate(minimum, isTLS13: isTLS13) {
            let start = scanned + TLSRecordHeader.octets
            let end = start + header.length
            guard end <= window.count else { break }
            var fragment = SealedFragment(copying: window.span.extracting(start..<end))
            let skippable = (lost + scanned) / (keys.overhead + 1) + 2
            let bound = isSizeKnown ? min(skippable, Self.maximumSkipped) : Self.maximumSkipped
            if let opened = keys.open(header, &fragment, window: bound) {
                return Found(opened: opened, header: header, lost: lost + scanned, rest: Array(window[end...]))
            }
            scanned += 1
        }
        if scanned > 1 << 15 {
            window.removeFirst(scanned)
            lost += scanned
            scanned = 0
        }
        return nil
    }

    /// The next header that may be one, from where the window was scanned to.
    private mutating func candidate(_ minimum: Int, isTLS13: Bool) -> TLSRecordHeader? {
        while scanned + TLSRecordHeader.octets <= window.count {
            let type = window[scanned]
            let isType = isTLS13 ? type == TLSContentType.applicationData.rawValue : (20...23).contains(type)
            if isType, window[scanned + 1] == 3, window[scanned + 2] <= 3,
                let header = try? TLSRecordHeader(window.span.extracting(scanned..<window.count)),
                header.length >= minimum
            {
                return header
            }
            scanned += 1
        }
        return nil
    }
}
