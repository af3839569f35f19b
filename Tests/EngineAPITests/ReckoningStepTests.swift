import JSON
import Testing

@testable import EngineAPI

/// Which containers are taken for steps while a build runs, and for how long.
@Suite struct ReckoningStepTests {
    private static let second: Int64 = 1_000_000_000
    private static let id = ReckoningTests.id
    private static let other = ReckoningTests.other

    /// What the engine (20.10) says of a step's host part, as far as it says anything.
    static let stepsHost =
        #""LogConfig":{"Type":"none","Config":{}},"NetworkMode":"default","RestartPolicy":{"Name":"","#
        + #""MaximumRetryCount":0},"IpcMode":"private","CgroupnsMode":"host","Binds":null,"CapAdd":null,"#
        + #""ConsoleSize":[0,0],"ShmSize":67108864,"Runtime":"runc","OomScoreAdj":0,"Privileged":false,"#
        + #""MaskedPaths":["/proc/kcore"],"ReadonlyPaths":["/proc/sys"]"#

    static func inspected(
        _ changes: String = "", image: String = "sha256:12"
    ) throws -> JSONValue {
        let text =
            #"{"HostConfig":{"# + stepsHost + #"},"Config":{"Image":"\#(image)"}}"#
        var value = try #require(try JSONReader.value(of: Array(text.utf8)).object)
        var host = try #require(value["HostConfig"]?.object)
        let more = try JSONReader.value(of: Array("{\(changes)}".utf8)).object
        for member in more?.members ?? [] { host[member.name] = member.value }
        value["HostConfig"] = .object(host)
        return .object(value)
    }

    private static func event(
        _ action: String, of id: String = id, name: String = "odd_cat"
    ) throws -> EngineEvent {
        if action.hasPrefix("network ") {
            return try ReckoningTests.event(
                "network", String(action.dropFirst(8)), "n1", [("container", id), ("name", "bridge")])
        }
        return try ReckoningTests.event(
            "container", action, id, [("image", "sha256:12"), ("name", name)])
    }

    private static func begin(
        _ reckoning: inout EventReckoning, _ query: String = "rm=1"
    ) throws -> UInt64 {
        let expected = try #require(ExpectedEvents("POST", "/v1.41/build?" + query, body: nil))
        return reckoning.begin(expected, entry: "e", at: 0)
    }

    private static let whole =
        "create,attach,network connect,start,die,network disconnect,destroy"

    /// What happens to a container while a build runs, and what of it is told.
    struct Row: CustomTestStringConvertible, Sendable {
        var query = "rm=1"
        var name = "odd_cat"
        var events = ReckoningStepTests.whole
        /// What differs from a step's host part; nil: the engine was asked too late.
        var host: String? = ""
        var found = ""

        var testDescription: String { "\(query) \(name) \(events) \(host ?? "-")" }
    }

    private static let all = "create,attach,start,destroy"

    private static let rows: [Row] = [
        Row(), Row(name: "odd_cat7"), Row(name: String(id.prefix(12))),
        Row(events: "create,destroy", host: nil),
        Row(events: "create,attach,network connect,start,kill,die,network disconnect,destroy"),
        Row(query: "networkmode=n1", host: #""NetworkMode":"n1""#),
        Row(query: "networkmode=default", host: #""NetworkMode":"bridge""#),
        Row(query: "cgroupparent=/q", host: #""CgroupParent":"/q""#),
        Row(query: "memory=5&cpushares=5", host: #""Memory":5,"CpuShares":5"#),
        Row(query: "securityopt=%5B%22no-new-privileges%22%5D", host: #""SecurityOpt":["no-new-privileges"]"#),
        // Somebody has named it, or it is not what a build makes.
        Row(name: "web", found: all), Row(name: "odd_cat_x", found: all),
        Row(name: "odd-cat", found: all), Row(name: "_cat", found: all),
        Row(host: #""Privileged":true"#, found: all),
        Row(host: #""Binds":["/:/host"]"#, found: all),
        Row(host: #""Mounts":[{"Type":"bind","Source":"/"}]"#, found: all),
        Row(host: #""CapAdd":["SYS_ADMIN"]"#, found: all),
        Row(host: #""Devices":[{"PathOnHost":"/dev/sda"}]"#, found: all),
        Row(host: #""PidMode":"host""#, found: all), Row(host: #""IpcMode":"host""#, found: all),
        Row(host: #""UTSMode":"host""#, found: all), Row(host: #""UsernsMode":"host""#, found: all),
        Row(host: #""NetworkMode":"host""#, found: all),
        Row(host: #""SecurityOpt":["seccomp=unconfined"]"#, found: all),
        Row(host: #""MaskedPaths":[]"#, found: all), Row(host: #""ReadonlyPaths":[]"#, found: all),
        Row(host: #""PortBindings":{"80/tcp":[{}]}"#, found: all),
        // What is removed at its end goes by itself then.
        Row(host: #""AutoRemove":true"#, found: "create,attach,start"),
        Row(host: #""RestartPolicy":{"Name":"always"}"#, found: all),
        Row(host: #""LogConfig":{"Type":"json-file"}"#, found: all),
        Row(host: #""CgroupParent":"/q""#, found: all),
        Row(host: #""SomethingNew":7"#, found: all),
        // It ran, and nobody could ask what it was.
        Row(host: nil, found: all),
        // A build does none of these.
        Row(events: "create,exec_create: x,exec_start: x,destroy", found: "exec_create,exec_start"),
        Row(events: "create,rename,destroy", found: "rename"),
        Row(events: "create,pause,unpause,destroy", found: "pause,unpause"),
        Row(events: "create,update,destroy", found: "update"),
        Row(events: "create,commit,destroy", found: "commit"),
        Row(events: "create,stop,destroy", found: "stop"),
        Row(events: "create,start,die,start,die,destroy", found: "start"),
        Row(events: "create,attach,attach,destroy", found: "attach"),
        Row(
            events: "create,network connect,network connect,start,die,destroy", found: "connect"),
        Row(events: "create,start,network disconnect,die,destroy", found: "disconnect"),
        // What remains of a build.
        Row(events: "create,start,die"), Row(query: "rm=0", events: "create,start,die"),
        Row(events: "create"), Row(query: "rm=1&forcerm=1", events: "create", found: "create"),
        Row(query: "forcerm=1", events: "create,start,die", found: "create,start"),
        Row(events: "create,start", found: "create,start"),
        Row(query: "rm=0", events: "create,start", found: "create,start"),
    ]

    @Test(arguments: rows)
    func whatIsTakenForAStep(row: Row) throws {
        var reckoning = EventReckoning()
        let token = try Self.begin(&reckoning, row.query)
        var acts: [UnrecordedAct] = []
        for (index, action) in row.events.split(separator: ",").enumerated() {
            reckoning.hear(
                try Self.event(String(action), name: row.name), isOld: false, at: Self.second)
            if index == 0, let host = row.host {
                reckoning.learn(
                    Self.id, ContainerTraits(try Self.inspected(host), seen: Self.second))
            }
        }
        // The build goes on: steps that have gone are decided without it.
        for time in [5, 9] as [Int64] {
            reckoning.prune(at: time * Self.second)
            acts += reckoning.take(at: time * Self.second, engineAnswers: true)
        }
        reckoning.end(token, .answered(200), at: 10 * Self.second)
        for time in [14, 30] as [Int64] {
            reckoning.prune(at: time * Self.second)
            acts += reckoning.take(at: time * Self.second, engineAnswers: true)
        }
        #expect(acts.map(\.action).joined(separator: ",") == row.found)
        #expect(reckoning.held.isEmpty && reckoning.steps.isEmpty)
    }

    /// One that the engine is asked about anew when it starts (with another host part: API 1.23).
    @Test func whatHasChangedAtItsStartIsNone() throws {
        var reckoning = EventReckoning()
        _ = try Self.begin(&reckoning)
        reckoning.hear(try Self.event("create"), isOld: false, at: 0)
        reckoning.learn(Self.id, ContainerTraits(try Self.inspected(), seen: 1))
        reckoning.hear(try Self.event("start"), isOld: false, at: 2)
        let host = #""Privileged":true"#
        reckoning.learn(Self.id, ContainerTraits(try Self.inspected(host), seen: 3))
        let found = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(found.map(\.action) == ["create", "start"])
        reckoning.hear(try Self.event("exec_create: x"), isOld: false, at: 9 * Self.second)
        reckoning.hear(try Self.event("destroy"), isOld: false, at: 9 * Self.second)
        let later = reckoning.take(at: 20 * Self.second, engineAnswers: true)
        #expect(later.map(\.action) == ["exec_create", "destroy"])
    }

    /// As many steps run at a time as builds do.
    @Test(arguments: [(1, 2), (2, 0)])
    func aBuildHasOneStepAtATime(builds: Int, found: Int) throws {
        var reckoning = EventReckoning()
        for _ in 0..<builds { _ = try Self.begin(&reckoning) }
        for id in [Self.id, Self.other] {
            reckoning.hear(try Self.event("create", of: id), isOld: false, at: 1)
            reckoning.learn(id, ContainerTraits(try Self.inspected(), seen: 1))
        }
        for action in ["start", "die", "destroy"] {
            for id in [Self.id, Self.other] {
                reckoning.hear(try Self.event(action, of: id), isOld: false, at: 2)
            }
        }
        let acts = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(acts.count == (found == 0 ? 0 : 3))
        #expect(acts.allSatisfy { $0.target == "container/\(Self.other)" })
    }

    /// A step that was made before another build began may run beside that one's.
    @Test func anotherBuildHasItsOwn() throws {
        var reckoning = EventReckoning()
        for (id, actions) in [(Self.id, ["create"]), (Self.other, ["create", "start"])] {
            _ = try Self.begin(&reckoning)
            for action in actions {
                reckoning.hear(try Self.event(action, of: id), isOld: false, at: 1)
                reckoning.learn(id, ContainerTraits(try Self.inspected(), seen: 1))
            }
        }
        let explanation = reckoning.hear(try Self.event("start"), isOld: false, at: 2)
        #expect(explanation == .consequence)
    }

    /// Of steps that a build was to remove only the last may remain, which has failed.
    @Test(arguments: [("rm=1", 1), ("rm=0", 0), ("rm=1&forcerm=1", 2)])
    func onlyTheLastRemains(query: String, found: Int) throws {
        var reckoning = EventReckoning()
        let token = try Self.begin(&reckoning, query)
        for (time, id) in [Self.id, Self.other].enumerated() {
            reckoning.hear(try Self.event("create", of: id), isOld: false, at: Int64(time))
        }
        reckoning.end(token, .answered(200), at: 2)
        reckoning.prune(at: 9 * Self.second)
        let acts = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
        #expect(acts.first.map { $0.target == "container/\(Self.id)" } ?? true)
        // What happens to it later no build does.
        reckoning.hear(try Self.event("start", of: Self.other), isOld: false, at: 9 * Self.second)
        let later = reckoning.take(at: 20 * Self.second, engineAnswers: true)
        #expect(later.map(\.action) == ["start"])
    }

    /// A build that the engine never got has made nothing.
    @Test(arguments: [(RequestEnd.unsent, 1), (.answered(500), 0), (.left, 0)])
    func whatWasNotBuiltHasNoSteps(end: RequestEnd, found: Int) throws {
        var reckoning = EventReckoning()
        let token = try Self.begin(&reckoning)
        reckoning.hear(try Self.event("create"), isOld: false, at: 0)
        reckoning.end(token, end, at: 1)
        let acts = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(acts.count == found)
    }

    /// Who asks for a container of an image's id beside a build has made it.
    @Test func whatIsAskedForIsNoStep() throws {
        var reckoning = EventReckoning()
        _ = try Self.begin(&reckoning)
        let body = #"{"Image":"sha256:12","HostConfig":{"Privileged":true}}"#
        let expected = try #require(
            ExpectedEvents("POST", "/v1.41/containers/create", body: Array(body.utf8)))
        let token = reckoning.begin(expected, entry: "c", at: 0)
        reckoning.hear(try Self.event("create"), isOld: false, at: 1)
        reckoning.end(token, .answered(201), at: 2)
        reckoning.learn(Self.id, ContainerTraits(try Self.inspected(#""Privileged":true"#), seen: 1))
        let acts = reckoning.take(at: 9 * Self.second, engineAnswers: true)
        #expect(acts.isEmpty)
    }
}
