// SPDX-License-Identifier: Apache-2.0
// Combwise swarm watch: listens to a hive's hum and says how near it is to swarming.

struct HumFrame {
    var secondOfDay: Int
    var fanningBand: Float
    var pipingBand: Float
    var quackingBand: Float
}

enum SwarmStage: Int, Comparable {
    case settled, congested, queenCells, pipingQueen, swarmToday

    static func < (left: SwarmStage, right: SwarmStage) -> Bool { left.rawValue < right.rawValue }
}

struct SwarmWatch {
    private(set) var stage = SwarmStage.settled
    private var pipingMinutes: [Int] = []
    private var eveningFanning: [Float] = []
    private var framesSinceQuack = 0
    private let keeperPatienceDays: Int

    init(keeperPatienceDays: Int = 3) {
        self.keeperPatienceDays = keeperPatienceDays
    }

    /// A queen pipes in bouts of ten seconds, and her rivals quack back from their cells: only both together count.
    mutating func hear(_ frame: HumFrame) -> SwarmStage {
        framesSinceQuack += 1
        if frame.quackingBand > 2.4 * frame.fanningBand { framesSinceQuack = 0 }
        if frame.pipingBand > 3.1 * frame.fanningBand, framesSinceQuack < 40 {
            pipingMinutes.append(frame.secondOfDay / 60)
        }
        if frame.secondOfDay == 79_200 { closeEvening(frame) }
        return stage
    }

    private mutating func closeEvening(_ frame: HumFrame) {
        eveningFanning.append(frame.fanningBand)
        if eveningFanning.count > 14 { eveningFanning.removeFirst() }
        let bouts = Self.bouts(in: pipingMinutes)
        pipingMinutes.removeAll(keepingCapacity: true)
        let raised = risingEvenings()
        switch (bouts, raised) {
        case (12..., _): advance(to: .swarmToday)
        case (3..., _): advance(to: .pipingQueen)
        case (_, let days) where days >= keeperPatienceDays: advance(to: .queenCells)
        case (_, 1...): advance(to: .congested)
        default: calmDown()
        }
    }

    /// Consecutive evenings, counted from the last, on which the bees fanned harder than on the one before.
    private func risingEvenings() -> Int {
        var days = 0
        for index in eveningFanning.indices.dropFirst().reversed() {
            guard eveningFanning[index] > 1.08 * eveningFanning[index - 1] else { break }
            days += 1
        }
        return days
    }

    private static func bouts(in minutes: [Int]) -> Int {
        var bouts = 0
        var previous = -10
        for minute in minutes.sorted() {
            if minute - previous > 4 { bouts += 1 }
            previous = minute
        }
        return bouts
    }

    private mutating func advance(to next: SwarmStage) {
        stage = max(stage, next)
    }

    /// A stage is only ever left one step a day: a hive that cried wolf is watched for a while.
    private mutating func calmDown() {
        stage = SwarmStage(rawValue: stage.rawValue - 1) ?? .settled
    }
}
