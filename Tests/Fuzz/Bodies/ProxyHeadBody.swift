import AppProtocols
import Wire

/// A proxy's head before a stream, or fields by which proxies say for whom they forward.
enum ProxyHeadBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let kind = input.octet()
        let given = input.rest()
        if kind & 1 == 0 { head(given) } else { fields(given, isTrusting: kind & 2 != 0) }
    }

    private static func head(_ octets: [UInt8]) {
        let whole = ProxyHead.verdict(octets.span)
        if case .head(let head) = whole { hold((15...65_551).contains(head.length), "a head has a length") }
        if whole == .needMore { hold(octets.count < 107, "107 octets tell") }
        var decided: ProxyHead.Verdict?
        for count in 0...min(octets.count, 200) {
            let verdict = ProxyHead.verdict(octets.span.extracting(0..<count))
            if let decided { hold(verdict == decided, "more octets change nothing that is decided") }
            if verdict != .needMore { decided = verdict }
        }
    }

    private static func fields(_ octets: [UInt8], isTrusting: Bool) {
        var section = Array("GET / HTTP/1.1\r\n".utf8) + octets
        section += Array("\r\n\r\n".utf8)
        guard let parsed = HTTP1RequestHead(section.span) else { return }
        let addresses = ForwardedAddresses(RequestHead(parsed))
        hold(addresses.nearestFirst.count <= ForwardedAddresses.memberLimit, "members are few")
        let origin = addresses.origin { $0.isIPv4 && isTrusting }
        if let origin { hold(addresses.nearestFirst.contains(origin), "an origin is one of the members") }
    }
}
