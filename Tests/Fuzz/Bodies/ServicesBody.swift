import Services
import TOMLSource
import Wire

/// A catalogue file, and each of its own lines asked of it.
enum ServicesBody {
    static func fuzzOne(_ octets: [UInt8]) {
        guard let source = TOMLBody.source(octets) else { return }
        let catalogue: ServiceCatalogue
        do throws(TOMLError) {
            catalogue = try ServiceCatalogue(sources: [source])
        } catch {
            let names = ["input.toml", "services: the catalogue has no"]
            return hold(names.contains { error.description.hasPrefix($0) }, "errors name the file: \(error)")
        }
        let words = source.text.split { "\"' \n=,[]".contains($0) }.prefix(64)
        for word in words {
            let host = Hostname(String(word))
            let match = catalogue.match(host: host, method: "POST", path: String(word))
            if let match { hold(catalogue.service(id: match.service.id) != nil, "a match's service is known") }
            if let host { _ = (catalogue.match(host: host), catalogue.matches(host: host, path: "/" + word)) }
            _ = catalogue.client(userAgent: String(word), service: String(word)) {
                $0.count & 1 == 0 ? String(word) : nil
            }
        }
    }
}
