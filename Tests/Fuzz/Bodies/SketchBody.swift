import Fingerprints
import Foundation

/// A sketch file whose writer knew how to make length, checksum and dialect right.
enum SketchBody {
    static let path = Shipped.scratch("input.sketch")

    static func fuzzOne(_ octets: [UInt8]) {
        var file = octets
        if file.count >= 40 {
            let dialect = PublicSketch.dialect
            for index in 0..<8 { file[32 + index] = UInt8(truncatingIfNeeded: dialect >> UInt64(8 * index)) }
        }
        IndexBody.repair(&file)
        do {
            try Data(file).write(to: URL(filePath: path))
        } catch { return }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let sketch: PublicSketch
        do throws(IndexError) {
            sketch = try PublicSketch.open(path: path)
        } catch {
            return hold(error.description.contains(path), "errors name the file: \(error)")
        }
        hold(PublicSketch.isSketch(path: path), "what opens is told by its first octets")
        hold(sketch.info.octets == file.count, "its length is known")
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<256 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let (gram, part) = (sketch.contains(gram: state), sketch.contains(part: UInt32(truncatingIfNeeded: state)))
            hold(gram == sketch.contains(gram: state), "answers do not change")
            hold(part == sketch.contains(part: UInt32(truncatingIfNeeded: state)), "answers do not change")
        }
        for edge in [UInt64.min, .max, 1 << 63, 7 << 60] { _ = sketch.contains(gram: edge) }
        for edge in [UInt32.min, .max] { _ = sketch.contains(part: edge) }
    }
}
