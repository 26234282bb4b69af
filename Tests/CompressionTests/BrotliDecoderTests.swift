import Compression
import TestSupport
import Testing

@Suite("Brotli (RFC 7932)")
struct BrotliDecoderTests {
    static let text =
        Array(String(repeating: "int main(void) { return 42; } /* lazy dog */\n", count: 40).utf8) + (0...255)

    static func decode(
        _ chunks: [ArraySlice<UInt8>]
    ) -> (output: [UInt8], status: DecodeStatus, consumed: Int, withheld: Int) {
        var decoder = BrotliDecoder()
        var output: [UInt8] = []
        for chunk in chunks {
            decoder.consume(chunk.span) { piece in
                #expect(piece.count <= 32_768)
                for index in piece.indices { output.append(piece[index]) }
                return true
            }
        }
        #expect(decoder.produced == output.count)
        return (output, decoder.status, decoder.consumed, decoder.withheld)
    }

    @Test(
        "streams written out in the standard's terms decode",
        arguments: [
            // RFC 7932 § 9.2: WBITS 16, ISLAST, ISLASTEMPTY.
            ([0x06], ""),
            // § 9.2: WBITS 16; an uncompressed meta-block of one octet; ISLAST, ISLASTEMPTY.
            ([0x00, 0x00, 0x10, 0x41, 0x03], "A"),
        ] as [([UInt8], String)]
    )
    func vectors(coded: [UInt8], text: String) {
        let result = Self.decode([coded[...]])
        #expect(result.output == Array(text.utf8))
        #expect(result.status == .finished)
        #expect(result.consumed == coded.count)
    }

    @Test("every split gives the same octets", arguments: [0, 5, 11] as [UInt32])
    func splits(quality: UInt32) {
        let coded = BrotliWriter.stream(Self.text, quality: quality, flushEach: 700)
        Torture.everySplit(of: coded) { chunks in
            let result = Self.decode(chunks)
            #expect(result.output == Self.text)
            #expect(result.status == .finished)
            #expect(result.consumed == coded.count)
            #expect(result.withheld == 0)
        }
    }

    @Test("a reader that fills its own buffer gets the same octets", arguments: [1, 300, 1 << 20])
    func reading(room: Int) {
        let text = Self.text + (0..<300_000).map { UInt8(truncatingIfNeeded: $0 >> 6) }
        let coded = BrotliWriter.stream(text)
        for size in [1, 13, coded.count] {
            var decoder = BrotliDecoder()
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: room)
            for chunk in Torture.chunks(of: coded, size: size) {
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
            #expect(output == text)
        }
        // What a stream that breaks off has determined comes out too, however little room there is at once.
        var decoder = BrotliDecoder()
        var buffer = [UInt8](repeating: 0, count: room)
        var position = 0
        var octets = 0
        let half = coded[..<(coded.count / 2)]
        while true {
            var space = buffer.mutableSpan
            let count = decoder.decode(half.span, &position, into: &space)
            octets += count
            if count < room { break }
        }
        #expect(octets == Self.decode([half]).output.count)
    }

    @Test("a stream that is cut has been decoded up to the cut")
    func truncation() {
        let coded = BrotliWriter.stream(Self.text)
        var longest = 0
        Torture.everyPrefix(of: coded) { prefix in
            var decoder = BrotliDecoder()
            var count = 0
            decoder.consume(prefix) { piece in
                for index in piece.indices { #expect(piece[index] == Self.text[count + index]) }
                count += piece.count
                return true
            }
            #expect(count >= longest)
            #expect(decoder.status == .needMore)
            #expect(decoder.consumed == prefix.count)
            longest = count
        }
        // The last octet of a stream may hold the bits of the last octet of its text.
        #expect(longest >= Self.text.count - 1)
    }

    @Test("damage never traps, and what came out before it stands")
    func damage() {
        let coded = BrotliWriter.stream(Array(Self.text.prefix(300)), flushEach: 60)
        Torture.everything(of: coded) { chunks in
            let result = Self.decode(chunks)
            #expect(result.consumed <= coded.count)
            #expect(result.withheld <= result.consumed)
        }
        let text = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        var changed = BrotliWriter.stream(text)
        for index in 9_000..<9_040 { changed[index] = 0xff }
        let result = Self.decode([changed[...]])
        #expect(result.output.count > 1_000)
        #expect(text.starts(with: result.output.prefix(1_000)))
    }

    @Test("what follows the end is an error that costs nothing before it")
    func trailing() {
        let coded = BrotliWriter.stream(Self.text)
        Torture.everySplit(of: coded + [1, 2]) { chunks in
            let result = Self.decode(chunks)
            #expect(result.output == Self.text)
            #expect(result.status == .failed(.trailingOctets))
            #expect(result.consumed == coded.count)
        }
    }

    @Test("the widest window of the standard is taken, a wider one refused by name")
    func window() {
        #expect(Self.decode([BrotliWriter.stream(Self.text, window: 24)[...]]).output == Self.text)
        let large = BrotliWriter.stream(Self.text, window: 30, isLarge: true)
        #expect(Self.decode([large[...]]).status == .failed(.window))
        #expect(Self.decode([large[...]]).output.isEmpty)
    }

    @Test("the receiver can stop a bomb, which then stays stopped; memory is what the library asked for")
    func bomb() {
        let coded = BrotliWriter.stream([UInt8](repeating: 65, count: 24 << 20), window: 24)
        var decoder = BrotliDecoder()
        #expect(decoder.memoryOctets == 0)
        var count = 0
        let status = decoder.consume(coded.span) { piece in
            count += piece.count
            return count < 1 << 20
        }
        #expect(status == .stopped)
        #expect(count < (1 << 20) + 32_769)
        #expect(decoder.consume(coded.span) { _ in false } == .stopped)
        var other = BrotliDecoder()
        other.consume(coded.span) { _ in true }
        #expect(other.status == .finished)
        #expect((16 << 20)...(20 << 20) ~= other.memoryOctets)
    }
}
