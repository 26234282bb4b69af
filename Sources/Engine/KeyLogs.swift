internal import Foundation
package import SecureTransport

/// Key logs that are read whole before the first packet.
package struct KeyLogs: Sendable {
    /// The secrets.
    package let store: KeyStore
    /// What was read.
    package private(set) var tally = KeyTally()

    /// Reads files in order; an empty one is fine.
    ///
    /// - Parameters:
    ///   - paths: The files.
    ///   - warn: Takes a line for each file that holds lines which are none of a key log's, their content never.
    /// - Throws: when a file cannot be read.
    package init(_ paths: [String], warn: (String) -> Void) throws(KeyLogError) {
        store = KeyStore()
        for path in paths {
            var reader = KeyLogReader()
            do {
                let file = try FileHandle(forReadingFrom: URL(filePath: path))
                defer { try? file.close() }
                while var block = try file.read(upToCount: 1 << 20), !block.isEmpty {
                    reader.consume(block.span, into: store)
                    block.resetBytes(in: block.startIndex..<block.endIndex)
                }
            } catch {
                throw KeyLogError(path: path, error)
            }
            reader.finish(into: store)
            tally += KeyTally(reader)
            if let complaint = reader.complaint(path) { warn(complaint) }
            if reader.replacedCount > 0 { warn(KeyLogReader.replacement(path)) }
        }
    }
}

/// Why a key log cannot be read.
package struct KeyLogError: Error, CustomStringConvertible {
    /// The file.
    package let path: String
    /// Whether reading it is not permitted.
    package let isPermission: Bool
    private let reason: String

    /// Joins a file and what reading it threw.
    package init(path: String, _ error: any Error) {
        self.path = path
        let code = (error as? CocoaError)?.code
        isPermission = code == .fileReadNoPermission
        let isMissing = code == .fileReadNoSuchFile || code == .fileNoSuchFile
        reason =
            isPermission
            ? "no permission to read it" : isMissing ? "no such file" : "cannot be read (\(error.localizedDescription))"
    }

    /// The file and what is wrong with it.
    package var description: String { "\(path): key log: \(reason)" }
}

extension KeyLogReader {
    /// What is to be said about a log that gives a session another secret than was known.
    static func replacement(_ path: String) -> String {
        "\(path): key log: holds another secret of a session than one read before; the last one counts"
    }

    /// What is to be said about a log whose lines were not all understood; nil when they were.
    func complaint(_ path: String) -> String? {
        guard let firstBadLine else { return nil }
        let others = badLines == 1 ? "is no line" : "and \(badLines - 1) later lines are none"
        return "\(path):\(firstBadLine): \(others) of a key log (LABEL CLIENT_RANDOM SECRET, in hexadecimal); left out"
    }
}
