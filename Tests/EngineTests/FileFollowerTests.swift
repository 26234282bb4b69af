import Foundation
import Testing

@testable import Engine

@Suite("Waiting for files to change (inotify(7))")
struct FileFollowerTests {
    /// A folder for a file, gone with its value.
    private final class Place: Sendable {
        let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "weir-follow-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        func write(_ name: String) throws { try Data([1]).write(to: folder.appending(path: name)) }
    }

    /// A follower, and what it is asked.
    private final class Watcher {
        private let follower = FileFollower()

        /// Whether `change` is told of, and nothing before it.
        func tells(_ path: String, _ change: () throws -> Void) rethrows -> Bool {
            var isRight = follower.watch(path)
            _ = follower.wait(milliseconds: 0)
            isRight = follower.watch(path) && isRight
            isRight = !follower.wait(milliseconds: 0) && isRight
            try change()
            return follower.wait(milliseconds: 5_000) && isRight
        }

        func watch(_ path: String) -> Bool { follower.watch(path) }
    }

    @Test("growth, cutting, renaming, replacing, removing and coming back are told of")
    func changes() throws {
        let place = try Place()
        let watcher = Watcher()
        let path = place.path("keys")
        let files = FileManager.default
        #expect(try watcher.tells(path) { try place.write("keys") })
        #expect(
            try watcher.tells(path) {
                let file = try FileHandle(forWritingTo: URL(filePath: path))
                try file.seekToEnd()
                try file.write(contentsOf: Data([2]))
            }
        )
        #expect(try watcher.tells(path) { try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 0) })
        #expect(try watcher.tells(path) { try files.moveItem(atPath: path, toPath: place.path("keys.1")) })
        try place.write("new")
        #expect(try watcher.tells(path) { try files.moveItem(atPath: place.path("new"), toPath: path) })
        #expect(try watcher.tells(path) { try files.removeItem(atPath: path) })
        #expect(try watcher.tells(path) { try place.write("keys") })
    }

    @Test("of a folder that does not exist yet the nearest one above is watched, step by step")
    func missingFolder() throws {
        let place = try Place()
        let watcher = Watcher()
        let path = place.path("a/b/keys")
        #expect(
            try watcher.tells(path) {
                try FileManager.default.createDirectory(atPath: place.path("a"), withIntermediateDirectories: false)
            }
        )
        #expect(
            try watcher.tells(path) {
                try FileManager.default.createDirectory(atPath: place.path("a/b"), withIntermediateDirectories: false)
            }
        )
        #expect(try watcher.tells(path) { try place.write("a/b/keys") })
    }

    @Test("a path that cannot be watched says so")
    func impossible() {
        #expect(!Watcher().watch("/" + String(repeating: "x", count: 5_000)))
    }
}
