import Compression

/// Compressed streams of each format.
enum InflateBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        let formats: [GzipDecoder.Format] = [.gzip, .zlib, .raw, .deflate]
        let format = formats[Int(settings & 3)]
        let whole = decode(stream, [0..<stream.count], format, stopping: .max)
        let cut = decode(stream, Piece.cuts(stream.count, by: plan), format, stopping: .max)
        hold(whole == cut, "a stream is the same however it is cut: \(whole) \(cut)")
        _ = decode(stream, Piece.cuts(stream.count, by: plan), format, stopping: max(1, Int(settings >> 2)))
    }

    private static func decode(
        _ stream: [UInt8],
        _ cuts: [Range<Int>],
        _ format: GzipDecoder.Format,
        stopping: Int
    ) -> Outcome {
        var decoder = GzipDecoder(format)
        var outcome = Outcome()
        var calls = 0
        for range in cuts {
            let status = decoder.consume(stream.span.extracting(range)) { output in
                calls += 1
                hold(!output.isEmpty && output.count <= 32 << 10, "output comes in small pieces: \(output.count)")
                outcome.octets += output.count
                for index in output.indices { outcome.hash = (outcome.hash ^ UInt64(output[index])) &* 0x100_0000_01B3 }
                hold(calls <= stopping, "nothing comes after a stop")
                return calls < stopping
            }
            hold(status == decoder.status, "a status is kept")
        }
        hold(decoder.produced == outcome.octets, "output is counted")
        hold(decoder.consumed <= stream.count, "input is counted")
        outcome.consumed = decoder.consumed
        outcome.status = decoder.status
        return outcome
    }

    private struct Outcome: Equatable {
        var octets = 0
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var consumed = 0
        var status = DecodeStatus.needMore
    }
}
