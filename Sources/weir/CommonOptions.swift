import ArgumentParser
import Compression
import Detection
import Engine
import Fingerprints
import FlowTracking
import Foundation
import Incidents
import Patterns
import Payloads
import Services
import Sessions
import Settings
import TOMLSource
import Wire

/// The options that say what to look with, and the settings behind them.
struct DetectionOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "Configuration (default: /etc/weir/weir.toml where it exists).")
    var config: String?

    @Option(name: .long, help: ArgumentHelp("A fingerprint index; repeatable.", valueName: "file"))
    var index: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The key of the indexes (default: FILE.key beside each).", valueName: "file")
    )
    var indexKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A rule file or folder in place of the shipped rules; repeatable.", valueName: "path")
    )
    var rules: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A service catalogue in place of the shipped one; repeatable.", valueName: "path")
    )
    var services: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How readily copied code is told: low, normal or high, for all collections.",
            valueName: "level"
        )
    )
    var sensitivity: String?

    /// The file that is the configuration; nil for the defaults.
    var configurationPath: String? {
        let installed = "/etc/weir/weir.toml"
        return config ?? (FileManager.default.fileExists(atPath: installed) ? installed : nil)
    }

    /// Reads the configuration: the file named, else the installed one where there is one, else the defaults.
    func settings() throws -> Settings {
        guard let path = configurationPath else { return Settings() }
        do throws(TOMLError) {
            return try Settings(files: Settings.files(for: path))
        } catch {
            throw Failure(configuration: error)
        }
    }

    /// Loads all that detection looks with.
    func detectionSet(_ settings: Settings, warnWithoutIndex: Bool = true) throws -> DetectionSet {
        let paths = index.isEmpty ? settings.detection.indexes : index
        if paths.isEmpty, warnWithoutIndex {
            Terminal.tell(
                "no index given, so no code can be recognised; rules and records go on (see 'weir index build --help')"
            )
        }
        let catalogue = try catalogue(settings)
        for (element, id) in settings.services.sanctioned.enumerated() where catalogue.service(id: id) == nil {
            let message = "names \(id), which is no service; see 'weir services list'"
            throw Failure(configuration: settings.error(message, at: "services.sanctioned", element: element))
        }
        return DetectionSet(
            catalogue: catalogue,
            rules: try ruleSet(settings),
            indexes: try paths.map(openIndex),
            thresholds: try thresholds(settings),
            sanctioned: Set(settings.services.sanctioned),
            trustedProxies: try trustedProxies(settings),
            limits: settings.decodeLimits,
            resentOctets: settings.inspect.resentMiB << 20
        )
    }

    private func thresholds(_ settings: Settings) throws -> MatchThresholds {
        if let sensitivity {
            guard let level = MatchSensitivity(rawValue: sensitivity) else {
                throw Failure("--sensitivity \(sensitivity) is none of low, normal, high", .usage)
            }
            return MatchThresholds(level.threshold)
        }
        let level = { (text: String?) in text.flatMap(MatchSensitivity.init)?.threshold }
        var thresholds = MatchThresholds(level(settings.fingerprints.sensitivity) ?? MatchScore.threshold)
        for collection in settings.fingerprints.collections {
            thresholds.collections[collection.name] = collection.threshold ?? level(collection.sensitivity)
        }
        return thresholds
    }

    private func trustedProxies(_ settings: Settings) throws -> [IPPrefix] {
        try settings.capture.trustedProxies.enumerated().map { element, text in
            guard let prefix = IPPrefix(text) else {
                let message = "holds \"\(text)\", which is no range of addresses; use one such as \"10.0.0.0/8\""
                throw Failure(configuration: settings.error(message, at: "capture.trusted_proxies", element: element))
            }
            return prefix
        }
    }

    /// Loads the services.
    func catalogue(_ settings: Settings) throws -> ServiceCatalogue {
        let named = services.isEmpty ? settings.detection.services : services
        let paths = try named.isEmpty ? [shipped("services")] : named
        do throws(TOMLError) {
            return try ServiceCatalogue(paths: paths)
        } catch {
            throw Failure(error)
        }
    }

    /// Loads the rules.
    func ruleSet(_ settings: Settings) throws -> RuleSet {
        let named = rules.isEmpty ? settings.detection.rules : rules
        let paths = try named.isEmpty ? [shipped("rules")] : named
        do throws(RuleError) {
            return try RuleSet.load(paths: paths)
        } catch {
            throw Failure(error)
        }
    }

    private func openIndex(_ path: String) throws -> FingerprintIndex {
        do throws(IndexError) {
            return try FingerprintIndex.open(path: path, key: IndexKeys.key(for: path, named: indexKey))
        } catch {
            throw Failure(error)
        }
    }

    private func shipped(_ name: String) throws -> String {
        if let path = ShippedData.path(of: name) { return path }
        throw Failure(
            "the shipped \(name) are nowhere; set WEIR_DATA to the folder that holds \(name)/, or name them by --\(name)",
            .configuration
        )
    }
}

/// Finds the key that belongs to an index.
enum IndexKeys {
    /// The key in the file named, else the one beside the index to be, made if there is none, and whether it was made.
    static func forBuilding(
        _ index: String,
        named path: String?
    ) throws(IndexError) -> (key: IndexKey, isMade: Bool) {
        if let path { return (try IndexKey(path: path), false) }
        let isThere = FileManager.default.fileExists(atPath: IndexKey.path(beside: index))
        return (try IndexKey.beside(index), !isThere)
    }

    /// Removes the key that was made for an index that was not.
    static func remove(beside index: String) {
        try? FileManager.default.removeItem(atPath: IndexKey.path(beside: index))
    }

    /// The key in the file named, else in the one beside the index where there is one, else none.
    static func key(for index: String, named path: String?) throws(IndexError) -> IndexKey? {
        if let path { return try IndexKey(path: path) }
        let beside = IndexKey.path(beside: index)
        guard FileManager.default.fileExists(atPath: beside) else { return nil }
        return try IndexKey(path: beside)
    }
}

extension Settings {
    /// The caps of decoding.
    var decodeLimits: DecodeLimits {
        var limits = DecodeLimits()
        limits.expansion.outputOctets = inspect.expansionMiB << 20
        limits.expansion.ratio = inspect.expansionRatio
        limits.nesting = inspect.nesting
        limits.documentOctets = inspect.documentMiB << 20
        limits.decoderTotalOctets = inspect.decoderTotalMiB << 20
        limits.inspectedOctets = inspect.limitMiB == 0 ? nil : inspect.limitMiB << 20
        return limits
    }

    /// The caps of the flow tables.
    var flowLimits: FlowLimits {
        var limits = FlowLimits()
        limits.trackedFlows = flows.tracked
        limits.reassemblingFlows = flows.reassembling
        limits.directionBuffer = flows.outOfOrderKiB << 10
        limits.tableBuffer = flows.outOfOrderTotalMiB << 20
        limits.idle = flows.tcpIdle.wholeMilliseconds
        limits.wantedIdle = flows.serviceTCPIdle.wholeMilliseconds
        limits.datagramIdle = flows.udpIdle.wholeMilliseconds
        limits.wantedDatagramIdle = flows.serviceUDPIdle.wholeMilliseconds
        limits.fragments.memory = flows.fragmentsMiB << 20
        limits.fragments.timeout = flows.fragmentTimeout.wholeMilliseconds
        limits.names = flows.names
        return limits
    }

    /// How long connections wait for keys.
    var keyWait: KeyWait {
        var wait = KeyWait()
        wait.patience = Int64(tls.keyWait.wholeMilliseconds) * 1_000_000
        wait.flowOctets = tls.keyWaitFlowKiB << 10
        wait.octets = tls.keyWaitTotalMiB << 20
        return wait
    }

    /// Where keys may be pushed, and who may; nil where they may not.
    func keySocketAccess() throws -> KeySocketAccess? {
        guard !tls.keySocket.isEmpty else { return nil }
        var access = KeySocketAccess(path: tls.keySocket)
        for (element, name) in tls.keySocketUsers.enumerated() {
            guard let user = Accounts.user(name) else {
                let message = "names \(name), which is no user of this host; use a name or number of one"
                throw Failure(configuration: error(message, at: "tls.key_socket_users", element: element))
            }
            access.users.insert(user)
        }
        if !tls.keySocketGroup.isEmpty {
            guard let group = Accounts.group(tls.keySocketGroup) else {
                let message = "names \(tls.keySocketGroup), which is no group of this host; use a name or number of one"
                throw Failure(configuration: error(message, at: "tls.key_socket_group"))
            }
            access.group = group
        }
        return access
    }

    /// The digest of credentials, where the secret's file is there and can be read.
    func credentialDigest() throws -> CredentialDigest? {
        guard let octets = FileManager.default.contents(atPath: identity.secretFile) else { return nil }
        guard let digest = CredentialDigest(key: Array(octets)) else {
            throw Failure(
                "\(identity.secretFile): holds \(octets.count) octets; a secret has at least \(CredentialDigest.minimumKeyOctets)",
                .configuration
            )
        }
        return digest
    }
}
