import Testing
import Wire

@Suite("Timestamps as EVE writes them")
struct TimestampTests {
    @Test(
        "a moment is written in UTC with microseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000000+0000"),
            (1_795_379_641_123_456_789, "2026-11-22T20:34:01.123456+0000"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000+0000"),
            (-1, "1969-12-31T23:59:59.999999+0000"),
        ] as [(Int64, String)]
    )
    func eve(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).eve == text)
    }

    @Test("arithmetic saturates instead of trapping")
    func saturation() {
        let end = Timestamp(nanoseconds: .max)
        #expect(end.advanced(byNanoseconds: 1) == end)
        #expect(end.nanoseconds(since: Timestamp(nanoseconds: .min)) == .max)
        #expect(Timestamp(seconds: .max, fraction: 0) == end)
    }
}
