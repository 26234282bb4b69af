internal import CZstd

/// Streams Zstandard (RFC 8878) out: frames in a row are one stream, skippable frames are passed over.
///
/// Emits each block, 128 KiB at most, when its last octet is in; a block that proves damaged is not emitted at all, however
/// the input was cut. Holds about 450 KiB from the first octet on, and the window as far as it has been filled.
///
/// - Note: Frames that need a dictionary are refused, and so are the formats from before RFC 8878.
@safe
package struct ZstdDecoder: ~Copyable, StreamDecoder {
    /// The window that a frame may ask for unless told otherwise: 8 MiB.
    ///
    /// What a sender of the content coding must keep to and a receiver must have (RFC 9659 § 3, Window Size), and what
    /// RFC 8878 § 3.1.1.1.2, Window Descriptor, recommends to support.
    package static let defaultWindowOctets = 8 << 20

    /// Octets that were taken in, up to the end of the stream or the octet that proved it wrong.
    package private(set) var consumed = 0

    /// Octets that came out.
    package private(set) var produced = 0

    /// Of the octets taken in, those of a block that is not complete, and of headers before it.
    package private(set) var withheld = 0

    /// Of the octets taken in, those of skippable frames.
    package private(set) var skipped = 0

    /// How far the stream has come: `finished` at the end of each frame, where another may follow.
    package private(set) var status = DecodeStatus.needMore

    private let windowLog: Int32

    // The library's own allocation, freed by `deinit`.
    private var stream: OpaquePointer?
    private var buffer: [UInt8] = []

    /// Octets of the frame's magic number that were seen; 4 inside the frame.
    private var magicCount = 0
    private var isSkippable = false
    private var hasFrame = false

    /// How many octets the library asks for next.
    private var wanted = ZstdDecoder.prefixOctets

    /// Whether the library may hold output for which there was no room.
    private var isFull = false

    /// Starts at the first octet of a stream.
    ///
    /// - Parameter maximumWindowOctets: the largest window that a frame may ask for, rounded down to a power of two from 1 KiB
    ///   to 2 GiB.
    package init(maximumWindowOctets: Int = ZstdDecoder.defaultWindowOctets) {
        let octets = min(max(maximumWindowOctets, 1 << 10), 1 << 31)
        windowLog = Int32(Int.bitWidth - 1 - octets.leadingZeroBitCount)
    }

    deinit {
        // Made in `open`, held by nothing else; freeing nil does nothing.
        _ = unsafe ZSTD_freeDStream(stream)
    }

    /// The octets of memory used so far, at the most; never falls.
    package var memoryOctets: Int {
        guard unsafe stream != nil else { return 0 }
        return Self.fixedOctets + min(produced, 1 << Int(windowLog))
    }

    /// The library's tables, its buffers of one coded and one decoded block, and the buffer of `consume`.
    private static let fixedOctets = (160 + 2 * 128 + 32) << 10

    /// Enough of a frame for the library to tell how long its header is.
    private static let prefixOctets = 5

    /// Takes the next octets of the coded stream and emits what they determine, in pieces of at most 32 KiB.
    @discardableResult
    package mutating func consume(_ input: Span<UInt8>, _ output: (Span<UInt8>) -> Bool) -> DecodeStatus {
        guard status != .stopped else { return status }
        // Taken out meanwhile: `push` changes both.
        var buffer: [UInt8] = []
        swap(&buffer, &self.buffer)
        if !push(input, through: &buffer, output) { status = .stopped }
        swap(&buffer, &self.buffer)
        return status
    }

    /// Decodes `input` from `position` on into `output` and moves `position` behind what was taken in.
    package mutating func decode(
        _ input: Span<UInt8>,
        _ position: inout Int,
        into output: inout MutableSpan<UInt8>
    ) -> Int {
        var count = 0
        while count < output.count, position < input.count || isFull {
            if case .failed = status { break }
            guard unsafe stream != nil || open() else { break }
            // What waits comes out alone: the library forgets what it gave out in a call that ends in an error.
            let end = isFull ? position : min(input.count, position + wanted)
            isFull = false
            if magicCount < 4, !passMagic(input, &position, end) { break }
            step(input, &position, end, &output, &count)
        }
        return count
    }

    /// Checks the octets of a frame's magic number (RFC 8878 § 3.1, Frames), which the library is given too.
    ///
    /// - Returns: false when an octet is none of it, where `position` then stays.
    private mutating func passMagic(_ input: Span<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
        var index = position
        while index < end, magicCount < 4 {
            let octet = input[index]
            let isRight =
                switch magicCount {
                case 0: octet == 0x28 || octet & 0xf0 == 0x50
                case 1: octet == (isSkippable ? 0x2a : 0xb5)
                case 2: octet == (isSkippable ? 0x4d : 0x2f)
                default: octet == (isSkippable ? 0x18 : 0xfd)
                }
            guard isRight else {
                advance(index - position)
                position = index
                fail(hasFrame ? .trailingOctets : .header)
                return false
            }
            if magicCount == 0 { isSkippable = octet != 0x28 }
            magicCount += 1
            index += 1
        }
        if magicCount == 4 { hasFrame = true }
        return true
    }

    /// Gives the library `position..<end`: at most what it asked for, so that one call decodes one block or header.
    private mutating func step(
        _ input: Span<UInt8>,
        _ position: inout Int,
        _ end: Int,
        _ output: inout MutableSpan<UInt8>,
        _ count: inout Int
    ) {
        let slice = input.extracting(position..<end)
        let start = count
        let windowStream = unsafe stream
        var taken = 0
        var written = 0
        var result = 0
        // The library reads the one and writes the other only during this call, inside which both are borrowed.
        unsafe slice.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                let room = unsafe UnsafeMutableBufferPointer(rebasing: target[start...])
                var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var into = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                result = unsafe ZSTD_decompressStream(windowStream, &into, &from)
                taken = unsafe from.pos
                written = unsafe into.pos
            }
        }
        if ZSTD_isError(result) != 0 {
            advance(slice.count)
            position = end
            return fail(Self.reason(ZSTD_getErrorCode(result)))
        }
        advance(taken)
        position += taken
        produced += written
        count += written
        if written > 0 { withheld = 0 }
        if taken > 0 { status = .needMore }
        if result == 0 {
            status = .finished
            withheld = 0
            magicCount = 0
            wanted = Self.prefixOctets
        } else {
            // It asks for the header behind a block too, whose error would cost that block.
            wanted = result > 3 ? result - 3 : result
            isFull = count == output.count
        }
    }

    private mutating func advance(_ octets: Int) {
        consumed += octets
        if isSkippable { skipped += octets } else { withheld += octets }
    }

    private mutating func open() -> Bool {
        guard let opened = unsafe ZSTD_createDStream() else {
            fail(.memory)
            return false
        }
        unsafe stream = opened
        // Cannot fail: the value is between 10 and 31.
        _ = unsafe ZSTD_DCtx_setParameter(opened, ZSTD_d_windowLogMax, windowLog)
        return true
    }

    private static func reason(_ code: ZSTD_ErrorCode) -> DecompressionError {
        switch code {
        case ZSTD_error_frameParameter_windowTooLarge: .window
        case ZSTD_error_dictionary_wrong: .dictionary
        case ZSTD_error_memory_allocation: .memory
        case ZSTD_error_prefix_unknown, ZSTD_error_version_unsupported, ZSTD_error_frameParameter_unsupported: .header
        default: .data
        }
    }

    private mutating func fail(_ error: DecompressionError) {
        status = .failed(error)
    }
}
