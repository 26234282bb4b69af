import ArgumentParser

/// What public code an index leaves out: the shipped sketches, and what is named.
struct PublicCodeOptions: ParsableArguments {
    @Option(
        name: .customLong("public"),
        help: ArgumentHelp(
            "Public code or a sketch of it, whose fingerprints are taken out; repeatable.",
            valueName: "path"
        )
    )
    var named: [String] = []

    @Flag(name: .long, help: "Leave out the shipped sketches of public code.")
    var noDefaultPublic = false

    @Flag(name: .long, help: "Protect code of others too that lies in the tree: vendored packages, public files.")
    var includeVendored = false

    /// All of it; when that is none, a warning says what comes of it.
    func paths() -> [String] {
        let paths = named + (noDefaultPublic ? [] : ShippedSketches.paths())
        if paths.isEmpty {
            Terminal.tell(
                "no public code known, so code that everybody has may be taken for yours; "
                    + "make sketches of it by `make sketches`, or name some by --public"
            )
        }
        return paths
    }
}
