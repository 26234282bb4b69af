import Foundation
import TOMLSource
import Testing

@Suite("TOML files")
struct TOMLFilesTests {
    @Test("a folder gives its TOML files in byte order, a file itself")
    func expansion() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["b.toml", "a.toml", "B.toml", "c.txt", ".d.toml"] {
            try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        #expect(
            try TOMLFiles.expand([folder, folder + "/c.txt"])
                == ["B.toml", "a.toml", "b.toml", "c.txt"].map { "\(folder)/\($0)" }
        )
        let empty = #expect(throws: TOMLError.self) { try TOMLFiles.expand([folder + "/empty"]) }
        #expect(empty?.description == "\(folder)/empty: the folder holds no *.toml file")
        let missing = #expect(throws: TOMLError.self) { try TOMLFiles.expand([folder + "/x"]) }
        #expect(missing?.description == "\(folder)/x: no such file or folder")
        #expect(missing?.kind == .missing)
    }
}
