import Acts
import EngineAPI
import JSON
import Testing

/// What is made safe in new containers, and that what inspect shows afterwards can be sent back.
@Suite struct HardeningTests {
    private static let all = Hardening(
        noNewPrivileges: true, processes: 4096, logBytes: 64 << 20, healthInterval: 1_000_000_000,
        cgroup: TenantCgroup(root: "quaymaster", tenant: "ci-2"), ownCgroupNamespace: true,
        staysStopped: true)

    private static func sent(
        _ target: String, _ body: String, _ hardening: Hardening = all,
        on engine: EngineTraits = EngineTraits(version: .ceiling)
    ) throws -> JSONValue {
        var draft = try Draft(try Call("POST", "/v1.41" + target), body: Array(body.utf8))
        draft.apply(.harden(hardening), for: "alice", on: engine)
        return try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])
    }

    private static func host(_ host: String, on engine: EngineTraits = EngineTraits(version: .ceiling)) throws -> JSONValue {
        let body = #"{"Image":"a","HostConfig":\#(host)}"#
        return try sent("/containers/create", body, on: engine)["HostConfig"] ?? .null
    }

    @Test func whatIsNotSaidIsMadeSafe() throws {
        let host = try Self.host("{}")
        #expect(host["SecurityOpt"] == .array([.string("no-new-privileges")]))
        #expect(host["PidsLimit"]?.int64 == 4096)
        #expect(host["LogConfig"]?["Type"]?.string == "json-file")
        #expect(host["LogConfig"]?["Config"]?["max-size"]?.string == "64m")
        #expect(host["CgroupParent"]?.string == "/quaymaster/ci-2")
        #expect(host["CgroupnsMode"]?.string == "private")
        // A body without HostConfig gets one.
        let bare = try Self.sent("/containers/create", #"{"Image":"a"}"#)
        #expect(bare["HostConfig"] == host)
    }

    @Test(arguments: [
        (#"{"PidsLimit":0}"#, 4096), (#"{"PidsLimit":-1}"#, 4096), (#"{"PidsLimit":null}"#, 4096),
        (#"{"PidsLimit":100}"#, 100),
    ])
    func aLowerLimitStays(body: String, limit: Int) throws {
        #expect(try Self.host(body)["PidsLimit"]?.int64 == Int64(limit))
    }

    @Test(arguments: [
        (#"{"RestartPolicy":{"Name":"always"}}"#, "unless-stopped"),
        (#"{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}"#, "on-failure"),
        (#"{"RestartPolicy":{"Name":"no"}}"#, "no"),
    ])
    func whatWasStoppedStaysStopped(body: String, name: String) throws {
        #expect(try Self.host(body)["RestartPolicy"]?["Name"]?.string == name)
    }

    /// Every address becomes one of those that a level names, and stays it when it is sent back.
    @Test(arguments: [
        (#"{"HostPort":"80"}"#, "10.0.0.5"), (#"{"HostIp":"","HostPort":""}"#, "10.0.0.5"),
        (#"{"HostIp":"0.0.0.0","HostPort":"80"}"#, "10.0.0.5"), (#"{"HostIp":"::","HostPort":"80"}"#, "fd00::5"),
        (#"{"HostIp":"127.0.0.1","HostPort":"80"}"#, "127.0.0.1"),
    ])
    func portsGetTheirAddress(_ binding: String, _ address: String) throws {
        var hardening = Self.all
        hardening.publishes = PublishedAddresses(["10.0.0.5", "fd00::5", "127.0.0.1"])
        #expect(hardening.words.contains("ports on 10.0.0.5 or fd00::5"))
        let body = #"{"Image":"a","HostConfig":{"PortBindings":{"80/tcp":[\#(binding)],"81/tcp":null}}}"#
        let sent = try Self.sent("/containers/create", body, hardening)
        let bound = sent["HostConfig"]?["PortBindings"]?["80/tcp"]?.array?.first
        #expect(bound?["HostIp"]?.string == address)
        let open = try Self.sent("/containers/create", body, Self.all)
        let asked = open["HostConfig"]?["PortBindings"]?["80/tcp"]?.array?.first?["HostIp"]?.string ?? ""
        #expect(asked == ((try JSONReader.value(of: Array(binding.utf8)))["HostIp"]?.string ?? ""))
    }

    /// An image's own health check runs no more often than any other.
    @Test(arguments: [
        ("", 1_000_000_000), (#","Healthcheck":{"NAME":0}"#, 1_000_000_000),
        (#","Healthcheck":{"NAME":5000000000}"#, 5_000_000_000),
        (#","Healthcheck":{"NAME":1000000}"#, 1_000_000_000),
    ])
    func imagesAreNotCheckedMoreOften(member: String, interval: Int64) throws {
        for name in ["Interval", "StartInterval"] {
            var hardening = Self.all
            hardening.overridesImageInterval = name == "Interval"
            hardening.overridesImageStartInterval = name == "StartInterval"
            let member = member.replacing("NAME", with: name)
            let sent = try Self.sent("/containers/create", #"{"Image":"a"\#(member)}"#, hardening)
            #expect(sent["Healthcheck"]?[name]?.int64 == interval)
            // The other one is as the image has it.
            let other = name == "Interval" ? "StartInterval" : "Interval"
            #expect(sent["Healthcheck"]?[other] == nil)
        }
        let other = try Self.sent("/containers/create", #"{"Image":"a"}"#)
        #expect(other["Healthcheck"]?["Interval"] == nil)
    }

    /// What engines leave out for old clients stays out in the newer version that is sent.
    @Test(arguments: [(24, false), (25, true), (41, true)])
    func oldClientsRemoveTheirContainersThemselves(version: Int, removes: Bool) throws {
        let body = #"{"Image":"a","HostConfig":{"AutoRemove":true}}"#
        var draft = try Draft(
            try Call("POST", "/v1.\(version)/containers/create"), body: Array(body.utf8))
        draft.speak(.ceiling)
        let request = draft.request(version: .ceiling)
        let sent = try JSONReader.value(of: request.body ?? [])
        #expect(request.target.hasPrefix("/v\(APIVersion.ceiling)/"))
        #expect((sent["HostConfig"]?["AutoRemove"]?.bool ?? false) == removes)
    }

    /// An engine that may start a container later does what a start does.
    @Test(arguments: [
        (#"{"RestartPolicy":{"Name":"unless-stopped"}}"#, true),
        (#"{"RestartPolicy":{"Name":"no"}}"#, false), (#"{"Memory":67108864}"#, false),
    ])
    func aRestartPolicyIsAStart(body: String, starts: Bool) throws {
        let draft = try Draft(try Call("POST", "/v1.41/containers/c/update"), body: Array(body.utf8))
        #expect(draft.act.references.map(\.lendsPower) == [starts])
    }

    @Test func ownWordsStay() throws {
        let options = try Self.host(#"{"SecurityOpt":["no-new-privileges:true"]}"#)["SecurityOpt"]
        #expect(options == .array([.string("no-new-privileges:true")]))
        let log = try Self.host(
            #"{"LogConfig":{"Type":"json-file","Config":{"max-size":"1m","max-file":"2"}}}"#)["LogConfig"]
        #expect(log?["Config"]?["max-size"]?.string == "1m")
        let endless = try Self.host(#"{"LogConfig":{"Type":"local","Config":{"max-size":"-1"}}}"#)
        #expect(endless["LogConfig"]?["Config"]?["max-size"]?.string == "64m")
        let local = try Self.host(#"{"LogConfig":{"Type":"local"}}"#)
        #expect(local["LogConfig"]?["Config"]?["max-size"] == nil, "it is bounded by itself")
    }

    /// An engine whose logs go elsewhere takes no sizes.
    @Test func enginesDiffer() throws {
        let journal = EngineTraits(version: .ceiling, usesSystemdCgroups: true, logDriver: "journald")
        let host = try Self.host("{}", on: journal)
        #expect(host["LogConfig"] == nil)
        #expect(host["CgroupParent"]?.string == #"quaymaster-ci\x2d2.slice"#)
    }

    @Test func healthChecksHaveAFloor() throws {
        func interval(_ text: String) throws -> Int64? {
            try Self.sent(
                "/containers/create",
                #"{"Image":"a","Healthcheck":{"Test":["CMD","true"],"Interval":\#(text)}}"#)[
                    "Healthcheck"]?["Interval"]?.int64
        }
        #expect(try interval("1000000") == 1_000_000_000)
        #expect(try interval("5000000000") == 5_000_000_000)
        #expect(try interval("0") == 0, "the image's own, or the engine's")
    }

    @Test func updatesAreHeldToo() throws {
        let update = try Self.sent(
            "/containers/x/update", #"{"PidsLimit":-1,"RestartPolicy":{"Name":"always"}}"#)
        #expect(update["PidsLimit"]?.int64 == 4096)
        #expect(update["RestartPolicy"]?["Name"]?.string == "unless-stopped")
        #expect(try Self.sent("/containers/x/update", #"{"Memory":1}"#)["PidsLimit"] == nil)
    }

    @Test func buildsGetTheTenantsCgroup() throws {
        var draft = try Draft(try Call("POST", "/v1.41/build?t=a"))
        draft.apply(.harden(Self.all), for: "alice", on: EngineTraits(version: .ceiling))
        #expect(draft.call.query.value("cgroupparent") == "/quaymaster/ci-2")
    }

    /// What was made can be made again from what it shows: the same bytes come out.
    @Test func whatIsShownCanBeSentBack() throws {
        let once = try Self.sent(
            "/containers/create",
            #"{"Image":"a","Cmd":["x"],"HostConfig":{"RestartPolicy":{"Name":"always"},"Binds":["v:/d"]}}"#)
        let again = try Self.sent("/containers/create", JSONWriter.text(once))
        #expect(Self.sorted(again) == Self.sorted(once))
    }

    /// The same value whatever the order of its members.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        guard case .object(let object) = value else { return value }
        let members = object.members.map { ($0.name, sorted($0.value)) }.sorted { $0.0 < $1.0 }
        return .object(JSONObject(members))
    }

    @Test func runtimesAreTheTenants() throws {
        func runtime(_ host: String, _ obligation: Obligation) throws -> JSONValue? {
            var draft = try Draft(
                try Call("POST", "/v1.41/containers/create"),
                body: Array(#"{"Image":"a","HostConfig":\#(host)}"#.utf8))
            draft.apply(obligation, for: "alice", on: EngineTraits(version: .ceiling))
            let bytes = draft.request(version: .ceiling).body ?? []
            return try JSONReader.value(of: bytes)["HostConfig"]?["Runtime"]
        }
        #expect(try runtime("{}", .useRuntime("runsc"))?.string == "runsc")
        #expect(try runtime(#"{"Runtime":"runc"}"#, .useRuntime("runsc"))?.string == "runsc")
        #expect(try runtime(#"{"Runtime":"runc"}"#, .useDefaultRuntime) == nil)
    }
}
