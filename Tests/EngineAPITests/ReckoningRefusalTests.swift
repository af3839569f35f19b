import JSON
import Testing

@testable import EngineAPI

/// What a request that was refused does not explain.
@Suite struct ReckoningRefusalTests {
    private static let second: Int64 = 1_000_000_000
    private static let id = ReckoningTests.id
    private static let other = ReckoningTests.other

    /// A request, how it ended after a second, and one event: before that or after it.
    struct Row: CustomTestStringConvertible, Sendable {
        let request: String
        let end: RequestEnd
        let event: String
        let isExplained: Bool

        init(_ request: String, _ end: RequestEnd, _ event: String, _ isExplained: Bool) {
            self.request = request
            self.end = end
            self.event = event
            self.isExplained = isExplained
        }

        var testDescription: String { "\(request) \(end) \(event) \(isExplained)" }
    }

    private static let create = "POST /containers/create?name=web"

    private static let rows: [Row] = [
        // The engine has done what it was asked.
        Row("POST /containers/\(id)/start", .answered(204), "container start", true),
        Row("POST /containers/\(id)/start", .left, "container start", true),
        Row("POST /containers/\(id)/attach", .answered(101), "container attach", true),
        // It says that it has not.
        Row("POST /containers/\(id)/start", .answered(304), "container start", false),
        Row("POST /containers/\(id)/start", .answered(404), "container start", false),
        Row("POST /containers/\(id)/start", .answered(500), "container start", false),
        Row("POST /containers/\(id)/start", .unsent, "container start", false),
        Row("POST /containers/\(id)/stop", .answered(304), "container kill", false),
        Row("POST /containers/\(id)/stop", .answered(404), "container stop", false),
        Row("POST /containers/\(id)/kill", .answered(409), "container kill", false),
        Row("POST /containers/\(id)/exec", .answered(409), "container exec_create: x", false),
        Row("POST /containers/\(id)/exec", .answered(500), "container exec_create: x", false),
        Row("POST /containers/\(id)/attach", .answered(404), "container attach", false),
        Row("PUT /containers/\(id)/archive?path=/", .answered(404), "container extract-to-dir", false),
        Row("PUT /containers/\(id)/archive?path=/", .cutOff, "container extract-to-dir", false),
        Row("DELETE /containers/\(id)?force=1", .answered(409), "container destroy", false),
        Row("POST /containers/prune", .answered(409), "container destroy", false),
        Row(create, .answered(409), "container create", false),
        Row(create, .answered(404), "container create", false),
        Row(create, .answered(500), "container create", false),
        Row("POST /images/create?fromImage=a&tag=1", .answered(404), "image pull", false),
        Row("POST /images/a/tag?repo=b&tag=1", .answered(404), "image tag", false),
        Row("DELETE /images/a", .answered(404), "image untag", false),
        Row("DELETE /images/a", .answered(409), "image untag", false),
        Row("POST /commit?container=\(id)", .answered(500), "container commit", false),
        Row("POST /commit?container=\(id)", .answered(409), "container pause", false),
        Row("POST /swarm/init", .answered(503), "network create", false),
        Row("POST /swarm/leave", .answered(503), "node remove", false),
        Row("POST /swarm/update", .answered(406), "node update", false),
        Row("POST /swarm/join", .answered(406), "node update", false),
        // A prune says what it has removed.
        Row("POST /containers/prune", .pruned([id]), "container destroy", true),
        Row("POST /containers/prune", .pruned([other]), "container destroy", false),
        Row("POST /containers/prune", .pruned([]), "container prune", true),
        Row("POST /volumes/prune", .pruned(["web"]), "volume destroy", true),
        Row("POST /volumes/prune", .pruned(["webs"]), "volume destroy", false),
        Row("POST /networks/prune", .pruned(["web"]), "network destroy", true),
        Row("POST /networks/prune", .pruned(["n"]), "network destroy", false),
        Row("POST /images/prune", .pruned([id]), "image delete", true),
        Row("POST /images/prune", .pruned([]), "image delete", false),
        Row("POST /networks/create", .answered(409), "network create", false),
        Row("DELETE /networks/\(id)", .answered(403), "network destroy", false),
        Row("DELETE /volumes/web", .answered(409), "volume destroy", false),
        Row("POST /secrets/create", .answered(409), "secret create", false),
        // It may have done a part.
        Row("POST /containers/\(id)/start", .answered(404), "network connect", true),
        Row("POST /containers/\(id)/start", .answered(500), "network disconnect", true),
        Row("POST /containers/\(id)/stop", .answered(500), "container kill", true),
        Row("POST /containers/\(id)/restart", .answered(404), "container kill", true),
        Row("POST /containers/\(id)/restart", .answered(404), "container start", false),
        Row("POST /containers/\(id)/kill", .answered(500), "container kill", true),
        Row("POST /exec/\(id)/start", .answered(400), "container exec_start: x", true),
        Row("POST /exec/\(id)/start", .answered(409), "container exec_start: x", false),
        Row("DELETE /containers/\(id)?force=1", .answered(500), "container kill", true),
        Row("POST /containers/prune", .answered(500), "container destroy", true),
        Row(create, .answered(409), "volume create", true),
        Row(create, .unsent, "volume create", false),
        Row("POST /commit?container=\(id)", .answered(500), "container pause", true),
        Row("POST /commit?container=\(id)", .answered(400), "container unpause", true),
        Row("POST /swarm/join", .answered(503), "node update", true),
        Row("POST /build?t=x", .answered(400), "image build", true),
        Row("POST /build?t=x", .cutOff, "image build", true),
        Row("POST /images/load", .answered(400), "image load", true),
        Row("POST /swarm/init", .answered(400), "network create", true),
    ]

    private func event(_ row: Row) throws -> EngineEvent {
        let words = row.event.split(separator: " ", maxSplits: 1).map(String.init)
        let id = words[0] == "volume" ? "web" : Self.id
        return try ReckoningTests.event(
            words[0], words[1], id,
            [
                ("name", row.request.contains("repo=b") ? "b:1" : "web"), ("container", Self.id),
                ("execID", Self.id),
            ])
    }

    private func expected(_ row: Row) throws -> ExpectedEvents {
        let words = row.request.split(separator: " ").map(String.init)
        let body = #"{"Image":"bb:1","Name":"web","HostConfig":{"AutoRemove":true,"Binds":["web:/d"]}}"#
        return try #require(ExpectedEvents(words[0], "/v1.44" + words[1], body: Array(body.utf8)))
    }

    @Test(arguments: rows)
    func whatIsRefusedExplainsNothing(row: Row) throws {
        var event = try event(row)
        if row.event == "image pull" {
            event = try ReckoningTests.event("image", "pull", "a:1")
        }
        for isEarly in [true, false] {
            var reckoning = EventReckoning()
            let token = reckoning.begin(try expected(row), entry: "e", at: 0)
            if isEarly {
                #expect(reckoning.hear(event, isOld: false, at: Self.second / 2) != nil)
            }
            reckoning.end(token, row.end, at: Self.second)
            if !isEarly { reckoning.hear(event, isOld: false, at: 2 * Self.second) }
            let found = reckoning.take(at: 10 * Self.second, engineAnswers: true)
            #expect(found.count == (row.isExplained ? 0 : 1), "early: \(isEarly)")
            reckoning.prune(at: 1000 * Self.second)
            #expect(reckoning.requests.isEmpty && reckoning.places.isEmpty)
        }
    }

    /// Of two that ask for one name the one that was answered so has made it, whichever was first.
    @Test(arguments: [(201, 409, 0), (409, 201, 0), (409, 409, 1)])
    func ofTwoTheOneThatDidItExplains(one: Int, other: Int, found: Int) throws {
        var reckoning = EventReckoning()
        let row = Row(Self.create, .left, "container create", true)
        let tokens = try (0..<2).map { _ in
            reckoning.begin(try expected(row), entry: "e", at: 0)
        }
        reckoning.hear(try event(row), isOld: false, at: Self.second / 2)
        reckoning.end(tokens[0], .answered(one), at: Self.second)
        reckoning.end(tokens[1], .answered(other), at: Self.second)
        let acts = reckoning.take(at: 4 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
    }

    /// What cannot be made after all is undone, without having been told of; what was there is not.
    @Test(arguments: [
        ("destroy", false, 0), ("create,destroy", false, 2), ("start,destroy", false, 2),
        ("destroy", true, 1),
    ])
    func whatIsNotMadeAfterAllIsUndone(events: String, isKnown: Bool, found: Int) throws {
        try undone(events, isKnown, .answered(500), found)
    }

    /// What is made, or has the name already, is not undone.
    @Test(arguments: [(201, 1), (409, 1), (404, 0), (500, 0)])
    func onlyWhatIsNotMadeIsUndone(status: Int, found: Int) throws {
        try undone("destroy", false, .answered(status), found)
    }

    private func undone(
        _ events: String, _ isKnown: Bool, _ end: RequestEnd, _ found: Int
    ) throws {
        var reckoning = EventReckoning()
        if isKnown { reckoning.learn(Self.id, ContainerTraits(making: .null)) }
        let row = Row(Self.create, .left, "container create", true)
        let token = reckoning.begin(try expected(row), entry: "e", at: 0)
        for action in events.split(separator: ",") {
            reckoning.hear(
                try ReckoningTests.event("container", String(action), Self.id, [("name", "web")]),
                isOld: false, at: Self.second / 2)
        }
        reckoning.end(token, end, at: Self.second)
        let acts = reckoning.take(at: 4 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
    }

    // MARK: Late, and many

    /// What came too long ago, or was too much, is counted where it is not looked at again.
    @Test(arguments: [(1, 2, 1, 0), (1, 9, 0, 1), (1500, 2, 1024, 476), (1500, 9, 0, 1500)])
    func whatIsNotLookedAtAgainIsCounted(
        events: Int, end: Int64, found: Int, dropped: Int
    ) throws {
        var reckoning = EventReckoning()
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/images/load", body: nil))
        let token = reckoning.begin(expected, entry: "e", at: 0)
        for number in 0..<events {
            // An old event counts from when it came.
            reckoning.hear(
                try ReckoningTests.event("image", "load", "\(number)", at: 1),
                isOld: number % 2 == 1, at: Self.second)
        }
        let count = reckoning.end(token, .unsent, at: end * Self.second)
        let acts = reckoning.take(at: 20 * Self.second, engineAnswers: true)
        #expect(acts.count == found && count == dropped)
    }

    /// A prune that lasts hides neither what others have asked for meanwhile nor what nobody has.
    @Test func aLongPruneHidesNothing() throws {
        var reckoning = EventReckoning()
        let prune = try #require(
            ExpectedEvents("POST", "/v1.44/containers/prune", body: nil))
        let token = reckoning.begin(prune, entry: "p", at: 0)
        let delete = try #require(
            ExpectedEvents("DELETE", "/v1.44/containers/\(Self.id)", body: nil))
        let other = reckoning.begin(delete, entry: "d", at: 1)
        func destroyed(_ id: String) throws -> EngineEvent {
            try ReckoningTests.event("container", "destroy", id)
        }
        let explanation = reckoning.hear(try destroyed(Self.id), isOld: false, at: 2)
        #expect(explanation == .request("d"))
        reckoning.end(other, .answered(204), at: 3)
        reckoning.hear(try destroyed(Self.other), isOld: false, at: 4)
        reckoning.hear(try destroyed("aa"), isOld: false, at: 4)
        reckoning.prune(at: 30 * Self.second)
        reckoning.end(token, .pruned(["aa"]), at: 40 * Self.second)
        let acts = reckoning.take(at: 50 * Self.second, engineAnswers: true)
        #expect(acts.map(\.target) == ["container/\(Self.other)"])
        // The engine says last that it has pruned.
        let again = reckoning.begin(prune, entry: "p", at: 60 * Self.second)
        for action in ["prune", "destroy"] {
            reckoning.hear(
                try ReckoningTests.event("container", action, "bb"), isOld: false,
                at: 61 * Self.second)
        }
        reckoning.end(again, .left, at: 62 * Self.second)
        let later = reckoning.take(at: 70 * Self.second, engineAnswers: true)
        #expect(later.map(\.target) == ["container/bb"])
    }

    @Test(
        arguments: [
            (#"{"ContainersDeleted":["a","b"],"SpaceReclaimed":1}"#, ["a", "b"]),
            (#"{"VolumesDeleted":["v"]}"#, ["v"]), (#"{"NetworksDeleted":["n"]}"#, ["n"]),
            (#"{"ImagesDeleted":[{"Untagged":"a:1"},{"Deleted":"sha256:1"}]}"#, ["a:1", "sha256:1"]),
            (#"{"ContainersDeleted":null}"#, []), ("[]", nil), ("", nil),
        ] as [(String, Set<String>?)])
    func answersOfPrunesAreRead(body: String, ids: Set<String>?) {
        #expect(ExpectedEvents.pruned(Array(body.utf8)) == ids)
    }

    /// Whose client has left explains as long as the engine may take, and least long what names nothing.
    @Test(
        arguments: [
            ("POST /containers/\(id)/stop?t=600", "container stop", 600, 0),
            ("POST /containers/\(id)/stop?t=5", "container stop", 60, 1),
            ("POST /containers/\(id)/stop", "container stop", 60, 0),
            ("POST /containers/prune", "container destroy", 10, 0),
            ("POST /containers/prune", "container destroy", 20, 1),
            ("DELETE /images/a", "image untag", 40, 1), ("POST /build?t=x", "image tag", 40, 1),
            ("POST /images/load", "image load", 40, 1), ("POST /swarm/leave", "node remove", 90, 1),
        ] as [(String, String, Int64, Int)])
    func whatIsLeftExplainsAsLongAsItTakes(
        request: String, event: String, after: Int64, found: Int
    ) throws {
        var reckoning = EventReckoning()
        let row = Row(request, .left, event, true)
        let token = reckoning.begin(try expected(row), entry: "e", at: 0)
        reckoning.end(token, .left, at: 1)
        reckoning.hear(try self.event(row), isOld: false, at: after * Self.second)
        let acts = reckoning.take(at: (after + 9) * Self.second, engineAnswers: true)
        #expect(acts.count == found)
    }

    /// A gateway that ends tells what waits, and when that happened of which it does not know.
    @Test func whatWaitsIsToldAtTheEnd() throws {
        var reckoning = EventReckoning()
        for (time, id) in [Self.id, Self.other].enumerated() {
            reckoning.hear(
                try ReckoningTests.event(
                    "container", "create", id, [("com.docker.swarm.task.id", "task1")]),
                isOld: false, at: Int64(time))
        }
        reckoning.learn(Self.id, mayBeTask: true)
        let build = try #require(ExpectedEvents("POST", "/v1.41/build?rm=1", body: nil))
        _ = reckoning.begin(build, entry: "e", at: 0)
        for action in ["create", "start"] {
            reckoning.hear(
                try ReckoningTests.event(
                    "container", action, "aa", [("image", "sha256:1"), ("name", "odd_cat")]),
                isOld: false, at: 3)
        }
        let (acts, undecided) = reckoning.close(at: 4)
        #expect(
            acts.map { "\($0.action) \($0.target)" } == [
                "create container/\(Self.other)", "create container/aa", "start container/aa",
            ])
        #expect(undecided == [0] && reckoning.held.isEmpty)
    }

    /// A Swarm says whose a container is once its task starts: in a roll-out, when another has ended.
    @Test(arguments: [(true, true, 0), (true, false, 1), (false, false, 1)])
    func tasksThatAreReadyAreWaitedFor(mayBe: Bool, isTask: Bool, found: Int) throws {
        var reckoning = EventReckoning()
        reckoning.hear(
            try ReckoningTests.event(
                "container", "create", Self.id, [("com.docker.swarm.task.id", "task1")]),
            isOld: false, at: Self.second)
        reckoning.learn(Self.id, mayBeTask: mayBe)
        var acts = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(acts.count == (mayBe ? 0 : found))
        if isTask { reckoning.learn(Self.id, isTask: true) }
        acts += reckoning.take(at: 62 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
        #expect(reckoning.held.isEmpty)
    }

    /// What somebody else has made is not what the refused request would have made.
    @Test func aRefusedRequestTellsNoTraits() throws {
        var reckoning = EventReckoning()
        let row = Row(Self.create, .left, "container create", true)
        let token = reckoning.begin(try expected(row), entry: "e", at: 0)
        reckoning.hear(try event(row), isOld: false, at: 1)
        #expect(reckoning.removedAtEnd == [Self.id])
        reckoning.end(token, .answered(409), at: 2)
        #expect(reckoning.removedAtEnd.isEmpty)
    }
}
