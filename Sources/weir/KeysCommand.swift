import ArgumentParser
import Engine
import Foundation
import Settings
import TOMLSource

/// `weir keys`: keys of encrypted connections.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Keys of encrypted connections.",
        subcommands: [Push.self]
    )

    /// `weir keys push`.
    struct Push: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "push",
            abstract: "Push a TLS key log to the running daemon.",
            discussion: """
                The daemon takes keys at the socket that tls.key_socket names, of root, its own user, and whoever \
                tls.key_socket_users and tls.key_socket_group name. Standard input is followed until it ends. Ends with 65 \
                when some lines were none of a key log's; the others were pushed.
                """
        )

        @Option(
            name: .long,
            help: ArgumentHelp("The daemon's socket (default: the configuration's).", valueName: "path")
        )
        var socket: String?

        @Option(name: [.short, .long], help: "Configuration (default: /etc/weir/weir.toml where it can be read).")
        var config: String?

        @Argument(help: ArgumentHelp("A key log (SSLKEYLOGFILE's format); - is standard input.", valueName: "file"))
        var file = "-"

        /// Where the daemon listens when nothing else is known.
        private static let installed = "/run/weir/keys.sock"

        func run() throws {
            let log = try open()
            let place = try path()
            let outcome: KeyPush.Outcome
            do throws(LocalSocketError) {
                var push = try KeyPush.begin(to: place)
                try push.push(from: log.fileDescriptor, named: file)
                outcome = try push.finish()
            } catch {
                throw Failure(error)
            }
            guard outcome.badLines > 0 else { return }
            let line = outcome.firstBadLine.map { "\(file):\($0)" } ?? file
            let others = outcome.badLines == 1 ? "is no line" : "and \(outcome.badLines - 1) later lines are none"
            throw Failure(
                "\(line): \(others) of a key log (LABEL CLIENT_RANDOM SECRET, in hexadecimal); \(outcome.secrets) secrets "
                    + "were pushed",
                .badData
            )
        }

        /// The socket's path; whoever may push need not be somebody who may read the configuration.
        private func path() throws -> String {
            if let socket { return socket }
            let settings: Settings?
            if let config {
                do throws(TOMLError) {
                    settings = try Settings(files: Settings.files(for: config))
                } catch {
                    throw Failure(configuration: error)
                }
            } else {
                settings = try? Settings(files: Settings.files(for: "/etc/weir/weir.toml"))
            }
            let configured = settings?.tls.keySocket ?? ""
            return configured.isEmpty ? Self.installed : configured
        }

        private func open() throws -> FileHandle {
            guard file != "-" else { return FileHandle.standardInput }
            do {
                return try FileHandle(forReadingFrom: URL(filePath: file))
            } catch {
                let failure = KeyLogError(path: file, error)
                throw Failure(failure.description, failure.isPermission ? .noPermission : .noInput)
            }
        }
    }
}
