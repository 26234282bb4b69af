import Fingerprints
import Foundation

extension Stage {
    /// The matcher alone, both views and the look-up, in an index of a million invented lines, beside a plain pass over the
    /// same octets: on the checkout's own source and prose, which the index does not know, on text of the index's grammar,
    /// nearly all of whose shape it knows, and on text that is nothing but the index's.
    static var matching: [Stage] {
        MatchText.allCases.flatMap { text in
            [
                matching("floor (touch each octet), \(text.rawValue)", text) { _ in
                    { message in
                        var sum = 0
                        for index in message.indices { sum &+= Int(message[index]) }
                        keep(sum)
                    }
                },
                matching("both views and look-up, \(text.rawValue)", text) { folder in
                    let worker = CodeWorker([try index(folder)])
                    return { match($0, worker) }
                },
            ]
        }
    }

    /// Octets of all messages of a run, at least.
    private static let octets = 16 << 20

    private static func matching(
        _ name: String,
        _ text: MatchText,
        _ make: @escaping (BenchFolder) throws -> (Span<UInt8>) -> Void
    ) -> Stage {
        Stage(name: name) { folder in
            let messages = try text.messages(folder)
            let work = try make(folder)
            let size = messages.reduce(0) { $0 + $1.count }
            let rounds = max(1, (octets + size - 1) / max(size, 1))
            return {
                for _ in 0..<rounds {
                    for message in messages { work(message.span) }
                }
                return StageWork(octets: size * rounds)
            }
        }
    }

    /// Prints how fast files are matched with an index, each a message, beside a plain pass over them.
    static func match(index path: String, files: [String], runs: Int) throws {
        let worker = CodeWorker([try FingerprintIndex.open(path: path)])
        let messages = try files.map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
        let size = messages.reduce(0) { $0 + $1.count }
        var (floors, times): ([Double], [Double]) = ([], [])
        for _ in 0..<runs {
            let start = cpuSeconds
            for message in messages {
                var sum = 0
                for octet in message { sum &+= Int(octet) }
                keep(sum)
            }
            let middle = cpuSeconds
            for message in messages { match(message.span, worker) }
            floors.append(middle - start)
            times.append(cpuSeconds - middle)
        }
        let rates = [floors, times].map { Double(size) / max(Measurement.median($0), 0.000_001) / 1_000_000 }
        print(
            JSONLine([
                ("best_mb_per_s", .number(Double(size) / max(times.min() ?? 0, 0.000_001) / 1_000_000)),
                ("floor_mb_per_s", .number(rates[0])), ("mb_per_s", .number(rates[1])), ("octets", .integer(size)),
                ("runs", .integer(runs)),
            ])
        )
    }

    private static func match(_ message: Span<UInt8>, _ worker: CodeWorker) {
        var matcher = CodeMatcher(worker)
        matcher.leafBegan(tag: 0)
        matcher.leafText(message)
        matcher.textEnded()
        keep(matcher.words)
    }
}

/// What is matched.
private enum MatchText: String, CaseIterable {
    case others = "source and prose of others"
    case escaped = "the same in JSON"
    case alike = "text of the index's shape"
    case indexed = "indexed code"

    /// Messages of 256 KiB.
    func messages(_ folder: BenchFolder) throws -> [[UInt8]] {
        let text =
            switch self {
            case .others: try Self.checkout()
            case .escaped: try Self.escaped(Self.checkout())
            case .alike: Self.invented(seed: 11)
            case .indexed: Self.invented(seed: 7)
            }
        return stride(from: 0, to: text.count, by: Stage.bodyOctets).map {
            Array(text[$0..<min($0 + Stage.bodyOctets, text.count)])
        }
    }

    /// The checkout's sources and documents, in the order of their paths.
    private static func checkout() throws -> [UInt8] {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        var paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
        let sources = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)
        for case let path as String in sources ?? .init() where path.hasSuffix(".swift") {
            paths.append("Sources/" + path)
        }
        return try paths.sorted().reduce(into: []) { text, path in
            text += try Data(contentsOf: root.appending(path: path))
        }
    }

    /// Text as a JSON string holds it.
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        text.reduce(into: []) { escaped, octet in
            switch octet {
            case 0x0A: escaped += Array(#"\n"#.utf8)
            case 0x22, 0x5C: escaped += [0x5C, octet]
            default: escaped.append(octet)
            }
        }
    }

    private static func invented(seed: UInt64) -> [UInt8] {
        var generator = TextGenerator(seed: seed)
        var text: [UInt8] = []
        while text.count < 8 * Stage.bodyOctets {
            if seed != 7, generator.number(5) == 0 {
                generator.sentence(into: &text)
            } else {
                generator.line(into: &text)
            }
        }
        return text
    }
}

/// Keeps a value from being optimised away: it is never this one.
private func keep(_ value: Int) {
    if value == .min { print(value) }
}
