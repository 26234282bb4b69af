extension IndexUpdater {
    /// As `update(_:to:output:key:read:)`, for files and folders: every file is read, and those that have not changed are taken
    /// over.
    ///
    /// - Parameters:
    ///   - index: The generation before; nil for none.
    ///   - paths: Files and folders; names are given below each, see `SourceWalker`.
    ///   - plan: The collection and public code.
    ///   - output: Where it goes; may be where `index` is.
    ///   - key: What keys it, and `index`.
    /// - Returns: What was done.
    /// - Throws: `IndexError`, also when a path is not there or two end in the same name.
    package func update(
        _ index: FingerprintIndex?,
        with paths: [String],
        _ plan: UpdatePlan,
        output: String,
        key: IndexKey?
    ) throws(IndexError) -> Summary {
        var plan = plan
        var walker = try SourceWalker(paths: paths, includingVendored: plan.includesVendored)
        var locations: [[UInt8]: [UInt8]] = [:]
        while let file = walker.next() {
            plan.files.append(UpdateFile(path: file.name))
            locations[file.name] = file.location
        }
        plan.skipped = walker.skipped
        return try update(index, to: plan, output: output, key: key) { (file, limit) throws(IndexError) in
            locations[file.path].flatMap { try? FileTree.read($0, limit: limit) }
        }
    }
}
