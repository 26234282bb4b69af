import Testing
import Wire

@Suite("Byte reader")
struct ByteReaderTests {
    private let octets: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

    @Test("fields are read in network byte order unless the name says otherwise")
    func order() {
        var reader = ByteReader(octets.span)
        let (one, two, three, four) = (
            reader.readUInt8(), reader.readUInt16(), reader.readUInt24(), reader.readUInt32()
        )
        #expect(one == 1)
        #expect(two == 0x0203)
        #expect(three == 0x040506)
        #expect(four == 0x0708_090A)

        var little = ByteReader(octets.span)
        let (short, long) = (little.readUInt16LittleEndian(), little.readUInt32LittleEndian())
        #expect(short == 0x0201)
        #expect(long == 0x0605_0403)

        var wide = ByteReader(octets.span)
        let big = wide.readUInt64()
        #expect(big == 0x0102_0304_0506_0708)
        var wideLittle = ByteReader(octets.span)
        let swapped = wideLittle.readUInt64LittleEndian()
        #expect(swapped == 0x0807_0605_0403_0201)
    }

    @Test("a read past the end returns nil and moves nothing")
    func pastEnd() {
        var reader = ByteReader(octets.span.extracting(0..<3))
        let failed = reader.readUInt32() == nil && reader.readUInt64() == nil
        let skipped = reader.skip(4) || reader.skip(-1)
        let took = reader.take(4) != nil || reader.take(-1) != nil
        let position = reader.position
        #expect(failed && !skipped && !took && position == 0)

        let passed = reader.skip(3)
        let atEnd = reader.isAtEnd
        let next = reader.readUInt8()
        let rest = reader.takeRest().count
        #expect(passed && atEnd && next == nil && rest == 0)
    }

    @Test("taken views are those octets, and no more")
    func views() {
        var reader = ByteReader(octets.span)
        var taken: [UInt8] = []
        if let view = reader.take(2) {
            for index in view.indices { taken.append(view[index]) }
        }
        let rest = reader.takeRest()
        let (count, first) = (rest.count, rest[0])
        #expect(taken == [1, 2])
        #expect(count == 8)
        #expect(first == 3)
    }
}
