import CreateBodies
import Foundation
import Testing

/// Whatever the gateway permits has on the engine exactly the effect that the judgement saw.
///
/// Bodies are generated, judged, and read by a second reader that reads as the engine does. The
/// number of bodies is QUAYMASTER_DIFFERENTIAL_BODIES, the seed QUAYMASTER_DIFFERENTIAL_SEED.
@Suite struct DifferentialTests {
    private static func setting(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    private static let bodies = setting("QUAYMASTER_DIFFERENTIAL_BODIES", 100_000)
    private static let seed = setting("QUAYMASTER_DIFFERENTIAL_SEED", 20_260_101)
    private static let chunk = 1000

    @Test func permittedBodiesMeanToTheEngineWhatWasJudged() async throws {
        let seeds = try SeedBodies.load()
        let chunks = Self.bodies / Self.chunk
        let count = try await withThrowingTaskGroup(of: DifferentialCount.self) { group in
            var total = DifferentialCount()
            for number in 0..<chunks {
                if number >= 4 { total.add(try await group.next() ?? DifferentialCount()) }
                group.addTask { try Self.run(seeds, chunk: number) }
            }
            for try await count in group { total.add(count) }
            return total
        }
        print("differential: \(count)")
        #expect(count.bodies == chunks * Self.chunk)
        #expect(count.permitted * 100 >= count.bodies * 15, "too few bodies are permitted")
        #expect(count.lenient * 100 <= count.permitted, "too many bodies are permitted that engines refuse")
        // Whatever the second list knows, it has met: a row that never speaks proves nothing.
        if count.bodies >= 20_000 {
            #expect(count.harms.keys.sorted() == EngineHarm.rows.sorted())
        }
    }

    private static func run(_ seeds: SeedBodies, chunk number: Int) throws -> DifferentialCount {
        let seed = UInt64(seed) &+ UInt64(number) &* 1_000_003
        var generator = CreateBodyGenerator(seeds, seed: seed)
        var check = try DifferentialCheck()
        for index in 0..<chunk {
            let body = generator.next()
            for problem in check.look(at: body.bytes) {
                Issue.record(
                    """
                    seed \(seed), body \(index) (\(body.changes.map(\.rawValue))): \(problem)
                    \(body.text)
                    """)
            }
        }
        return check.count
    }
}

/// What became of many bodies.
struct DifferentialCount: CustomStringConvertible {
    var bodies = 0
    var permitted = 0
    /// Permitted, and an engine would have refused the client's own bytes.
    var lenient = 0
    var refusedByDraft: [String: Int] = [:]
    var refusedByPolicy: [String: Int] = [:]
    /// Rows of the second list, met in bodies that were refused.
    var harms: [String: Int] = [:]
    /// Refused by the policy, and the second list finds nothing.
    var overStrict: [String: Int] = [:]

    mutating func add(_ other: DifferentialCount) {
        bodies += other.bodies
        permitted += other.permitted
        lenient += other.lenient
        refusedByDraft.merge(other.refusedByDraft, uniquingKeysWith: +)
        refusedByPolicy.merge(other.refusedByPolicy, uniquingKeysWith: +)
        harms.merge(other.harms, uniquingKeysWith: +)
        overStrict.merge(other.overStrict, uniquingKeysWith: +)
    }

    var description: String {
        func table(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        let accepted = bodies - refusedByDraft.values.reduce(0, +)
        return """
            \(bodies) bodies, \(accepted) accepted, \(permitted) permitted, \(lenient) of them lenient
              refused as no request: \(table(refusedByDraft))
              refused by the policy: \(table(refusedByPolicy))
              harm in what was refused: \(table(harms))
              refused without harm: \(table(overStrict))
            """
    }
}
