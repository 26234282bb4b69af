internal import CBrotli
internal import Glibc

/// Streams brotli (RFC 7932) out.
///
/// Emits everything that the input so far determines, so that a stream that is cut off has been decoded up to the cut. Of a
/// damaged one, what the last kibibyte before the damage determined may be missing: the library gives no output in a call
/// that ends in an error.
///
/// - Note: Windows beyond the 16 MiB of the standard, which another format of the same library has, are refused.
@safe
package struct BrotliDecoder: ~Copyable, StreamDecoder {
    /// Octets that were taken in, up to the end of the stream or the octet that proved it wrong.
    package private(set) var consumed = 0

    /// Octets that came out.
    package private(set) var produced = 0

    /// 0 but after a failure: then those of the octets taken in whose output was lost with it.
    package private(set) var withheld = 0

    /// Always 0: metadata blocks are read by the library.
    package var skipped: Int { 0 }

    /// How far the stream has come.
    package private(set) var status = DecodeStatus.needMore

    // The library's own allocation, freed by `deinit` before the counter that its allocator counts in.
    private var state: OpaquePointer?
    private var held: UnsafeMutablePointer<Int>?
    private var buffer: [UInt8] = []

    /// Whether the library may hold output for which there was no room.
    private var isFull = false

    /// The most octets given to the library at once.
    private static let sliceOctets = 1_024

    /// Starts at the first octet of a stream.
    package init() {}

    deinit {
        if let state = unsafe state { unsafe BrotliDecoderDestroyInstance(state) }
        unsafe held?.deallocate()
    }

    /// The octets of memory that the decoder has at the moment: counted as the library asks for them, up to 20 MiB.
    package var memoryOctets: Int {
        guard let held = unsafe held else { return 0 }
        return unsafe held.pointee + buffer.count
    }

    /// Takes the next octets of the coded stream and emits what they determine, in pieces of at most 32 KiB.
    ///
    /// Once `finished`, further input is a failure; once `stopped` or `failed`, it is ignored.
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
            if status == .finished {
                fail(.trailingOctets)
                break
            }
            guard unsafe state != nil || open() else { break }
            step(input, &position, into: &output, &count)
        }
        return count
    }

    private mutating func step(
        _ input: Span<UInt8>,
        _ position: inout Int,
        into output: inout MutableSpan<UInt8>,
        _ count: inout Int
    ) {
        let slice = input.extracting(position..<min(input.count, position + Self.sliceOctets))
        let start = count
        let decoder = unsafe state
        var left = slice.count
        var room = output.count - start
        let space = room
        var result = BROTLI_DECODER_RESULT_ERROR
        // The library reads the one and writes the other only during this call, inside which both are borrowed.
        unsafe slice.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var into = unsafe UnsafeMutableBufferPointer(rebasing: target[start...]).baseAddress
                result = unsafe BrotliDecoderDecompressStream(decoder, &left, &from, &room, &into, nil)
            }
        }
        let advanced = slice.count - left
        consumed += advanced
        position += advanced
        produced += space - room
        count += space - room
        // It asks for more input even when it holds output for which there was no room.
        isFull = unsafe (advanced > 0 || room < space) && BrotliDecoderHasMoreOutput(decoder) != 0
        switch result {
        case BROTLI_DECODER_RESULT_SUCCESS: status = .finished
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
            // All of the slice was taken in, by the library's word; endless if it were not.
            if advanced == 0, room == space, !slice.isEmpty { fail(.data) }
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: break
        default:
            withheld = advanced
            fail(unsafe Self.reason(BrotliDecoderGetErrorCode(decoder)))
        }
    }

    private mutating func open() -> Bool {
        let counter = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        unsafe counter.initialize(to: 0)
        unsafe held = counter
        // The counter outlives the instance; both functions are called by it alone, on this thread.
        unsafe state = BrotliDecoderCreateInstance(Self.allocate, Self.free, counter)
        guard unsafe state != nil else {
            fail(.memory)
            return false
        }
        return true
    }

    private static var allocate: brotli_alloc_func {
        { counter, size in
            guard let block = unsafe malloc(size + 16) else { return nil }
            // `block` has room for the size before what is handed out; `counter` is the one that `open` made.
            unsafe block.storeBytes(of: size, as: Int.self)
            unsafe counter?.assumingMemoryBound(to: Int.self).pointee += size
            return unsafe block + 16
        }
    }

    private static var free: brotli_free_func {
        { counter, address in
            guard let address = unsafe address else { return }
            // Handed out by `allocate`, so its size stands before it.
            let block = unsafe address - 16
            let size = unsafe block.load(as: Int.self)
            unsafe counter?.assumingMemoryBound(to: Int.self).pointee -= size
            unsafe Glibc.free(block)
        }
    }

    private static func reason(_ code: BrotliDecoderErrorCode) -> DecompressionError {
        switch code {
        case BROTLI_DECODER_ERROR_FORMAT_WINDOW_BITS: .window
        case BROTLI_DECODER_ERROR_DICTIONARY_NOT_SET: .dictionary
        default:
            code.rawValue <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES.rawValue
                && code.rawValue > BROTLI_DECODER_ERROR_UNREACHABLE.rawValue ? .memory : .data
        }
    }

    private mutating func fail(_ error: DecompressionError) {
        status = .failed(error)
    }
}
