/// How far compressed input may swell before it counts as an attack.
package struct ExpansionLimit: Sendable, Equatable {
    /// Decoded octets in all; 1 GiB unless told.
    package var outputOctets = 1 << 30

    /// Decoded octets for each coded one; 200 unless told.
    package var ratio = 200

    /// Decoded octets that are free of the ratio; 1 MiB unless told.
    package var ratioFreeOctets = 1 << 20

    /// The defaults.
    package init() {}

    /// Whether `output` decoded octets from `input` coded ones are within the limit.
    package func allows(output: Int, input: Int) -> Bool {
        if output > outputOctets { return false }
        if output <= ratioFreeOctets { return true }
        let (allowed, overflow) = input.multipliedReportingOverflow(by: ratio)
        return overflow || output <= allowed
    }
}
