import ArgumentParser
import Fingerprints

extension IndexCommand {
    /// `weir index verify`.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check indexes octet by octet.",
            discussion: """
                Reads each index whole: every checksum, and every reference from one part of it to another. Ends with 0 when \
                all are sound, and with 65 and the offset of the first fault when one is not.
                """
        )

        @Argument(help: ArgumentHelp("The indexes.", valueName: "file"))
        var indexes: [String]

        @Option(name: .long, help: ArgumentHelp("The key (default: FILE.key beside each).", valueName: "file"))
        var indexKey: String?

        func run() throws {
            var worst: ExitStatus?
            for path in indexes {
                do throws(IndexError) {
                    let index = try FingerprintIndex.open(
                        path: path,
                        key: IndexKeys.key(for: path, named: indexKey)
                    )
                    try index.verify()
                    let info = index.info
                    Terminal.tell("\(path): sound, \(info.octets) octets, generation \(info.generation)")
                } catch {
                    let failure = Failure(error)
                    failure.tell()
                    worst = max(worst ?? failure.status, failure.status)
                }
            }
            if let worst { throw ExitCode(worst.rawValue) }
        }
    }
}
