package import Wire

/// Reads the negotiation of SOCKS4, SOCKS4a and SOCKS5 (RFC 1928, RFC 1929) in both directions.
///
/// The client's octets alone suffice to name the target: its messages tell themselves apart. The server's are read for
/// what it answered. Both `consume` functions move an offset, because data may follow in the same chunk: once a
/// direction's step is final, the chunk's rest from `offset` on is the tunnelled stream.
package struct SOCKSReader: ~Copyable {
    /// What the client has said so far.
    package enum Step: Equatable, Sendable {
        /// The negotiation goes on.
        case needMore
        /// The request is complete: all that follows is for the target.
        case target(SOCKSTarget)
        /// The connection cannot be followed.
        case failed(SOCKSError)
    }

    /// What the server has said so far.
    package enum Answer: Equatable, Sendable {
        /// The negotiation goes on.
        case needMore
        /// The connection is granted: all that follows comes from the target.
        case granted
        /// It is refused, with the server's code.
        case refused(UInt8)
        /// The connection cannot be followed.
        case failed(SOCKSError)
    }

    private enum Expected {
        case first
        case afterGreeting
    }

    private var client: [UInt8] = []
    private var server: [UInt8] = []
    private var expected = Expected.first
    private var version: UInt8 = 0
    private var offersGSSAPI = false
    private var offersPassword = false
    private var chosenMethod: UInt8?
    private var needsStatus = false

    /// What the client has said so far; final once it is not `needMore`.
    package private(set) var step = Step.needMore
    /// What the server has said so far; final once it is not `needMore`.
    package private(set) var answer = Answer.needMore

    /// The longest message: SOCKS4a with a user name and a host name of 255 octets each, generously.
    private static var maximumMessage: Int { 1_024 }

    /// Starts at the first octet of both directions.
    package init() {}

    /// Reads client octets from `offset` on, which is moved behind those that belong to the negotiation.
    @discardableResult
    package mutating func consume(_ chunk: Span<UInt8>, from offset: inout Int) -> Step {
        while offset < chunk.count, step == .needMore {
            guard client.count < SOCKSReader.maximumMessage else {
                fail(.tooLong)
                break
            }
            client.append(chunk[offset])
            offset += 1
            readClient()
        }
        return step
    }

    /// Reads server octets from `offset` on, which is moved behind those that belong to the negotiation.
    @discardableResult
    package mutating func consumeAnswer(_ chunk: Span<UInt8>, from offset: inout Int) -> Answer {
        while offset < chunk.count, answer == .needMore {
            server.append(chunk[offset])
            offset += 1
            readServer()
        }
        return answer
    }

    /// Notes that octets of the client's or the server's stream are missing here.
    package mutating func gap(_ direction: Direction) {
        switch direction {
        case .toServer: if step == .needMore { fail(.gap) }
        case .toClient: if answer == .needMore { finishAnswer(.failed(.gap)) }
        }
    }

    private mutating func fail(_ error: SOCKSError) {
        step = .failed(error)
        client = []
    }

    private mutating func finishAnswer(_ answer: Answer) {
        self.answer = answer
        server = []
    }

    // Messages are at most some hundred octets and come once a connection: they are looked at again octet by octet,
    // by their lengths, which costs a few comparisons each.

    private mutating func readClient() {
        guard let first = client.first else { return }
        switch expected {
        case .first:
            version = first
            if first == 4 {
                readRequest4()
            } else if first == 5 {
                readGreeting()
            } else {
                fail(.version)
            }
        case .afterGreeting:
            if first == 5 {
                readRequest5()
            } else if first == 1 {
                readPassword()
            } else {
                fail(.version)
            }
        }
    }

    /// `VER | NMETHODS | METHODS` (RFC 1928 § 3).
    private mutating func readGreeting() {
        guard client.count >= 2, client.count == 2 + Int(client[1]) else { return }
        let methods = client[2...]
        offersGSSAPI = methods.contains(1)
        offersPassword = methods.contains(2)
        expected = .afterGreeting
        client.removeAll(keepingCapacity: true)
    }

    /// `VER | ULEN | UNAME | PLEN | PASSWD` (RFC 1929 § 2).
    private mutating func readPassword() {
        // GSSAPI's messages begin with the same octet (RFC 1961 § 3): what was offered and chosen tells.
        if chosenMethod == 1 || (chosenMethod == nil && offersGSSAPI && !offersPassword) { return fail(.method) }
        guard client.count >= 2 else { return }
        let passwordLength = 2 + Int(client[1])
        guard client.count > passwordLength, client.count == passwordLength + 1 + Int(client[passwordLength]) else {
            return
        }
        client.removeAll(keepingCapacity: true)
    }

    /// `VER | CMD | RSV | ATYP | DST.ADDR | DST.PORT` (RFC 1928 § 4).
    private mutating func readRequest5() {
        guard client.count >= 5 else { return }
        guard client[1] == 1 else { return fail(.command) }
        guard let length = SOCKSReader.addressLength(type: client[3], first: client[4]) else { return fail(.address) }
        guard client.count == 4 + length + 2 else { return }
        let host: Hostname?
        switch client[3] {
        case 1: host = SOCKSReader.address4(client[4..<8])
        case 4: host = SOCKSReader.address6(client[4..<20])
        default: host = Hostname(authority: client.span.extracting(5..<(4 + length)))
        }
        target(host, port: UInt16(client[4 + length]) << 8 | UInt16(client[5 + length]))
    }

    /// `VN | CD | DSTPORT | DSTIP | USERID | NULL`, in 4a with a host name and NUL behind when the address is 0.0.0.x.
    private mutating func readRequest4() {
        guard client.count >= 9, client.last == 0 else { return }
        guard client[1] == 1 else { return fail(.command) }
        let port = UInt16(client[2]) << 8 | UInt16(client[3])
        guard client[4] == 0, client[5] == 0, client[6] == 0, client[7] != 0 else {
            return target(SOCKSReader.address4(client[4..<8]), port: port)
        }
        guard let userEnd = client[8...].firstIndex(of: 0), userEnd < client.count - 1 else { return }
        target(Hostname(authority: client.span.extracting((userEnd + 1)..<(client.count - 1))), port: port)
    }

    private mutating func target(_ host: Hostname?, port: UInt16) {
        guard let host else { return fail(.address) }
        step = .target(SOCKSTarget(host: host, port: port, version: version))
        client = []
    }

    private mutating func readServer() {
        guard let first = server.first else { return }
        if needsStatus {
            // `VER | STATUS` (RFC 1929 § 2).
            guard server.count == 2 else { return }
            needsStatus = false
            if server[1] != 0 { return finishAnswer(.refused(server[1])) }
            server.removeAll(keepingCapacity: true)
        } else if first == 0 {
            // `VN | CD | DSTPORT | DSTIP`: SOCKS4 answers with version 0.
            guard server.count == 8 else { return }
            finishAnswer(server[1] == 90 ? .granted : .refused(server[1]))
        } else if first != 5 {
            finishAnswer(.failed(.version))
        } else if chosenMethod == nil {
            // `VER | METHOD` (RFC 1928 § 3).
            guard server.count == 2 else { return }
            let method = server[1]
            chosenMethod = method
            server.removeAll(keepingCapacity: true)
            switch method {
            case 0: break
            case 2: needsStatus = true
            case 0xFF: finishAnswer(.refused(method))
            default: finishAnswer(.failed(.method))
            }
        } else {
            // `VER | REP | RSV | ATYP | BND.ADDR | BND.PORT` (RFC 1928 § 6).
            guard server.count >= 5 else { return }
            guard let length = SOCKSReader.addressLength(type: server[3], first: server[4]) else {
                return finishAnswer(.failed(.address))
            }
            guard server.count == 4 + length + 2 else { return }
            finishAnswer(server[1] == 0 ? .granted : .refused(server[1]))
        }
    }

    /// The octets of an address field, its length octet included; nil when the type is unknown.
    private static func addressLength(type: UInt8, first: UInt8) -> Int? {
        switch type {
        case 1: 4
        case 3: 1 + Int(first)
        case 4: 16
        default: nil
        }
    }

    private static func address4(_ octets: ArraySlice<UInt8>) -> Hostname {
        Hostname(IPAddress(ipv4: octets.reduce(0) { $0 << 8 | UInt32($1) }))
    }

    private static func address6(_ octets: ArraySlice<UInt8>) -> Hostname {
        let high = octets.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = octets.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Hostname(IPAddress(ipv6High: high, low: low))
    }
}
