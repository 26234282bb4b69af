import Compression

/// Compressed streams of each format, pushed and pulled.
enum InflateBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        let cuts = Piece.cuts(stream.count, by: plan)
        let stop = max(1, Int(settings >> 3))
        switch settings & 7 {
        case 0: check(stream, cuts, stop) { GzipDecoder(.gzip) }
        case 1: check(stream, cuts, stop) { GzipDecoder(.zlib) }
        case 2: check(stream, cuts, stop) { GzipDecoder(.raw) }
        case 3: check(stream, cuts, stop) { GzipDecoder(.deflate) }
        // What its library decoded before an error depends on how much it was given.
        case 4, 6: check(stream, cuts, stop, losesOutput: true) { BrotliDecoder() }
        default: check(stream, cuts, stop) { ZstdDecoder(maximumWindowOctets: 1 << 20) }
        }
    }

    private static func check<Decoder: StreamDecoder & ~Copyable>(
        _ stream: [UInt8],
        _ cuts: [Range<Int>],
        _ stop: Int,
        losesOutput: Bool = false,
        _ make: () -> Decoder
    ) {
        let whole = pushed(stream, [0..<stream.count], make(), stopping: .max)
        let cut = pushed(stream, cuts, make(), stopping: .max)
        let pulled = pulled(stream, cuts, make(), room: stop)
        if losesOutput, case .failed = whole.status {
            hold(cut.status == whole.status, "a stream fails however it is cut: \(whole) \(cut)")
            hold(pulled.status == whole.status, "a stream fails however it is taken: \(whole) \(pulled)")
        } else {
            hold(whole == cut, "a stream is the same however it is cut: \(whole) \(cut)")
            hold(whole == pulled, "a stream is the same however it is taken: \(whole) \(pulled)")
        }
        _ = pushed(stream, cuts, make(), stopping: stop)
    }

    private static func pushed(
        _ stream: [UInt8],
        _ cuts: [Range<Int>],
        _ decoder: consuming some StreamDecoder & ~Copyable,
        stopping: Int
    ) -> Outcome {
        var outcome = Outcome()
        var calls = 0
        for range in cuts {
            let status = decoder.consume(stream.span.extracting(range)) { output in
                calls += 1
                hold(!output.isEmpty && output.count <= 32 << 10, "output comes in small pieces: \(output.count)")
                outcome.add(output)
                hold(calls <= stopping, "nothing comes after a stop")
                return calls < stopping
            }
            hold(status == decoder.status, "a status is kept")
        }
        outcome.end(decoder, stream.count)
        return outcome
    }

    /// Fills a buffer of so many octets again and again.
    private static func pulled(
        _ stream: [UInt8],
        _ cuts: [Range<Int>],
        _ decoder: consuming some StreamDecoder & ~Copyable,
        room: Int
    ) -> Outcome {
        var outcome = Outcome()
        var buffer = [UInt8](repeating: 0, count: room * 64)
        for range in cuts {
            var position = 0
            while true {
                var space = buffer.mutableSpan
                let count = decoder.decode(stream.span.extracting(range), &position, into: &space)
                hold(count <= buffer.count, "no more is written than there is room for")
                hold(position <= range.count, "no more is read than there is")
                outcome.add(buffer.span.extracting(0..<count))
                if count < buffer.count { break }
            }
            if case .failed = decoder.status { continue }
            hold(position == range.count, "all input is taken")
        }
        outcome.end(decoder, stream.count)
        return outcome
    }

    private struct Outcome: Equatable {
        var octets = 0
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var consumed = 0
        var withheld = 0
        var skipped = 0
        var status = DecodeStatus.needMore

        mutating func add(_ output: Span<UInt8>) {
            octets += output.count
            for index in output.indices { hash = (hash ^ UInt64(output[index])) &* 0x100_0000_01B3 }
        }

        mutating func end(_ decoder: borrowing some StreamDecoder & ~Copyable, _ count: Int) {
            hold(decoder.produced == octets, "output is counted")
            hold(decoder.consumed <= count, "input is counted")
            hold(decoder.withheld >= 0 && decoder.skipped >= 0, "nothing negative is counted")
            hold(decoder.withheld + decoder.skipped <= decoder.consumed, "what is withheld was taken in")
            hold(decoder.memoryOctets <= 24 << 20, "memory has a bound: \(decoder.memoryOctets)")
            consumed = decoder.consumed
            withheld = decoder.withheld
            skipped = decoder.skipped
            status = decoder.status
        }
    }
}
