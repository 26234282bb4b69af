/// What is fuzzed: each case has a folder of its name beside this one, with its seeds.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case capture = "Capture"
    case fragments = "Fragments"
    case flows = "Flows"
    case tls = "TLS"
    case tlsRecords = "TLSRecords"
    case quic = "QUIC"
    case keyLog = "KeyLog"
    case requests = "Requests"
    case answers = "Answers"
    case http2 = "HTTP2"
    case hpack = "HPACK"
    case http3 = "HTTP3"
    case qpack = "QPACK"
    case webSocket = "WebSocket"
    case socks = "SOCKS"
    case dns = "DNS"
    case sessions = "Sessions"
    case messages = "Messages"
    case protobuf = "Protobuf"
    case pdf = "PDF"
    case proxyHead = "ProxyHead"
    case inflate = "Inflate"
    case scan = "Scan"
    case patterns = "Patterns"
    case code = "Code"
    case wrappers = "Wrappers"
    case index = "Index"
    case sketch = "Sketch"
    case toml = "TOML"
    case rules = "Rules"
    case services = "Services"
    case settings = "Settings"

    /// Gives the target one input; traps when what the target promises does not hold.
    package func fuzzOne(_ octets: [UInt8]) {
        switch self {
        case .capture: CaptureBody.fuzzOne(octets)
        case .fragments: FragmentsBody.fuzzOne(octets)
        case .flows: FlowsBody.fuzzOne(octets)
        case .tls: TLSBody.fuzzOne(octets)
        case .tlsRecords: TLSRecordsBody.fuzzOne(octets)
        case .quic: QUICBody.fuzzOne(octets)
        case .keyLog: KeyLogBody.fuzzOne(octets)
        case .requests: RequestsBody.fuzzOne(octets)
        case .answers: AnswersBody.fuzzOne(octets)
        case .http2: HTTP2Body.fuzzOne(octets)
        case .hpack: HPACKBody.fuzzOne(octets)
        case .http3: HTTP3Body.fuzzOne(octets)
        case .qpack: QPACKBody.fuzzOne(octets)
        case .webSocket: WebSocketBody.fuzzOne(octets)
        case .socks: SOCKSBody.fuzzOne(octets)
        case .dns: DNSBody.fuzzOne(octets)
        case .sessions: SessionsBody.fuzzOne(octets)
        case .messages: MessagesBody.fuzzOne(octets)
        case .protobuf: ProtobufBody.fuzzOne(octets)
        case .pdf: PDFBody.fuzzOne(octets)
        case .proxyHead: ProxyHeadBody.fuzzOne(octets)
        case .inflate: InflateBody.fuzzOne(octets)
        case .scan: ScanBody.fuzzOne(octets)
        case .patterns: PatternsBody.fuzzOne(octets)
        case .code: CodeBody.fuzzOne(octets)
        case .wrappers: WrappersBody.fuzzOne(octets)
        case .index: IndexBody.fuzzOne(octets)
        case .sketch: SketchBody.fuzzOne(octets)
        case .toml: TOMLBody.fuzzOne(octets)
        case .rules: RulesBody.fuzzOne(octets)
        case .services: ServicesBody.fuzzOne(octets)
        case .settings: SettingsBody.fuzzOne(octets)
        }
    }

    /// How much one input costs, 1 for the cheapest: tests give a target that much fewer.
    package var effort: Int {
        switch self {
        case .rules, .scan: 20
        case .patterns, .index, .sketch, .services, .tlsRecords: 4
        default: 1
        }
    }

    /// The same for libFuzzer, whose memory lives until the call returns.
    package func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        // libFuzzer hands over `count` readable octets, and for none a pointer that must not be read.
        fuzzOne(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
}

/// Stops the process, as a fuzzer wants it, when a promise is broken.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}
