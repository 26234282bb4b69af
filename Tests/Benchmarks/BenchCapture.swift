/// The captures that the bench measures on.
enum BenchCapture: String, CaseIterable {
    /// Uploads of code and prose in cleartext, all of which is inspected.
    case httpUpload = "http-upload"
    /// The same over a network and a tap that reorder, repeat, overlap and lose.
    case nasty = "nasty"
    /// The same without losses.
    case nastyNoGap = "nasty-nogap"
    /// Long TLS connections, few of them to services.
    case tlsMix = "tls-mix"
    /// Very many short TLS connections, each with its DNS look-up.
    case manyFlows = "many-flows"

    /// The capture of the same connections on a good network.
    var cleanTwin: BenchCapture? {
        switch self {
        case .nasty, .nastyNoGap: .httpUpload
        case .httpUpload, .tlsMix, .manyFlows: nil
        }
    }
}
