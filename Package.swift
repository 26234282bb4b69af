// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
    .enableExperimentalFeature("SuppressedAssociatedTypes"),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let collections = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A room of the house and its tests.
///
/// Arrows point down only: what is not listed cannot be imported.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = []) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: strict),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name), "TestSupport"] + dependencies + tests,
            swiftSettings: strict
        ),
    ]
}

/// A C library of the system, named by its pkg-config file and its Debian package.
func system(_ name: String, pkgConfig: String, apt: String) -> [Target] {
    [.systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])]
}

let beneath: [[Target]] = [
    [.target(name: "CTextScan")],
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CBrotli", pkgConfig: "libbrotlidec", apt: "libbrotli-dev"),
    system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    room("Compression", ["CZlib", "CBrotli", "CZstd"]),
    room("TOMLSource", [toml]),
    room("Wire"),
]

let traffic: [[Target]] = [
    system("CPcap", pkgConfig: "libpcap", apt: "libpcap-dev"),
    room("PacketCapture", ["CPcap", "Compression", "Wire"]),
    room("PacketDecode", ["PacketCapture", "Wire"]),
    room("FlowTracking", ["PacketDecode", "Wire", collections], tests: ["PacketCapture"]),
    room("SecureTransport", ["Wire", crypto, cryptoExtras]),
    room("AppProtocols", ["Wire"]),
    room(
        "Sessions",
        ["FlowTracking", "SecureTransport", "AppProtocols", "Wire", collections],
        tests: ["PacketCapture", "PacketDecode", crypto]
    ),
]

let content: [[Target]] = [
    system("CHyperscan", pkgConfig: "libhs", apt: "libvectorscan-dev"),
    [
        .target(
            name: "CRE2",
            cxxSettings: [.unsafeFlags(["-std=c++17"])],
            linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]
        )
    ],
    room("Services", ["TOMLSource", "Wire"]),
    room("Payloads", ["Compression", "CTextScan", "Wire"]),
    room("Fingerprints", ["CTextScan"]),
    room("Patterns", ["CHyperscan", "CRE2", "TOMLSource"]),
    room("Detection", ["CTextScan", "Services", "Payloads", "Fingerprints", "Patterns", "Wire"]),
    room("Incidents", ["Detection", "Services", "Payloads", "Fingerprints", "Patterns", "Wire", crypto]),
    room(
        "Sinks",
        ["Incidents", "Detection", "Services", "Payloads", "Fingerprints", "Patterns", "Telemetry", "Wire"]
    ),
]

let above: [[Target]] = [
    room("Settings", ["TOMLSource"]),
    room("Telemetry", ["Wire"]),
    room(
        "Engine",
        [
            "PacketCapture", "PacketDecode", "FlowTracking", "SecureTransport", "AppProtocols", "Sessions", "Services",
            "Payloads", "Fingerprints", "Patterns", "Detection", "Incidents", "Sinks", "Settings", "Telemetry", "Wire",
            collections,
        ]
    ),
    [
        .executableTarget(
            name: "weir",
            dependencies: [
                "Engine", "Sinks", "Incidents", "Detection", "Services", "Payloads", "Compression", "Fingerprints",
                "Patterns",
                "PacketCapture", "FlowTracking", "Sessions", "Settings", "Telemetry", "TOMLSource", "Wire", arguments,
            ],
            swiftSettings: strict
        )
    ],
]

let tests: [[Target]] = [
    system("CBrotliEncoder", pkgConfig: "libbrotlienc", apt: "libbrotli-dev"),
    [
        .target(
            name: "TestSupport",
            dependencies: ["Wire", crypto, cryptoExtras, "CBrotliEncoder", "CZstd"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "StyleTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "Fingerprints", "PacketCapture", "PacketDecode", "Wire"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "PacketCapture", "PacketDecode", "FlowTracking", "SecureTransport", "Sessions", "Compression",
                "Payloads",
                "Fingerprints", "Patterns", "Services", "Detection", "Wire", "TestSupport",
            ],
            path: "Tests/Benchmarks",
            exclude: ["compare-fingerprints", "fit-score"],
            swiftSettings: strict
        ),
    ],
]

let package = Package(
    name: "weir",
    products: [.executable(name: "weir", targets: ["weir"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: (beneath + traffic + content + above + tests).flatMap { $0 },
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

/// A libFuzzer executable of one parser; its body is in `FuzzBodies`, its seeds lie beside it.
func fuzz(_ name: String) -> Target {
    .executableTarget(
        name: "Fuzz\(name)",
        dependencies: ["FuzzBodies"],
        path: "Tests/Fuzz/\(name)",
        exclude: ["seeds"],
        swiftSettings: strict
    )
}

package.targets += [
    .target(
        name: "FuzzBodies",
        dependencies: [
            "PacketCapture", "PacketDecode", "FlowTracking", "SecureTransport", "AppProtocols", "Sessions",
            "Compression",
            "Payloads", "Fingerprints", "Patterns", "Detection", "Services", "Settings", "TOMLSource", "Wire",
            "TestSupport",
        ],
        path: "Tests/Fuzz/Bodies",
        swiftSettings: strict
    ),
    .testTarget(name: "FuzzSeedTests", dependencies: ["FuzzBodies", "TestSupport"], swiftSettings: strict),
]

if Context.environment["FUZZ"] != nil {
    package.targets += [
        "Capture", "Fragments", "Flows", "TLS", "TLSRecords", "QUIC", "KeyLog", "Requests", "Answers", "HTTP2", "HPACK",
        "HTTP3", "QPACK", "WebSocket", "SOCKS", "DNS", "Sessions", "Messages", "Protobuf", "PDF", "ProxyHead",
        "Inflate", "Scan", "Patterns",
        "Code", "Wrappers", "Index", "Sketch", "TOML", "Rules", "Services", "Settings",
    ].map(fuzz)
}
