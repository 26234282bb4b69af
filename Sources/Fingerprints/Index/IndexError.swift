/// Why an index could not be built or opened; its description is the one line that a person reads.
package enum IndexError: Error, Equatable, Sendable {
    /// There is no such file or folder.
    case noInput(path: String)
    /// The file or folder may not be read or written.
    case noPermission(path: String)
    /// The system refused to read or write; `code` is its `errno`.
    case inputOutput(path: String, action: String, code: Int32)
    /// The file is no index, or a damaged one; `offset` is in octets from its start.
    case damaged(path: String, offset: Int, reason: String)
    /// The index was written in another version of the format.
    case wrongVersion(path: String, version: Int)
    /// The file is no sketch of public code, or a damaged one; `offset` is in octets from its start.
    case damagedSketch(path: String, offset: Int, reason: String)
    /// The sketch was written in another version of the format or, the version being this weir's, by a weir that reads code
    /// in another way.
    case otherSketch(path: String, version: Int)
    /// The index is keyed, and no key was given nor found.
    case keyMissing(path: String, expected: String)
    /// The key given is not the index's.
    case wrongKey(path: String)
    /// Two indexes that were to be joined have different keys.
    case otherKey(path: String, than: String)
    /// The key file may be read by others than its owner; `mode` is its permission bits.
    case keyTooOpen(path: String, mode: UInt32)
    /// The key file holds no key.
    case keyMalformed(path: String)
    /// Two of the paths end in the same name, so that what lies below them could not be told apart.
    case equalNames(String, String)
    /// No file below the paths can be indexed.
    case nothingToIndex(path: String)
    /// The tree holds more than the format can number.
    case tooLarge(path: String, limit: String)

    /// What kind of failure it is, for the exit status.
    package enum Kind: Sendable {
        /// Bad data: 65.
        case data
        /// No input: 66.
        case noInput
        /// Input or output failed: 74.
        case inputOutput
        /// No permission: 77.
        case permission
    }

    /// The kind, for the exit status.
    package var kind: Kind {
        switch self {
        case .noInput, .nothingToIndex, .keyMissing: .noInput
        case .noPermission, .keyTooOpen: .permission
        case .inputOutput: .inputOutput
        case .damaged, .wrongVersion, .damagedSketch, .otherSketch, .wrongKey, .otherKey, .keyMalformed, .equalNames,
            .tooLarge:
            .data
        }
    }
}

extension IndexError: CustomStringConvertible {
    /// One line: the file, the place, what is wrong, what would be right.
    package var description: String {
        switch self {
        case .noInput(let path): "\(path): no such file or folder"
        case .noPermission(let path): "\(path): permission denied"
        case .inputOutput(let path, let action, let code): "\(path): cannot \(action): \(FileTree.message(of: code))"
        case .damaged(let path, let offset, let reason):
            "\(path): offset \(offset): \(reason); not an index or damaged, build it anew"
        case .wrongVersion(let path, let version):
            "\(path): offset 8: index format version \(version), this weir reads \(IndexFormat.version); "
                + (version > IndexFormat.version ? "upgrade weir or build the index anew" : "build the index anew")
        case .damagedSketch(let path, let offset, let reason):
            "\(path): offset \(offset): \(reason); not a sketch or damaged, make it anew (`make sketches`)"
        case .otherSketch(let path, let version):
            version == SketchFormat.version
                ? "\(path): offset 32: made by a weir that reads code in another way; make it anew (`make sketches`)"
                : "\(path): offset 8: sketch format version \(version), this weir reads \(SketchFormat.version); "
                    + (version > SketchFormat.version ? "upgrade weir or " : "") + "make it anew (`make sketches`)"
        case .keyMissing(let path, let expected):
            "\(path): the index is keyed and its key is missing; put it at \(expected) or name it by --index-key"
        case .wrongKey(let path): "\(path): the key is not the one this index was built with"
        case .otherKey(let path, let other):
            "\(path): is not keyed as \(other) is; only indexes of one key can be merged, build one of them anew"
        case .keyTooOpen(let path, let mode):
            "\(path): mode 0\(String(mode, radix: 8)) lets others read the key; use 0600"
        case .keyMalformed(let path): "\(path): no index key; expected 32 hexadecimal digits or 16 octets"
        case .equalNames(let first, let second):
            "\(second): ends in the same name as \(first); rename one or index their parent folder"
        case .nothingToIndex(let path): "\(path): no file to index"
        case .tooLarge(let path, let limit): "\(path): more than \(limit); split the collection"
        }
    }
}
