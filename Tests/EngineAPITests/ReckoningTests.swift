import JSON
import Testing

@testable import EngineAPI

/// Which events of an engine the record explains.
@Suite struct ReckoningTests {
    static let second: Int64 = 1_000_000_000
    static let id = String(repeating: "ab", count: 32)
    static let other = String(repeating: "cd", count: 32)

    static func event(
        _ type: String, _ action: String, _ id: String, _ attributes: [(String, String)] = [],
        at time: Int64 = -1, scope: String = "local"
    ) throws -> EngineEvent {
        let object = JSONObject([
            ("Type", .string(type)), ("Action", .string(action)), ("scope", .string(scope)),
            ("timeNano", .integer(time)),
            (
                "Actor",
                .object(
                    JSONObject([
                        ("ID", .string(id)),
                        (
                            "Attributes",
                            .object(JSONObject(attributes.map { ($0, .string($1)) }))
                        ),
                    ]))
            ),
        ])
        return try #require(EngineEvent(JSONWriter.bytes(.object(object))))
    }

    /// One request, and one event that comes half a second after it was begun.
    struct Row: CustomTestStringConvertible, Sendable {
        let request: String
        var body = ""
        let type: String
        let action: String
        var id = ReckoningTests.id
        var attributes: [(String, String)] = []
        let isExplained: Bool

        var testDescription: String { "\(request) \(type) \(action) \(id.prefix(12)) \(isExplained)" }
    }

    private static func row(
        _ request: String, _ event: String, of id: String = id, with attributes: [(String, String)] = [],
        body: String = "", _ isExplained: Bool
    ) -> Row {
        let words = event.split(separator: " ", maxSplits: 1).map(String.init)
        return Row(
            request: request, body: body, type: words[0], action: words[1], id: id,
            attributes: attributes, isExplained: isExplained)
    }

    private static let rows: [Row] = [
        row("POST /containers/\(id)/start", "container start", true),
        row("POST /containers/\(id)/start", "container start", of: other, false),
        row("POST /containers/\(id)/start", "container kill", false),
        row("POST /containers/web/stop", "container stop", with: [("name", "web")], true),
        row("POST /containers/web/stop", "container stop", with: [("name", "webs")], false),
        row(
            "POST /containers/web/rename?name=new", "container rename",
            with: [("name", "new"), ("oldName", "/web")], true),
        row(
            "POST /containers/web/rename?name=new", "container rename",
            with: [("name", "new"), ("oldName", "/db")], false),
        row("POST /containers/abab/kill", "container kill", true),
        row("POST /containers/abac/kill", "container kill", false),
        row("POST /containers/\(id)/pause", "container unpause", false),
        row("DELETE /containers/\(id)?force=1", "container destroy", true),
        row("DELETE /containers/\(id)?force=1", "container destroy", of: other, false),
        row("DELETE /containers/\(id)?v=1", "volume destroy", of: other, true),
        row("DELETE /containers/\(id)?v=1", "volume destroy", of: "data", false),
        row("POST /containers/prune", "container destroy", of: other, true),
        row("POST /containers/prune", "volume destroy", of: "data", false),
        row("GET /containers/\(id)/top", "container top", true),
        row("GET /containers/\(id)/json", "container top", false),
        row(
            "POST /containers/create?name=web", "container create", with: [("name", "web"), ("image", "bb:1")], body: #"{"Image":"bb:1"}"#,
            true),
        row(
            "POST /containers/create?name=web", "container create", with: [("name", "evil"), ("image", "bb:1")], body: #"{"Image":"bb:1"}"#,
            false),
        row("POST /containers/create", "container create", with: [("image", "bb:1")], body: #"{"Image":"bb:1"}"#, true),
        row("POST /containers/create", "container create", with: [("image", "bb:2")], body: #"{"Image":"bb:1"}"#, false),
        row("POST /containers/create", "volume create", of: "data", body: #"{"Image":"a","HostConfig":{"Binds":["data:/d"]}}"#, true),
        row("POST /containers/create", "volume create", of: "date", body: #"{"Image":"a","HostConfig":{"Binds":["data:/d"]}}"#, false),
        row("POST /containers/\(id)/exec", "container exec_create: sh -c x", body: "{}", true),
        row("POST /containers/\(other)/exec", "container exec_create: sh -c x", body: "{}", false),
        row("POST /exec/\(other)/start", "container exec_start: sh", with: [("execID", other)], body: "{}", true),
        row("POST /exec/\(other)/start", "container exec_start: sh", with: [("execID", id)], body: "{}", false),
        row("POST /images/create?fromImage=alpine&tag=3", "image pull", of: "alpine:3", true),
        row("POST /images/create?fromImage=docker.io%2Flibrary%2Falpine&tag=3", "image pull", of: "alpine:3", true),
        row("POST /images/create?fromImage=alpine&tag=3", "image pull", of: "evil:3", false),
        row("POST /images/bb/tag?repo=foo&tag=1", "image tag", of: "sha256:1", with: [("name", "foo:1")], true),
        row("POST /images/bb/tag?repo=foo&tag=1", "image tag", of: "sha256:1", with: [("name", "evil:1")], false),
        row("DELETE /images/foo", "image untag", of: "sha256:1", true),
        row("DELETE /images/foo", "image pull", of: "foo", false),
        row("POST /build?t=x", "container create", with: [("image", "sha256:12"), ("name", "odd_cat")], true),
        row("POST /build?t=x", "container create", with: [("image", "sha256:12"), ("name", "odd-cat")], false),
        row("POST /build?t=x", "container create", with: [("image", "bb:1"), ("name", "odd_cat")], false),
        row("POST /networks/create", "network create", with: [("name", "n")], body: #"{"Name":"n"}"#, true),
        row("POST /networks/create", "network create", with: [("name", "m")], body: #"{"Name":"n"}"#, false),
        row("POST /networks/\(id)/connect", "network connect", with: [("container", other)], body: "{}", true),
        row("POST /networks/\(other)/connect", "network connect", with: [("container", other)], body: "{}", false),
        row("POST /volumes/create", "volume create", of: "v", body: #"{"Name":"v"}"#, true),
        row("POST /volumes/create", "volume create", of: "w", body: #"{"Name":"v"}"#, false),
        row("POST /secrets/create", "secret create", of: "x1", with: [("name", "s")], body: #"{"Name":"s"}"#, true),
        row("POST /services/create", "service update", of: "x1", with: [("name", "s")], body: #"{"Name":"s"}"#, true),
        row("POST /services/create", "service update", of: "x1", with: [("name", "t")], body: #"{"Name":"s"}"#, false),
        row("POST /secrets/create", "config create", of: "x1", with: [("name", "s")], body: #"{"Name":"s"}"#, false),
        row("POST /swarm/init", "node update", of: "n1", with: [("availability.new", "drain")], body: "{}", true),
        // What only follows, or tells of what goes on by itself.
        row("GET /info", "container die", with: [("exitCode", "0")], true),
        row("GET /info", "container health_status: healthy", true),
        row("GET /info", "volume mount", of: "v", with: [("container", other)], true),
        row("GET /info", "node update", of: "n1", with: [("name", "n"), ("state.new", "ready")], true),
        row("GET /info", "node update", of: "n1", with: [("availability.new", "drain")], false),
        row("GET /info", "daemon reload", false),
        row("GET /info", "plugin enable", of: "p", false),
        row("GET /info", "somethingnew done", of: "p", false),
    ]

    @Test(arguments: rows)
    func requestsExplain(row: Row) throws {
        var reckoning = EventReckoning()
        let words = row.request.split(separator: " ").map(String.init)
        let body = row.body.isEmpty ? nil : Array(row.body.utf8)
        if let expected = ExpectedEvents(words[0], "/v1.44" + words[1], body: body) {
            let token = reckoning.begin(expected, entry: "e1", at: 0)
            reckoning.end(token, .answered(204), at: Self.second)
        }
        let event = try Self.event(row.type, row.action, row.id, row.attributes)
        reckoning.hear(event, isOld: false, at: Self.second / 2)
        let soon = reckoning.take(at: Self.second, engineAnswers: true)
        #expect(soon.isEmpty, "nothing counts at once")
        let found = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found.count == (row.isExplained ? 0 : 1))
        for act in found { #expect(act.type == row.type && !act.sentence.contains("sh -c")) }
    }

    /// What a request explains it explains as often as it may happen, and not before or long after.
    @Test(arguments: [(-1, 1, 1), (0, 1, 0), (0, 2, 1), (3, 1, 0), (5, 1, 1)] as [(Int64, Int, Int)])
    func aRequestExplainsOnce(before: Int64, times: Int, found: Int) throws {
        var reckoning = EventReckoning()
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/containers/\(Self.id)/start", body: nil))
        let token = reckoning.begin(expected, entry: "e1", at: 100 * Self.second)
        reckoning.end(token, .answered(204), at: 101 * Self.second)
        for _ in 0..<times {
            reckoning.hear(
                try Self.event("container", "start", Self.id), isOld: false,
                at: (100 + before) * Self.second)
        }
        let found1 = reckoning.take(at: 120 * Self.second, engineAnswers: true)
        #expect(found1.count == found)
    }

    /// What comes late, since the gateway was busy, counts from when it happened, as far as the engine's
    /// clock may be right.
    @Test(arguments: [(1, 8, 0), (6, 8, 1), (-1, 8, 1), (1, 30, 1)] as [(Int64, Int64, Int)])
    func whatComesLateIsExplained(time: Int64, arrival: Int64, found: Int) throws {
        var reckoning = EventReckoning()
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/containers/\(Self.id)/start", body: nil))
        let token = reckoning.begin(expected, entry: "e1", at: 0)
        reckoning.end(token, .answered(204), at: 2 * Self.second)
        reckoning.prune(at: arrival * Self.second)
        let event = try Self.event("container", "start", Self.id, at: time * Self.second)
        reckoning.hear(event, isOld: false, at: arrival * Self.second)
        let acts = reckoning.take(at: 60 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
    }

    /// A client that leaves does not stop what the engine has begun.
    @Test func whatAClientLeftBehindIsExplained() throws {
        var reckoning = EventReckoning()
        let expected = try #require(
            ExpectedEvents("POST", "/v1.44/containers/\(Self.id)/stop?t=60", body: nil))
        let token = reckoning.begin(expected, entry: "e1", at: 0)
        reckoning.end(token, .left, at: Self.second)
        reckoning.hear(try Self.event("container", "stop", Self.id), isOld: false, at: 60 * Self.second)
        let found2 = reckoning.take(at: 70 * Self.second, engineAnswers: true)
        #expect(found2.isEmpty)
    }

    // MARK: What follows

    static let inspected =
        #"{"RestartCount":COUNT,"HostConfig":{"AutoRemove":REMOVED,"RestartPolicy":{"Name":"POLICY"}},"#
        + #""Config":{"Healthcheck":{"Test":["CMD-SHELL","look /x"]}}}"#

    func traits(
        count: Int = 0, removed: Bool = false, policy: String = "no", seen: Int64
    ) throws -> ContainerTraits {
        let text = Self.inspected.replacing("COUNT", with: "\(count)")
            .replacing("REMOVED", with: "\(removed)").replacing("POLICY", with: policy)
        return ContainerTraits(try JSONReader.value(of: Array(text.utf8)), seen: seen * Self.second)
    }

    @Test(
        arguments: [
            // The engine has counted a start of its own.
            ("die,start", 1, "always", 5, 0), ("die,start", 0, "always", 5, 1),
            // Nobody could ask it in time.
            ("die,start", 0, "always", 0, 0), ("die,start", 0, "no", 0, 1),
            ("die,stop,start", 0, "always", 0, 2), ("start", 0, "always", 0, 1),
        ] as [(String, Int, String, Int64, Int)])
    func theEnginesOwnStartsAreToldApart(
        events: String, count: Int, policy: String, seen: Int64, found: Int
    ) throws {
        var reckoning = EventReckoning()
        reckoning.learn(Self.id, try traits(count: count, policy: policy, seen: seen))
        for action in events.split(separator: ",") {
            reckoning.hear(
                try Self.event("container", String(action), Self.id), isOld: false, at: Self.second)
        }
        let found3 = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found3.count == found)
    }

    @Test(arguments: [
        ("die,destroy", true, 0), ("die,destroy", false, 1), ("destroy", true, 1),
        ("exec_create: /bin/sh -c look /x,exec_start: /bin/sh -c look /x", false, 0),
        ("exec_create: /bin/sh -c look /y", false, 1), ("exec_create: look /x", false, 1),
    ])
    func whatAContainerBringsAboutFollows(events: String, removed: Bool, found: Int) throws {
        var reckoning = EventReckoning()
        for action in events.split(separator: ",") {
            reckoning.hear(
                try Self.event("container", String(action), Self.id), isOld: false, at: Self.second)
        }
        // It is known a moment later than the events are.
        reckoning.learn(Self.id, try traits(removed: removed, seen: 2))
        let found4 = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found4.count == found)
    }

    /// A container that is made to be removed takes its volumes with it, and its networks.
    @Test func aWholeRunIsExplained() throws {
        var reckoning = EventReckoning()
        func request(_ target: String, _ body: String = "") throws -> UInt64 {
            let expected = try #require(
                ExpectedEvents("POST", "/v1.44/containers/" + target, body: Array(body.utf8)))
            return reckoning.begin(expected, entry: "e", at: 0)
        }
        let create = try request("create", #"{"Image":"bb:1","HostConfig":{"AutoRemove":true}}"#)
        let start = try request("\(Self.id)/start", "null")
        let attributes = [("image", "bb:1"), ("name", "x")]
        let events = [
            try Self.event("volume", "create", Self.other),
            try Self.event("container", "create", Self.id, attributes),
            try Self.event("network", "connect", "n1", [("container", Self.id)]),
            try Self.event("container", "start", Self.id, attributes),
            try Self.event("container", "die", Self.id, attributes),
            try Self.event("network", "disconnect", "n1", [("container", Self.id)]),
            try Self.event("volume", "unmount", Self.other),
            try Self.event("volume", "destroy", Self.other),
            try Self.event("container", "destroy", Self.id, attributes),
        ]
        for event in events { reckoning.hear(event, isOld: false, at: Self.second) }
        for token in [create, start] { reckoning.end(token, .answered(204), at: Self.second) }
        let found5 = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found5.isEmpty)
        // The same around the gateway: each of its acts is told, what follows from them is not.
        var blind = EventReckoning()
        for event in events { blind.hear(event, isOld: false, at: Self.second) }
        let found = blind.take(at: 10 * Self.second, engineAnswers: true)
        #expect(
            found.map { "\($0.type) \($0.action)" } == [
                "volume create", "container create", "container start", "volume destroy",
                "container destroy",
            ])
    }

    /// A label makes no container a Swarm's: the Swarm is asked.
    @Test(arguments: [(true, 0), (false, 2)])
    func tasksAreTheSwarms(isTask: Bool, found: Int) throws {
        var reckoning = EventReckoning()
        let labels = [("com.docker.swarm.task.id", "task1")]
        for action in ["create", "start"] {
            reckoning.hear(
                try Self.event("container", action, Self.id, labels), isOld: false, at: Self.second)
        }
        #expect(reckoning.questions == [Self.id: "task1"])
        reckoning.learn(Self.id, isTask: isTask)
        let found6 = reckoning.take(at: 10 * Self.second, engineAnswers: true)
        #expect(found6.count == found)
    }
}
