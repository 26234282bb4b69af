import Compression
import TestSupport
import Testing

@Suite("Zstandard (RFC 8878)")
struct ZstdDecoderTests {
    static let text =
        Array(String(repeating: "int main(void) { return 42; } /* lazy dog */\n", count: 40).utf8) + (0...255)

    /// Some frames in a row, of all block types and with something to skip before, between and after them.
    static let stream =
        ZstdWriter.skippable([1, 2, 3]) + ZstdWriter.frame(Array(text.prefix(900)), flushEach: 300)
        + ZstdWriter.frame([], declaresSize: true) + ZstdWriter.skippable([], kind: 15)
        + ZstdWriter.frame(Array(text.dropFirst(900)), level: 19, declaresSize: true)
        + ZstdWriter.skippable(Array("end".utf8), kind: 3)

    struct Outcome: Equatable {
        var output: [UInt8] = []
        var status = DecodeStatus.needMore
        var consumed = 0
        var withheld = 0
        var skipped = 0
    }

    static func decode(_ chunks: [ArraySlice<UInt8>], window: Int = ZstdDecoder.defaultWindowOctets) -> Outcome {
        var decoder = ZstdDecoder(maximumWindowOctets: window)
        var outcome = Outcome()
        for chunk in chunks {
            decoder.consume(chunk.span) { piece in
                #expect(piece.count <= 32_768)
                for index in piece.indices { outcome.output.append(piece[index]) }
                return true
            }
        }
        #expect(decoder.produced == outcome.output.count)
        outcome.status = decoder.status
        outcome.consumed = decoder.consumed
        outcome.withheld = decoder.withheld
        outcome.skipped = decoder.skipped
        return outcome
    }

    @Test("another encoder's frame decodes")
    func foreign() throws {
        // zstd 1.5.4's command line: `zstd -19 --no-check` of six times the sentence.
        let coded = try #require(Hex.octets(Self.foreignFrame))
        let sentence = "The quick brown fox jumps over the lazy dog; the lazy dog sleeps. "
        let result = Self.decode([coded[...]])
        #expect(String(decoding: result.output, as: UTF8.self) == String(repeating: sentence, count: 6))
        #expect(result.status == .finished)
    }

    @Test("frames in a row are one stream however it is cut, and skippable ones are counted")
    func splits() {
        let skipped = 3 * 8 + 3 + 3
        Torture.everySplit(of: Self.stream) { chunks in
            let result = Self.decode(chunks)
            #expect(result.output == Self.text)
            #expect(result.status == .finished)
            #expect(result.consumed == Self.stream.count)
            #expect(result.skipped == skipped)
            #expect(result.withheld == 0)
        }
    }

    @Test("a reader that fills its own buffer gets the same octets", arguments: [1, 7, 300, 32_768, 1 << 20])
    func reading(room: Int) {
        let large = Self.stream + ZstdWriter.frame((0..<700_000).map { UInt8(truncatingIfNeeded: $0 >> 6) })
        for size in [1, 13, large.count] {
            var decoder = ZstdDecoder()
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: room)
            for chunk in Torture.chunks(of: large, size: size) where output.count < 1_000_000 {
                var position = 0
                var count = 0
                repeat {
                    var space = buffer.mutableSpan
                    count = decoder.decode(chunk.span, &position, into: &space)
                    output += buffer.prefix(count)
                } while count == room
                #expect(position == chunk.count)
            }
            #expect(decoder.status == .finished)
            #expect(output.count == Self.text.count + 700_000)
            #expect(output.starts(with: Self.text))
        }
    }

    @Test("a stream that is cut has been decoded up to its last whole block, and says what it withholds")
    func truncation() {
        let coded = ZstdWriter.frame(Self.text, flushEach: 100)
        var longest = 0
        var withheld = 0
        Torture.everyPrefix(of: coded) { prefix in
            var decoder = ZstdDecoder()
            var count = 0
            decoder.consume(prefix) { piece in
                for index in piece.indices { #expect(piece[index] == Self.text[count + index]) }
                count += piece.count
                return true
            }
            #expect(count >= longest)
            #expect(decoder.status == .needMore)
            #expect(decoder.consumed == prefix.count)
            #expect(decoder.withheld == (count > longest || prefix.isEmpty ? 0 : withheld + 1))
            longest = count
            withheld = decoder.withheld
        }
        #expect(longest == Self.text.count)
    }

    @Test("damage never traps, and how far a damaged stream is read does not depend on how it was cut")
    func damage() {
        let coded = Array(Self.stream.prefix(250))
        Torture.everyPrefix(of: coded) { prefix in #expect(Self.decode([Self.copy(prefix)[...]]).consumed <= 250) }
        Torture.everyChangedOctet(of: coded) { octets in
            let changed = Self.copy(octets)
            let whole = Self.decode([changed[...]])
            #expect(whole == Self.decode(Torture.chunks(of: changed, size: 1)))
            #expect(whole == Self.decode(Torture.chunks(of: changed, size: 37)))
            #expect(whole.consumed <= changed.count)
        }
    }

    @Test("a wrong checksum is damage after the output")
    func checksum() {
        var coded = ZstdWriter.frame(Self.text)
        coded[coded.count - 2] ^= 1
        let result = Self.decode([coded[...]])
        #expect(result.output == Self.text)
        #expect(result.status == .failed(.data))
    }

    @Test("what follows the end and is no frame is an error that costs nothing before it")
    func trailing() {
        let coded = ZstdWriter.frame(Self.text)
        Torture.everySplit(of: coded + [0x28, 0xb5, 0x2e, 1, 2]) { chunks in
            let result = Self.decode(chunks)
            #expect(result.output == Self.text)
            #expect(result.status == .failed(.trailingOctets))
            #expect(result.consumed == coded.count + 2)
        }
        #expect(Self.decode([(coded + [0x28, 0xb5])[...]]).status == .needMore)
    }

    @Test(
        "what is not this format is told by its first octets",
        arguments: [
            ([0x1f, 0x8b, 8, 0], DecompressionError.header), (Array("{\"a\":1}".utf8), .header),
            // Formats of zstd before its standard.
            ([0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], .header), ([0x1e, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], .header),
            // A reserved bit of the frame header.
            ([0x28, 0xb5, 0x2f, 0xfd, 0x28, 1, 1, 0, 0], .header),
        ]
    )
    func header(octets: [UInt8], error: DecompressionError) {
        #expect(Self.decode([octets[...]]).status == .failed(error))
        #expect(Self.decode(Torture.chunks(of: octets, size: 1)).status == .failed(error))
    }

    @Test("a window beyond the cap and a dictionary are refused by name")
    func refusals() {
        let more = [UInt8](repeating: 0, count: 9)
        #expect(Self.decode([(ZstdWriter.header(windowLog: 24) + more)[...]]).status == .failed(.window))
        #expect(
            Self.decode([(ZstdWriter.header(windowLog: 24) + more)[...]], window: 1 << 24).status != .failed(.window)
        )
        #expect(Self.decode([(ZstdWriter.header(windowLog: 31) + more)[...]], window: .max).status != .failed(.window))
        #expect(Self.decode([(ZstdWriter.header(windowLog: 20) + more)[...]], window: 0).status == .failed(.window))
        let needing = ZstdWriter.header(windowLog: 20, dictionary: 7)
        #expect(Self.decode([(needing + more)[...]]).status == .failed(.dictionary))
        let wide = ZstdWriter.frame(Self.text, windowLog: 23)
        #expect(Self.decode([wide[...]]).output == Self.text)
    }

    @Test("the receiver can stop a bomb, which then stays stopped; memory counts as the window fills")
    func bomb() {
        let coded = ZstdWriter.frame([UInt8](repeating: 65, count: 24 << 20), windowLog: 23)
        var decoder = ZstdDecoder()
        #expect(decoder.memoryOctets == 0)
        var count = 0
        let status = decoder.consume(coded.span) { piece in
            count += piece.count
            return count < 4 << 20
        }
        #expect(status == .stopped)
        #expect(count < (4 << 20) + 32_769)
        #expect((4 << 20)...(5 << 20) ~= decoder.memoryOctets)
        #expect(decoder.consume(coded.span) { _ in false } == .stopped)
        var other = ZstdDecoder()
        other.consume(coded.span) { _ in true }
        #expect(other.status == .finished)
        #expect(other.memoryOctets < 9 << 20)
    }

    private static func copy(_ octets: Span<UInt8>) -> [UInt8] {
        octets.indices.map { octets[$0] }
    }

    static let foreignFrame = """
        28b52ffd0068f5010052830c11907d50fa43e90fad745be65c2c4e6ecf010e68fc6fd40382c6f51ecd3f559f7fa1d3e8
        ecf20c8f3f0c2771569495fe490402004745500fe39865
        """
}
