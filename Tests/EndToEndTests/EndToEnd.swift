import Testing

/// All tests of the built binary, one after the other: some of them measure time.
@Suite("The built weir", .serialized)
struct EndToEnd {}
