internal import FoundationEssentials

/// The octets that came out of a record.
struct Plaintext: Sendable {
    private var octets: Data
    private(set) var count: Int

    /// No octets.
    init() {
        octets = Data()
        count = 0
    }

    /// All of them.
    init(_ octets: Data) {
        self.octets = octets
        count = octets.count
    }

    /// The octets, borrowed.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { octets.span.extracting(0..<count) }
    }

    /// Takes off what TLS 1.3 puts behind the content: zeros, and before them the content's type, which is returned.
    ///
    /// Nil when there are zeros only (RFC 8446 § 5.4, Record Padding).
    mutating func takeContentType() -> TLSContentType? {
        var end = octets.count
        let span = octets.span
        while end > 0, span[end - 1] == 0 { end -= 1 }
        guard end > 0 else { return nil }
        count = end - 1
        return TLSContentType(rawValue: span[end - 1])
    }
}
