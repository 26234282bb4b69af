internal import CTextScan

/// Looks for lines that a tool may have laid out, by C's vectors.
enum LayoutSearch {
    /// The newest form of the loops in C that this machine can run.
    static let newestForm = ctextscan_form()

    /// The place of the first octet that may be of layout, in text that begins at the start of a line; its end if there is
    /// none.
    static func next(in text: Span<UInt8>, _ form: Int32) -> Int {
        // `text.count` octets are read.
        unsafe text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return 0 }
            return unsafe ctextscan_next_layout(form, base, text.count)
        }
    }
}
