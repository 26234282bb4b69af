/// How much work the hits of a text may make, counted in places that are looked at, so that no text costs many times another.
///
/// Code that is in many files at many places proves little and costs most: a fingerprint stands in up to twenty files, eight
/// times in each, and weighs a ninetieth there. Each word of text earns a few places, and some are there at the beginning, so
/// that all is looked at in texts that anybody writes. Where they are used up, of fingerprints in one or two files a place in
/// each is looked at nevertheless, and others are passed over.
struct Effort: Equatable {
    /// What is looked at of a hit.
    enum Share {
        case none, first, all
    }

    /// Places earned by a word of text.
    static let perWord = 2
    /// Places that may be saved up, and that are there at the beginning.
    static let most = 8_192
    /// Files of a fingerprint that is looked at in any case.
    static let fewFiles = 2

    private var left = most
    private var end = 0
    /// Places looked at, and hits that were passed over or looked at in part.
    private(set) var places = 0
    private(set) var passedOver = 0

    /// The most places that may be looked at in a text of so many words with so many hits.
    static func bound(words: Int, hits: Int) -> Int { most + perWord * words + fewFiles * hits }

    /// What may be looked at of a hit with so many places in so many files, which ends at word `end` of the text.
    mutating func share(of count: Int, files: Int, at end: Int) -> Share {
        if end > self.end {
            left = min(Self.most, left + min(end - self.end, Self.most) * Self.perWord)
            self.end = end
        }
        if count <= left {
            left -= count
            places += count
            return .all
        }
        passedOver += 1
        guard files <= Self.fewFiles else { return .none }
        places += files
        return .first
    }
}
