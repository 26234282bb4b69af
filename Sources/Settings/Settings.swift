package import TOMLSource

/// What `weir.toml` and the files of `conf.d` say, with the defaults for what they leave out.
package struct Settings: Sendable {
    /// `[capture]`: where packets come from.
    package var capture = CaptureSettings()

    /// `[flows]`: how much traffic is kept in mind.
    package var flows = FlowSettings()

    /// `[tls]`: where the keys of encrypted connections come from.
    package var tls = TLSSettings()

    /// `[inspect]`: how far into a message Weir looks.
    package var inspect = InspectSettings()

    /// `[detection]`: what is looked for.
    package var detection = DetectionSettings()

    /// `[fingerprints]`: how readily copied code is told.
    package var fingerprints = FingerprintSettings()

    /// `[services]`: what is known about the services of this site.
    package var services = ServiceSettings()

    /// `[policy]`: what is an incident though nothing was found in it.
    package var policy = PolicySettings()

    /// `[output]`: where records go.
    package var output = OutputSettings()

    /// `[identity]`: the key under which credentials appear in records.
    package var identity = IdentitySettings()

    private var places: [String: SettingPlace] = [:]

    /// The defaults.
    package init() {}

    /// Reads the files in their order; of a key that several set, the last value counts.
    ///
    /// - Throws: an error with file and line when a file cannot be read or parsed, or when a key is unknown, a value of
    ///   the wrong type or out of range, or two settings contradict each other.
    package init(files: [String]) throws(TOMLError) {
        var sources: [TOMLSource] = []
        for file in files { sources.append(try TOMLSource(contentsOf: file)) }
        try self.init(sources: sources)
    }

    /// Takes the values of files that have been parsed.
    ///
    /// - Throws: as ``init(files:)`` does, but for reading.
    package init(sources: [TOMLSource]) throws(TOMLError) {
        for source in sources { try apply(source.root) }
        try checkTogether()
    }

    /// The file and those of the folder `conf.d` beside it, in byte order of names: what ``init(files:)`` should read.
    ///
    /// - Throws: an error when `conf.d` is there and may not be read.
    package static func files(for path: String) throws(TOMLError) -> [String] {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let beside = path.contains("/") ? folder + "/conf.d" : "conf.d"
        do {
            return [path] + (try TOMLFiles.folder(beside) ?? [])
        } catch {
            guard error.kind == .missing else { throw error }
            return [path]
        }
    }

    /// The place that set a key (`capture.snap_length`), nil when it has its default.
    package func place(of key: String) -> SettingPlace? { places[key] }

    /// An error about a value that only others can judge, at the place that set it.
    ///
    /// - Parameters:
    ///   - message: What is wrong and what would be right.
    ///   - key: The setting, `services.sanctioned`.
    ///   - element: Of an array the element that is meant.
    /// - Returns: The error; without a line when the key has its default.
    package func error(_ message: String, at key: String, element: Int? = nil) -> TOMLError {
        guard let place = places[key] else {
            return TOMLError(name: "weir.toml", line: 0, message: "\(key) \(message)")
        }
        let lines = place.elementLines
        let line = element.flatMap { lines.indices.contains($0) ? lines[$0] : nil } ?? place.line
        return TOMLError(name: place.file, line: line, message: "\(key) \(message)")
    }

    private mutating func apply(_ root: TOMLTable) throws(TOMLError) {
        var sections: [String] = []
        for setting in Setting.all where !sections.contains(setting.section) { sections.append(setting.section) }
        try root.rejectUnknown(sections)
        for section in sections {
            guard let table = try root.table(section) else { continue }
            let tables = section == FingerprintSettings.section ? [FingerprintSettings.tables] : []
            try table.rejectUnknown(Setting.all.filter { $0.section == section }.map(\.key) + tables)
            if !tables.isEmpty { try fingerprints.readCollections(of: table) }
            for setting in Setting.all where setting.section == section && table.value(setting.key) != nil {
                try setting.read(table, into: &self)
                places[setting.name] = SettingPlace(
                    file: table.name,
                    line: table.line(of: setting.key),
                    elementLines: table.elementLines(of: setting.key)
                )
            }
        }
    }

    /// What no single value shows.
    private func checkTogether() throws(TOMLError) {
        try checkKeySocket()
        try check("flows.reassembling", flows.reassembling, isAtMost: flows.tracked, "flows.tracked")
        try check(
            "flows.out_of_order_kib",
            flows.outOfOrderKiB,
            isAtMost: flows.outOfOrderTotalMiB * 1_024,
            "flows.out_of_order_total_mib"
        )
        try check(
            "tls.key_wait_flow_kib",
            tls.keyWaitFlowKiB,
            isAtMost: tls.keyWaitTotalMiB * 1_024,
            "tls.key_wait_total_mib"
        )
    }

    /// Refuses a path that can be no socket's: of these the system takes 107 octets.
    private func checkKeySocket() throws(TOMLError) {
        let path = tls.keySocket
        guard !path.isEmpty else { return }
        guard path.hasPrefix("/") else {
            throw error("\"\(path)\" is no whole path; use \"/run/weir/keys.sock\"", at: "tls.key_socket")
        }
        guard path.utf8.count <= 107 else {
            throw error(
                "is longer than the 107 octets of a socket's path; use \"/run/weir/keys.sock\"",
                at: "tls.key_socket"
            )
        }
    }

    /// Refuses the smaller setting if it was set, else the larger one, which then must have been.
    private func check(_ key: String, _ part: Int, isAtMost whole: Int, _ other: String) throws(TOMLError) {
        guard part > whole else { return }
        let values = Setting.all.reduce(into: [:]) { $0[$1.name] = ($1.text(of: self), $1.text(of: Settings())) }
        let (mine, preset) = values[key] ?? ("", "")
        let (its, itsPreset) = values[other] ?? ("", "")
        if places[key] != nil { throw error("\(mine) is above \(other) \(its); use \(preset)", at: key) }
        throw error("\(its) is below \(key) \(mine); use \(itsPreset)", at: other)
    }
}

/// Where a setting was set.
package struct SettingPlace: Hashable, Sendable {
    /// The file, as it was given.
    package let file: String

    /// The 1-based line of the key.
    package let line: Int

    /// The lines of an array's elements; empty for other values.
    package let elementLines: [Int]
}
