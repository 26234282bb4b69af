import Wire

/// Writes the octets of capture files, in every shape that readers must know.
package enum CaptureFile {
    /// A pcap file (draft-ietf-opsawg-pcap).
    package static func pcap(
        _ frames: [CapturedFrame],
        linkType: UInt32 = 1,
        nanoseconds: Bool = true,
        bigEndian: Bool = false
    ) -> [UInt8] {
        var file = OctetWriter(bigEndian: bigEndian)
        file.append(UInt32(nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4))
        file.append(UInt16(2))
        file.append(UInt16(4))
        file.append(UInt64(0))
        file.append(UInt32(262_144))
        file.append(linkType)
        for frame in frames {
            let time = frame.timestamp.nanoseconds
            file.append(UInt32(truncatingIfNeeded: time / 1_000_000_000))
            file.append(UInt32(truncatingIfNeeded: time % 1_000_000_000 / (nanoseconds ? 1 : 1_000)))
            file.append(UInt32(truncatingIfNeeded: frame.octets.count))
            file.append(UInt32(truncatingIfNeeded: frame.originalLength ?? frame.octets.count))
            file.append(frame.octets)
        }
        return file.octets
    }

    /// A pcapng file of one section and one interface, whose clock counts in nanoseconds.
    package static func pcapng(
        _ frames: [CapturedFrame],
        linkType: UInt32 = 1,
        bigEndian: Bool = false,
        secrets: [UInt8] = []
    ) -> [UInt8] {
        var file = Blocks(bigEndian: bigEndian)
        file.section()
        file.interface(linkType: linkType, options: [.resolution(9)])
        if !secrets.isEmpty { file.secrets(secrets) }
        for frame in frames { file.packet(frame) }
        return file.octets
    }

    /// A pcapng file, block by block (draft-ietf-opsawg-pcapng).
    package struct Blocks: Sendable {
        /// What was written.
        package private(set) var octets: [UInt8] = []
        /// The octet order of what follows; to be changed before a section.
        package var bigEndian: Bool

        /// Starts empty.
        package init(bigEndian: Bool = false) {
            self.bigEndian = bigEndian
        }

        /// An option of an Interface Description Block.
        package enum InterfaceOption: Sendable {
            /// `if_name`.
            case name(String)
            /// `if_tsresol`, as its octet.
            case resolution(UInt8)
            /// `if_tsoffset`, in seconds.
            case offset(Int64)
        }

        /// Any block.
        package mutating func block(_ type: UInt32, body: [UInt8]) {
            var block = OctetWriter(bigEndian: bigEndian)
            var padded = OctetWriter()
            padded.append(body)
            padded.pad(to: 4)
            block.append(type)
            block.append(UInt32(truncatingIfNeeded: padded.octets.count + 12))
            block.append(padded.octets)
            block.append(UInt32(truncatingIfNeeded: padded.octets.count + 12))
            octets += block.octets
        }

        /// A Section Header Block; a length of -1 is an unknown one.
        package mutating func section(length: Int64 = -1) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(UInt32(0x1A2B_3C4D))
            body.append(UInt16(1))
            body.append(UInt16(0))
            body.append(length)
            block(0x0A0D_0D0A, body: body.octets)
        }

        /// An Interface Description Block.
        package mutating func interface(linkType: UInt32 = 1, snapLength: UInt32 = 0, options: [InterfaceOption] = []) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(UInt16(truncatingIfNeeded: linkType))
            body.append(UInt16(0))
            body.append(snapLength)
            for option in options {
                var value = OctetWriter(bigEndian: bigEndian)
                let code: UInt16
                switch option {
                case .name(let name):
                    code = 2
                    value.append(name.utf8)
                case .resolution(let octet):
                    code = 9
                    value.append(octet)
                case .offset(let seconds):
                    code = 14
                    value.append(seconds)
                }
                body.append(code)
                body.append(UInt16(truncatingIfNeeded: value.octets.count))
                value.pad(to: 4)
                body.append(value.octets)
            }
            if !options.isEmpty { body.append(UInt32(0)) }
            block(1, body: body.octets)
        }

        /// An Enhanced Packet Block, its time in ticks; nil takes the frame's nanoseconds.
        package mutating func packet(_ frame: CapturedFrame, interface: UInt32 = 0, ticks: UInt64? = nil) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(interface)
            appendPacket(frame, ticks, &body)
            block(6, body: body.octets)
        }

        /// An obsolete Packet Block.
        package mutating func obsoletePacket(_ frame: CapturedFrame, interface: UInt16 = 0, ticks: UInt64? = nil) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(interface)
            body.append(UInt16(0xFFFF))
            appendPacket(frame, ticks, &body)
            block(2, body: body.octets)
        }

        /// A Simple Packet Block.
        package mutating func simplePacket(_ octets: [UInt8], originalLength: Int? = nil) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(UInt32(truncatingIfNeeded: originalLength ?? octets.count))
            body.append(octets)
            block(3, body: body.octets)
        }

        /// A Decryption Secrets Block.
        package mutating func secrets(_ secrets: [UInt8], type: UInt32 = 0x544C_534B) {
            var body = OctetWriter(bigEndian: bigEndian)
            body.append(type)
            body.append(UInt32(truncatingIfNeeded: secrets.count))
            body.append(secrets)
            block(10, body: body.octets)
        }

        private func appendPacket(_ frame: CapturedFrame, _ ticks: UInt64?, _ body: inout OctetWriter) {
            let time = ticks ?? UInt64(max(frame.timestamp.nanoseconds, 0))
            body.append(UInt32(truncatingIfNeeded: time >> 32))
            body.append(UInt32(truncatingIfNeeded: time))
            body.append(UInt32(truncatingIfNeeded: frame.octets.count))
            body.append(UInt32(truncatingIfNeeded: frame.originalLength ?? frame.octets.count))
            body.append(frame.octets)
        }
    }
}
