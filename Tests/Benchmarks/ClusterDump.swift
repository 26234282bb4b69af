import Fingerprints
import Foundation
import Payloads

/// Writes what the matcher saw in each of a set of labelled texts, found or not, for `fit-score` to judge.
///
/// A line a text: `{"id", "words", "clusters": [{"hits": [[shape, rare parts, weight, start, end, verbatim]…], "runs": [[words,
/// verbatim]…]}]}`.
struct ClusterDump {
    /// The index to match with.
    let index: String
    /// Lines `{"id", "text", "form"}`, as the evaluation has them.
    let cases: String

    /// Writes to standard output.
    func run() throws {
        let worker = CodeWorker([try FingerprintIndex.open(path: index)])
        let data = try Data(contentsOf: URL(filePath: cases))
        for line in data.split(separator: 0x0A) {
            guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any],
                let id = object["id"] as? String, let text = object["text"] as? String
            else { continue }
            let trace = MatchTrace()
            worker.trace = trace
            var sink = TracingSink(worker)
            sink.read(Array(text.utf8), isBody: object["form"] as? String == "body")
            let explanation = MatchExplanation(trace, matches: [], indexes: worker.indexes, limit: .max)
            let clusters = explanation.candidates.map { candidate -> [String: Any] in
                let hits = candidate.hits.map {
                    [
                        $0.isShape ? 1 : 0, Double($0.rareParts), $0.weight, Double($0.text.lowerBound),
                        Double($0.text.upperBound), $0.isVerbatim ? 1 : 0,
                    ]
                }
                return ["hits": hits, "runs": candidate.runs.map { [$0.text.count, $0.isVerbatim ? 1 : 0] }]
            }
            let answer: [String: Any] = ["id": id, "words": sink.matcher.words, "clusters": clusters]
            FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: answer) + [0x0A])
        }
    }
}

/// Gives leaves to a matcher.
private struct TracingSink: LeafSink, ~Copyable {
    var matcher: CodeMatcher

    init(_ worker: CodeWorker) {
        matcher = CodeMatcher(worker)
    }

    mutating func read(_ text: [UInt8], isBody: Bool) {
        if isBody {
            let decoder = MessageDecoder(MessageHead(contentType: "application/json", format: .openAIChat))
            decoder.consume(text.span, &self)
            decoder.finish(complete: true, &self)
        } else {
            leafBegan(Provenance(segment: .user))
            leafText(text.span)
            leafEnded(truncated: false)
        }
        matcher.textEnded()
    }

    mutating func leafBegan(_ provenance: Provenance) { matcher.leafBegan(tag: 0) }
    mutating func leafText(_ text: Span<UInt8>) { matcher.leafText(text) }
    mutating func leafEnded(truncated: Bool) { matcher.leafEnded() }
    mutating func groupResolved(_ group: Int, _ segment: Payloads.Segment) {}
    mutating func modelNamed(_ model: String) {}
}
