@testable import FlowTracking
import TestSupport
import Testing
import Wire

@Suite("The slab of flows")
struct FlowSlabTests {
    private func key(_ number: Int) -> FlowKey {
        if number % 3 == 0 {
            return FlowKey(
                SocketAddress(IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: UInt64(number)), 40_000),
                SocketAddress(IPAddress(ipv6High: 0x2001_0DB8_0000_0001, low: 1), 443),
                transport: .tcp
            )
        }
        return FlowKey(
            SocketAddress(IPAddress(ipv4: UInt32(number)), 40_000),
            SocketAddress(IPAddress(ipv4: 0xC000_0201), 443),
            transport: .tcp
        )
    }

    private func route(_ number: Int) -> FlowRoute {
        FlowRoute(key: key(number), hash: key(number).hash(seed: 1), sender: .lower)
    }

    private func stamp(_ number: Int) -> PacketStamp {
        PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: UInt64(number))
    }

    @Test("an entry takes a line of the cache")
    func size() {
        #expect(MemoryLayout<FlowEntry>.stride == 64)
        #expect(MemoryLayout<FlowKey>.size == 41)
    }

    @Test("a flow's reassembly takes no more than 512 octets")
    func reassemblySize() {
        #expect(MemoryLayout<Reassembly>.stride <= 512)
    }

    @Test("finds what was entered and not what was removed, whatever the order", arguments: 0..<4 as Range<UInt64>)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var slab = FlowSlab(seed: 1)
        var model: [Int: Int] = [:]
        for step in 0..<8_000 {
            let number = Int.random(in: 0..<600, using: &generator)
            if let index = model[number] {
                let found = slab.find(route(number))
                #expect(found == index)
                if Bool.random(using: &generator) {
                    slab.remove(index)
                    model[number] = nil
                } else {
                    slab.move(index, to: FlowList.allCases.randomElement(using: &generator) ?? .closing, tick: 0)
                }
            } else {
                let found = slab.find(route(number))
                #expect(found == nil)
                model[number] = slab.insert(route(number), at: stamp(step), tick: 0)
            }
            let count = slab.count
            #expect(count == model.count)
        }
        var listed = 0
        for list in FlowList.allCases { listed += slab.count(of: list) }
        #expect(listed == model.count)
        for (number, index) in model {
            let found = slab.find(route(number))
            #expect(found == index)
        }
    }

    @Test("a list gives its flows in the order in which they were last put there")
    func lists() {
        var slab = FlowSlab(seed: 1)
        var flows: [Int] = []
        for number in 0..<4 { flows.append(slab.insert(route(number), at: stamp(number), tick: 0)) }
        slab.move(flows[1], to: .embryonic, tick: 1)
        slab.move(flows[2], to: .wantedTCP, tick: 1)
        var order: [Int] = []
        while let flow = slab.oldest(of: .embryonic) {
            order.append(flow)
            slab.remove(flow)
        }
        #expect(order == [flows[0], flows[3], flows[1]])
        let wanted = slab.oldest(of: .wantedTCP)
        #expect(wanted == flows[2])
        let current = [
            slab.isCurrent(flows[2], generation: 1), slab.isCurrent(flows[2], generation: 3),
            slab.isCurrent(flows[0], generation: 1),
        ]
        #expect(current == [true, false, false])
    }

    @Test("the clock follows packets forward and leaps back only when it must")
    func clock() {
        var clock = PacketClock()
        let steps: [(Int64, Bool, UInt32)] = [
            (1_000_000, false, 0), (1_000_005, true, 5), (999_000, false, 5), (1_000_006, true, 6),
            (900_000, false, 6), (900_001, true, 7), (.max, true, 86_400_007), (.min, false, 86_400_007),
            (.max, true, 172_800_007),
        ]
        for (milliseconds, moves, tick) in steps {
            let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            let time = Timestamp(nanoseconds: overflow ? milliseconds : product)
            let moved = clock.advance(to: time)
            #expect(moved == moves)
            #expect(clock.tick == tick)
        }
        #expect(clock.milliseconds(since: clock.tick &+ 9) == 0)
    }
}
