/// How the codes of a font are read.
struct PDFFont {
    /// Whether codes have two octets, as those of composite fonts mostly do.
    var isComposite = false
    /// The map of its codes; nil when the font has none.
    var map: PDFCharacterMap?

    /// Appends what a string shows; codes for which nothing tells what they stand for are counted.
    func append(_ codes: Span<UInt8>, to output: inout [UInt8]) -> (glyphs: Int, unreadable: Int) {
        guard isComposite, map?.isOneOctet != true else { return appendOctets(codes, to: &output) }
        var unreadable = 0
        var index = 0
        while index + 1 < codes.count {
            let code = UInt32(codes[index]) << 8 | UInt32(codes[index + 1])
            if map?.append(code, to: &output) != true { unreadable += 1 }
            index += 2
        }
        return (codes.count / 2, unreadable)
    }

    private func appendOctets(_ codes: Span<UInt8>, to output: inout [UInt8]) -> (glyphs: Int, unreadable: Int) {
        var unreadable = 0
        for index in codes.indices {
            let code = codes[index]
            if let map, map.append(UInt32(code), to: &output) { continue }
            if code >= 0x20 || code == 0x09 || code == 0x0a || code == 0x0d {
                PDFString.append(latin: code, to: &output)
            } else {
                unreadable += 1
            }
        }
        return (codes.count, unreadable)
    }
}
