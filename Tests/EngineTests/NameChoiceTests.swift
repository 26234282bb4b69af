import Engine
import Foundation
import Services
import Sessions
import Testing
import Wire

@Suite("Which name of an address is meant")
struct NameChoiceTests {
    private static func catalogue() throws -> ServiceCatalogue {
        let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try ServiceCatalogue(paths: [checkout.appending(path: "config/services").path])
    }

    private static func names(
        asked: [String] = [],
        recent: [String] = [],
        others: [String] = [],
        isCrowded: Bool = false
    ) -> ResolvedNames {
        var names = ResolvedNames()
        names.asked = asked.compactMap { Hostname($0) }
        names.recent = recent.compactMap { Hostname($0) }
        names.others = others.compactMap { Hostname($0) }
        names.isCrowded = isCrowded
        return names
    }

    @Test(
        "where all that is known speaks for one service it is taken, and otherwise none",
        arguments: [
            (names(asked: ["api.openai.com"]), "api.openai.com"),
            (names(asked: ["api.openai.com", "www.example.org"], recent: ["api.openai.com"]), "api.openai.com"),
            (names(asked: ["www.example.org", "api.openai.com"], recent: ["www.example.org"]), nil),
            (names(asked: ["api.openai.com", "www.example.org"]), nil),
            (
                names(
                    asked: ["api.openai.com", "www.example.org"],
                    recent: ["api.openai.com", "www.example.org"]
                ), nil
            ),
            (names(asked: ["api.openai.com", "api.anthropic.com"]), nil),
            (names(asked: ["www.example.org"]), nil),
            (names(others: ["api.anthropic.com"]), "api.anthropic.com"),
            (names(others: ["api.anthropic.com", "www.example.org"]), nil),
            (names(others: ["api.anthropic.com"], isCrowded: true), nil),
            (names(), nil),
        ] as [(ResolvedNames, String?)]
    )
    func choice(names: ResolvedNames, host: String?) throws {
        let choice = NameChoice(names, try Self.catalogue())
        #expect(choice?.host.description == host)
        #expect((choice?.match.service.id == nil) == (host == nil))
    }
}
