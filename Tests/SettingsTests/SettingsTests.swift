import Foundation
import Settings
import TOMLSource
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("without a file the defaults hold")
    func defaults() {
        let settings = Settings()
        #expect(settings.capture.snapLength == 262_144)
        #expect(settings.flows.tracked == 262_144)
        #expect(settings.flows.tcpIdle == .seconds(300))
        #expect(settings.flows.fragmentsMiB == 4)
        #expect(settings.flows.names == 65_536)
        #expect(settings.flows.fragmentTimeout == .seconds(30))
        #expect(settings.inspect.limitMiB == 0)
        #expect(settings.inspect.documentMiB == 32)
        #expect(settings.inspect.resentMiB == 16)
        #expect(settings.capture.trustedProxies.isEmpty)
        #expect(settings.fingerprints.sensitivity == "normal" && settings.fingerprints.collections.isEmpty)
        #expect(settings.output.incidentsPath == "/var/log/weir/incidents.jsonl")
        #expect(settings.identity.secretFile == "/var/lib/weir/secret")
        #expect(settings.services.sanctioned.isEmpty)
        #expect(!settings.policy.unsanctionedService)
    }

    @Test("every kind of value is taken, with its place")
    func values() throws {
        let text = """
            [capture]
            interfaces = ["eth0", "eth1"]
            bpf = "not port 22"
            promiscuous = false
            snap_length = 96
            [flows]
            tcp_idle = "5m"
            udp_idle = "5000ms"
            [fingerprints]
            sensitivity = "high"
            [[fingerprints.collection]]
            name = "firmware"
            sensitivity = "low"
            [[fingerprints.collection]]
            name = "docs"
            threshold = 3
            [services]
            sanctioned = [
              "anthropic-api",
              "opanai-api",
            ]
            [policy]
            bulk_upload = false
            [output]
            log_dir = "/tmp/x/"
            events_file = "/tmp/e"
            events = ["stats"]
            """
        let settings = try Settings(sources: [TOMLSource(text: text, name: "weir.toml")])
        #expect(settings.capture.interfaces == ["eth0", "eth1"])
        #expect(settings.capture.bpf == "not port 22")
        #expect(settings.capture.promiscuous == false)
        #expect(settings.capture.snapLength == 96)
        #expect(settings.capture.ringMiB == 64)
        #expect(settings.flows.tcpIdle == .seconds(300))
        #expect(settings.flows.udpIdle.wholeMilliseconds == 5_000)
        #expect(settings.fingerprints.sensitivity == "high")
        #expect(settings.fingerprints.collections.map(\.name) == ["firmware", "docs"])
        #expect(settings.fingerprints.collections.map(\.sensitivity) == ["low", nil])
        #expect(settings.fingerprints.collections.map(\.threshold) == [nil, 3])
        #expect(settings.output.incidentsPath == "/tmp/x/incidents.jsonl")
        #expect(settings.output.eventsPath == "/tmp/e")
        #expect(settings.output.events == ["stats"])
        #expect(settings.place(of: "capture.bpf")?.line == 3)
        #expect(settings.place(of: "capture.ring_mib") == nil)
        let error = settings.error("names opanai-api, which is no service", at: "services.sanctioned", element: 1)
        #expect(error.description == "weir.toml:20: services.sanctioned names opanai-api, which is no service")
    }

    @Test(
        "a bad value is named with file, line, key, value and what to use",
        arguments: [
            ("[capture]\nsnap_length = 12", "w:2: capture.snap_length 12 is below 96; use 262144"),
            ("[capture]\nring_mib = 5000", "w:2: capture.ring_mib 5000 is above 4096; use 64"),
            ("[capture]\nring_mib = -1", "w:2: capture.ring_mib -1 is below 1; use 64"),
            ("[capture]\nworkers = 0", "w:2: capture.workers 0 is below 1; use 1"),
            ("[inspect]\nworkers = 65", "w:2: inspect.workers 65 is above 64; use 0"),
            ("[tls]\nkey_wait = '2m'", "w:2: tls.key_wait 2m is above 60s; use \"2s\""),
            ("[tls]\nkey_wait_flow_kib = 8", "w:2: tls.key_wait_flow_kib 8 is below 16; use 256"),
            ("[tls]\nkey_logs = 'k'", "w:2: key_logs must be an array of strings, and this is a string"),
            ("[tls]\nkey_socket = 7", "w:2: key_socket must be a string, and this is an integer"),
            ("[tls]\nkey_socket = 'k'", "w:2: tls.key_socket \"k\" is no whole path; use \"/run/weir/keys.sock\""),
            (
                "[tls]\nkey_socket = '/\(String(repeating: "k", count: 107))'",
                "w:2: tls.key_socket is longer than the 107 octets of a socket's path; use \"/run/weir/keys.sock\""
            ),
            ("[tls]\nkey_socket_users = ['']", "w:2: tls.key_socket_users holds an empty text"),
            ("[tls]\nkey_socket_group = 1", "w:2: key_socket_group must be a string, and this is an integer"),
            (
                "[tls]\nkey_wait_flow_kib = 4096\nkey_wait_total_mib = 1",
                "w:2: tls.key_wait_flow_kib 4096 is above tls.key_wait_total_mib 1; use 256"
            ),
            ("[capture]\nsnaplen = 96", "w:2: unknown key snaplen"),
            ("[capture]\nsnap_lenght = 96", "w:2: unknown key snap_lenght; did you mean snap_length?"),
            ("[captures]", "w:1: unknown key captures; did you mean capture?"),
            ("capture = 1", "w:1: capture must be a table, and this is an integer"),
            ("[capture]\npromiscuous = 'yes'", "w:2: promiscuous must be true or false, and this is a string"),
            ("[capture]\nbpf = 1", "w:2: bpf must be a string, and this is an integer"),
            ("[capture]\ninterfaces = 'eth0'", "w:2: interfaces must be an array of strings, and this is a string"),
            ("[capture]\ninterfaces = [\n'']", "w:3: capture.interfaces holds an empty text"),
            ("[flows]\ntcp_idle = 300", "w:2: tcp_idle must be a string, and this is an integer"),
            (
                "[flows]\ntcp_idle = '5 min'",
                "w:2: flows.tcp_idle \"5 min\" is no duration; use a number with ms, s, m or h, such as \"300s\""
            ),
            ("[flows]\ntcp_idle = '1s'", "w:2: flows.tcp_idle 1s is below 10s; use \"300s\""),
            ("[flows]\ntcp_idle = '9999999999h'", "w:2: flows.tcp_idle 9999999999h is above 24h; use \"300s\""),
            (
                "[flows]\nreassembling = 300000",
                "w:2: flows.reassembling 300000 is above flows.tracked 262144; use 16384"
            ),
            ("[flows]\ntracked = 2048", "w:2: flows.tracked 2048 is below flows.reassembling 16384; use 262144"),
            (
                "[flows]\nout_of_order_kib = 65536\nout_of_order_total_mib = 1",
                "w:2: flows.out_of_order_kib 65536 is above flows.out_of_order_total_mib 1; use 1024"
            ),
            ("[inspect]\ndecoder_total_mib = 1", "w:2: inspect.decoder_total_mib 1 is below 32; use 256"),
            ("[capture]\ntrusted_proxies = ['']", "w:2: capture.trusted_proxies holds an empty text"),
            ("[inspect]\ndocument_mib = 0", "w:2: inspect.document_mib 0 is below 1; use 32"),
            ("[inspect]\nresent_mib = 65537", "w:2: inspect.resent_mib 65537 is above 65536; use 16"),
            ("[flows]\nfragments_mib = 0", "w:2: flows.fragments_mib 0 is below 1; use 4"),
            ("[flows]\nfragment_timeout = '301s'", "w:2: flows.fragment_timeout 301s is above 300s; use \"30s\""),
            (
                "[fingerprints]\nsensitivity = 'max'",
                "w:2: fingerprints.sensitivity \"max\" is none of low, normal, high; use \"normal\""
            ),
            (
                "[[fingerprints.collection]]\nsensitivity = 'low'",
                "w:1: fingerprints.collection has no name; use that of `weir index build --collection`"
            ),
            (
                "[[fingerprints.collection]]\nname = 'a'",
                "w:2: fingerprints.collection \"a\" needs either sensitivity or threshold"
            ),
            (
                "[[fingerprints.collection]]\nname = 'a'\nsensitivity = 'off'",
                "w:3: fingerprints.collection.sensitivity \"off\" is none of low, normal, high; use \"normal\""
            ),
            (
                "[[fingerprints.collection]]\nname = 'a'\nthreshold = -1",
                "w:3: fingerprints.collection.threshold -1.0 is not within 0 and 100; use 2"
            ),
            (
                "[[fingerprints.collection]]\nname = 'a'\nthreshold = 1\n[[fingerprints.collection]]\nname = 'a'\nthreshold = 2",
                "w:5: fingerprints.collection \"a\" stands here twice"
            ),
            ("[flows]\nnames = 9", "w:2: flows.names 9 is below 1024; use 65536"),
            ("[inspect]\nnesting = 1.5", "w:2: nesting must be an integer, and this is a float"),
            (
                "[output]\nevents = ['llm', 'leak']",
                "w:2: output.events holds \"leak\"; use any of incident, llm, stats"
            ),
            ("[output]\nlog_dir = ''", "w:2: output.log_dir is empty; use \"/var/log/weir\""),
            (
                "[policy]\nbulk_upload = true",
                "w:2: policy.bulk_upload is not possible in this version, which makes no policy incidents; use false"
            ),
            ("[capture", "w:1:9: expected ]"),
        ]
    )
    func badValues(text: String, message: String) {
        let error = #expect(throws: TOMLError.self) {
            try Settings(sources: [TOMLSource(text: text, name: "w")])
        }
        #expect(error?.description == message)
    }

    @Test("the last file that sets a key wins, and files of conf.d come after the main one in byte order")
    func merging() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/conf.d", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let main = folder + "/weir.toml"
        #expect(try Settings.files(for: main) == [main])
        for (name, text) in [
            ("weir.toml", "[capture]\nring_mib = 1\nsnap_length = 100\n[output]\nevents = ['llm']"),
            ("conf.d/20-b.toml", "[capture]\nring_mib = 3"),
            ("conf.d/10-a.toml", "[capture]\nring_mib = 2\n[output]\nevents = ['stats']"),
            ("conf.d/30-c.conf", "[capture]\nring_mib = 4"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let files = try Settings.files(for: main)
        #expect(files == ["weir.toml", "conf.d/10-a.toml", "conf.d/20-b.toml"].map { "\(folder)/\($0)" })
        let settings = try Settings(files: files)
        #expect(settings.capture.ringMiB == 3)
        #expect(settings.capture.snapLength == 100)
        #expect(settings.output.events == ["stats"])
        #expect(settings.place(of: "capture.ring_mib")?.file == "\(folder)/conf.d/20-b.toml")
        #expect(try Settings.files(for: "/nonexistent/weir.toml") == ["/nonexistent/weir.toml"])
        let missing = #expect(throws: TOMLError.self) { try Settings(files: ["/nonexistent/weir.toml"]) }
        #expect(missing?.description == "/nonexistent/weir.toml: no such file")
    }

    @Test("what is in effect can be read back")
    func effective() throws {
        let text = "[capture]\nbpf = \"a \\\"b\\\" \\\\ \\u0001\"\ninterfaces = ['x']\n[flows]\nudp_idle = '2h'"
        let settings = try Settings(sources: [TOMLSource(text: text, name: "w")])
        let again = try Settings(sources: [TOMLSource(text: settings.effective, name: "again")])
        #expect(again.capture == settings.capture)
        #expect(again.flows == settings.flows)
        #expect(again.output == settings.output)
        #expect(settings.effective.contains("udp_idle = \"2h\"  # w:5\n"))
    }

    @Test("a core is left to capturing where there are several", arguments: [(1, 1), (2, 1), (8, 7), (200, 64)])
    func workers(cores: Int, count: Int) {
        #expect(Settings().capture.workers == 1)
        #expect(Settings().inspect.workerCount(cores: cores) == count)
        var settings = Settings()
        settings.inspect.workers = 3
        #expect(settings.inspect.workerCount(cores: cores) == 3)
    }

    @Test("the memory that the settings allow is the sum of its shares")
    func memory() throws {
        let one = Settings().memoryCeiling()
        let two = Settings().memoryCeiling(interfaces: 2)
        #expect(one.octets == one.shares.reduce(0) { $0 + $1.octets })
        // The program, the queue to the scanning threads and what they decompress with are there once.
        for (share, twice) in zip(one.shares, two.shares) {
            let isShared = share.name.hasPrefix("inspect.") || share.name.hasPrefix("the program")
            #expect(twice.octets == (isShared ? 1 : 2) * share.octets, "\(share.name)")
        }
        #expect(one.shares.contains { $0.name == "inspect.decoder_total_mib" && $0.octets >= 256 << 20 })
        var queues = Settings()
        queues.capture.workers = 2
        #expect(queues.memoryCeiling().octets == two.octets)
        let most = """
            [capture]
            ring_mib = 4096
            [flows]
            tracked = 16777216
            reassembling = 1048576
            out_of_order_total_mib = 16384
            [inspect]
            scan_queue_mib = 16384
            """
        let settings = try Settings(sources: [TOMLSource(text: most, name: "w")])
        #expect(settings.memoryCeiling(interfaces: .max).octets > 0)
    }
}
