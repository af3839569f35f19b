import Foundation
import Ledger
import Testing

/// No identity fills the record for others.
@Suite struct RepeatsTests {
    private func refusal(_ ledger: Ledger, _ identity: String, _ target: String) -> Entry {
        let now = Timestamp.now()
        var entry = Entry(id: ledger.ids.next(at: now), time: now, phase: .refused)
        entry.identity = identity
        entry.operation = "ContainerCreate"
        entry.target = target
        entry.rule = "level.privileged"
        entry.reason = "refused"
        entry.status = 403
        return entry
    }

    @Test func repeatedRefusalsAreCountedInOneEntry() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            let first = refusal(ledger, "mallory", "container/a")
            #expect(ledger.refuse(first) == first.id)
            for _ in 0..<500 { #expect(ledger.refuse(refusal(ledger, "mallory", "container/a")) == first.id) }
            // Another's, and another kind, are entries of their own.
            let other = refusal(ledger, "alice", "container/a")
            #expect(ledger.refuse(other) == other.id)
            let second = refusal(ledger, "mallory", "container/b")
            #expect(ledger.refuse(second) == second.id)
            ledger.close()
            let found = try lines(directory)
            #expect(found.count == 4)
            let counted = try #require(found.first { $0["count"] != nil })
            #expect(counted["count"] as? Int == 500 && counted["first"] as? String == first.id)
            #expect(counted["identity"] as? String == "mallory" && counted["target"] as? String == "container/a")
        }
    }

    /// Whoever asks for something else each time is counted too, and every answer names an entry.
    @Test func variedRefusalsAreBounded() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            var shown: Set<String> = []
            for number in 0..<20_000 { shown.insert(ledger.refuse(refusal(ledger, "mallory", "container/\(number)"))) }
            ledger.close()
            let found = try lines(directory)
            #expect(found.count < 1100)
            #expect(shown.isSubset(of: Set(found.compactMap { $0["id"] as? String })))
            let counted = found.compactMap { $0["count"] as? Int }.reduce(0, +)
            #expect(counted + shown.count == 20_000)
        }
    }

    /// Events that come often are counted like refusals, and refusals of nobody do not use up their measure.
    @Test func repeatedEventsAreCountedInOneEntry() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            for number in 0..<5000 { _ = ledger.refuse(refusal(ledger, "", "container/\(number)")) }
            for target in ["a", "b", "a", "a", "a"] {
                var entry = Entry.event(ledger.ids, "UnrecordedAct", reason: "said")
                entry.target = target
                ledger.count(entry)
            }
            ledger.close()
            let found = try lines(directory).filter { $0["phase"] as? String == "event" }
            #expect(found.compactMap { $0["target"] as? String } == ["a", "b", "a"])
            #expect(found.compactMap { $0["count"] as? Int } == [3])
        }
    }

    @Test func whatChangesNothingIsCountedOnlyInAFlood() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            func list(_ identity: String) -> Entry {
                let now = Timestamp.now()
                var entry = Entry(id: ledger.ids.next(at: now), time: now, phase: .outcome)
                entry.identity = identity
                entry.operation = "ContainerList"
                entry.status = 200
                entry.bytesOut = 7
                return entry
            }
            for _ in 0..<3000 { ledger.append(list("poller")) }
            for _ in 0..<20 { ledger.append(list("alice")) }
            ledger.close()
            let found = try lines(directory)
            #expect(found.count { $0["identity"] as? String == "alice" } == 20)
            let poller = found.filter { $0["identity"] as? String == "poller" }
            #expect(poller.count < 1100)
            // Nothing is left out of the sum.
            let bytes = poller.compactMap { $0["bytesOut"] as? Int }.reduce(0, +)
            #expect(bytes == 3000 * 7)
        }
    }

    /// What carries data out has an intent, and then its outcome stands by itself, whatever else is read.
    @Test func aFloodHidesNoTarget() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            func read(_ operation: String, _ target: String, digest: String = "") -> Entry {
                let now = Timestamp.now()
                var entry = Entry(id: ledger.ids.next(at: now), time: now, phase: .outcome)
                (entry.identity, entry.operation, entry.target) = ("mallory", operation, target)
                (entry.status, entry.digest) = (200, digest)
                return entry
            }
            for number in 0..<2000 { ledger.append(read("ContainerInspect", "container/\(number)")) }
            ledger.append(read("ContainerArchive", "container/secret", digest: "00"))
            ledger.append(read("ContainerInspect", "container/hidden"))
            ledger.close()
            let targets = try lines(directory).filter { $0["count"] == nil }.compactMap { $0["target"] as? String }
            #expect(targets.contains("container/secret") && !targets.contains("container/hidden"))
        }
    }

    /// A clock that is set back keeps no window open.
    @Test func windowsEndByAClockThatNobodySets() async throws {
        try await withDirectory { directory in
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options)
            let first = refusal(ledger, "mallory", "container/a")
            #expect(ledger.refuse(first) == first.id)
            clock.pass(seconds: 9)
            var again = refusal(ledger, "mallory", "container/a")
            again.time += 3_600_000_000_000
            #expect(ledger.refuse(again) == first.id)
            ledger.close()
        }
    }

    /// A rush is taken, and then the pace of the refill; another has a measure of their own.
    @Test func intentsHaveAMeasure() {
        var measure = IntentMeasure()
        func taken(_ count: Int64, at second: Int64) -> Int {
            (0..<count).filter { _ in measure.take("mallory", at: second * 1_000_000_000) }.count
        }
        #expect(taken(IntentMeasure.burst, at: 1000) == 250_000)
        #expect(taken(10, at: 1000) == 0 && measure.take("alice", at: 1_000_000_000_000))
        #expect(taken(1000, at: 1003) == 300)
        // What is forgotten is only who has nothing to pay back.
        #expect(taken(100_000, at: 1103) == 10_000)
        #expect(taken(300_000, at: 10_000) == 250_000)
    }
}
