/// What bounds a capture file.
enum CaptureLimits {
    /// Octets of one captured frame, or of one pcapng block that is looked into: Wireshark's own bound for blocks.
    static let record = 16 << 20
    /// Interfaces of one pcapng section.
    static let interfaces = 65_536
    /// Octets of decryption secrets that are kept for one file.
    static let secrets = 16 << 20
    /// Decryption Secrets Blocks that are kept for one file.
    static let secretsBlocks = 4_096
    /// Octets of an interface's name.
    static let name = 256
}
