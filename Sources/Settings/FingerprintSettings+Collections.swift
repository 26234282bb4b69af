import TOMLSource

extension FingerprintSettings {
    /// The section of its settings.
    static let section = "fingerprints"
    /// The key of its array of tables, one a collection.
    static let tables = "collection"
    /// What a sensitivity may be.
    static let levels = ["low", "normal", "high"]
    /// What a threshold may be.
    static let thresholds = 0.0...100

    /// Takes the tables `[[fingerprints.collection]]`; those of a later file count beside those of an earlier one, and
    /// instead of one of the same name.
    mutating func readCollections(of table: TOMLTable) throws(TOMLError) {
        var names: [String] = []
        for entry in try table.tables(Self.tables) {
            let collection = try Self.collection(entry)
            guard !names.contains(collection.name) else {
                throw entry.error("fingerprints.collection \"\(collection.name)\" stands here twice", at: "name")
            }
            names.append(collection.name)
            collections.removeAll { $0.name == collection.name }
            collections.append(collection)
        }
    }

    private static func collection(_ table: TOMLTable) throws(TOMLError) -> CollectionSettings {
        try table.rejectUnknown(["name", "sensitivity", "threshold"])
        guard let name = try table.string("name"), !name.isEmpty else {
            throw table.error(
                "fingerprints.collection has no name; use that of `weir index build --collection`",
                at: "name"
            )
        }
        let sensitivity = try table.string("sensitivity")
        let threshold = try table.double("threshold")
        guard (sensitivity == nil) != (threshold == nil) else {
            throw table.error("fingerprints.collection \"\(name)\" needs either sensitivity or threshold", at: "name")
        }
        if let sensitivity, !levels.contains(sensitivity) {
            let message =
                "fingerprints.collection.sensitivity \"\(sensitivity)\" is none of low, normal, high; use \"normal\""
            throw table.error(message, at: "sensitivity")
        }
        if let threshold, !thresholds.contains(threshold) {
            let message = "fingerprints.collection.threshold \(threshold) is not within 0 and 100; use 2"
            throw table.error(message, at: "threshold")
        }
        return CollectionSettings(name: name, sensitivity: sensitivity, threshold: threshold)
    }
}
