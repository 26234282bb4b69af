import Compression
import Testing
import TestSupport

@Suite("gzip, zlib and raw deflate (RFC 1950–1952)")
struct GzipDecoderTests {
    static let text =
        Array(String(repeating: "int main(void) { return 42; } /* lazy dog */\n", count: 40).utf8) + (0...255)

    static func decode(
        _ format: GzipDecoder.Format,
        _ chunks: [ArraySlice<UInt8>]
    ) -> (output: [UInt8], status: DecodeStatus, consumed: Int) {
        var decoder = GzipDecoder(format)
        var output: [UInt8] = []
        for chunk in chunks {
            decoder.consume(chunk.span) { piece in
                #expect(piece.count <= 32_768)
                for index in piece.indices { output.append(piece[index]) }
                return true
            }
        }
        return (output, decoder.status, decoder.consumed)
    }

    @Test("zlib's own output, with dynamic codes, decodes in every dress")
    func vectors() throws {
        let expected = Array(
            String(repeating: "The quick brown fox jumps over the lazy dog; the lazy dog sleeps. ", count: 6).utf8
        )
        let member = try #require(Hex.octets(Self.foreignGzip))
        let result = Self.decode(.gzip, [member[...]])
        #expect(result.output == expected)
        #expect(result.status == .finished)
        #expect(result.consumed == member.count)
        let body = Array(member[10..<(member.count - 8)])
        #expect(Self.decode(.raw, [body[...]]).output == expected)
        #expect(Self.decode(.deflate, [body[...]]).output == expected)
    }

    @Test("every split gives the same octets", arguments: [GzipDecoder.Format.gzip, .zlib, .raw, .deflate])
    func splits(format: GzipDecoder.Format) {
        let coded =
            switch format {
            case .gzip: DeflateWriter.gzip(Self.text)
            case .zlib, .deflate: DeflateWriter.zlib(Self.text)
            case .raw, .messages: DeflateWriter.raw(Self.text)
            }
        Torture.everySplit(of: coded) { chunks in
            let result = Self.decode(format, chunks)
            #expect(result.output == Self.text)
            #expect(result.status == .finished)
            #expect(result.consumed == coded.count)
        }
    }

    @Test("deflate is told from zlib by the first octets, however they are split")
    func deflateEither() {
        Torture.everySplit(of: DeflateWriter.raw(Self.text)) { chunks in
            #expect(Self.decode(.deflate, chunks).output == Self.text)
        }
        #expect(Self.decode(.deflate, [[0x78]]).status == .needMore)
    }

    @Test("members in a row are one stream, zero octets between them are padding")
    func members() {
        let coded = DeflateWriter.gzip(Self.text) + [0, 0] + DeflateWriter.gzip([]) + DeflateWriter.gzip([7]) + [0]
        Torture.everySplit(of: coded) { chunks in
            let result = Self.decode(.gzip, chunks)
            #expect(result.output == Self.text + [7])
            #expect(result.status == .finished)
        }
    }

    @Test("what follows the end and is no member is an error, charged to nobody before it")
    func trailing() {
        let coded = DeflateWriter.gzip(Self.text)
        let result = Self.decode(.gzip, [coded[...], [1, 2, 3]])
        #expect(result.output == Self.text)
        #expect(result.status == .failed(.trailingOctets))
        #expect(result.consumed == coded.count)
        #expect(Self.decode(.zlib, [(DeflateWriter.zlib([1]) + [9])[...]]).status == .failed(.trailingOctets))
    }

    @Test("a stream that is cut has been decoded up to the cut")
    func truncation() {
        let coded = DeflateWriter.gzip(Self.text)
        var longest = 0
        Torture.everyPrefix(of: coded) { prefix in
            var decoder = GzipDecoder(.gzip)
            var count = 0
            decoder.consume(prefix) { piece in
                for index in piece.indices { #expect(piece[index] == Self.text[count + index]) }
                count += piece.count
                return true
            }
            #expect(count >= longest)
            #expect(decoder.status == .needMore)
            longest = count
        }
        #expect(longest == Self.text.count)
    }

    @Test("damage never traps and what came before it stands")
    func damage() {
        let coded = DeflateWriter.gzip(Array(Self.text.prefix(200)))
        Torture.everything(of: coded) { chunks in
            let result = Self.decode(.gzip, chunks)
            #expect(result.consumed <= coded.count)
        }
        var changed = coded
        changed[coded.count - 5] ^= 1
        let result = Self.decode(.gzip, [changed[...]])
        #expect(result.output == Array(Self.text.prefix(200)))
        #expect(result.status == .failed(.data))
        #expect(Self.decode(.gzip, [[0x50, 0x4b, 3, 4]]).status == .failed(.header))
    }

    @Test("a preset dictionary is named as the reason")
    func dictionary() {
        #expect(Self.decode(.zlib, [[0x78, 0xbb, 1, 2, 3, 4, 5, 6]]).status == .failed(.dictionary))
    }

    @Test("a reader that fills its own buffer gets the same octets", arguments: [1, 7, 300, 32_768, 1 << 20])
    func reading(room: Int) {
        let coded = DeflateWriter.gzip(Self.text) + [0] + DeflateWriter.gzip([7]) + DeflateWriter.gzip(Self.text) + [0]
        for size in [1, 13, coded.count] {
            var decoder = GzipDecoder(.gzip)
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
            #expect(output == Self.text + [7] + Self.text)
            #expect(decoder.consumed == coded.count)
        }
    }

    @Test("the receiver can stop a bomb, which then stays stopped")
    func bomb() {
        let coded = DeflateWriter.gzip([UInt8](repeating: 65, count: 4 << 20))
        let limit = ExpansionLimit()
        var decoder = GzipDecoder(.gzip)
        var count = 0
        let status = decoder.consume(coded.span) { piece in
            count += piece.count
            return limit.allows(output: count, input: coded.count / 2)
        }
        #expect(status == .stopped)
        #expect(count <= (1 << 20) + 2 * 32_768 || count <= coded.count * 100 + 32_768)
        #expect(decoder.consume(coded.span) { _ in false } == .stopped)
    }

    static let foreignGzip = """
        1f8b08000000000002030bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4
        e4a75ba3f0148a7352530b8af51442464da0920900ea32122d8c010000
        """
}
