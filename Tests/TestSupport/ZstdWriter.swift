internal import CZstd

/// Compresses for tests with the library's encoder (RFC 8878): entropy codes and long windows are nothing to write twice.
@safe
package enum ZstdWriter {
    /// One frame.
    ///
    /// - Parameters:
    ///   - input: what is compressed.
    ///   - level: as the library counts, from 1.
    ///   - windowLog: the window as a power of two; the level's own when nil.
    ///   - flushEach: octets after which a block ends, whether it is full or not; 0 to leave it to the encoder.
    ///   - declaresSize: whether the header tells the size, by which small frames get by with a small window.
    /// - Returns: the coded octets.
    package static func frame(
        _ input: [UInt8],
        level: Int32 = 3,
        windowLog: Int32? = nil,
        flushEach: Int = 0,
        declaresSize: Bool = false
    ) -> [UInt8] {
        let context = unsafe ZSTD_createCCtx()
        defer { _ = unsafe ZSTD_freeCCtx(context) }
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        if let windowLog { _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog) }
        if declaresSize { _ = unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(input.count)) }
        var coded: [UInt8] = []
        var start = 0
        repeat {
            let end = flushEach > 0 ? min(input.count, start + flushEach) : input.count
            let operation = end == input.count ? ZSTD_e_end : ZSTD_e_flush
            let piece = Array(input[start..<end])
            var room = [UInt8](repeating: 0, count: ZSTD_compressBound(piece.count) + 1_024)
            var count = 0
            // Both arrays outlive the calls; the room holds whatever the encoder can make of the input.
            unsafe piece.withUnsafeBufferPointer { source in
                unsafe room.withUnsafeMutableBufferPointer { target in
                    var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                    var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    while unsafe ZSTD_compressStream2(context, &into, &from, operation) > 0 {}
                    count = unsafe into.pos
                }
            }
            coded += room.prefix(count)
            start = end
        } while start < input.count
        return coded
    }

    /// A frame that says how long it is and is passed over (RFC 8878 § 3.1.2).
    package static func skippable(_ content: [UInt8], kind: UInt8 = 0) -> [UInt8] {
        [0x50 | kind, 0x2a, 0x4d, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
    }

    /// The first octets of a frame that needs a window of so many octets, as a power of two, and perhaps a dictionary.
    package static func header(windowLog: UInt8, dictionary: UInt8? = nil) -> [UInt8] {
        [0x28, 0xb5, 0x2f, 0xfd, dictionary == nil ? 0 : 1, (windowLog - 10) << 3] + (dictionary.map { [$0] } ?? [])
    }
}
