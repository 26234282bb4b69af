internal import FoundationEssentials

/// Opens the packets of one direction on one level.
///
/// Which suite and which version is in force shows in which keys open the first packet; from then on it is known. Numbers
/// are recovered from the largest so far (RFC 9000 § A.3), and tried farther away where a hole was too large for that.
struct QUICPacketOpener {
    /// A packet that was opened.
    struct Opened {
        let content: Plaintext
        let number: UInt64
    }

    /// Keys that may be the right ones, until one of them has opened a packet; then that one, as updated last.
    private(set) var candidates: [QUICPacketKeys]
    /// Whether a packet was opened.
    private(set) var isProven = false
    /// How often keys were updated.
    private(set) var generation = 0
    private var previous: QUICPacketKeys?
    private var following: QUICPacketKeys?

    init(_ candidates: [QUICPacketKeys]) {
        self.candidates = candidates
    }

    /// The keys that have opened packets.
    var provenKeys: QUICPacketKeys? { isProven ? candidates.first : nil }

    /// Leaves only keys of a suite and a version that another level has proven.
    mutating func narrow(to keys: QUICPacketKeys) {
        guard !isProven else { return }
        candidates.removeAll { $0.suite != keys.suite || $0.version != keys.version }
    }

    /// Opens a packet; nil when none of the keys does.
    ///
    /// - Parameters:
    ///   - packet: The packet from its first octet to its last.
    ///   - numberOffset: Where its number begins.
    ///   - largest: The largest number of its space so far; nil before the first.
    ///   - trialOctets: What may still be tried in vain.
    /// - Returns: The packet, its number recovered.
    mutating func open(
        _ packet: ArraySlice<UInt8>,
        numberOffset: Int,
        largest: UInt64?,
        trialOctets: inout Int
    ) -> Opened? {
        let start = packet.startIndex + numberOffset
        guard numberOffset >= 1, packet.endIndex - start >= 20, let first = packet.first else { return nil }
        let sample = packet[(start + 4)..<(start + 20)]
        for index in candidates.indices {
            guard let mask = candidates[index].mask(sample), mask.count >= 5 else { continue }
            let isLong = first & 0x80 != 0
            let plain = first ^ (mask[0] & (isLong ? 0x0F : 0x1F))
            // The reserved bits are zero (RFC 9000 § 17.2, § 17.3.1), so most wrong keys show at once.
            guard plain & (isLong ? 0x0C : 0x18) == 0 else { continue }
            let octets = Int(plain & 3) + 1
            var header = Array(packet[..<(start + octets)])
            header[0] = plain
            var truncated: UInt64 = 0
            for place in 0..<octets {
                header[numberOffset + place] ^= mask[1 + place]
                truncated = truncated << 8 | UInt64(header[numberOffset + place])
            }
            let attempt = Attempt(
                sealed: packet[(start + octets)...],
                header: header,
                truncated: truncated,
                bits: octets * 8,
                phase: isLong ? nil : plain & 4 != 0,
                largest: largest
            )
            if let opened = open(attempt, with: index, &trialOctets) { return opened }
        }
        return nil
    }

    private struct Attempt {
        let sealed: ArraySlice<UInt8>
        let header: [UInt8]
        let truncated: UInt64
        let bits: Int
        /// The key phase of a short header.
        let phase: Bool?
        let largest: UInt64?

        /// Numbers that the truncated one may stand for, the nearest to the expected first.
        func number(_ attempt: Int) -> UInt64? {
            let window = UInt64(1) << UInt64(bits)
            let expected = largest.map { $0 &+ 1 } ?? 0
            var number = (expected & ~(window - 1)) | truncated
            if number &+ window / 2 <= expected, number < (1 << 62) - window {
                number += window
            } else if number > expected &+ window / 2, number >= window {
                number -= window
            }
            guard attempt > 0 else { return number }
            // What comes late lies before, what comes after a hole behind.
            if attempt == 1 { return number >= window ? number - window : nil }
            let (ahead, isBeyond) = UInt64(attempt - 1).multipliedReportingOverflow(by: window)
            return isBeyond || ahead > (1 << 62) || number > (1 << 62) - ahead ? nil : number + ahead
        }
    }

    /// How many numbers are tried beside the nearest.
    private static var farNumbers: Int { 64 }

    private mutating func open(_ attempt: Attempt, with index: Int, _ trialOctets: inout Int) -> Opened? {
        guard let phase = attempt.phase, isProven else {
            if let opened = decrypt(attempt, candidates[index], &trialOctets) {
                if !isProven { prove(candidates[index]) }
                return opened
            }
            // A log that begins with the connection's first secrets may serve packets after an update.
            guard attempt.phase == true else { return nil }
            let next = candidates[index].next
            guard let opened = decrypt(attempt, next, &trialOctets) else { return nil }
            prove(next)
            generation = 1
            return opened
        }
        if phase == (generation & 1 == 1) {
            if let opened = decrypt(attempt, candidates[index], &trialOctets) { return opened }
            // Of a whole phase nothing was seen.
            let keys = candidates[index]
            let second = successor(of: keys).next
            guard let opened = decrypt(attempt, second, &trialOctets) else { return nil }
            previous = following
            advance(to: second, by: 2)
            return opened
        }
        if let previous, let opened = decrypt(attempt, previous, &trialOctets, nearestOnly: true) { return opened }
        let keys = candidates[index]
        let next = successor(of: keys)
        guard let opened = decrypt(attempt, next, &trialOctets) else { return nil }
        previous = keys
        advance(to: next, by: 1)
        return opened
    }

    private mutating func prove(_ keys: QUICPacketKeys) {
        candidates = [keys]
        isProven = true
    }

    private mutating func successor(of keys: QUICPacketKeys) -> QUICPacketKeys {
        if let following { return following }
        let next = keys.next
        following = next
        return next
    }

    private mutating func advance(to keys: QUICPacketKeys, by generations: Int) {
        candidates = [keys]
        following = nil
        generation += generations
    }

    private func decrypt(
        _ attempt: Attempt,
        _ keys: QUICPacketKeys,
        _ trialOctets: inout Int,
        nearestOnly: Bool = false
    ) -> Opened? {
        for count in 0...(nearestOnly || !isProven ? 1 : Self.farNumbers) {
            guard let number = attempt.number(count) else { continue }
            if let content = keys.open(attempt.sealed, number: number, header: attempt.header) {
                return Opened(content: Plaintext(content), number: number)
            }
            trialOctets -= attempt.sealed.count + 64
            if trialOctets < 0 { return nil }
        }
        return nil
    }
}
