internal import Foundation

/// Starts the threads of the engine.
enum EngineThread {
    /// Runs `body` on a thread of its own, which ends with it; `name` is what debuggers and `ps -L` show.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
