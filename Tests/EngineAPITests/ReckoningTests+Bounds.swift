import JSON
import Testing

@testable import EngineAPI

/// Engines that end, floods, and what is told anew.
extension ReckoningTests {
    // MARK: Engines that end

    @Test(arguments: [(true, true, 1), (false, true, 0), (false, false, 1)] as [(Bool, Bool, Int)])
    func whatAnEngineDoesBeforeItEndsIsItsOwn(answers: Bool, isAnew: Bool, found: Int) throws {
        var reckoning = EventReckoning()
        reckoning.hear(try Self.event("container", "kill", Self.id), isOld: false, at: 0)
        var count = reckoning.take(at: 4 * Self.second, engineAnswers: answers).count
        reckoning.lose(at: 5 * Self.second)
        reckoning.find(isAnew: isAnew)
        count += reckoning.take(at: 9 * Self.second, engineAnswers: true).count
        #expect(count == found)
    }

    /// What an engine starts when it starts itself is told of the past.
    @Test(arguments: [("always", true, 0), ("no", true, 1), ("always", false, 1)])
    func anEngineThatStartsStartsItsContainers(policy: String, isAnew: Bool, found: Int) throws {
        var reckoning = EventReckoning()
        reckoning.lose(at: 0)
        reckoning.hear(
            try Self.event("container", "start", Self.id, at: 5 * Self.second), isOld: true,
            at: 6 * Self.second)
        reckoning.learn(Self.id, try traits(policy: policy, seen: 7))
        reckoning.find(isAnew: isAnew)
        let found7 = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found7.count == found)
    }

    /// A flood is held within bounds, and told.
    @Test func floodsAreBounded() throws {
        var reckoning = EventReckoning()
        for number in 0..<5000 {
            reckoning.hear(try Self.event("daemon", "reload", "\(number)"), isOld: false, at: 0)
        }
        let found8 = reckoning.take(at: 0, engineAnswers: true)
        #expect(found8.count == 5000 - EventReckoning.mostHeld)
        let found9 = reckoning.take(at: 4 * Self.second, engineAnswers: true)
        #expect(found9.count == EventReckoning.mostHeld)
        #expect(reckoning.held.isEmpty)
    }

    /// What waits keeps no labels, however many and long they are.
    @Test func whatWaitsIsShort() throws {
        var reckoning = EventReckoning()
        let long = String(repeating: "x", count: 1 << 20)
        let event = try Self.event(
            "container", "exec_create: " + long, Self.id,
            [("label", long), ("execID", long), ("name", "web")])
        reckoning.hear(event, isOld: false, at: 0)
        let held = try #require(reckoning.held.first).event
        #expect(held.line.isEmpty && held.action.utf8.count < 8192)
        #expect(held.attributes.members.map(\.name) == ["name"])
    }

    /// What is over is forgotten.
    @Test func nothingIsKeptForEver() throws {
        var reckoning = EventReckoning()
        for number in 0..<100 {
            let id = String(repeating: "0", count: 61) + String(number + 100)
            let expected = try #require(
                ExpectedEvents("DELETE", "/v1.44/containers/\(id)?force=1", body: nil))
            let token = reckoning.begin(expected, entry: "e", at: 0)
            reckoning.learn(id, try traits(seen: 1))
            reckoning.hear(try Self.event("container", "destroy", id), isOld: false, at: 1)
            reckoning.end(token, .answered(204), at: 2)
        }
        let found10 = reckoning.take(at: 60 * Self.second, engineAnswers: true)
        #expect(found10.isEmpty)
        reckoning.prune(at: 60 * Self.second)
        #expect(reckoning.requests.isEmpty && reckoning.places.isEmpty)
        #expect(reckoning.lives.isEmpty && reckoning.traits.isEmpty)
    }

    // MARK: What was heard

    @Test func whatIsToldAnewCountsOnce() throws {
        func event(_ action: String, _ time: Int64) throws -> EngineEvent {
            try Self.event("container", action, Self.id, at: time)
        }
        var trail = EventTrail(after: nil, at: 10)
        func hears(_ event: EngineEvent) -> Bool { trail.hear(event, mayBePast: true, at: 1 << 40) }
        func gap() -> EventTrail.Gap? { trail.takeGap() }
        trail.begin(at: 10)
        let first = try event("start", 11)
        #expect(try !hears(event("start", 9)))
        #expect(hears(first) && !hears(first))
        #expect(gap() == nil)
        // Another stream tells the last event again: nothing is missing between.
        trail.begin(at: 20)
        #expect(!hears(first))
        #expect(try hears(event("kill", 15)))
        #expect(gap() == nil)
        // One that does not tell it has forgotten what came after.
        trail.begin(at: 30)
        #expect(try hears(event("kill", 25)))
        #expect(gap()?.until == 30)
        #expect(gap() == nil)
        // The next gateway goes on from there.
        let mark: EventTrail.Mark = try #require(trail.last)
        trail = EventTrail(after: mark, at: 100)
        trail.begin(at: 100)
        #expect(try !hears(event("kill", 25)))
        #expect(try hears(event("start", 50)))
        #expect(gap() == nil)
    }

    /// A clock that was ahead hides nothing that happens after it was set.
    @Test func aClockIsSetBack() throws {
        let second = Self.second
        func event(_ action: String, _ time: Int64) throws -> EngineEvent {
            try Self.event("container", action, Self.id, at: time)
        }
        var trail = EventTrail(after: EventTrail.Mark(time: 1000 * second, key: ""), at: 100 * second)
        trail.begin(at: 100 * second)
        // What the engine tells of the time before the stream is another's matter.
        #expect(!trail.hear(try event("kill", 90 * second), mayBePast: true, at: 100 * second))
        #expect(trail.hear(try event("kill", 101 * second), mayBePast: false, at: 101 * second))
        #expect(trail.last?.time == 101 * second)
        // An engine's clock that is ahead of ours moves no mark into the time that comes.
        #expect(trail.hear(try event("start", 2000 * second), mayBePast: false, at: 102 * second))
        #expect(trail.last?.time == 102 * second)
        #expect(trail.hear(try event("kill", 103 * second), mayBePast: false, at: 103 * second))
    }

    /// Labels, commands and what a terminal obeys are not told.
    @Test func nothingSecretIsTold() throws {
        let event = try Self.event(
            "container", "exec_create: sh -c hunter2", "x\u{1B}[2J",
            [("PASSWORD", "hunter2"), ("name", "we\u{7}b"), ("image", "bb:1")])
        let act = UnrecordedAct(event, wasAway: true)
        #expect(!act.sentence.contains("hunter2") && act.sentence.contains("bb:1"))
        #expect(!(act.sentence + act.target).unicodeScalars.contains { $0.value < 0x20 })
    }
}
