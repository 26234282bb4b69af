import Foundation

/// `make bench`: CPU seconds of `weir scan` on generated captures, each beside the floor of the same run; then the
/// stages of the pipeline alone, what flows cost in memory, and what indexes of some sizes cost.
///
/// Called with the name of a part first it does that part only.
@main
struct Benchmarks {
    private let arguments: [String]

    static func main() throws {
        try Benchmarks(arguments: CommandLine.arguments).run()
    }

    private func run() throws {
        let operands = arguments.dropFirst()
        switch operands.first {
        case "touch" where operands.count == 2: try WholeRuns.touch(path: arguments[2])
        case "make-capture" where operands.count == 4:
            guard let capture = BenchCapture(rawValue: arguments[2]), let scale = Double(arguments[4]) else {
                throw CocoaError(.featureUnsupported, userInfo: ["arguments": "\(arguments)"])
            }
            try BenchFolder.make(capture, at: arguments[3], scale: scale)
        case "make-code" where operands.count == 3:
            try BenchFolder.makeCode(arguments[2], lines: Int(arguments[3]) ?? 1_000_000)
        case "clusters" where operands.count == 3: try ClusterDump(index: arguments[2], cases: arguments[3]).run()
        case "make-tree" where operands.count >= 3:
            try IndexSizes.makeTree(
                arguments[2],
                lines: Int(arguments[3]) ?? 1_000_000,
                from: Array(arguments.dropFirst(4))
            )
        case "index-first" where operands.count >= 3:
            print(
                try IndexSizes.firstAnswer(arguments[2], tree: arguments[3], evicting: arguments.last == "evict")
            )
        case "index-rate" where operands.count >= 2:
            print(try IndexSizes.lookUpRate(arguments[2], from: Array(arguments.dropFirst(3))))
        case "indexes":
            let sizes = option("--sizes", "1000000,10000000").split(separator: ",").compactMap { Int($0) }
            let sources = option("--from", "").split(separator: ",").map(String.init)
            try IndexSizes(folder: try folder(), weir: weir, sizes: sizes, sources: sources).run()
        case "stages": try Stage.runAll(folder(), runs: runs, filter: option("--stage", ""))
        case "match" where operands.count > 2:
            try Stage.match(index: arguments[2], files: Array(arguments[3...]), runs: 5)
        case "flow-memory" where operands.count == 3 && FlowMemory.Kind(rawValue: arguments[2]) != nil:
            guard let kind = FlowMemory.Kind(rawValue: arguments[2]), let flows = Int(arguments[3]) else { return }
            print(try FlowMemory.measure(kind, flows: flows))
        case "flow-memory":
            try FlowMemory.report(flows: Int(option("--flows", "200000")) ?? 200_000, program: arguments[0])
        case "scans": try wholeRuns().run()
        case "compare":
            try Comparison(
                folder: try folder(),
                weir: weir,
                runs: runs,
                lines: lines,
                peers: option("--peers", "").split(separator: ",").map(String.init)
            ).run()
        default:
            try wholeRuns().run()
            // In processes of their own, so that none begins with what another has left.
            for part in ["stages", "flow-memory"] {
                print("")
                try Measurement.runOn([arguments[0], part] + operands)
            }
            print("")
            try Measurement.runOn([arguments[0], "indexes"] + operands, processors: nil)
        }
    }

    private func wholeRuns() throws -> WholeRuns {
        let names = option("--captures", "").split(separator: ",").map(String.init)
        return WholeRuns(
            folder: try folder(),
            weir: weir,
            runs: runs,
            lines: lines,
            captures: BenchCapture.allCases.filter { names.isEmpty || names.contains($0.rawValue) }
        )
    }

    private func folder() throws -> BenchFolder {
        try BenchFolder(
            path: option("--folder", ".build/bench"),
            program: arguments[0],
            scale: Double(option("--scale", "1")) ?? 1
        )
    }

    private var weir: String { option("--weir", ".build/release/weir") }

    private var lines: Int { max(1_000, Int(option("--index-lines", "1000000")) ?? 1_000_000) }

    private var runs: Int { max(1, Int(option("--runs", "5")) ?? 5) }

    private func option(_ name: String, _ fallback: String) -> String {
        guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return fallback }
        return arguments[index + 1]
    }
}
