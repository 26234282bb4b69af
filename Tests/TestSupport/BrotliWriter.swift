internal import CBrotliEncoder

/// Compresses for tests with the library's encoder (RFC 7932), whose static dictionary is nothing to write twice.
@safe
package enum BrotliWriter {
    /// One stream.
    ///
    /// - Parameters:
    ///   - input: what is compressed.
    ///   - quality: 0…11.
    ///   - window: the window as a power of two, 10…24, or up to 30 where it is `large`.
    ///   - isLarge: whether the window is written as the extension that is no part of the standard does it.
    ///   - flushEach: octets after which all that was given is made readable; 0 to leave it to the encoder.
    /// - Returns: the coded octets.
    package static func stream(
        _ input: [UInt8],
        quality: UInt32 = 5,
        window: UInt32 = 22,
        isLarge: Bool = false,
        flushEach: Int = 0
    ) -> [UInt8] {
        let state = unsafe BrotliEncoderCreateInstance(nil, nil, nil)
        defer { unsafe BrotliEncoderDestroyInstance(state) }
        unsafe BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, quality)
        unsafe BrotliEncoderSetParameter(state, BROTLI_PARAM_LARGE_WINDOW, isLarge ? 1 : 0)
        unsafe BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, window)
        var coded: [UInt8] = []
        var start = 0
        repeat {
            let end = flushEach > 0 ? min(input.count, start + flushEach) : input.count
            let operation = end == input.count ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH
            let piece = Array(input[start..<end])
            var room = [UInt8](repeating: 0, count: BrotliEncoderMaxCompressedSize(piece.count) + 1_024)
            var left = room.count
            // Both arrays outlive the calls; the room holds whatever the encoder can make of the input.
            unsafe piece.withUnsafeBufferPointer { source in
                unsafe room.withUnsafeMutableBufferPointer { target in
                    var available = source.count
                    var from = source.baseAddress
                    var into = target.baseAddress
                    repeat {
                        unsafe BrotliEncoderCompressStream(
                            state,
                            operation,
                            &available,
                            &from,
                            &left,
                            &into,
                            nil
                        )
                    } while unsafe available > 0 || BrotliEncoderHasMoreOutput(state) != 0
                }
            }
            coded += room.prefix(room.count - left)
            start = end
        } while start < input.count
        return coded
    }
}
