import ArgumentParser
import Engine
import Fingerprints
import PacketCapture
import Patterns
import Settings
import Sinks
import TOMLSource

/// How a command ends: 0, 1, and the statuses of sysexits.h.
enum ExitStatus: Int32 {
    /// Finished; something was found.
    case found = 1
    /// The command line is wrong.
    case usage = 64
    /// An input is damaged or of another kind.
    case badData = 65
    /// An input does not exist or cannot be opened.
    case noInput = 66
    /// Something that is needed is not there.
    case unavailable = 69
    /// The self-test did not find what it planted.
    case software = 70
    /// Reading or writing failed.
    case inputOutput = 74
    /// Rights are missing.
    case noPermission = 77
    /// The configuration is wrong.
    case configuration = 78
}

/// A failure as a user meets it: one line, and a status.
struct Failure: Error {
    let message: String
    let status: ExitStatus
    var isQuiet = false

    init(_ message: String, _ status: ExitStatus) {
        self.message = message
        self.status = status
    }

    init(_ error: CaptureError) {
        let status: ExitStatus =
            switch error.kind {
            case .cannotOpen: .noInput
            case .permission: .noPermission
            case .malformed, .unsupported: .badData
            case .inputOutput: .inputOutput
            case .interface: .unavailable
            case .filter: .configuration
            }
        self.init(error.description, status)
    }

    init(_ error: TOMLError) {
        self.init(error.description, Failure.status(of: error.kind))
    }

    /// The configuration itself is wrong.
    init(configuration error: TOMLError) {
        let status = Failure.status(of: error.kind)
        self.init(error.description, status == .badData ? .configuration : status)
    }

    init(_ error: RuleError) {
        self.init(error.description, Failure.status(of: error.kind))
    }

    init(_ error: IndexError) {
        let status: ExitStatus =
            switch error.kind {
            case .data: .badData
            case .noInput: .noInput
            case .inputOutput: .inputOutput
            case .permission: .noPermission
            }
        self.init(error.description, status)
    }

    init(_ error: SinkError) {
        switch error {
        case .closedOutput:
            self.init(error.description, .inputOutput)
            isQuiet = true
        case .cannotOpen(_, _, let isPermission):
            self.init(error.description, isPermission ? .noPermission : .inputOutput)
        case .writeFailed: self.init(error.description, .inputOutput)
        }
    }

    init(_ error: LocalSocketError) {
        let status: ExitStatus =
            switch error.kind {
            case .nobody, .taken: .unavailable
            case .permission: .noPermission
            case .input: .noInput
            case .other: .inputOutput
            }
        self.init(error.description, status)
    }

    private static func status(of kind: TOMLError.Kind) -> ExitStatus {
        switch kind {
        case .missing: .noInput
        case .permission: .noPermission
        case .unreadable: .inputOutput
        case .malformed: .badData
        }
    }

    /// Writes the line to standard error.
    func tell() {
        guard !isQuiet else { return }
        Terminal.tell(message)
    }
}
