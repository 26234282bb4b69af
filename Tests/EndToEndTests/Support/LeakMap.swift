import Fingerprints
import TestSupport

/// Where the lines of a file of the corpus stand in what a client sent, as JSON or as they are.
struct LeakMap {
    /// Lines that a hole can be held against, in order: the number, the place in the stream, the words.
    let lines: [(number: Int, octets: Range<Int>, words: Int)]

    /// Lines at the head of each file that hold notices common to several, for which less is guaranteed.
    private static let notice = 10

    /// Looks for a file; nil where the stream does not hold it.
    ///
    /// Lines that are too short to be told from others, or that clients may write in several ways, are left out.
    init?(_ source: [UInt8], in stream: [UInt8]) {
        guard let map = LeakMap(source, in: stream, asJSON: true) ?? LeakMap(source, in: stream, asJSON: false) else {
            return nil
        }
        self = map
    }

    private init?(_ source: [UInt8], in stream: [UInt8], asJSON: Bool) {
        var candidates: [(number: Int, text: [UInt8], words: Int)] = []
        for (index, line) in source.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let words = LeakMap.words(line)
            guard index >= LeakMap.notice, line.count >= 12, words > 0,
                line.allSatisfy({ $0 < 0x7F && $0 >= 0x20 && $0 != 0x2F })
            else {
                continue
            }
            candidates.append((index + 1, asJSON ? Prompt.escaped(line) : Array(line), words))
        }
        guard let first = candidates.first else { return nil }
        var found: [(number: Int, octets: Range<Int>, words: Int)] = []
        var start = stream.startIndex
        while let anchor = LeakMap.find(first.text, in: stream, from: start, reach: stream.count) {
            found = []
            var end = anchor.lowerBound
            for candidate in candidates {
                guard let place = LeakMap.find(candidate.text, in: stream, from: end, reach: 1_000) else { continue }
                found.append((candidate.number, place, candidate.words))
                end = place.upperBound
            }
            if found.count * 10 >= candidates.count * 9 { break }
            start = anchor.upperBound
        }
        guard found.count * 10 >= candidates.count * 9 else { return nil }
        lines = found
    }

    /// The lines of each run of the guaranteed length that no hole touches.
    func guaranteed(apartFrom holes: [Range<Int>]) -> [[Int]] {
        var runs: [[Int]] = []
        var run: [Int] = []
        var words = 0
        var start = lines.first?.octets.lowerBound ?? 0
        func end() {
            if words >= MatchScore.guaranteedWords { runs.append(run) }
            run = []
            words = 0
        }
        for line in lines {
            if holes.contains(where: { $0.overlaps(start..<line.octets.upperBound) }) { end() }
            if holes.contains(where: { $0.overlaps(line.octets) }) {
                start = line.octets.upperBound
                continue
            }
            start = line.octets.lowerBound
            run.append(line.number)
            words += line.words
        }
        end()
        return runs
    }

    /// The number of words, as fingerprints take them, in a line of ASCII.
    private static func words(_ line: ArraySlice<UInt8>) -> Int {
        var count = 0
        var previousIsWord = false
        for octet in line {
            let isLetter = octet | 0x20 >= 0x61 && octet | 0x20 <= 0x7A || octet == 0x5F || octet == 0x24
            let isWord = isLetter || previousIsWord && octet >= 0x30 && octet <= 0x39
            // A number's letters are of the number.
            if isLetter, !previousIsWord { count += 1 }
            previousIsWord = isWord
        }
        return count
    }

    private static func find(_ text: [UInt8], in stream: [UInt8], from start: Int, reach: Int) -> Range<Int>? {
        guard let first = text.first else { return nil }
        var at = start
        let last = min(stream.count - text.count, start + reach)
        while at <= last {
            if stream[at] == first, stream[at..<at + text.count].elementsEqual(text) { return at..<at + text.count }
            at += 1
        }
        return nil
    }
}

/// What clients sent, put together from the segments of an undamaged capture.
struct ClientStreams {
    /// The streams by sender and receiver; index 0 is the first octet after the SYN.
    private(set) var streams: [SegmentRecord.Path: [UInt8]] = [:]

    init(_ frames: [CapturedFrame], linkType: UInt32) {
        var first: [SegmentRecord.Path: UInt32] = [:]
        for segment in CaptureMangler(frames, linkType: linkType).segments {
            if segment.has(0x02), !segment.has(0x10) { first[segment.path] = segment.sequence &+ 1 }
            guard let base = first[segment.path], !segment.payload.isEmpty else { continue }
            let start = Int(segment.sequence &- base)
            var stream = streams[segment.path] ?? []
            guard start <= stream.count else { continue }
            stream.replaceSubrange(
                start..<max(start, min(stream.count, start + segment.payload.count)),
                with: segment.payload
            )
            streams[segment.path] = stream
        }
    }
}
