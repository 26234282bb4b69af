/// Why octets of a request were not inspected; the names are the contract's.
package enum OpaqueReason: String, Sendable, Hashable, CaseIterable {
    case encrypted
    case noKey = "no_key"
    case cipher, midstream, gap, snaplen, coding, damaged, document, media, expansion, nesting
    case inspectLimit = "inspect_limit"
    case headers, buffer, overload
}

extension OpaqueReason {
    /// The place in the ledger, in the order of declaration.
    var slot: Int {
        switch self {
        case .encrypted: 0
        case .noKey: 1
        case .cipher: 2
        case .midstream: 3
        case .gap: 4
        case .snaplen: 5
        case .coding: 6
        case .damaged: 7
        case .document: 8
        case .media: 9
        case .expansion: 10
        case .nesting: 11
        case .inspectLimit: 12
        case .headers: 13
        case .buffer: 14
        case .overload: 15
        }
    }
}
