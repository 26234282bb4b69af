/// A made-up connection of QUIC: its hellos, its secrets, and both sides' datagrams.
package struct QUICTalk: Sendable {
    /// Its hellos and secrets.
    package let tls: TLSTalk
    /// The version that the client begins with.
    package let version: UInt32
    /// The id that the client's first packet goes to.
    package let firstDestination: [UInt8]
    /// The id that the client has chosen.
    package let clientID: [UInt8]
    /// The id that the server has chosen.
    package let serverID: [UInt8]
    /// What the client asks for.
    package let name: String
    /// The protocol that it offers.
    package let alpn: String

    /// What the client's Initial packets are written with.
    package var initial: QUICWriter
    /// The same of early data.
    package var early: QUICWriter
    /// The same of the rest of the handshake.
    package var handshake: QUICWriter
    /// The same of the application's.
    package var application: QUICWriter
    /// What the server's Initial packets are written with.
    package var serverInitial: QUICWriter
    /// The same of the rest of its handshake.
    package var serverHandshake: QUICWriter
    /// The same of its application's.
    package var serverApplication: QUICWriter

    /// A connection whose secrets and ids follow from `seed`.
    package init(
        _ cipher: TLSWriter.Cipher = .aes128GCM,
        version: UInt32 = 1,
        negotiated: UInt32? = nil,
        name: String = "api.a.ai",
        alpn: String = "h3",
        idOctets: Int = 8,
        seed: UInt8 = 1
    ) {
        let tls = TLSTalk(cipher, seed: UInt32(seed))
        let chosen = negotiated ?? version
        self.tls = tls
        self.version = version
        self.name = name
        self.alpn = alpn
        firstDestination = (0..<8).map { seed &* 7 &+ $0 }
        clientID = (0..<5).map { seed &* 11 &+ $0 }
        serverID = (0..<UInt8(idOctets)).map { seed &* 13 &+ $0 &+ 1 }
        let first = QUICWriter.initial(destination: firstDestination, version: version)
        let second = QUICWriter.initial(destination: firstDestination, version: chosen)
        func writer(_ label: String, _ version: UInt32) -> QUICWriter {
            QUICWriter(secret: tls.secret(label), cipher: cipher, version: version)
        }
        initial = first.client
        serverInitial = second.server
        early = writer("CLIENT_EARLY_TRAFFIC_SECRET", version)
        handshake = writer("CLIENT_HANDSHAKE_TRAFFIC_SECRET", chosen)
        application = writer("CLIENT_TRAFFIC_SECRET_0", chosen)
        serverHandshake = writer("SERVER_HANDSHAKE_TRAFFIC_SECRET", chosen)
        serverApplication = writer("SERVER_TRAFFIC_SECRET_0", chosen)
    }

    /// The lines of its key log.
    package func keyLog(_ labels: [String]? = nil) -> String { tls.keyLog(labels) }

    /// The client's hello as a message.
    package func hello(offersEarlyData: Bool = false) -> [UInt8] {
        tls.clientHelloMessage(name, offersEarlyData: offersEarlyData, alpn: alpn)
    }

    /// An Initial packet of the client's with these frames.
    package mutating func initialPacket(_ frames: [UInt8], token: [UInt8] = []) throws -> [UInt8] {
        try initial.long(.initial, destination: firstDestination, source: clientID, token: token, frames)
    }

    /// The datagram of 1200 octets in which the client's hello is.
    package mutating func opening(offersEarlyData: Bool = false) throws -> [UInt8] {
        let frames = QUICWriter.crypto(hello(offersEarlyData: offersEarlyData))
        return try initialPacket(frames + [UInt8](repeating: 0, count: max(0, 1_158 - frames.count)))
    }

    /// What the server answers: its hello, and what it has chosen, in one datagram.
    package mutating func answer(alpn: String? = nil, resumes: Bool = false, acceptsEarlyData: Bool = false) throws
        -> [UInt8]
    {
        let hello = QUICWriter.crypto(tls.serverHelloMessage(resumes: resumes))
        let chosen = tls.encryptedExtensions(alpn ?? self.alpn, acceptsEarlyData: acceptsEarlyData)
        let flight = chosen + tls.message(11, [UInt8](repeating: 7, count: 500)) + tls.finished
        return try serverInitial.long(.initial, destination: clientID, source: serverID, hello)
            + serverHandshake.long(.handshake, destination: clientID, source: serverID, QUICWriter.crypto(flight))
    }

    /// The client's last of the handshake, coalesced with the first of its application's frames.
    package mutating func closing(_ frames: [UInt8] = []) throws -> [UInt8] {
        let finished = QUICWriter.crypto(tls.finished)
        var datagram = try handshake.long(.handshake, destination: serverID, source: clientID, finished)
        if !frames.isEmpty { datagram += try short(frames) }
        return datagram
    }

    /// A packet of early data.
    package mutating func earlyPacket(_ frames: [UInt8]) throws -> [UInt8] {
        let packet = try early.long(.zeroRTT, destination: firstDestination, source: clientID, padded(frames))
        application.number = early.number
        return packet
    }

    /// A packet of the client's with these frames.
    package mutating func short(
        _ frames: [UInt8],
        numberOctets: Int = 2,
        destination: [UInt8]? = nil
    ) throws -> [UInt8] {
        try application.short(destination: destination ?? serverID, numberOctets: numberOctets, padded(frames))
    }

    /// A packet of the server's with these frames.
    package mutating func serverShort(_ frames: [UInt8]) throws -> [UInt8] {
        try serverApplication.short(destination: clientID, padded(frames))
    }

    /// Frames with so much padding that there is enough to sample.
    private func padded(_ frames: [UInt8]) -> [UInt8] {
        frames + [UInt8](repeating: 0, count: max(0, 4 - frames.count))
    }
}
