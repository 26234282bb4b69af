/// An interface as a capture file describes it.
package struct CaptureInterface: Hashable, Sendable {
    /// The name that the writer gave, such as `eth0`, at most 256 octets; nil when it gave none.
    package let name: String?
    /// What the interface's frames begin with.
    package let linkType: LinkType

    /// Joins the parts.
    package init(name: String?, linkType: LinkType) {
        self.name = name
        self.linkType = linkType
    }
}
