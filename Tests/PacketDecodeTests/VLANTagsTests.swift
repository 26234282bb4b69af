import PacketDecode
import Testing

@Suite("VLAN tags of a frame")
struct VLANTagsTests {
    @Test("at most two identifiers of twelve bits are kept")
    func append() {
        var tags = VLANTags()
        #expect(tags.ids == [])
        let first = tags.append(0xF001)
        #expect(first)
        #expect(tags.ids == [1])
        let second = tags.append(2)
        #expect(second)
        #expect(tags.ids == [1, 2])
        let third = tags.append(3)
        #expect(!third)
        #expect(tags == VLANTags([1, 2, 3]))
        #expect(tags != VLANTags([2, 1]))
    }
}
