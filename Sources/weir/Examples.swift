/// The example with which each `--help` ends.
enum Examples {
    private static let texts: [String: String] = [
        "weir": """
          weir index build --collection engine ~/src/engine -o engine.widx
          weir scan --index engine.widx capture.pcap
        """,
        "weir run": "  weir run -i eth0 --index /var/lib/weir/engine.widx --format text",
        "weir scan": "  weir scan --index engine.widx --events incident,llm --format jsonl captures/",
        "weir check": "  git diff | weir check --index engine.widx -",
        "weir explain": """
          git diff | weir explain --index engine.widx -
          weir explain --index engine.widx --keylog sslkeys.log --flow 1234567890 capture.pcap
        """,
        "weir index": "  weir index build --collection engine ~/src/engine -o engine.widx",
        "weir index build":
            "  weir index build --collection engine ~/src/engine --public ~/src/third_party -o engine.widx",
        "weir index update": """
          weir index update engine.widx --repo ~/src/engine --branch main --history 500 --released 'v*'
          weir index update engine.widx ~/src/engine
        """,
        "weir index sketch": "  weir index sketch ~/src/third_party --name third-party -o third-party.sketch",
        "weir index merge": "  weir index merge engine.widx tools.widx -o all.widx",
        "weir index verify": "  weir index verify /var/lib/weir/*.widx",
        "weir index info": "  weir index info engine.widx",
        "weir rules": "  weir rules test",
        "weir rules list": "  weir rules list",
        "weir rules lint": "  weir rules lint --rules ./our-rules.toml",
        "weir rules test": "  weir rules test --rules ./our-rules.toml",
        "weir services": "  weir services match api.anthropic.com/v1/messages",
        "weir services list": "  weir services list",
        "weir services match": "  weir services match llm.corp.example:8000/v1/chat/completions",
        "weir keys": "  weir keys push /run/user/1000/sslkeys.log",
        "weir keys push": "  tail -c +0 -F /run/user/1000/sslkeys.log | weir keys push -",
        "weir config": "  weir config check -c /etc/weir/weir.toml",
        "weir config check": "  weir config check -c /etc/weir/weir.toml",
        "weir selftest": "  weir selftest",
    ]

    /// The example of the command that the arguments name; nil where help was not asked for.
    static func text(for arguments: [String]) -> String? {
        guard
            arguments.contains("--help") || arguments.contains("-h") || arguments.contains("help") || arguments.isEmpty
        else { return nil }
        return texts[commandName(arguments)] ?? texts["weir"]
    }

    /// `weir index build` for `["index", "build", "--collection", …]`.
    static func commandName(_ arguments: [String]) -> String {
        var name = "weir"
        for argument in arguments where argument != "help" {
            guard texts[name + " " + argument] != nil else { break }
            name += " " + argument
        }
        return name
    }
}
