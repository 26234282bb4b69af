/// The VLAN identifiers of a frame: none, one (802.1Q) or two (QinQ), outermost first.
@usableFromInline
package struct VLANTags: Hashable, Sendable {
    /// The outer identifier, 0…4095; 0 when `count` is 0.
    @usableFromInline package internal(set) var outer: UInt16
    /// The inner identifier, 0…4095; 0 when `count` is below 2.
    @usableFromInline package internal(set) var inner: UInt16
    /// How many tags the frame had, 0…2.
    @usableFromInline package internal(set) var count: UInt8

    /// No tags.
    @inlinable
    package init() {
        outer = 0
        inner = 0
        count = 0
    }

    /// As many tags as identifiers are given, at most two; only their lower twelve bits count.
    package init(_ ids: [UInt16]) {
        self.init()
        for id in ids { _ = append(id) }
    }

    /// Adds an inner tag; false, and nothing added, when there are two already.
    @inlinable
    package mutating func append(_ id: UInt16) -> Bool {
        switch count {
        case 0: outer = id & 0x0FFF
        case 1: inner = id & 0x0FFF
        default: return false
        }
        count += 1
        return true
    }

    /// The identifiers, outermost first, as a record's `vlan` lists them.
    package var ids: [UInt16] {
        switch count {
        case 0: []
        case 1: [outer]
        default: [outer, inner]
        }
    }
}
