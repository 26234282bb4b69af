internal import Glibc

/// Sends single datagrams to a Unix socket: all that `sd_notify` needs of a socket.
enum DatagramSocket {
    /// Sends `text` to the socket at `path`, `@` standing for the abstract namespace; false when that failed.
    static func send(_ text: String, to path: String) -> Bool {
        let name = Array(path.utf8)
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard let first = name.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"), name.count < room else {
            return false
        }
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the copy stays within `sun_path`, whose size was compared above.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, octet) in name.enumerated() { unsafe target[index] = octet }
            if first == UInt8(ascii: "@") { unsafe target[0] = 0 }
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let message = Array(text.utf8)
        // SAFETY: both pointers are to live storage of the given lengths for the time of the call.
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), generic, length)
            }
        }
        return sent == message.count
    }
}
