import Detection
import TestSupport

extension Stage {
    /// An agent's session, scanned whole and with what was sent before told by its digest: text of others and indexed code.
    static var sessions: [Stage] {
        [
            session("others' text, all scanned", seed: 11, hasProse: true, resentOctets: 0),
            session("others' text, resent told", seed: 11, hasProse: true, resentOctets: 16 << 20),
            session("indexed code, all scanned", seed: 7, hasProse: false, resentOctets: 0),
            session("indexed code, resent told", seed: 7, hasProse: false, resentOctets: 16 << 20),
        ]
    }

    /// Forty turns, each of which sends all before it again, and 8 KiB more.
    private static func session(_ name: String, seed: UInt64, hasProse: Bool, resentOctets: Int) -> Stage {
        Stage(name: "session of \(name)") { folder in
            let worker = try worker(folder, resentOctets: resentOctets)
            var bodies = turns(seed: seed, hasProse: hasProse)
            let octets = bodies.reduce(0) { $0 + $1.count }
            var number = 0
            return {
                // Another session each time: nothing is known from the last.
                number += 1
                for turn in bodies.indices {
                    let digits = Array(String(10_000_000 + number).utf8)
                    bodies[turn].replaceSubrange(opening.count..<(opening.count + digits.count), with: digits)
                    let body = bodies[turn]
                    scan(body.span, with: worker)
                }
                return StageWork(octets: octets)
            }
        }
    }

    private static let opening = Array(#"{"model":"m","messages":[{"role":"system","content":""#.utf8)

    private static func turns(seed: UInt64, hasProse: Bool) -> [[UInt8]] {
        var generator = TextGenerator(seed: seed)
        var messages = opening + Array(#"00000000"}"#.utf8)
        return (0..<40).map { _ in
            var text: [UInt8] = []
            while text.count < 8_192 {
                if hasProse, generator.number(5) == 0 {
                    generator.sentence(into: &text)
                } else {
                    generator.line(into: &text)
                }
            }
            messages += Array(#",{"role":"user","content":""#.utf8)
            messages += text.flatMap { $0 == 0x0A ? [0x5C, 0x6E] : [$0] }
            messages += Array(#""}"#.utf8)
            return messages + Array("]}".utf8)
        }
    }
}
