internal import Foundation

/// Finds the data that ships with Weir: rules, services, the example.
///
/// `$WEIR_DATA`, then `../share/weir` beside the executable, then `/usr/share/weir`, then `config` of the checkout whose
/// build folder holds the executable.
package enum ShippedData {
    /// The folder that holds `name` (`rules`, `services`), or nil when it is nowhere.
    package static func path(
        of name: String,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: String? = executablePath
    ) -> String? {
        candidates(environment: environment, executable: executable).map { $0 + "/" + name }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The folders that are searched, in order.
    package static func candidates(environment: [String: String], executable: String?) -> [String] {
        // Named by hand, it is the only one: data of another version must not slip in beneath it.
        if let named = environment["WEIR_DATA"], !named.isEmpty { return [named] }
        var folders: [String] = []
        let binary = executable.map { URL(filePath: $0).deletingLastPathComponent() }
        if let binary {
            folders.append(binary.deletingLastPathComponent().appending(path: "share/weir").path)
        }
        folders.append("/usr/share/weir")
        var folder = binary
        while let current = folder, current.path != "/" {
            if current.lastPathComponent.hasPrefix(".build") {
                folders.append(current.deletingLastPathComponent().appending(path: "config").path)
            }
            folder = current.deletingLastPathComponent()
        }
        return folders
    }

    /// The running executable, symbolic links resolved.
    package static var executablePath: String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
}
