/// Where packets come from.
package struct CaptureSettings: Hashable, Sendable {
    /// The interfaces of `weir run`; empty: those of the command line, else the default route's.
    package var interfaces: [String] = []

    /// A filter in libpcap's language; empty for none.
    package var bpf = ""

    /// Whether frames for other stations are taken too.
    package var promiscuous = true

    /// Octets of a frame that are captured.
    package var snapLength = 262_144

    /// Mebibytes of each queue's ring.
    package var ringMiB = 64

    /// Queues of each interface, each with a thread, a ring and a flow table of its own.
    package var workers = 1

    /// Addresses of clients that are believed when they say for whom they forward a request.
    package var trustedProxies: [String] = []
}

/// How much traffic is kept in mind; the numbers are for each capture queue.
package struct FlowSettings: Hashable, Sendable {
    /// Flows in all.
    package var tracked = 262_144

    /// Flows whose streams are put in order.
    package var reassembling = 16_384

    /// Kibibytes of data that came out of order, of one direction of a flow.
    package var outOfOrderKiB = 1_024

    /// Mebibytes of data that came out of order, of all flows.
    package var outOfOrderTotalMiB = 64

    /// How long a TCP flow without packets is kept.
    package var tcpIdle = Duration.seconds(300)

    /// How long a UDP flow without packets is kept.
    package var udpIdle = Duration.seconds(30)

    /// How long a TCP flow to an LLM service without packets is kept.
    package var serviceTCPIdle = Duration.seconds(3_600)

    /// How long a UDP flow to an LLM service without packets is kept.
    package var serviceUDPIdle = Duration.seconds(120)

    /// Mebibytes of IP fragments that wait for the rest of their packet.
    package var fragmentsMiB = 4

    /// How long a packet's fragments wait for the rest.
    package var fragmentTimeout = Duration.seconds(30)

    /// Names of addresses remembered from DNS answers.
    package var names = 65_536
}

/// Where the keys of encrypted connections come from, and how long they are waited for.
package struct TLSSettings: Hashable, Sendable {
    /// Key logs that `weir run` follows; without any, and without a socket, TLS is not decrypted.
    package var keyLogs: [String] = []

    /// The socket at which `weir run` takes keys; empty: none.
    package var keySocket = ""

    /// Users who may push keys there, by name or number, beside root and the daemon's own.
    package var keySocketUsers: [String] = []

    /// The group, by name or number, whose members may; empty: none.
    package var keySocketGroup = ""

    /// How long a connection waits for keys that come late.
    package var keyWait = Duration.seconds(2)

    /// Kibibytes of one connection that may wait.
    package var keyWaitFlowKiB = 256

    /// Mebibytes of all connections that may wait.
    package var keyWaitTotalMiB = 64
}

/// How far into a message Weir looks.
package struct InspectSettings: Hashable, Sendable {
    /// Mebibytes of a message's body that are inspected; 0 for all.
    package var limitMiB = 0

    /// Mebibytes that a message may become by decompression.
    package var expansionMiB = 1_024

    /// How many times larger a message may become by decompression, after its first mebibyte.
    package var expansionRatio = 200

    /// Codings and containers inside each other.
    package var nesting = 6

    /// Mebibytes of bodies that may wait to be scanned.
    package var scanQueueMiB = 64

    /// Mebibytes that decompression of all open messages may take.
    package var decoderTotalMiB = 256

    /// Mebibytes of a document that is held whole to be read.
    package var documentMiB = 32

    /// Mebibytes that each thread that scans may take to recognise what is sent again; 0 has everything scanned.
    package var resentMiB = 16

    /// Threads that scan what is captured live; 0 leaves the number to the host's cores.
    package var workers = 0

    /// The number of scanning threads on a host of so many cores: one is left to capturing where there are several.
    package func workerCount(cores: Int) -> Int { workers > 0 ? workers : min(64, max(1, cores - 1)) }
}

/// What is looked for.
package struct DetectionSettings: Hashable, Sendable {
    /// Fingerprint indexes.
    package var indexes: [String] = []

    /// Rule files and folders; empty: the shipped rules.
    package var rules: [String] = []

    /// Catalogue files and folders; empty: the shipped catalogue.
    package var services: [String] = []
}

/// How readily copied code is told.
package struct FingerprintSettings: Hashable, Sendable {
    /// `low`, `normal` or `high`.
    package var sensitivity = "normal"

    /// Collections that have a sensitivity of their own.
    package var collections: [CollectionSettings] = []
}

/// A collection of an index that has a sensitivity of its own: a level, or a score.
package struct CollectionSettings: Hashable, Sendable {
    /// The name that `weir index build` gave it.
    package var name: String

    /// `low`, `normal` or `high`; nil where `threshold` says more.
    package var sensitivity: String?

    /// The score from which there is a finding, 0 to 100; nil where `sensitivity` says it.
    package var threshold: Double?
}

/// What is known about the services of this site.
package struct ServiceSettings: Hashable, Sendable {
    /// Ids of the services whose use is allowed: `sanctioned` in records.
    package var sanctioned: [String] = []
}

/// What is an incident though nothing was found in it: nothing, in this version.
package struct PolicySettings: Hashable, Sendable {
    /// The use of a service that is not sanctioned.
    package var unsanctionedService = false

    /// A large upload that cannot be read.
    package var bulkUpload = false

    /// LLM-shaped traffic to a host that no catalogue knows.
    package var shadowEndpoint = false
}

/// Where records go.
package struct OutputSettings: Hashable, Sendable {
    /// The folder of the log files.
    package var logFolder = "/var/log/weir"

    /// The file of incidents, below the folder unless its path is absolute.
    package var incidentsFile = "incidents.jsonl"

    /// The file of all other records, below the folder unless its path is absolute.
    package var eventsFile = "events.jsonl"

    /// The kinds of records that are written.
    package var events = ["incident", "llm", "stats"]

    /// How often `stats` records are written.
    package var statsInterval = Duration.seconds(60)

    /// The path of the file of incidents.
    package var incidentsPath: String { path(of: incidentsFile) }

    /// The path of the file of all other records.
    package var eventsPath: String { path(of: eventsFile) }

    private func path(of file: String) -> String {
        file.hasPrefix("/") ? file : logFolder + (logFolder.hasSuffix("/") ? "" : "/") + file
    }
}

/// The key under which credentials appear in records.
package struct IdentitySettings: Hashable, Sendable {
    /// The file that holds the key; without it records have no credentials.
    package var secretFile = "/var/lib/weir/secret"
}

extension Duration {
    /// The duration in whole milliseconds, towards zero; `Int.max` or `Int.min` when it is longer than they tell.
    package var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000_000_000))
        guard !carried else { return seconds < 0 ? .min : .max }
        return sum
    }
}
