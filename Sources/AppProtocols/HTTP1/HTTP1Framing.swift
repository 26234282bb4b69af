internal import Wire

/// How a message's body is delimited (RFC 9112 § 6, Message Body).
package enum HTTP1Framing: Equatable, Sendable {
    /// There is no body.
    case none
    /// So many octets, at least one.
    case length(UInt64)
    /// The chunked transfer coding.
    case chunked
    /// Everything until the stream ends.
    case untilClose
}

/// The framing that a header section declares, before method and status are considered.
struct HTTP1DeclaredFraming {
    var contentLength: UInt64?
    var isChunked = false
    /// Transfer codings other than `chunked` and `identity`, in the order applied, lower case.
    var transferCodings: [String] = []
    /// Whether two recipients may disagree about where this body ends: the ground of request smuggling.
    var isAmbiguous = false
    /// Whether a length was declared that cannot be used.
    var isUnusable = false

    /// Reads `Transfer-Encoding` and `Content-Length` from every field of those names.
    init(_ fields: borrowing HTTPFields, minorVersion: UInt8) {
        let codings = fields.list(of: "transfer-encoding")
        for (index, coding) in codings.enumerated() {
            if coding == "chunked" {
                if isChunked || index != codings.count - 1 { isAmbiguous = true }
                isChunked = true
            } else if coding != "identity" {
                transferCodings.append(coding)
            }
        }
        if !codings.isEmpty, minorVersion == 0 { isAmbiguous = true }
        if !transferCodings.isEmpty, !isChunked { isAmbiguous = true }
        for value in fields.list(of: "content-length") {
            guard let number = HTTP1DeclaredFraming.decimal(value) else {
                isAmbiguous = true
                isUnusable = true
                continue
            }
            if let contentLength {
                if contentLength != number { isAmbiguous = true }
            } else {
                contentLength = number
            }
        }
        if contentLength != nil || isUnusable, isChunked || !transferCodings.isEmpty { isAmbiguous = true }
    }

    /// The framing of a request with these fields.
    ///
    /// - Note: `chunked` wins over a length (RFC 9112 § 6.3). A coding that is not `chunked` at the end, and a length
    ///   that is no number, leave the stream's end as the only end: a server would refuse such a request, but nothing
    ///   of it should go unread.
    var request: HTTP1Framing {
        if isChunked { return .chunked }
        if !transferCodings.isEmpty { return .untilClose }
        if let contentLength { return contentLength == 0 ? .none : .length(contentLength) }
        return isUnusable ? .untilClose : .none
    }

    /// The framing of a response with these fields whose status and request permit a body.
    var response: HTTP1Framing {
        if isChunked { return .chunked }
        if !transferCodings.isEmpty { return .untilClose }
        if let contentLength { return contentLength == 0 ? .none : .length(contentLength) }
        return .untilClose
    }

    /// A run of decimal digits that fits into 63 bits; nil for anything else.
    private static func decimal(_ text: String) -> UInt64? {
        var value: UInt64 = 0
        for digit in text.utf8 {
            guard ASCII.isDigit(digit) else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit & 0x0F))
            guard !tooLarge, !carried, sum <= UInt64(Int64.max) else { return nil }
            value = sum
        }
        return text.isEmpty ? nil : value
    }
}
