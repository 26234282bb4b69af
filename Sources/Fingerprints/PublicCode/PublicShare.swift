/// How much of a file's fingerprints public code has.
struct PublicShare: Equatable, Sendable {
    /// Fingerprints fewer than these say too little of a file.
    static let leastFingerprints = 8
    /// Of ten fingerprints public code must have so many for the file to be public.
    static let tenths = 6
    /// Fingerprints of words in a row that public code does not have: some thirty lines, which somebody wrote.
    static let ownStretch = 24

    /// The number of fingerprints, of words and of shape.
    private(set) var fingerprints = 0
    /// How many of these public code has.
    private(set) var known = 0
    /// The most fingerprints of words in a row that it does not have.
    private(set) var longestOwn = 0
    private var own = 0

    /// Takes the next fingerprint, those of words in the order in which they stand.
    mutating func add(isKnown: Bool, isShape: Bool) {
        fingerprints += 1
        if isKnown { known += 1 }
        guard !isShape else { return }
        own = isKnown ? 0 : own + 1
        longestOwn = max(longestOwn, own)
    }

    /// Whether the file is public code.
    ///
    /// A public file that somebody changed is not: where it holds some thirty lines in a row that public code does not have, it
    /// is protected as far as it differs, unless it lies in a folder whose name says that others' code is kept there.
    func isPublic(inVendorFolder: Bool) -> Bool {
        fingerprints >= Self.leastFingerprints && known * 10 >= fingerprints * Self.tenths
            && (inVendorFolder || longestOwn < Self.ownStretch)
    }
}
