import Foundation
import TOMLKit

/// A TOML file that has been read, with the line of every key.
///
/// TOMLKit parses; because it gives no position for a value that parsed, and a wrong type looks like a missing
/// key there, the values move into a tree of our own beside the lines that ``TOMLScanner`` finds.
package struct TOMLSource: Sendable {
    /// The largest file that is read, in octets.
    package static let maximumOctets = 4 << 20

    /// The file's name as it was given.
    package let name: String

    /// The text itself, for content hashes.
    package let text: String

    /// The table that holds everything.
    package let root: TOMLTable

    /// Parses a text; `name` stands for the file in errors.
    ///
    /// - Throws: `name:line:column: …` for bad syntax, `name:line: …` for nesting over 64 keys or U+0000.
    package init(text: String, name: String) throws(TOMLError) {
        let octets = Array(text.utf8)
        guard octets.count <= Self.maximumOctets else { throw Self.tooLarge(name) }
        if let nul = octets.firstIndex(of: 0) {
            let line = 1 + octets[..<nul].count { $0 == UInt8(ascii: "\n") }
            throw TOMLError(name: name, line: line, message: "the file holds U+0000; it must be text")
        }
        let locations = try TOMLScanner.locate(octets, name: name)
        let parsed: TOMLKit.TOMLTable
        do {
            parsed = try TOMLKit.TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw TOMLError(
                name: name,
                line: error.source.begin.line,
                column: error.source.begin.column,
                message: Self.oneLine(error.description)
            )
        } catch {
            throw TOMLError(name: name, line: 0, message: "it cannot be parsed as TOML")
        }
        self.name = name
        self.text = text
        root = TOMLConverter(name: name, locations: locations).table(parsed, at: TOMLLocation.root, line: 1)
    }

    /// Reads and parses the file at `path`.
    ///
    /// - Throws: an error with the reason when it cannot be read, is over 4 MiB or is not UTF-8; see also
    ///   ``init(text:name:)``.
    package init(contentsOf path: String) throws(TOMLError) {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.maximumOctets + 1) ?? Data()
        } catch {
            throw Self.unreadable(path, error)
        }
        guard data.count <= Self.maximumOctets else { throw Self.tooLarge(path) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw TOMLError(name: path, line: 0, message: "the file is not UTF-8")
        }
        try self.init(text: text, name: path)
    }

    private static func tooLarge(_ name: String) -> TOMLError {
        TOMLError(name: name, line: 0, message: "the file exceeds \(maximumOctets >> 20) MiB")
    }

    private static func unreadable(_ path: String, _ error: any Error) -> TOMLError {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?:
            return TOMLError(name: path, line: 0, message: "no such file", kind: .missing)
        case .fileReadNoPermission?:
            return TOMLError(name: path, line: 0, message: "permission denied", kind: .permission)
        default:
            let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
            let reason = isFolder ? "it is a folder" : "it cannot be read"
            return TOMLError(name: path, line: 0, message: reason, kind: .unreadable)
        }
    }

    /// The parser's words without line ends: an error is one line.
    private static func oneLine(_ message: String) -> String {
        String(message.map { $0.isNewline ? " " : $0 })
    }
}
