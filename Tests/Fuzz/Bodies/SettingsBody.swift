import Settings
import TOMLSource

/// A configuration file.
enum SettingsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        guard let source = TOMLBody.source(octets) else { return }
        do throws(TOMLError) {
            let settings = try Settings(sources: [source])
            let again = try Settings(sources: [TOMLSource(text: settings.effective, name: "effective")])
            hold(again.flows == settings.flows && again.inspect == settings.inspect, "what is shown says what is so")
            hold(again.capture == settings.capture && again.output == settings.output, "what is shown says what is so")
            hold(settings.memoryCeiling(interfaces: 4).octets > 0, "memory is bounded by a number")
        } catch {
            TOMLBody.check(error)
        }
    }
}
