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

    // MARK: Networks of what starts and stops

    /// Each network once, and before the start; nothing is connected by a stop.
    @Test(arguments: [
        ("start", "connect n1,connect n2,start", 0), ("start", "connect n1,connect n1,start", 1),
        ("start", "start,connect n1", 1), ("start", "connect n1,disconnect n1", 0),
        ("start", "start,disconnect n1", 1),
        ("stop", "kill,disconnect n1,disconnect n2,stop", 0),
        ("stop", "kill,disconnect n1,disconnect n1,stop", 1), ("stop", "connect n1,stop", 1),
        ("restart", "kill,disconnect n1,stop,connect n1,start,restart", 0),
        ("restart", "kill,disconnect n1,stop,connect n1,start,connect n2,restart", 1),
    ])
    func networksOfARequestAreBounded(request: String, events: String, found: Int) throws {
        var reckoning = EventReckoning()
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/containers/\(Self.id)/\(request)", body: nil))
        let token = reckoning.begin(expected, entry: "e", at: 0)
        reckoning.end(token, .left, at: 1)
        for (time, text) in events.split(separator: ",").enumerated() {
            let words = text.split(separator: " ").map(String.init)
            let event =
                words.count == 1
                ? try Self.event("container", words[0], Self.id)
                : try Self.event("network", words[0], words[1], [("container", Self.id)])
            // Far enough from each other that nothing follows by its time.
            reckoning.hear(event, isOld: false, at: Int64(time) * 4 * Self.second)
        }
        let acts = reckoning.take(at: 90 * Self.second, engineAnswers: true)
        #expect(acts.count == found, "\(acts)")
    }

    /// A container may be meant by its name, which its networks' events do not tell.
    @Test(arguments: [("web", 0), ("webs", 2)], [true, false])
    func containersAreMeantByTheirNames(name: (String, Int), wasHeard: Bool) throws {
        var reckoning = EventReckoning()
        if wasHeard {
            reckoning.hear(
                try Self.event("container", "create", Self.id, [("name", "web")]), isOld: false,
                at: 0)
            _ = reckoning.take(at: 4 * Self.second, engineAnswers: true)
        } else {
            let said = JSONValue.object(JSONObject([("Name", .string("/web"))]))
            reckoning.learn(Self.id, ContainerTraits(said, seen: 1))
        }
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/containers/\(name.0)/start", body: nil))
        let token = reckoning.begin(expected, entry: "e", at: 5 * Self.second)
        for verb in ["connect", "disconnect"] {
            reckoning.hear(
                try Self.event("network", verb, "n1", [("container", Self.id)]), isOld: false,
                at: 6 * Self.second)
        }
        reckoning.end(token, .answered(500), at: 7 * Self.second)
        let acts = reckoning.take(at: 20 * Self.second, engineAnswers: true)
        #expect(acts.count == name.1)
    }

    /// What follows from a start or an end does so once for each.
    @Test(arguments: [
        ("connect n1,start", 0), ("connect n1,connect n1,start", 1),
        ("connect n1,start,die,disconnect n1,connect n1,start", 0),
        ("die,disconnect n1", 0), ("die,disconnect n1,disconnect n1", 1),
    ])
    func networksOfWhatRestartsAreBounded(events: String, found: Int) throws {
        var reckoning = EventReckoning()
        reckoning.learn(Self.id, try traits(count: 1, policy: "always", seen: 5))
        for text in events.split(separator: ",") {
            let words = text.split(separator: " ").map(String.init)
            let event =
                words.count == 1
                ? try Self.event("container", words[0], Self.id)
                : try Self.event("network", words[0], words[1], [("container", Self.id)])
            reckoning.hear(event, isOld: false, at: Self.second)
        }
        let acts = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(acts.count == found, "\(acts)")
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
