import Detection
import Fingerprints
package import Incidents
import Payloads

extension RecordJSON {
    /// A line of `weir explain` for a text.
    ///
    /// It holds counts, places and weights, never a word of the text.
    package static func object(_ explanation: Explanation) -> JSONObject {
        var object = check(id: explanation.id, finding: explanation.finding)
        object.set("decision", explanation.isFound ? "found" : "not_found")
        object.set("summary", explanation.summary)
        if let match = explanation.match { object.set("match", self.match(match)) }
        object["leaves"] = .array(explanation.leaves.map { .object(leaf($0)) })
        if explanation.moreLeaves > 0 { object.set("leaves_more", explanation.moreLeaves) }
        if let ledger = explanation.ledger {
            object.set("request_bytes", ledger.requestOctets)
            object.set("inspected_bytes", ledger.inspectedOctets)
            object["opaque"] = opaque(ledger)
        }
        return object
    }

    /// A line of `weir explain` for a request of a capture: its `llm` record, with `explanation` beside it.
    package static func object(_ record: LLMRecord, _ explanation: Explanation, incident: String?) -> JSONObject {
        var object = self.object(record)
        object.set("event_type", "explanation")
        var inside = self.object(explanation)
        inside["id"] = nil
        inside.set("incident", incident)
        object.set("explanation", inside)
        return object
    }

    private static func match(_ match: MatchExplanation) -> JSONObject {
        var object = JSONObject()
        object.set("words", match.words)
        object.set("tokens", match.tokens)
        object.set("word_grams", match.wordGrams)
        object.set("shape_grams", match.shapeGrams)
        object.set("word_hits", match.wordHits)
        object.set("shape_hits", match.shapeHits)
        object["suppressed"] = .array(
            match.suppressed.map { entry in
                var object = JSONObject()
                let (reason, source) = Explanation.name(entry.source)
                object.set("reason", reason)
                object.set("source", source)
                object.set("word_grams", entry.wordGrams)
                object.set("shape_grams", entry.shapeGrams)
                object["words"] = .array(entry.text.map(pair))
                return .object(object)
            }
        )
        object["candidates"] = .array(match.candidates.map { .object(candidate($0)) })
        if match.moreCandidates > 0 { object.set("candidates_more", match.moreCandidates) }
        return object
    }

    private static func candidate(_ candidate: MatchExplanation.Candidate) -> JSONObject {
        var object = JSONObject()
        object.set("collection", candidate.collection)
        object.set("path", candidate.path)
        object.set("verdict", Explanation.name(candidate.verdict))
        object["score"] = .number(candidate.score.isFinite ? candidate.score : 0)
        object["threshold"] = .number(candidate.threshold)
        object["evidence"] = .number(candidate.evidence)
        object["length_cost"] = .number(candidate.lengthCost.isFinite ? candidate.lengthCost : 0)
        object.set("judged_words", candidate.words)
        object["words"] = pair(candidate.text)
        object["lines"] = .array(candidate.lines.ranges.map { lines($0) })
        object.set("matched_lines", candidate.lines.count)
        object.set("longest_run", candidate.longestRun)
        object.set("in_order", candidate.isInOrder)
        object.set("hit_count", candidate.hitCount)
        object["hits"] = .array(candidate.hits.map { .object(hit($0)) })
        object["runs"] = .array(candidate.runs.map { .object(run($0)) })
        object.set("advice", Explanation.advice(candidate))
        object.set("missing_lines", candidate.missingLines)
        return object
    }

    private static func hit(_ hit: MatchExplanation.Hit) -> JSONObject {
        var object = JSONObject()
        object.set("view", hit.isShape ? "shape" : "words")
        object["words"] = pair(hit.text)
        object["weight"] = .number(hit.weight)
        object.set("files", hit.files)
        object.set("rare_parts", hit.rareParts)
        object.set("parts", hit.parts)
        return object
    }

    private static func run(_ run: MatchExplanation.Run) -> JSONObject {
        var object = JSONObject()
        object["words"] = pair(run.text)
        if let lines = run.lines { object["lines"] = self.lines(lines) }
        object.set("kind", run.isVerbatim ? "verbatim" : "renamed")
        return object
    }

    private static func leaf(_ leaf: ScanTrace.Leaf) -> JSONObject {
        var object = JSONObject()
        object.set("segment", leaf.provenance.segment.rawValue)
        object["decode_chain"] = .strings(leaf.provenance.chain.map(\.rawValue))
        let pointer = leaf.provenance.pointer
        object.set("pointer", pointer.isEmpty ? nil : pointer)
        object.set("octets", leaf.octets)
        object["words"] = pair(leaf.words)
        if leaf.isTruncated { object.set("truncated", true) }
        return object
    }

    private static func lines(_ range: ClosedRange<Int>) -> JSONValue {
        .array([.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))])
    }

    /// The first and the last word of a range, both counted, from 1.
    private static func pair(_ range: Range<Int>) -> JSONValue {
        .array([.integer(Int64(range.lowerBound + 1)), .integer(Int64(range.upperBound))])
    }
}

extension Explanation {
    /// What a verdict is called in records.
    static func name(_ verdict: MatchExplanation.Candidate.Verdict) -> String {
        switch verdict {
        case .found: "found"
        case .explainedByOthers: "explained_by_others"
        case .belowThreshold: "below_threshold"
        case .tooFew: "too_few"
        }
    }
}
