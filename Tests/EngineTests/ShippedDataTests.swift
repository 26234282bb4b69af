import Engine
import Foundation
import Testing

@Suite("Where shipped data is found")
struct ShippedDataTests {
    @Test("WEIR_DATA names the only folder")
    func named() {
        let folders = ShippedData.candidates(environment: ["WEIR_DATA": "/srv/weir"], executable: "/usr/bin/weir")
        #expect(folders == ["/srv/weir"])
    }

    @Test("an installed executable looks beside itself, then in /usr/share")
    func installed() {
        let folders = ShippedData.candidates(environment: [:], executable: "/opt/weir/bin/weir")
        #expect(folders == ["/opt/weir/share/weir", "/usr/share/weir"])
    }

    @Test("an executable in a build folder also looks in its checkout")
    func built() {
        let path = "/src/weir/.build/x86_64-unknown-linux-gnu/release/weir"
        let folders = ShippedData.candidates(environment: [:], executable: path)
        #expect(folders.last == "/src/weir/config")
        #expect(folders.contains("/usr/share/weir"))
    }

    @Test("what is nowhere is not found")
    func nowhere() {
        #expect(ShippedData.path(of: "rules", environment: ["WEIR_DATA": "/nonexistent"], executable: nil) == nil)
    }
}
