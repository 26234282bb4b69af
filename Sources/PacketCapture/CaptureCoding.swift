/// How a capture file is compressed, told by its first octets.
enum CaptureCoding {
    /// gzip (RFC 1952), one member or several in a row.
    case gzip
    /// Zstandard (RFC 8878), one frame or several in a row, skippable ones among them.
    case zstd

    /// The coding that a file's first four octets show, taken as little-endian; nil when they show none.
    init?(magic: UInt32) {
        if magic & 0xFFFF == 0x8B1F {
            self = .gzip
        } else if magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50 {
            self = .zstd
        } else {
            return nil
        }
    }

    /// The name of the coding.
    var name: String {
        switch self {
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }

    /// The command that checks a file.
    var check: String { "\(name) -t" }
}
