import CPcap
import Glibc
import Wire

/// Captures from a network interface by libpcap, one queue of one thread.
///
/// Frames are handed to a closure while they still belong to us in the ring. A pull (`pcap_next_ex`) would give a block of the
/// ring back to the kernel before its last frame is read: under load that frame is overwritten.
///
/// The handle is this value's alone and is closed with it. It is used by one thread at a time, for the value is not
/// copyable; only `stop` may be shared.
@safe package struct LiveCapture: ~Copyable {
    private let handle: OpaquePointer
    private let options: LiveCaptureOptions
    private let fanout: FanoutGroup?
    private let firstNumber: UInt64
    private var counted = CaptureStatistics()
    private var baseline = CaptureStatistics()

    /// Frames handed out so far.
    package private(set) var frameCount: UInt64 = 0
    /// What the interface's frames begin with.
    package let linkType: LinkType
    /// Ends `dispatch` from another thread, and the waiting for other queues.
    package let stop: CaptureStop

    /// How many frames one `dispatch` hands out at most, so that its caller gets to see the clock under any load.
    package static let batch = 1_024

    /// Starts capturing.
    ///
    /// With a filter or in a group this takes up to a quarter of a second more: what came in before is thrown away
    /// uncounted.
    ///
    /// - Parameters:
    ///   - options: What to capture.
    ///   - fanout: The group of queues that this is one of; all must be opened at about the same time.
    ///   - firstNumber: How many frames were numbered before, by a capture that this one goes on for.
    ///   - stop: Ends `dispatch`, and the waiting for the other queues.
    /// - Throws: `.interface`, `.permission`, `.filter`, `.unsupported`.
    package init(
        _ options: LiveCaptureOptions,
        fanout: FanoutGroup? = nil,
        numberingFrom firstNumber: UInt64 = 0,
        stop: CaptureStop = CaptureStop()
    ) throws(CaptureError) {
        // Lives until it is closed below or in `deinit`.
        let handle = try unsafe LiveCapture.activate(options)
        var hasJoined = false
        do throws(CaptureError) {
            let linkType = unsafe LinkType(dataLink: pcap_datalink(handle))
            if let fanout {
                let descriptor = unsafe pcap_fileno(handle)
                _ = weir_refuse_packets(descriptor)
                try fanout.join(descriptor: descriptor, source: options.interface)
                hasJoined = true
                try fanout.awaitOthers(source: options.interface, stop: stop)
            }
            let baseline = try unsafe LiveCapture.install(options, isGrouped: fanout != nil, handle)
            unsafe self.handle = handle
            self.options = options
            self.fanout = fanout
            self.firstNumber = firstNumber
            self.stop = stop
            self.linkType = linkType
            self.baseline = baseline
            counted = baseline
        } catch {
            if hasJoined { fanout?.leave() }
            unsafe pcap_close(handle)
            throw error
        }
    }

    deinit {
        fanout?.leave()
        // The last use: the value is gone.
        unsafe pcap_close(handle)
    }

    /// Hands out the frames that are there, or waits for the first up to `timeoutMilliseconds`.
    ///
    /// Returns how many frames were handed out, at most `batch`; 0 when the time passed, or `stop` was asked for.
    ///
    /// - Throws: `.interface` when the interface goes away.
    package mutating func dispatch(
        timeoutMilliseconds: Int = 100,
        _ body: (borrowing Frame) -> Void
    ) throws(CaptureError) -> Int {
        if stop.isStopped { return 0 }
        let count = try handOut(body)
        if count > 0 { return count }
        wait(timeoutMilliseconds)
        return stop.isStopped ? 0 : try handOut(body)
    }

    /// Refuses further packets, then hands out all that the ring still holds; returns how many.
    ///
    /// Afterwards `statistics.received` is `frameCount` and `droppedByKernel` together: no frame is left. Takes at least
    /// twice the options' `blockMilliseconds`, for the kernel gives up its last, unfilled block only after that time.
    ///
    /// - Throws: `.interface` when the interface goes away.
    package mutating func drain(_ body: (borrowing Frame) -> Void) throws(CaptureError) -> Int {
        // No pointer involved: the descriptor stays ours.
        _ = unsafe weir_refuse_packets(pcap_fileno(handle))
        var total = 0
        for _ in 0..<4 {
            var count = 0
            repeat {
                count = try handOut(body)
                total += count
            } while count > 0
            _ = usleep(UInt32(clamping: options.blockMilliseconds * 500))
        }
        return total
    }

    /// Whether the interface is up; one that is down may come up again, and the capture then goes on.
    package var isUp: Bool {
        // The name is lent to one call.
        unsafe weir_is_up(pcap_fileno(handle), options.interface) != 0
    }

    /// What the kernel has counted since the capture began.
    package var statistics: CaptureStatistics {
        mutating get {
            unsafe LiveCapture.count(handle, &counted)
            var since = CaptureStatistics()
            since.received = counted.received - baseline.received
            since.droppedByKernel = counted.droppedByKernel - baseline.droppedByKernel
            since.droppedByInterface = counted.droppedByInterface - baseline.droppedByInterface
            return since
        }
    }

    /// Compiles a capture filter without a device, as for checking a configuration.
    ///
    /// - Throws: `.filter` with libpcap's own words.
    package static func check(filter: String, linkType: LinkType = .ethernet) throws(CaptureError) {
        // A handle without device, closed before we return.
        guard let handle = unsafe pcap_open_dead(linkType.dataLink, 262_144) else { return }
        defer { unsafe pcap_close(handle) }
        var program = try unsafe compile(filter, handle)
        unsafe pcap_freecode(&program)
    }

    private mutating func handOut(_ body: (borrowing Frame) -> Void) throws(CaptureError) -> Int {
        let handle = unsafe self.handle
        var delivered = frameCount
        let type = linkType
        let firstNumber = firstNumber
        // The closure does not outlive this call: libpcap calls it back only from within pcap_dispatch.
        let result = withoutActuallyEscaping(body) { body in
            var delivery = Delivery(body: body, linkType: type, count: delivered, firstNumber: firstNumber)
            let result = unsafe withUnsafeMutableBytes(of: &delivery) { memory in
                unsafe pcap_dispatch(
                    handle,
                    Int32(LiveCapture.batch),
                    deliver,
                    memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
                )
            }
            delivered = delivery.count
            return result
        }
        let count = Int(delivered - frameCount)
        frameCount = delivered
        // -2 is pcap_breakloop's, which nobody calls.
        guard result >= 0 || result == PCAP_ERROR_BREAK else {
            throw unsafe LiveCapture.error(.interface, options.interface, handle)
        }
        return count
    }

    private func wait(_ milliseconds: Int) {
        // Both descriptors live as long as `self`; the array is lent to one call.
        var requests = unsafe [
            pollfd(fd: pcap_get_selectable_fd(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&requests, UInt(requests.count), Int32(clamping: milliseconds))
    }
}

/// What libpcap carries to the callback: whom to hand frames to.
private struct Delivery {
    let body: (borrowing Frame) -> Void
    let linkType: LinkType
    var count: UInt64
    let firstNumber: UInt64
}

/// Called by libpcap for each frame, within `pcap_dispatch`.
private func deliver(
    _ context: UnsafeMutablePointer<UInt8>?,
    _ header: UnsafePointer<pcap_pkthdr>?,
    _ octets: UnsafePointer<UInt8>?
) {
    guard let context = unsafe context, let header = unsafe header?.pointee, let octets = unsafe octets else { return }
    // `context` is the `Delivery` that `handOut` lends to pcap_dispatch and keeps alive around it.
    unsafe UnsafeMutableRawPointer(context).withMemoryRebound(to: Delivery.self, capacity: 1) { delivery in
        unsafe delivery.pointee.count += 1
        // libpcap promises `caplen` octets until this function returns, and the frame cannot leave it.
        let bytes = unsafe Span(_unsafeStart: octets, count: Int(header.caplen))
        unsafe delivery.pointee.body(
            Frame(
                bytes: bytes,
                // In nanoseconds, whatever the field's name: so the handle was asked.
                timestamp: Timestamp(seconds: Int64(header.ts.tv_sec), fraction: Int64(header.ts.tv_usec)),
                originalLength: Int(header.len),
                linkType: delivery.pointee.linkType,
                number: delivery.pointee.firstNumber + delivery.pointee.count
            )
        )
    }
}

// Every function below works on a handle that its caller keeps open; none keeps it.
extension LiveCapture {
    private static func activate(_ options: LiveCaptureOptions) throws(CaptureError) -> OpaquePointer {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE) + 1)
        guard let handle = unsafe pcap_create(options.interface, &message) else {
            throw CaptureError(.interface, source: options.interface, reason: text(message))
        }
        unsafe pcap_set_snaplen(handle, Int32(clamping: options.snapLength))
        unsafe pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        unsafe pcap_set_buffer_size(handle, Int32(clamping: options.ringOctets))
        unsafe pcap_set_timeout(handle, Int32(clamping: options.blockMilliseconds))
        unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let status = unsafe pcap_activate(handle)
        guard status >= 0 else {
            let failure = unsafe activationError(status, options, handle)
            unsafe pcap_close(handle)
            throw failure
        }
        guard unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO else {
            unsafe pcap_close(handle)
            throw CaptureError(.unsupported, source: options.interface, reason: "libpcap gives no nanoseconds")
        }
        // Waiting is ours to do, with `stop` beside it: libpcap's own waits may never end on a silent interface.
        guard unsafe pcap_setnonblock(handle, 1, &message) == 0 else {
            unsafe pcap_close(handle)
            throw CaptureError(.interface, source: options.interface, reason: text(message))
        }
        return unsafe handle
    }

    private static func activationError(
        _ status: Int32,
        _ options: LiveCaptureOptions,
        _ handle: OpaquePointer
    ) -> CaptureError {
        let name = options.interface
        switch status {
        case PCAP_ERROR_NO_SUCH_DEVICE:
            let known = NetworkInterfaces.names.joined(separator: ", ")
            return CaptureError(.interface, source: name, reason: "no such interface; there are: \(known)")
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            return CaptureError(
                .permission,
                source: name,
                reason: "capturing needs CAP_NET_RAW; run as root or by the systemd unit"
            )
        case PCAP_ERROR_IFACE_NOT_UP:
            return CaptureError(.interface, source: name, reason: "the interface is down; ip link set \(name) up")
        default:
            let failure = unsafe error(.interface, name, handle)
            // The kernel's answer to a ring that it has no memory for.
            return failure.reason.contains("Cannot allocate memory")
                ? CaptureError(.interface, source: name, reason: "\(failure.reason); try a smaller ring") : failure
        }
    }

    /// Sets the filter and returns the counters as they then stand, from which the capture counts.
    ///
    /// A queue of a group takes packets from here on.
    private static func install(
        _ options: LiveCaptureOptions,
        isGrouped: Bool,
        _ handle: OpaquePointer
    ) throws(CaptureError) -> CaptureStatistics {
        var baseline = CaptureStatistics()
        let filter = options.filter ?? ""
        guard !filter.isEmpty || isGrouped else { return baseline }
        var program = try unsafe compile(filter, handle)
        defer { unsafe pcap_freecode(&program) }
        // Frames counted before the filter was there would never be seen: refuse, empty the ring, then begin to count.
        _ = unsafe weir_refuse_packets(pcap_fileno(handle))
        for _ in 0..<4 {
            while unsafe pcap_dispatch(handle, Int32(batch), { _, _, _ in }, nil) > 0 {}
            _ = usleep(UInt32(clamping: options.blockMilliseconds * 500))
        }
        unsafe count(handle, &baseline)
        if filter.isEmpty {
            _ = unsafe weir_accept_packets(pcap_fileno(handle))
            return baseline
        }
        guard unsafe pcap_setfilter(handle, &program) == 0 else {
            throw unsafe error(.filter, filter, handle)
        }
        return baseline
    }

    private static func compile(_ filter: String, _ handle: OpaquePointer) throws(CaptureError) -> bpf_program {
        var program = unsafe bpf_program()
        // Optimised; the netmask only matters to "ip broadcast", which then does not compile.
        guard unsafe pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw unsafe error(.filter, filter, handle)
        }
        return unsafe program
    }

    private static func count(_ handle: OpaquePointer, _ statistics: inout CaptureStatistics) {
        var counters = pcap_stat()
        guard unsafe pcap_stats(handle, &counters) == 0 else { return }
        statistics.advance(
            received: counters.ps_recv,
            dropped: counters.ps_drop,
            droppedByInterface: counters.ps_ifdrop
        )
    }

    private static func error(_ kind: CaptureError.Kind, _ source: String, _ handle: OpaquePointer) -> CaptureError {
        guard let message = unsafe pcap_geterr(handle) else { return CaptureError(kind, source: source, reason: "") }
        // Copied at once out of the handle's own buffer, which ends in NUL.
        return unsafe CaptureError(kind, source: source, reason: String(cString: message))
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension LinkType {
    /// By libpcap's `DLT_` value on Linux, which differs from the files' value for raw IP.
    init(dataLink: Int32) {
        self = dataLink == LinkType.bsdRaw.dataLink ? .raw : LinkType(rawValue: UInt32(bitPattern: dataLink))
    }

    /// libpcap's `DLT_` value on Linux.
    var dataLink: Int32 { self == .raw ? 12 : Int32(bitPattern: rawValue) }
}
