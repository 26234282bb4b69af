/// The captures that the bench measures on.
enum BenchCapture: String, CaseIterable {
    /// Uploads of code and prose in cleartext, all of which is inspected.
    case httpUpload = "http-upload"
    /// The same uploads over TLS 1.3 with AES-128-GCM, with a key log.
    case tlsUpload = "tls-upload"
    /// The same over a network and a tap that reorder, repeat, overlap and lose.
    case nasty = "nasty"
    /// The same without losses.
    case nastyNoGap = "nasty-nogap"
    /// Long TLS connections, few of them to services.
    case tlsMix = "tls-mix"
    /// Very many short TLS connections, each with its DNS look-up.
    case manyFlows = "many-flows"

    /// The capture of the same connections in clear, on a good network.
    var cleanTwin: BenchCapture? {
        switch self {
        case .tlsUpload, .nasty, .nastyNoGap: .httpUpload
        case .httpUpload, .tlsMix, .manyFlows: nil
        }
    }

    /// Where the key log of a capture lies; nil where it has none.
    func keyLog(of path: String) -> String? { self == .tlsUpload ? path + ".keys" : nil }
}
