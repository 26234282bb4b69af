import Services
import TOMLSource
import Testing
import Wire

@Suite("The shipped catalogue of services")
struct ServiceCatalogueTests {
    private let catalogue: ServiceCatalogue

    init() throws {
        catalogue = try ShippedCatalogue.shared.get()
    }

    @Test("it has the 52 services of the research and four for any host, by id")
    func services() {
        let ids = catalogue.services.map(\.id)
        #expect(ids.count == 56)
        #expect(ids == ids.sorted())
        let anyHost = catalogue.services.filter(\.isAnyHost)
        #expect(anyHost.map(\.id) == ["anthropic-compatible", "gemini-compatible", "ollama", "openai-compatible"])
        #expect(anyHost.allSatisfy { $0.kind == .selfHosted })
        #expect(catalogue.service(id: "claude-code")?.kind == .agent)
        #expect(catalogue.service(id: "none") == nil)
    }

    /// The requests of the captures in `captures/`, each once: method, host, path and the expected service.
    @Test(
        "each request of the captures goes to the service that the truth says",
        arguments: [
            ("GET", "api.anthropic.com", "/api/claude_cli/bootstrap", "anthropic-api"),
            ("GET", "api.anthropic.com", "/api/claude_code/policy_limits", "anthropic-api"),
            ("GET", "api.anthropic.com", "/api/directory/server-urls", "anthropic-api"),
            ("HEAD", "api.anthropic.com", "/api/hello", "anthropic-api"),
            ("POST", "api.anthropic.com", "/api/eval/sdk-zAZezfDKGoZuXXKe", "claude-code-telemetry"),
            ("POST", "api.anthropic.com", "/api/event_logging/v2/batch", "claude-code-telemetry"),
            ("POST", "api.anthropic.com", "/v1/files", "anthropic-api"),
            ("POST", "api.anthropic.com", "/v1/messages?beta=true", "anthropic-api"),
            ("GET", "api.github.com", "/repos/openai/plugins", nil),
            ("GET", "api.openai.com", "/v1/files/file-mock1/content", "openai-api"),
            ("POST", "api.openai.com", "/v1/chat/completions", "openai-api"),
            ("POST", "api.openai.com", "/v1/files", "openai-api"),
            ("POST", "api.openai.com", "/v1/responses", "openai-api"),
            ("WS", "api.openai.com", "/v1/realtime", "openai-api"),
            ("WS", "api.openai.com", "/v1/responses", "openai-api"),
            ("GET", "chatgpt.com", "/", "chatgpt-web"),
            ("GET", "chatgpt.com", "/backend-api/codex/models", "chatgpt-web"),
            ("GET", "chatgpt.com", "/favicon.ico", "chatgpt-web"),
            ("POST", "chatgpt.com", "/backend-api/conversation", "chatgpt-web"),
            ("WS", "chatgpt.com", "/backend-api/codex/stream", "chatgpt-web"),
            ("WS", "chatgpt.com", "/backend-api/ws", "chatgpt-web"),
            ("POST", "ab.chatgpt.com", "/otlp/v1/metrics", "openai-telemetry"),
            ("GET", "news.example.org", "/a", nil),
            ("GET", "www.example.org", "/static/page.html", nil),
            ("PUT", "git.example.org", "/artifacts/foc_observer.c", nil),
            ("PUT", "video.example.org", "/upload", nil),
            ("GET", "raw.githubusercontent.com", "/BerriAI/litellm/main/model_prices_and_context_window.json", nil),
            ("POST", "api.cohere.com", "/v2/chat", "cohere"),
            ("POST", "api.githubcopilot.com", "/chat/completions", "github-copilot"),
            ("POST", "api.mistral.ai", "/v1/chat/completions", "mistral-api"),
            ("POST", "generativelanguage.googleapis.com", "/upload/v1/files", "gemini-api"),
            ("POST", "generativelanguage.googleapis.com", "/v1/models/gemini-2.5-pro:generateContent", "gemini-api"),
            ("POST", "generativelanguage.googleapis.com", "/v1/models/g:streamGenerateContent", "gemini-api"),
            ("POST", "openrouter.ai", "/api/v1/chat/completions", "openrouter"),
            ("POST", "llm.corp.hti.internal:11434", "/api/chat", "ollama"),
            ("POST", "llm.corp.hti.internal:11434", "/api/generate", "ollama"),
            ("POST", "llm.corp.hti.internal:8000", "/v1/chat/completions", "openai-compatible"),
        ] as [(String, String, String, String?)]
    )
    func captured(method: String, host: String, path: String, service: String?) throws {
        let host = try #require(Hostname(host))
        #expect(catalogue.match(host: host, method: method, path: path)?.service.id == service)
    }

    @Test(
        "what a request does and carries is told by its path",
        arguments: [
            ("POST", "api.anthropic.com", "/v1/messages", "messages", "chat", "anthropic-messages"),
            ("POST", "api.anthropic.com", "//v1/messages/", "messages", "chat", "anthropic-messages"),
            ("POST", "api.anthropic.com", "/v1/messages/batches", "messages/batches", "batch", "anthropic-batches"),
            ("POST", "api.openai.com", "/v1/chat/completions", "chat/completions", "chat", "openai-chat"),
            ("POST", "api.openai.com", "/v1/embeddings", "embeddings", "embedding", "openai-embeddings"),
            ("POST", "api.openai.com", "/v1/uploads/u-1/parts", "parts", "file_upload", "multipart-part"),
            ("GET", "api.openai.com", "/v1/realtime", "realtime", "realtime", "openai-realtime-ws"),
            ("GET", "api.openai.com", "/v1/fine-tunes", "fine-tunes", "other", nil),
            ("GET", "api.openai.com", "/v1/files/file-8xQ2", nil, "other", nil),
            ("POST", "chatgpt.com", "/backend-api/f/conversation", "conversation", "chat", "chatgpt-web"),
            (
                "POST", "generativelanguage.googleapis.com", "/v1beta/models/g-2%3AgenerateContent", "generateContent",
                "chat", "gemini"
            ),
            (
                "POST", "bedrock-runtime.eu-west-1.amazonaws.com", "/model/anthropic.claude%3A0/converse", "converse",
                "chat", "bedrock-converse"
            ),
            (
                "POST", "api.github.com", "/external/code/ingest/document", "ingest/document", "index",
                "copilot-ingest-document"
            ),
            ("POST", "repo42.cursor.sh", "/any/where", "where", "index", "cursor-index"),
            ("PUT", "files.oaiusercontent.com", "/file-1?sig=x", "put", "file_upload", "raw-put"),
            ("POST", "gw.example.com", "/proxy/v1/messages", "messages", "chat", "anthropic-messages"),
            ("POST", "gw.example.com", "/v1/completions", "completions", "completion", "openai-completions"),
            ("POST", "10.0.0.7", "/v1beta/models/g:streamGenerateContent", "streamGenerateContent", "chat", "gemini"),
        ] as [(String, String, String, String?, String, String?)]
    )
    func channels(
        method: String,
        host: String,
        path: String,
        operation: String?,
        channel: String,
        format: String?
    ) throws {
        let name = try #require(Hostname(host))
        let match = try #require(catalogue.match(host: name, method: method, path: path))
        #expect(match.operation == operation)
        #expect(match.channel.rawValue == channel)
        #expect(match.format == format)
    }

    @Test(
        "a host alone belongs to its owner, and some hosts give no record",
        arguments: [
            ("api.openai.com", "openai-api"), ("eu.api.openai.com", "openai-api"), ("www.openai.com", "chatgpt-web"),
            ("chatgpt.com", "chatgpt-web"), ("ws.chatgpt.com", "chatgpt-web"), ("ab.chatgpt.com", "openai-telemetry"),
            ("api.anthropic.com", "anthropic-api"), ("claude.ai", "claude-web"), ("openrouter.ai", "openrouter"),
            ("api.cohere.com", "cohere"), ("generativelanguage.googleapis.com", "gemini-api"),
            ("api.mistral.ai", "mistral-api"), ("chat.mistral.ai", "le-chat"), ("mistral.ai", "le-chat"),
            ("api.githubcopilot.com", "github-copilot"), ("x.githubcopilot.com", "github-copilot"),
            ("copilot-telemetry.githubusercontent.com", "github-copilot-telemetry"), ("api2.cursor.sh", "cursor"),
            ("acme.openai.azure.com", "azure-openai"), ("files.oaiusercontent.com", "store-openai"),
            ("mcp-proxy.anthropic.com", "claude-code"), ("europe-west1-aiplatform.googleapis.com", "vertex-ai"),
            ("chatgpt-async-webps-prod-eus-7.webpubsub.azure.com", "chatgpt-web"), ("ollama.com", "ollama-cloud"),
            ("router.huggingface.co", "hf-inference"), ("q.us-east-1.amazonaws.com", "amazon-q"),
            ("a.b.acme.openai.azure.com", nil), ("auth.openai.com", nil), ("assets.claude.ai", nil),
            ("x.oaistatic.com", nil), ("downloads.claude.ai", nil), ("api.github.com", nil), ("github.com", nil),
            ("graph.microsoft.com", nil), ("raw.githubusercontent.com", nil), ("example.org", nil),
            ("openai.com.example.org", nil), ("notopenai.com", nil), ("xapi.anthropic.com.", "claude-web"),
            ("10.1.2.3", nil), ("com", nil),
        ] as [(String, String?)]
    )
    func hosts(host: String, service: String?) throws {
        let host = try #require(Hostname(host))
        #expect(catalogue.match(host: host)?.service.id == service)
    }

    @Test("evidence and confidence say what told the service")
    func evidence() throws {
        let openai = try #require(Hostname("api.openai.com"))
        let page = try #require(Hostname("www.openai.com"))
        let other = try #require(Hostname("gpu7.example.com"))
        let both = try #require(catalogue.match(host: openai, method: "POST", path: "/v1/responses"))
        #expect(both.evidence == [.host, .path])
        #expect(both.confidence == .high)
        let host = try #require(catalogue.match(host: openai, method: "POST", path: "/v9/x"))
        #expect(host.evidence == [.host])
        #expect(host.confidence == .high)
        #expect(catalogue.match(host: page)?.confidence == .medium)
        let path = try #require(catalogue.match(host: other, method: "POST", path: "/openai/v1/responses"))
        #expect(path.evidence == [.path])
        #expect(path.confidence == .medium)
        #expect(catalogue.match(host: nil, method: "POST", path: "/api/embed")?.service.id == "ollama")
        #expect(catalogue.match(host: other, method: "GET", path: "/v1/chat/completions") == nil)
    }

    @Test("paths of sign-in, asset and update hosts give no record, whatever they look like")
    func silent() throws {
        let host = try #require(Hostname("auth.openai.com"))
        #expect(catalogue.match(host: host, method: "POST", path: "/v1/chat/completions") == nil)
    }

    @Test("a shared host needs a telling path, else an entry for any host may still know it")
    func shared() throws {
        let graph = try #require(Hostname("graph.microsoft.com"))
        #expect(catalogue.match(host: graph, method: "GET", path: "/v1.0/me") == nil)
        let chat = catalogue.match(host: graph, method: "POST", path: "/beta/copilot/conversations/1/chat")
        #expect(chat?.service.id == "m365-copilot")
        let cloudflare = try #require(Hostname("api.cloudflare.com"))
        let run = catalogue.match(host: cloudflare, method: "POST", path: "/client/v4/accounts/a/ai/run/@cf/meta/llama")
        #expect(run?.service.id == "cloudflare-ai")
        #expect(catalogue.match(host: cloudflare, method: "POST", path: "/v1/a/b/c") == nil)
        let github = try #require(Hostname("github.com"))
        #expect(catalogue.match(host: github, method: "POST", path: "/agents/x") == nil)
    }

    @Test("people who ask are told each method")
    func questions() throws {
        let openai = try #require(Hostname("api.openai.com"))
        #expect(catalogue.matches(host: openai, path: "/v1/responses").map(\.method) == ["POST", "WS"])
        #expect(catalogue.matches(host: openai, path: "/nothing").map(\.method) == [nil])
        let other = try #require(Hostname("x.example.org"))
        #expect(catalogue.matches(host: other, path: "/api/chat").map(\.match.service.id) == ["ollama"])
        #expect(catalogue.matches(host: other, path: "/").isEmpty)
    }

    @Test("every pattern of every service leads to a service, or to silence where its role says so")
    func reachable() throws {
        for service in catalogue.services {
            for rule in service.hosts {
                let host = try #require(Hostname(rule.pattern.text.replacing("*", with: "x-1")))
                let match = catalogue.match(host: host)
                if rule.isShared || !rule.role.givesRecord {
                    #expect(match == nil || match?.service.id != service.id, "\(host) of \(service.id)")
                } else {
                    #expect(match != nil, "\(host) of \(service.id)")
                }
            }
        }
    }

    @Test("hostile paths cost time in proportion and never trap")
    func hostile() throws {
        let hosts = ["gateway.ai.cloudflare.com", "claude.ai", "x.example.org"].compactMap { Hostname($0) }
        let paths = [
            String(repeating: "/v1", count: 30_000), String(repeating: "%2F%", count: 9_000), "%", "%4", "", "?", "*",
            "/v1/" + String(repeating: "chat/completions/", count: 4_000), String(repeating: ":", count: 70_000),
            "/\u{0}\u{7F}é", "http://x/y", String(repeating: "/", count: 99_999),
        ]
        for host in hosts {
            for path in paths { _ = catalogue.match(host: host, method: "POST", path: path) }
        }
        #expect(catalogue.match(host: hosts[0], method: "POST", path: paths[0])?.service.id == "cloudflare-ai")
    }

    @Test("the content hash is the same for the same text only")
    func contentHash() throws {
        let text = "[[service]]\nid='x'\nname='X'\nvendor='X'\nkind='api'\nhosts=[{exact='x.org',role='prompt'}]\n"
        let one = try ServiceCatalogue(sources: [TOMLSource(text: text, name: "a")])
        let two = try ServiceCatalogue(sources: [TOMLSource(text: text, name: "b")])
        let three = try ServiceCatalogue(sources: [TOMLSource(text: text + "#", name: "b")])
        #expect(one.contentHash == two.contentHash)
        #expect(one.contentHash != three.contentHash)
    }
}
