/// A made-up TLS session: its hellos, its secrets and both sides' writers.
package struct TLSTalk: Sendable {
    /// How records are protected.
    package let cipher: TLSWriter.Cipher
    /// The version, as on the wire.
    package let version: UInt16
    /// The client's random octets.
    package let clientRandom: [UInt8]
    /// The server's random octets.
    package let serverRandom: [UInt8]
    private let encryptsThenMACs: Bool

    /// A session whose random octets and secrets follow from `seed`.
    package init(
        _ cipher: TLSWriter.Cipher = .aes128GCM,
        version: UInt16 = 0x0304,
        seed: UInt32 = 1,
        encryptsThenMACs: Bool = false
    ) {
        self.cipher = cipher
        self.version = version
        self.encryptsThenMACs = encryptsThenMACs
        clientRandom = Self.octets(32, seed)
        serverRandom = Self.octets(32, seed &+ 100)
    }

    /// A secret of the session, by its label in key logs.
    package func secret(_ label: String) -> [UInt8] {
        let salt = label.utf8.reduce(UInt8(0)) { $0 &* 31 &+ $1 }
        return Self.octets(version == 0x0304 ? cipher.secretOctets : 48, UInt32(clientRandom[0] &+ salt))
    }

    /// The labels of what protects records in this version.
    package var labels: [String] {
        guard version == 0x0304 else { return ["CLIENT_RANDOM"] }
        return [
            "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
        ]
    }

    /// The lines of a key log, of the given labels or all.
    package func keyLog(_ labels: [String]? = nil) -> String {
        (labels ?? self.labels).map { "\($0) \(Hex.text(clientRandom)) \(Hex.text(secret($0)))\n" }.joined()
    }

    /// The writer of a traffic secret, or before TLS 1.3 of one side.
    package func writer(_ label: String) -> TLSWriter {
        guard version == 0x0304 else {
            return TLSWriter(
                master: secret("CLIENT_RANDOM"),
                clientRandom: clientRandom,
                serverRandom: serverRandom,
                cipher: cipher,
                isClient: label.hasPrefix("CLIENT"),
                encryptsThenMACs: encryptsThenMACs,
                version: version
            )
        }
        return TLSWriter(secret: secret(label), cipher: cipher)
    }

    private var suite: UInt16 { version == 0x0304 ? cipher.suite13 ?? 0x1301 : cipher.suite12 }

    /// The client's hello, which asks for `name`, in a record.
    package func clientHello(_ name: String = "api.openai.com", offersEarlyData: Bool = false) -> [UInt8] {
        record(22, clientHelloMessage(name, offersEarlyData: offersEarlyData))
    }

    /// The same without a record around it.
    package func clientHelloMessage(
        _ name: String = "api.openai.com",
        offersEarlyData: Bool = false,
        alpn: String = "http/1.1"
    ) -> [UInt8] {
        let offered = [UInt8(alpn.utf8.count)] + Array(alpn.utf8)
        var extensions = field(0, sized([0] + sized(Array(name.utf8)))) + field(16, sized(offered))
        if version == 0x0304 { extensions += field(43, [2, 3, 4]) }
        if offersEarlyData { extensions += field(42, []) }
        return message(1, [3, 3] + clientRandom + [0] + sized(number(suite)) + [1, 0] + sized(extensions))
    }

    /// The server's hello in a record.
    package func serverHello(resumes: Bool = false) -> [UInt8] { record(22, serverHelloMessage(resumes: resumes)) }

    /// The same without a record around it.
    package func serverHelloMessage(resumes: Bool = false, random: [UInt8]? = nil) -> [UInt8] {
        var extensions: [UInt8] = []
        if version == 0x0304 { extensions += field(43, [3, 4]) }
        if resumes { extensions += field(41, [0, 0]) }
        if encryptsThenMACs { extensions += field(22, []) }
        let legacy = version == 0x0304 ? 0x0303 : version
        return message(2, number(legacy) + (random ?? serverRandom) + [0] + number(suite) + [0] + sized(extensions))
    }

    /// A HelloRetryRequest in a record (RFC 8446 § 4.1.4).
    package var helloRetryRequest: [UInt8] {
        let random = Hex.octets("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c") ?? []
        return record(22, serverHelloMessage(random: random))
    }

    /// A ChangeCipherSpec in a record.
    package var changeCipherSpec: [UInt8] { record(20, [1]) }

    /// A Finished message, of which only the type tells.
    package var finished: [UInt8] { message(20, Self.octets(version == 0x0304 ? 32 : 12, 77)) }

    /// A message that ends early data.
    package var endOfEarlyData: [UInt8] { message(5, []) }

    /// A KeyUpdate message.
    package var keyUpdate: [UInt8] { message(24, [0]) }

    /// EncryptedExtensions that choose a protocol.
    package func encryptedExtensions(_ alpn: String, acceptsEarlyData: Bool = false) -> [UInt8] {
        let name = Array(alpn.utf8)
        let extensions = field(16, sized([UInt8(name.count)] + name)) + (acceptsEarlyData ? field(42, []) : [])
        return message(8, sized(extensions))
    }

    /// What the client sends from its hello to its Finished; `writer` goes on with application data.
    package func opening(_ writer: inout TLSWriter, name: String = "api.openai.com") throws -> [UInt8] {
        if version == 0x0304 {
            var handshake = self.writer("CLIENT_HANDSHAKE_TRAFFIC_SECRET")
            return clientHello(name) + changeCipherSpec + (try handshake.record(finished, type: 22))
        }
        let exchange = record(22, message(16, Self.octets(66, 3)))
        return clientHello(name) + exchange + changeCipherSpec + (try writer.record(finished, type: 22))
    }

    /// What the server sends from its hello to its Finished; `writer` goes on with application data.
    package func greeting(_ writer: inout TLSWriter, alpn: String = "http/1.1") throws -> [UInt8] {
        if version == 0x0304 {
            var handshake = self.writer("SERVER_HANDSHAKE_TRAFFIC_SECRET")
            let certificate = message(11, Self.octets(700, 9))
            return serverHello() + changeCipherSpec
                + (try handshake.record(encryptedExtensions(alpn) + certificate, type: 22))
                + (try handshake.record(finished, type: 22))
        }
        let flight = serverHelloMessage() + message(11, Self.octets(700, 9)) + message(14, [])
        return record(22, flight) + changeCipherSpec + (try writer.record(finished, type: 22))
    }

    /// A handshake message.
    package func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, UInt8(body.count >> 16), UInt8(body.count >> 8 & 0xFF), UInt8(body.count & 0xFF)] + body
    }

    private func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [type, 3, 3] + sized(content) }

    private func field(_ type: UInt16, _ content: [UInt8]) -> [UInt8] { number(type) + sized(content) }

    private func sized(_ content: [UInt8]) -> [UInt8] { number(UInt16(content.count)) + content }

    private func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    private static func octets(_ count: Int, _ seed: UInt32) -> [UInt8] {
        var value = seed &* 2_654_435_761 &+ 1
        return (0..<count).map { _ in
            value = value &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: value >> 24)
        }
    }
}
