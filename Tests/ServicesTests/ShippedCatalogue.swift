import Foundation
import Services

/// The catalogue of the checkout, read once.
enum ShippedCatalogue {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config/services").path

    static let shared = Result { try ServiceCatalogue(paths: [folder]) }
}
