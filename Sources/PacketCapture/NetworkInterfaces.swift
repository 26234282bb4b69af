/// What the kernel says of this host's network interfaces, in the network namespace we run in.
package enum NetworkInterfaces {
    /// The names of all interfaces, in the kernel's order; empty where `/proc` is not mounted.
    package static var names: [String] { names(table: table("/proc/net/dev")) }

    /// The interface of the default route, IPv4 before IPv6, the lowest metric first; nil when there is none.
    package static var defaultRoute: String? {
        defaultRoute(ipv4: table("/proc/net/route")) ?? defaultRoute(ipv6: table("/proc/net/ipv6_route"))
    }

    /// The names in a table written as `/proc/net/dev` is.
    static func names(table: String) -> [String] {
        table.split(separator: "\n").dropFirst(2).compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return String(line[..<colon].drop { $0 == " " })
        }
    }

    /// The default route's interface in a table written as `/proc/net/route` is.
    static func defaultRoute(ipv4 table: String) -> String? {
        let routes = table.split(separator: "\n").dropFirst().compactMap { line -> (metric: Int, name: String)? in
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                let flags = Int(fields[3], radix: 16), flags & 0x201 == 0x001, let metric = Int(fields[6])
            else { return nil }
            return (metric, String(fields[0]))
        }
        return routes.min { $0.metric < $1.metric }?.name
    }

    /// The default route's interface in a table written as `/proc/net/ipv6_route` is.
    static func defaultRoute(ipv6 table: String) -> String? {
        let routes = table.split(separator: "\n").compactMap { line -> (metric: Int, name: String)? in
            let fields = line.split(separator: " ")
            guard fields.count >= 10, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00",
                let flags = Int(fields[8], radix: 16), flags & 0x201 == 0x001, fields[9] != "lo",
                let metric = Int(fields[5], radix: 16)
            else { return nil }
            return (metric, String(fields[9]))
        }
        return routes.min { $0.metric < $1.metric }?.name
    }

    private static func table(_ path: String) -> String {
        guard let file = try? FileDescriptor(reading: path) else { return "" }
        var octets = [UInt8](repeating: 0, count: 1 << 20)
        var count = 0
        while count < octets.count, let read = try? file.read(into: &octets, at: count, source: path), read > 0 {
            count += read
        }
        return String(decoding: octets[..<count], as: UTF8.self)
    }
}
