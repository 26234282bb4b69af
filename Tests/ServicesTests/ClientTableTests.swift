import Services
import Testing

@Suite("Client programs")
struct ClientTableTests {
    private let catalogue: ServiceCatalogue

    init() throws {
        catalogue = try ShippedCatalogue.shared.get()
    }

    @Test(
        "a User-Agent tells the program and its version",
        arguments: [
            ("claude-cli/2.1.330 (external, sdk-cli)", "claude-code", "2.1.330"),
            ("claude-code/2.1.330", "claude-code", "2.1.330"),
            ("Claude-User (claude-code/2.1.3; +https://x)", "claude-code", "2.1.3"),
            ("codex_exec/0.163.0 (Debian 12.0.0; x86_64) dumb (codex_exec; 0.163.0)", "codex", "0.163.0"),
            ("codex_cli_rs/0.163.0 (Mac OS 15.0; arm64) iTerm", "codex", "0.163.0"),
            ("Codex Desktop/1.2 (x)", "codex", "1.2"),
            ("GitHubCopilotChat/0.31.2", "github-copilot", "0.31.2"),
            ("GeminiCLI/v22/gemini-2.5-pro (linux; x64)", "gemini-cli", nil),
            ("GeminiCLI-vscode/0.9.1/gemini-2.5-pro (linux; x64)", "gemini-cli", "0.9.1"),
            ("OpenAI/Python 2.54.0", "openai-sdk", "2.54.0"), ("AsyncOpenAI/Python 2.54.0", "openai-sdk", "2.54.0"),
            ("Anthropic/Python 2.12.0", "anthropic-sdk", "2.12.0"),
            ("AsyncAnthropicBedrock/Python 2.12.0", "anthropic-sdk", "2.12.0"),
            ("google-genai-sdk/3.4.0 gl-python/3.11.7", "google-genai", "3.4.0"),
            ("mistral-client-python/3.7.0", "mistral-sdk", "3.7.0"),
            ("speakeasy-sdk/python 1.0 2.0 3.0 mistralai", "mistral-sdk", nil),
            ("cohere/7.3.1", "cohere-sdk", "7.3.1"), ("litellm/1.106.2", "litellm", "1.106.2"),
            ("ollama-python/0.6.3 (x86_64 linux) Python/3.11.7", "ollama-python", "0.6.3"),
            ("unknown/None; hf_hub/1.2.3; python/3.12", "hf-hub", "1.2.3"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.8078.79 "
                    + "Safari/537.36", "browser", "156.0.8078.79"
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "browser", "140.0"),
            ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "browser", "18.0"),
            ("curl/7.88.1", "curl", "7.88.1"), ("python-requests/2.32.5", "python-requests", "2.32.5"),
            ("Bun/1.4.4", "bun", "1.4.4"), ("netclients/1", "netclients", "1"), ("aioquic-h3", "aioquic-h3", nil),
            ("Python/3.11 websockets/17.4", "python", "3.11"), ("connect-es/1.6.1", "connect-es", "1.6.1"),
        ] as [(String, String, String?)]
    )
    func userAgents(userAgent: String, id: String, version: String?) {
        let tool = catalogue.client(userAgent: userAgent)
        #expect(tool?.id == id)
        #expect(tool?.version == version)
    }

    @Test("nothing said gives no program", arguments: [nil, "", " ", "(x)", "/1"])
    func nothing(userAgent: String?) {
        #expect(catalogue.client(userAgent: userAgent) == nil)
    }

    @Test("a header field that one program sends is stronger than its library's User-Agent")
    func headers() {
        let aider = catalogue.client(userAgent: "litellm/1.0") { $0 == "x-title" ? "Aider" : nil }
        #expect(aider?.id == "aider")
        #expect(aider?.version == nil)
        let genai = catalogue.client(userAgent: "python-httpx2/2.16.2") {
            $0 == "x-goog-api-client" ? "google-genai-sdk/3.4.0 gl-python/3.11.7" : nil
        }
        #expect(genai?.id == "google-genai")
        #expect(genai?.version == "3.4.0")
        let claude = catalogue.client(userAgent: "node") { $0 == "anthropic-beta" ? "x,claude-code-20250219" : nil }
        #expect(claude?.id == "claude-code")
        let other = catalogue.client(userAgent: "litellm/1.0") { $0 == "x-title" ? "LiteLLM" : nil }
        #expect(other?.id == "litellm")
        let codex = catalogue.client(userAgent: "codex_exec/0.1") { $0 == "x-title" ? "Aider" : nil }
        #expect(codex?.id == "codex")
    }

    @Test("a program that names itself is that program, whatever header fields it imitates")
    func imitated() {
        let copilot: (String) -> String? = { $0 == "copilot-integration-id" ? "vscode-chat" : nil }
        let named = [("curl/7.88.1", "curl"), ("Wget/1.21", "wget"), ("CopilotChat.nvim/2.0.0", "copilotchat.nvim")]
        for (agent, id) in named { #expect(catalogue.client(userAgent: agent, header: copilot)?.id == id) }
        let nameless: [String?] = [
            nil, "", "node", "axios/1.7", "python-requests/2.32.5", "Bun/1.4.4", "OpenAI/Python 2.54.0", "editor",
            "Mozilla/5.0 (X11; Linux x86_64) Code/1.99 Chrome/130.0 Electron/32.2 Safari/537.36",
        ]
        for agent in nameless {
            #expect(catalogue.client(userAgent: agent, header: copilot)?.id == "github-copilot", "\(agent ?? "none")")
        }
        #expect(catalogue.client(userAgent: "GitHubCopilotChat/0.31.2", header: copilot)?.version == "0.31.2")
    }

    @Test("a library's User-Agent tells a program only in requests to its services")
    func libraries() {
        #expect(catalogue.client(userAgent: "connect-es/1.6.1", service: "cursor")?.id == "cursor")
        #expect(catalogue.client(userAgent: "connect-es/1.6.1", service: "cursor")?.version == nil)
        #expect(catalogue.client(userAgent: "connect-es/1.6.1", service: "openai-api")?.id == "connect-es")
    }

    @Test("agents and assistants are coding agents, libraries and browsers are not")
    func kinds() {
        #expect(catalogue.client(userAgent: "claude-cli/2.1.3 (x, y)")?.isCodingAgent == true)
        #expect(catalogue.client(userAgent: "GitHubCopilotChat/1")?.isCodingAgent == true)
        #expect(catalogue.client(userAgent: "OpenAI/Python 1.0")?.isCodingAgent == false)
        #expect(catalogue.client(userAgent: "curl/8")?.isCodingAgent == false)
    }

    @Test("long and odd User-Agents neither trap nor get into records whole")
    func hostile() {
        let long = String(repeating: "a", count: 100_000)
        #expect(catalogue.client(userAgent: long)?.id.utf8.count == 64)
        #expect(catalogue.client(userAgent: "é\u{0}")?.id == nil)
        #expect(catalogue.client(userAgent: "x/" + String(repeating: "1", count: 9_999))?.version?.utf8.count == 64)
    }
}
