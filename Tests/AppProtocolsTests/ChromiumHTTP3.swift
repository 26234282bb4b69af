/// The beginning of an HTTP/3 connection of Chromium 156: a page, its icon, and a request that carries code.
///
/// Real octets, decrypted by tshark 4.0 with the connection's keys; recorded for Weir against a local stand-in. The last
/// stream's body is cut. The fields are what pylsqpack 1.0 makes of them.
enum ChromiumHTTP3 {
    /// Streams and their octets in hexadecimal, in the order of the packets; stream 3 is the server's.
    static let pieces: [(stream: UInt64, octets: String)] = [
        (3, "000409015000071008012101"),
        (2, "00041b018001000006800400000740643301c0000001b93291578354c41fc0000006f2ae9e4a03cadcd6"),
        (2, "800f07000700753d302c2069"),
        (
            10,
            """
            023fe11fc08824e34cd5a5721e9fc18460938d3f674148b1275ad1ffa2fe749d37215aed83aa4fe7efbc1fcbdfcfd29fcde9
            ec3d26b69fe7efbc1fc85b73f96b4148b1275ad1ad49e33505023f306d4148b1275ad1ad5d034ca7b29f07224c696e757822
            ff20d3d07f66a281b0dae053fafc087ed4ce6aadf2a7979c89c6bfb521aeba0bc8b1e632586d975765c53facd8f7e8cff4a5
            06ea5531149d4ffda98ca39282a117a7b0f49580b6e2e05c0b814dc394761986d975765cddec497ca589d34d1f43aeba0c41
            a4c7a98f33a69a3fdf9a68fa1d75d0620d263d4c79a68fbed00177fe8d48e62b1d3cd1f46a4731581f734bf46a473158f058
            ebfa352398ac0ebaa6faf963e7efb4005defa1d75d0620d263d4c20d35459162f924e3aa62fdf782367efb4005dd6a4148b4
            a549275906497f83a8f5176a4148b4a549275a93c85f86a87dcd30d25f6a4148b4a549275ad416cf023f316a4148b4a54927
            5a42a13f8690e4b692d49fdf929bd9abfa5242cb40d25fa523b3e94f684c9fff098b2d4b70ddf45abefb4005df66aec31ec3
            27d785b6007d286f
            """
        ),
        (0, "01140f00d18dd78c8b8a89ff1f888786858483828180"),
        (6, "0380"),
        (2, "800f07000704753d312c2069"),
        (
            10,
            """
            c1896251f7310f52e621ffddb9352398ac74f347d1a91cc5607dcd2fd1a91cc563c163afe8d48e62b03aea9be8d48e62b08e
            f37fbf34d1f46a473158f9faf963e7efb4005def888840e92ac7b0d31aaf8885a8eb10f6238784352398bfcd919d29ad1718
            60938d335695c87a5824e34f8685b600fd286f
            """
        ),
        (4, "01121600d194d786908f92918584838281898880"),
        (6, "84"),
        (2, "800f07000708753d312c2069"),
        (
            10,
            """
            c192623193a96a9161d666087abb96c40d263d5fc48379e139ff1b8e9d29ad171860938d335695c87a7f868321ec4786842d
            35a7d7
            """
        ),
        (
            8,
            """
            01151b00d499d78483959497ee96dd82898180868e8d8500627a7b22616374696f6e223a226e657874222c226d6f64656c22
            3a226175746f222c226d65737361676573223a5b7b22617574686f72223a7b22726f6c65223a2275736572227d2c22636f6e
            """
        ),
        (6, "88"),
    ]

    /// What stands in the heads, pseudo-header fields left out, a line each.
    static let heads: [String] = [
        #"""
        sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"
        sec-ch-ua-mobile: ?0
        sec-ch-ua-platform: "Linux"
        upgrade-insecure-requests: 1
        user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\#
         HeadlessChrome/156.0.0.0 Safari/537.36
        accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/\#
        apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7
        sec-fetch-site: none
        sec-fetch-mode: navigate
        sec-fetch-user: ?1
        sec-fetch-dest: document
        accept-encoding: gzip, deflate, br, zstd
        accept-language: en-US,en;q=0.9
        priority: u=0, i
        """#,
        #"""
        sec-ch-ua-platform: "Linux"
        user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\#
         HeadlessChrome/156.0.0.0 Safari/537.36
        sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"
        sec-ch-ua-mobile: ?0
        accept: image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8
        sec-fetch-site: same-origin
        sec-fetch-mode: no-cors
        sec-fetch-dest: image
        referer: https://chatgpt.com/chat
        accept-encoding: gzip, deflate, br, zstd
        accept-language: en-US,en;q=0.9
        priority: u=1, i
        """#,
        #"""
        content-length: 8826
        sec-ch-ua-platform: "Linux"
        user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\#
         HeadlessChrome/156.0.0.0 Safari/537.36
        sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"
        content-type: application/json
        sec-ch-ua-mobile: ?0
        accept: */*
        origin: https://chatgpt.com
        sec-fetch-site: same-origin
        sec-fetch-mode: cors
        sec-fetch-dest: empty
        referer: https://chatgpt.com/chat
        accept-encoding: gzip, deflate, br, zstd
        accept-language: en-US,en;q=0.9
        priority: u=1, i
        """#,
    ]
}
