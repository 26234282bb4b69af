import Fingerprints
import Foundation
import Patterns

/// What `--version` says.
enum Version {
    static let number = "0.1.0"

    static var text: String {
        #if DEBUG
        let build = "debug"
        #else
        let build = "release"
        #endif
        return
            "weir \(number) (\(build)), Vectorscan \(RuleSet.engineVersion), index format v\(FingerprintIndex.formatVersion)"
    }
}
