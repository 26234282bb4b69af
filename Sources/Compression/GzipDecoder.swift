internal import CZlib

/// Streams gzip (RFC 1952), zlib (RFC 1950) and raw deflate (RFC 1951) out.
///
/// Emits everything that the input so far determines, so that a stream that is cut off has been decoded up to the cut.
/// Holds about 72 KiB from the first octet on, nothing before.
///
/// - Note: More liberal than RFC 1952: zero octets between and after members are passed over, as gzip(1) does.
@safe
package struct GzipDecoder: ~Copyable, StreamDecoder {
    /// What the coded stream looks like.
    package enum Format: Sendable {
        /// One or more gzip members in a row.
        case gzip

        /// One zlib stream.
        case zlib

        /// One deflate stream without header or checksum.
        case raw

        /// HTTP's `deflate`: zlib by the standard, raw deflate from senders that misread it; told by the first octets.
        case deflate

        /// One raw deflate stream that goes on behind a final block, as permessage-deflate's may (RFC 7692 § 7.2.3.4).
        case messages
    }

    /// Octets that were taken in, up to the end of the stream or the octet that proved it wrong.
    package private(set) var consumed = 0

    /// Octets that came out.
    package private(set) var produced = 0

    /// Always 0: what was taken in has determined its output, but for the last few bits.
    package var withheld: Int { 0 }

    /// Always 0: a member's header is read by the library.
    package var skipped: Int { 0 }

    /// How far the stream has come.
    package private(set) var status = DecodeStatus.needMore

    private let format: Format

    // zlib's state points back at the stream, so the stream must not move: it lives on the heap, freed by `deinit`.
    private var stream: UnsafeMutablePointer<z_stream>?
    private var buffer: [UInt8] = []
    private var isBetweenMembers = false
    private var firstOctet: UInt8?

    /// Whether the library may hold output for which there was no room.
    private var isFull = false

    /// Starts at the first octet of a stream.
    package init(_ format: Format) {
        self.format = format
    }

    deinit {
        // Allocated and initialised in `open`; nothing else holds it.
        if let stream = unsafe stream {
            unsafe inflateEnd(stream)
            unsafe stream.deallocate()
        }
    }

    /// The octets of memory used so far, at the most: zlib's window and tables, and the buffer of `consume`.
    package var memoryOctets: Int { unsafe stream == nil ? 0 : (40 + 32) << 10 }

    /// Takes the next octets of the coded stream and emits what they determine, in pieces of at most 32 KiB.
    ///
    /// Once `finished` (and no member may follow), `stopped` or `failed`, further input is ignored.
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
            if case .finished = status, format != .gzip {
                fail(.trailingOctets)
                break
            }
            if isBetweenMembers {
                if !passMemberStart(input[position]) { break }
                if isBetweenMembers {
                    position += 1
                    consumed += 1
                    continue
                }
            }
            guard unsafe stream != nil || start(input, &position) else { continue }
            inflateSome(input, &position, into: &output, &count)
        }
        return count
    }

    /// Looks at the octet after a member: a zero is passed over, a first magic octet opens the next member.
    private mutating func passMemberStart(_ octet: UInt8) -> Bool {
        if octet == 0 { return true }
        guard octet == 0x1f, let stream = unsafe stream else {
            fail(.trailingOctets)
            return false
        }
        // `stream` was initialised by `open` and is still ours.
        unsafe inflateReset(stream)
        isBetweenMembers = false
        status = .needMore
        return true
    }

    /// Opens the library's decoder; false while the format is undecided or after a failure.
    private mutating func start(_ input: Span<UInt8>, _ position: inout Int) -> Bool {
        switch format {
        case .gzip: return open(windowBits: 15 + 16)
        case .zlib: return open(windowBits: 15)
        case .raw, .messages: return open(windowBits: -15)
        case .deflate: break
        }
        guard let first = firstOctet else {
            // Deferred: the second octet tells zlib from raw. Nothing is lost, one octet determines no output.
            firstOctet = input[position]
            position += 1
            consumed += 1
            return false
        }
        // A raw stream cannot look like this: its first block would be a stored one with non-zero padding bits.
        let isZlib = first & 0x0f == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(input[position])) % 31 == 0
        guard open(windowBits: isZlib ? 15 : -15) else { return false }
        let opening: [1 of UInt8] = [first]
        var none: [1 of UInt8] = [0]
        var room = none.mutableSpan
        var place = 0
        var count = 0
        consumed -= 1
        inflateSome(opening.span, &place, into: &room, &count)
        return true
    }

    private mutating func open(windowBits: Int32) -> Bool {
        let opened = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe opened.initialize(to: z_stream())
        guard unsafe inflateInit2_(opened, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            unsafe opened.deallocate()
            fail(.memory)
            return false
        }
        unsafe stream = opened
        return true
    }

    /// Inflates from `position` until the input or the member is over or `output` is full.
    private mutating func inflateSome(
        _ input: Span<UInt8>,
        _ position: inout Int,
        into output: inout MutableSpan<UInt8>,
        _ count: inout Int
    ) {
        guard let stream = unsafe stream else { return }
        let start = count
        let room = output.count - start
        let slice = input.extracting(position..<min(input.count, position + (1 << 30)))
        var result = Z_OK
        var left = 0
        var written = 0
        // zlib reads `next_in` and writes `next_out` only during this call, inside which both are borrowed.
        unsafe slice.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(source.count)
                unsafe stream.pointee.next_out = UnsafeMutableBufferPointer(rebasing: target[start...]).baseAddress
                unsafe stream.pointee.avail_out = UInt32(min(room, 1 << 30))
                result = unsafe inflate(stream, Z_SYNC_FLUSH)
                left = unsafe Int(stream.pointee.avail_in)
                written = unsafe min(room, 1 << 30) - Int(stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.avail_in = 0
                unsafe stream.pointee.next_out = nil
            }
        }
        let advanced = slice.count - left
        consumed += advanced
        position += advanced
        produced += written
        count += written
        let hadWaiting = isFull
        isFull = count == output.count
        switch result {
        case Z_STREAM_END where format == .messages:
            isFull = false
            // Keeps the window: what comes next may refer to it. `stream` was initialised by `open` and is still ours.
            unsafe inflateResetKeep(stream)
        case Z_STREAM_END:
            status = .finished
            isFull = false
            isBetweenMembers = format == .gzip
        case Z_OK, Z_BUF_ERROR:
            // Neither input taken nor output given with both at hand: impossible by zlib's manual, endless if it were.
            if advanced == 0 && written == 0 && !hadWaiting { fail(.data) }
        case Z_NEED_DICT: fail(.dictionary)
        case Z_MEM_ERROR: fail(.memory)
        default: fail(produced == 0 && consumed <= 10 ? .header : .data)
        }
    }

    private mutating func fail(_ error: DecompressionError) {
        status = .failed(error)
    }
}
