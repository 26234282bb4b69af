import PacketCapture
import Wire

/// A frame copied out of a reader, for comparing.
struct CapturedRecord: Equatable {
    var octets: [UInt8]
    var nanoseconds: Int64
    var originalLength: Int
    var linkType: LinkType
    var interface: Int
    var number: UInt64
    var fileOffset: UInt64

    /// Everything that a reader gives.
    static func all(_ reader: inout CaptureReader) throws(CaptureError) -> [CapturedRecord] {
        var records: [CapturedRecord] = []
        try append(&reader, to: &records)
        return records
    }

    /// Everything that a reader gives, kept where an error comes after it.
    static func append(_ reader: inout CaptureReader, to records: inout [CapturedRecord]) throws(CaptureError) {
        while let frame = try reader.next() {
            records.append(
                CapturedRecord(
                    octets: frame.bytes.indices.map { frame.bytes[$0] },
                    nanoseconds: frame.timestamp.nanoseconds,
                    originalLength: frame.originalLength,
                    linkType: frame.linkType,
                    interface: frame.interface,
                    number: frame.number,
                    fileOffset: frame.fileOffset
                )
            )
        }
    }
}

/// What came of reading a capture to its end.
struct Reading {
    var records: [CapturedRecord] = []
    var isTruncated = false
    var secrets: [CaptureSecrets] = []
    var secretsLeftOut = 0
    var interfaces: [CaptureInterface] = []
    var error: CaptureError?

    /// Reads a capture in memory.
    init(_ octets: [UInt8]) {
        do throws(CaptureError) {
            var reader = try CaptureReader(octets: octets, name: "x.pcap")
            do throws(CaptureError) {
                try CapturedRecord.append(&reader, to: &records)
            } catch {
                self.error = error
            }
            isTruncated = reader.isTruncated
            secrets = reader.secrets
            secretsLeftOut = reader.secretsLeftOut
            interfaces = reader.interfaces
        } catch {
            self.error = error
        }
    }
}
