import TestSupport
import Testing

extension EndToEnd {
    @Suite("A request's own credential")
    struct CredentialTests {
        /// Made up, of the length and the form that the services give out.
        static let openAI =
            "sk-proj-db9nTle7Rt__dF85e4oo8VYFlMfaKQzYUit8pxbkcM5yeDswqoiAvYxGJ9Bgi4ycOAw3sI7qijT3Bl"
            + "bkFJLYLsGhkcfSVOnh-LGu48qclNx_QTLH9c0pqbUHuFKElU6VEx4zIv6MqCW5Q8Vid64foO7OvqUY"
        static let anthropic =
            "sk-ant-api03-xLPuWmLPP_JkOTRGUrSIR5WZ8FOI5pGe_Vz3GlX2dCQaCMRY-hV5tcJMl11bxefDClL_AUB"
            + "yzYS1U_vcq17cNyuZw2XGPAA"

        private static func scan(_ text: String, fields: [String], path: String = "/v1/chat/completions") throws -> Scan
        {
            let folder = try TemporaryFolder()
            let request = Prompt.post(Prompt.chat(text.utf8), path: path, fields: fields)
            return try Weir.scan(folder.write(Prompt.capture(request), to: "credential.pcap"))
        }

        @Test(
            "is no finding where it authenticates",
            arguments: [
                "Authorization: Bearer \(openAI)", "authorization: bearer \(anthropic)", "x-api-key: \(anthropic)",
                "api-key: \(openAI)", "X-Goog-API-Key: \(openAI)", "Proxy-Authorization: Basic \(openAI)",
                "Cookie: session=\(openAI)",
            ]
        )
        func headers(field: String) throws {
            let scan = try CredentialTests.scan("how do I sort a list?", fields: [field])
            #expect(scan.outcome.status == 0, "\(scan.outcome.output)")
            #expect(scan.requests.count == 1)
            #expect(!scan.outcome.output.contains(CredentialTests.openAI))
            #expect(!scan.outcome.output.contains(CredentialTests.anthropic))
        }

        @Test("is no finding in the query, and is not shown there")
        func query() throws {
            let path = "/v1/chat/completions?key=\(CredentialTests.openAI)"
            let scan = try CredentialTests.scan("how do I sort a list?", fields: [], path: path)
            #expect(scan.outcome.status == 0, "\(scan.outcome.output)")
            #expect(scan.requests.count == 1)
            #expect(!scan.outcome.output.contains(CredentialTests.openAI))
        }

        @Test(
            "is a finding in a body, with or without the header",
            arguments: [[], ["Authorization: Bearer \(openAI)"]]
        )
        func body(fields: [String]) throws {
            let scan = try CredentialTests.scan("why is \(CredentialTests.openAI) refused?", fields: fields)
            #expect(scan.outcome.status == 1)
            let incident = try #require(scan.incidents.first)["incident"]
            #expect(incident["class"].string == "secret.credential")
            let rule = incident["rules"][0]
            #expect(rule["id"].string == "openai-api-key")
            #expect(rule["segment"].string == "user")
            #expect(rule["count"].integer == 1)
            if let redacted = rule["redacted"].string {
                #expect(redacted.hasPrefix("sk-p") && redacted.count <= 8)
            }
            #expect(!scan.outcome.output.contains(CredentialTests.openAI.dropFirst(8)))
        }
    }
}
