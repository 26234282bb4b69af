/// Reads a key log as it comes, cut anywhere, and puts its secrets into a store.
///
/// What a line holds is never kept beyond it, nor told: of a bad line only its number is.
package struct KeyLogReader: ~Copyable, Sendable {
    /// Secrets that were taken.
    package private(set) var secretCount = 0
    /// Those of them that were known already.
    package private(set) var repeatedCount = 0
    /// Those of them in whose place another was known.
    package private(set) var replacedCount = 0
    /// Lines that are neither a secret nor anything known to be none.
    package private(set) var badLines = 0
    /// The number of the first of them, from 1; nil while there is none.
    package private(set) var firstBadLine: Int?

    private var line: [UInt8] = []
    private var lineNumber = 0
    private var isOverlong = false

    /// The longest line that can hold a secret, generously; what is longer is bad, and passed over without being kept.
    package static var maximumLine: Int { 2_048 }

    /// Starts at the first octet of a log.
    package init() {
        // Not to grow is to leave no copy of a line behind.
        line.reserveCapacity(Self.maximumLine)
    }

    /// Reads the next octets; lines end with LF, CR LF or CR.
    package mutating func consume(_ octets: Span<UInt8>, into store: KeyStore) {
        for index in octets.indices {
            let octet = octets[index]
            if octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r") {
                endLine(store)
                // Of CR LF the empty line in between is not counted.
                if octet == UInt8(ascii: "\n") { lineNumber += 1 }
            } else if line.count < Self.maximumLine {
                line.append(octet)
            } else {
                isOverlong = true
            }
        }
    }

    /// Reads a last line that has no end.
    package mutating func finish(into store: KeyStore) {
        endLine(store)
    }

    /// Forgets a line that has begun, for the file's end was cut off and written anew; counts go on.
    package mutating func startOver() {
        wipe()
        isOverlong = false
        lineNumber = 0
    }

    private mutating func endLine(_ store: KeyStore) {
        guard !line.isEmpty else { return }
        var isBad = isOverlong
        if !isOverlong {
            let read = KeyLogLine(line.span, into: store)
            secretCount += read.secrets
            repeatedCount += read.repeated
            replacedCount += read.replaced
            isBad = read.isBad
        }
        if isBad {
            badLines += 1
            firstBadLine = firstBadLine ?? lineNumber + 1
        }
        wipe()
        isOverlong = false
    }

    private mutating func wipe() {
        KeyStore.wipe(&line)
        line.removeAll(keepingCapacity: true)
    }
}
