extension Setting {
    /// Every key of `weir.toml`, in the order in which it is explained.
    static let all: [Setting] = capture + flows + tls + inspect + detection + fingerprints + site + output

    private static let capture = [
        Setting(
            section: "capture",
            key: "interfaces",
            value: .texts(\.capture.interfaces, choice: []),
            meaning: "Interfaces of `weir run`; without any, that of the default route"
        ),
        Setting(
            section: "capture",
            key: "bpf",
            value: .text(\.capture.bpf, mayBeEmpty: true),
            meaning: "Filter in libpcap's language; empty takes everything"
        ),
        Setting(
            section: "capture",
            key: "promiscuous",
            value: .flag(\.capture.promiscuous),
            meaning: "Take frames that are meant for other stations too"
        ),
        Setting(
            section: "capture",
            key: "snap_length",
            value: .number(\.capture.snapLength, 96...262_144),
            meaning: "Octets captured of a frame; the rest is `opaque: snaplen`"
        ),
        Setting(
            section: "capture",
            key: "ring_mib",
            value: .number(\.capture.ringMiB, 1...4_096),
            meaning: "MiB of the ring of each capture queue"
        ),
        Setting(
            section: "capture",
            key: "workers",
            value: .number(\.capture.workers, 1...64),
            meaning: "Capture queues and threads of each interface, among which the kernel shares flows out"
        ),
        Setting(
            section: "capture",
            key: "trusted_proxies",
            value: .texts(\.capture.trustedProxies, choice: []),
            meaning: "Addresses of proxies that are believed when they say whose request they forward"
        ),
    ]

    private static let flows = [
        Setting(
            section: "flows",
            key: "tracked",
            value: .number(\.flows.tracked, 1_024...16_777_216),
            meaning: "Flows kept in mind by each queue; beyond it the longest silent one goes"
        ),
        Setting(
            section: "flows",
            key: "reassembling",
            value: .number(\.flows.reassembling, 64...1_048_576),
            meaning: "Of them, flows whose streams are put in order"
        ),
        Setting(
            section: "flows",
            key: "out_of_order_kib",
            value: .number(\.flows.outOfOrderKiB, 16...65_536),
            meaning: "KiB of early segments that a direction, or a QUIC connection, may hold; then a gap is declared"
        ),
        Setting(
            section: "flows",
            key: "out_of_order_total_mib",
            value: .number(\.flows.outOfOrderTotalMiB, 1...16_384),
            meaning: "MiB of early segments that each queue may hold in all; as much again of QUIC"
        ),
        Setting(
            section: "flows",
            key: "tcp_idle",
            value: .duration(\.flows.tcpIdle, .seconds(10)...(.seconds(86_400))),
            meaning: "A TCP flow without packets for so long is over"
        ),
        Setting(
            section: "flows",
            key: "udp_idle",
            value: .duration(\.flows.udpIdle, .seconds(5)...(.seconds(86_400))),
            meaning: "A UDP flow without packets for so long is over"
        ),
        Setting(
            section: "flows",
            key: "service_tcp_idle",
            value: .duration(\.flows.serviceTCPIdle, .seconds(10)...(.seconds(86_400))),
            meaning: "The same for a TCP flow to an LLM service"
        ),
        Setting(
            section: "flows",
            key: "service_udp_idle",
            value: .duration(\.flows.serviceUDPIdle, .seconds(5)...(.seconds(86_400))),
            meaning: "The same for a UDP flow to an LLM service"
        ),
        Setting(
            section: "flows",
            key: "fragments_mib",
            value: .number(\.flows.fragmentsMiB, 1...1_024),
            meaning: "MiB of IP fragments that wait for the rest of their packet; beyond it the oldest go"
        ),
        Setting(
            section: "flows",
            key: "fragment_timeout",
            value: .duration(\.flows.fragmentTimeout, .seconds(1)...(.seconds(300))),
            meaning: "A packet that is not complete so long after its first fragment is given up"
        ),
        Setting(
            section: "flows",
            key: "names",
            value: .number(\.flows.names, 1_024...16_777_216),
            meaning: "Names of addresses remembered from DNS answers; beyond it the oldest go"
        ),
    ]

    private static let tls = [
        Setting(
            section: "tls",
            key: "key_logs",
            value: .texts(\.tls.keyLogs, choice: []),
            meaning:
                "Key logs (`SSLKEYLOGFILE`) that `weir run` follows; without any, and without a socket, TLS is not decrypted"
        ),
        Setting(
            section: "tls",
            key: "key_socket",
            value: .text(\.tls.keySocket, mayBeEmpty: true),
            meaning: "Unix socket where `weir run` takes the keys that `weir keys push` pushes; empty: none"
        ),
        Setting(
            section: "tls",
            key: "key_socket_users",
            value: .texts(\.tls.keySocketUsers, choice: []),
            meaning: "Users, by name or number, who may push keys, beside root and the daemon's own"
        ),
        Setting(
            section: "tls",
            key: "key_socket_group",
            value: .text(\.tls.keySocketGroup, mayBeEmpty: true),
            meaning: "Group, by name or number, whose members may push keys; empty: none"
        ),
        Setting(
            section: "tls",
            key: "key_wait",
            value: .duration(\.tls.keyWait, .zero...(.seconds(60))),
            meaning: "How long a connection waits for keys that come late; then it is `opaque: no_key`"
        ),
        Setting(
            section: "tls",
            key: "key_wait_flow_kib",
            value: .number(\.tls.keyWaitFlowKiB, 16...65_536),
            meaning: "KiB of one connection that may wait for its keys"
        ),
        Setting(
            section: "tls",
            key: "key_wait_total_mib",
            value: .number(\.tls.keyWaitTotalMiB, 1...16_384),
            meaning: "MiB of all connections that may wait for keys, half of it for those to no service"
        ),
    ]

    private static let inspect = [
        Setting(
            section: "inspect",
            key: "limit_mib",
            value: .number(\.inspect.limitMiB, 0...1_048_576),
            meaning: "MiB of a message's body that are inspected, 0 for all; the rest is `opaque: inspect_limit`"
        ),
        Setting(
            section: "inspect",
            key: "expansion_mib",
            value: .number(\.inspect.expansionMiB, 1...1_048_576),
            meaning: "MiB that a message may become by decompression; the rest is `opaque: expansion`"
        ),
        Setting(
            section: "inspect",
            key: "expansion_ratio",
            value: .number(\.inspect.expansionRatio, 10...100_000),
            meaning: "How many times larger it may become, after its first MiB; the rest is `opaque: expansion`"
        ),
        Setting(
            section: "inspect",
            key: "nesting",
            value: .number(\.inspect.nesting, 1...16),
            meaning: "Codings and containers inside each other; what lies deeper is `opaque: nesting`"
        ),
        Setting(
            section: "inspect",
            key: "decoder_total_mib",
            value: .number(\.inspect.decoderTotalMiB, 32...65_536),
            meaning: "MiB of memory that decompression and documents of messages may take; the rest is `opaque: buffer`"
        ),
        Setting(
            section: "inspect",
            key: "document_mib",
            value: .number(\.inspect.documentMiB, 1...1_024),
            meaning: "MiB of a PDF, which is held whole to be read; the rest of a larger one is `opaque: buffer`"
        ),
        Setting(
            section: "inspect",
            key: "resent_mib",
            value: .number(\.inspect.resentMiB, 0...65_536),
            meaning: "MiB of memory a scanning thread for recognising what agents send again, 0 to scan it again"
        ),
        Setting(
            section: "inspect",
            key: "scan_queue_mib",
            value: .number(\.inspect.scanQueueMiB, 1...16_384),
            meaning: "MiB of bodies that may wait to be scanned; the rest is `opaque: overload`"
        ),
        Setting(
            section: "inspect",
            key: "workers",
            value: .number(\.inspect.workers, 0...64),
            meaning: "Threads of `weir run` that scan; 0 for one a core, but for one core that captures"
        ),
    ]

    private static let detection = [
        Setting(
            section: "detection",
            key: "indexes",
            value: .texts(\.detection.indexes, choice: []),
            meaning: "Fingerprint indexes of the code to look for, made by `weir index build`"
        ),
        Setting(
            section: "detection",
            key: "rules",
            value: .texts(\.detection.rules, choice: []),
            meaning: "Rule files and folders; without any, the shipped rules"
        ),
        Setting(
            section: "detection",
            key: "services",
            value: .texts(\.detection.services, choice: []),
            meaning: "Service catalogue files and folders; without any, the shipped catalogue"
        ),
    ]

    private static let fingerprints = [
        Setting(
            section: FingerprintSettings.section,
            key: "sensitivity",
            value: .choice(\.fingerprints.sensitivity, FingerprintSettings.levels),
            meaning: "How readily copied code is told; collections may differ, see `[[fingerprints.collection]]`"
        )
    ]

    private static let site = [
        Setting(
            section: "services",
            key: "sanctioned",
            value: .texts(\.services.sanctioned, choice: []),
            meaning: "Ids of the services that may be used here: `sanctioned` in records"
        ),
        Setting(
            section: "policy",
            key: "unsanctioned_service",
            value: .reserved(\.policy.unsanctionedService),
            meaning: "Use of a service that is not sanctioned is an incident; not in this version"
        ),
        Setting(
            section: "policy",
            key: "bulk_upload",
            value: .reserved(\.policy.bulkUpload),
            meaning: "A large upload that cannot be read is an incident; not in this version"
        ),
        Setting(
            section: "policy",
            key: "shadow_endpoint",
            value: .reserved(\.policy.shadowEndpoint),
            meaning: "LLM-shaped traffic to a host that no catalogue knows is an incident; not in this version"
        ),
    ]

    private static let output = [
        Setting(
            section: "output",
            key: "log_dir",
            value: .text(\.output.logFolder, mayBeEmpty: false),
            meaning: "Folder of the log files"
        ),
        Setting(
            section: "output",
            key: "incidents_file",
            value: .text(\.output.incidentsFile, mayBeEmpty: false),
            meaning: "File of the incidents, in that folder or absolute"
        ),
        Setting(
            section: "output",
            key: "events_file",
            value: .text(\.output.eventsFile, mayBeEmpty: false),
            meaning: "File of all other records, in that folder or absolute"
        ),
        Setting(
            section: "output",
            key: "events",
            value: .texts(\.output.events, choice: ["incident", "llm", "stats"]),
            meaning: "Kinds of records that are written"
        ),
        Setting(
            section: "output",
            key: "stats_interval",
            value: .duration(\.output.statsInterval, .seconds(1)...(.seconds(86_400))),
            meaning: "How often a `stats` record is written"
        ),
        Setting(
            section: "identity",
            key: "secret_file",
            value: .text(\.identity.secretFile, mayBeEmpty: false),
            meaning: "Key under which credentials appear in records; without the file they are absent"
        ),
    ]
}
