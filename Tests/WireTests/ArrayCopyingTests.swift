import Testing
import Wire

@Suite("Octets copied from a view")
struct ArrayCopyingTests {
    @Test("a view is copied whole, behind what is there", arguments: [0, 1, 7, 64, 5_000])
    func whole(count: Int) {
        let source = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(Array(copying: source.span) == source)
        var target: [UInt8] = [1, 2, 3]
        target.append(copying: source.span)
        #expect(target == [1, 2, 3] + source)
        let kept = target
        target.append(copying: source.span)
        #expect(target == kept + source)
        #expect(kept.count == 3 + count)
    }
}
