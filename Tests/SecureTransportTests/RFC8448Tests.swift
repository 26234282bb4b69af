import SecureTransport
import TestSupport
import Testing
import Wire

/// The octets that go over the wire in the examples, and the secrets that a key log would hold.
@Suite("Example Handshake Traces for TLS 1.3 (RFC 8448)")
struct RFC8448Tests {
    /// The payload of all application data but the early: 0…49.
    private static let payload = (0..<50).map { UInt8($0) }

    private func octets(_ text: String) throws -> [UInt8] { try #require(Hex.octets(text)) }

    @Test("§ 3, Simple 1-RTT Handshake")
    func simple() throws {
        let hello = try octets(
            """
            0303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113031302010000910000000b0009
            000006736572766572ff01000100000a00140012001d00170018001901000101010201030104002300000033002600240
            01d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e040305
            03060302030804080508060401050106010201040205020602020 2002d00020101001c00024001
            """
        )
        let greeting = try octets(
            """
            0303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c9828876
            112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304
            """
        )
        let random = "cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7"
        let log = """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \(random) b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21
            CLIENT_TRAFFIC_SECRET_0 \(random) 9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5
            SERVER_TRAFFIC_SECRET_0 \(random) a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643

            """
        let finished = try octets(
            """
            170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1caeacab6867
            d726c40546
            """
        )
        let ticket = try octets(
            """
            17030300de3a6b8f90414a97d6959c3487680de5134a2b240e6cffac116e95d41d6af8f6b580dcf3d11d63c758db289a015940252f
            55713e061dc13e078891a38efbcf5753ad8ef170ad3c7353d16d9da773b9ca7f2b9fa1b6c0d4a3d03f75e09c30ba1e62972ac46f75
            f7b981be63439b2999ce13064615139891d5e4c5b406f16e3fc181a77ca475840025db2f0a77f81b5ab05b94c01346755f69232c86
            519d86cbeeac87aac347d143f9605d64f650db4d023e70e952ca49fe5137121c74bc2697687e248746d6df353005f3bce18696129c
            8153556b3b6c6779b37bf15985684f
            """
        )
        let request = try octets(
            """
            1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a
            6292a2977014bd1e3deae63aeebb21694915e4
            """
        )
        let answer = try octets(
            """
            17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2
            e5f0a21c0047c2abf332540dd032e167c2955d
            """
        )
        let alert = try octets("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3")
        for size in [1, 7, 1_000] {
            let (reading, isBalanced) = try TLSReading.read(
                [.client(finished), .server(ticket), .client(request), .server(answer), .client(alert)],
                hello: hello,
                greeting: greeting,
                keyLog: log,
                pieces: { Torture.chunks(of: $0, size: size) }
            )
            #expect(reading.client == Self.payload)
            #expect(reading.server == Self.payload)
            #expect(reading.lost == [] && reading.failure == nil && isBalanced)
        }
    }

    @Test("§ 4, Resumed 0-RTT Handshake")
    func resumed() throws {
        let random = "1bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d95"
        // Of the hello what tells here: the suites, early_data and supported_versions.
        let hello = try octets("0303\(random)0000061301130313020100000b002a0000002b0003020304")
        let log = """
            CLIENT_EARLY_TRAFFIC_SECRET \(random) 3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62
            CLIENT_HANDSHAKE_TRAFFIC_SECRET \(random) 2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f
            SERVER_HANDSHAKE_TRAFFIC_SECRET \(random) fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803
            CLIENT_TRAFFIC_SECRET_0 \(random) 2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1
            SERVER_TRAFFIC_SECRET_0 \(random) cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691

            """
        let early = try octets("1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0")
        let flight = try octets(
            """
            1703030061dc48237b4b879f50d0d4d262ea8b4716eb40ddc1eb957e11126e8a7149c2d012d37a7115957e64ce30008b9e0323f2c0
            5a9c1c77b4f37849a695ab255060a33fee770ca95cb8486bfd0843b87024865ca35cc41c4e515c64dcb1369f98635bc7a5
            """
        )
        let rest = try octets(
            """
            1703030015aca6fc944841298df99593725f9bf9754429b12f09
            170303003500f8b467d14cf22a4b3f0b6ae0d8e6cc8d08e0db3515ef5c2bdf1922eafbb70009964716d834fb70c3d2a56c5b1f5f6b
            dba6c333cf
            1703030043b1cebce242aa201be9ae5e1cb2a9aa4b33d4e866af1edb068919237741aa031d7a74d491c99b9d4e232b74206bc6fbaa
            04fe78be44a9b4f54320a17eb76992afac3103
            17030300130facce3246bdfc6369838d6a82ae6de5d422dc
            """
        )
        let answer = try octets(
            """
            1703030043275e9f20acff57bc000657d3867df039cccf79047884cf75771746f740b5a83f462a0954c3581393a203a25a7dd14141
            ef1a37900cdb62ff62dee1ba39ab2590cbf194
            """
        )
        // Also without the server's hello: the suite shows in what opens.
        let seen = try octets("0303\(String(repeating: "5a", count: 32))00130100000c002b00020304002900020000")
        for greeting in [seen, nil] {
            let (reading, isBalanced) = try TLSReading.read(
                [.client(early), .server(flight), .client(rest), .server(answer)],
                hello: hello,
                greeting: greeting,
                keyLog: log
            )
            #expect(reading.client == Array("ABCDEF".utf8) + Self.payload)
            #expect(reading.server == Self.payload)
            #expect(reading.restarts == 0 && reading.lost == [] && isBalanced)
        }
    }

    @Test("§ 5, HelloRetryRequest: the session keeps the random octets of its first hello")
    func retry() throws {
        let hello = try octets(
            """
            0303b0b1c5a5aa37c5919f2ed1d5c6fff7fcb7849716945a2b8cee9258a346677b6f000006130113031302010000810000000b0009
            000006736572766572ff01000100000a00080006001d0017001800330026 0024001d0020e8e8e3f3b93a25ed97a14a7dcacb8a27
            2c6288e585c6484d05262fcad062ad1f002b0003020304000d0020001e04030503060302030804080508060401050106010201
            0402050206020202002d00020101001c00024001
            """
        )
        let retry = try octets(
            """
            0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c001301000084003300020017002c0074007271
            dcd04bb88bc3189119398a00000000eefafc76c146b823b096f8aacad365dd0030953f4edf625636e5f21bb2e23fcc654b1b5b4031
            8d10d137abcbb87574e36e8a1f025f7dfa5d6e50781b5eda4aa15b0c8be778257d16aa3030e9e7841dd9e4c0342267e8ca0caf571f
            b2b7cff0f934b0002b00020304
            """
        )
        let greeting = try ServerHello(retry.span)
        #expect(greeting.isHelloRetryRequest)
        #expect(greeting.version == .tls13 && greeting.cipherSuite == 0x1301)
        #expect(try ClientHello(hello.span).random.prefix(2) == [0xB0, 0xB1])
    }
}
