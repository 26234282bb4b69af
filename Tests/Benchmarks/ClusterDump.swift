import Fingerprints
import Foundation
import Payloads

/// Writes what the matcher saw in each of a set of labelled texts, for `fit-score` to judge.
///
/// A line a text: `{"id", "words", "clusters": [{"path", "hits": [[key, shape, rare parts, files, text from, to, file from,
/// to]…], "runs": [[text from, to, file from, to, verbatim]…]}]}`.
struct ClusterDump {
    /// The index to match with.
    let index: String
    /// Lines `{"id", "text", "form"}`, as the evaluation has them.
    let cases: String

    /// Writes to standard output.
    func run() throws {
        let indexes = [try FingerprintIndex.open(path: index)]
        let worker = CodeWorker(indexes)
        let data = try Data(contentsOf: URL(filePath: cases))
        for line in data.split(separator: 0x0A) {
            guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any],
                let id = object["id"] as? String, let text = object["text"] as? String
            else { continue }
            let trace = MatchTrace()
            worker.trace = trace
            var sink = TracingSink(worker)
            sink.read(Array(text.utf8), isBody: object["form"] as? String == "body")
            var answer: [String: Any] = ["id": id, "words": sink.matcher.words]
            let explanation = MatchExplanation(trace, matches: [], indexes: indexes, limit: .max)
            answer["clusters"] = explanation.candidates.map { cluster in
                [
                    "path": cluster.path,
                    "hits": cluster.hits.map { hit in
                        [hit.key, hit.isShape ? 1 : 0, hit.rareParts, hit.files] + Self.ends(hit.text, hit.file)
                    },
                    "runs": cluster.runs.map { Self.ends($0.text, $0.file) + [$0.isVerbatim ? 1 : 0] },
                ] as [String: Any]
            }
            FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: answer) + [0x0A])
        }
    }

    private static func ends(_ text: Range<Int>, _ file: Range<Int>) -> [Int] {
        [text.lowerBound, text.upperBound, file.lowerBound, file.upperBound]
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
        matcher.messageEnded()
    }

    mutating func leafBegan(_ provenance: Provenance) { matcher.leafBegan(tag: 0) }
    mutating func leafText(_ text: Span<UInt8>) { matcher.leafText(text) }
    mutating func leafEnded(truncated: Bool) { matcher.leafEnded() }
    mutating func groupResolved(_ group: Int, _ segment: Payloads.Segment) {}
    mutating func modelNamed(_ model: String) {}
}
