import Acts
import EngineAPI
import JSON
import Testing

/// What an engine would read in another way than we do, and what must not move between judging and
/// sending. Each row is a class of bypass that was once open.
@Suite struct CounterpartTests {
    private static func draft(_ target: String, _ body: String) throws -> Draft {
        try Draft(try Call("POST", "/v1.41" + target), body: Array(body.utf8))
    }

    private static func sent(_ draft: Draft) -> JSONValue {
        (try? JSONReader.value(of: draft.request(version: .ceiling).body ?? [])) ?? .null
    }

    private func rule(_ target: String, _ body: String) -> String? {
        do {
            _ = try Self.draft(target, body)
            return nil
        } catch let refusal as BodyRefusal {
            return refusal.rule
        } catch {
            return "\(error)"
        }
    }

    /// U+0600 and the colon behind it are one character for Swift and two for Go.
    @Test(arguments: [
        #"{"HostConfig":{"Binds":["/var/lib/x\u0600:/host"]}}"#,
        #"{"HostConfig":{"Binds":["/var/lib/x\u06dd:/host"]}}"#,
        #"{"HostConfig":{"Mounts":[{"Type":"volume","Source":"v\u0301","Target":"/d"}]}}"#,
        #"{"HostConfig":{"VolumesFrom":["a\u0600:ro"]}}"#,
        #"{"HostConfig":{"Tmpfs":{"/t":"size=1m\u0600,exec"}}}"#,
        #"{"HostConfig":{"ExtraHosts":["a\u0600:127.0.0.1"]}}"#,
        #"{"HostConfig":{"SecurityOpt":["seccomp\u0600=unconfined"]}}"#,
        #"{"HostConfig":{"CapAdd":["\u212aILL"]}}"#,
        #"{"HostConfig":{"Sysctls":{"\u0600kernel.x":"1"}}}"#,
        #"{"Volumes":{"/a\u0600:/b":{}}}"#,
        #"{"HostConfig":{"Binds":["/a\r\n:/b"]}}"#,
        #"{"NetworkingConfig":{"EndpointsConfig":{"n\u0301":{}}}}"#,
    ])
    func judgedTextIsPlain(body: String) {
        #expect(rule("/containers/create", body) == "body.text")
    }

    @Test func otherTextIsFree() throws {
        let body = #"{"Env":["NAME=Zoë"],"Cmd":["echo","日本"],"Labels":{"über":"é"},"Image":"bb:1"}"#
        let sent = Self.sent(try Self.draft("/containers/create", body))
        #expect(sent["Env"]?.array?.first?.string == "NAME=Zoë")
        #expect(sent["Labels"]?["über"]?.string == "é")
    }

    @Test func judgedParametersArePlain() {
        #expect(throws: TargetFailure.self) { try Call("POST", "/v1.41/build?networkmode=a%D8%80") }
        #expect(throws: TargetFailure.self) { try Call("POST", "/v1.41/build?extrahosts=a%D8%80:1.2.3.4") }
        #expect(throws: Never.self) { try Call("POST", "/v1.41/build?labels=%7B%22a%22:%22%C3%A9%22%7D") }
    }

    /// What judging costs is bounded by what is read.
    @Test func bodiesAreBounded() {
        let many = (0..<70_000).map { "\"v\($0):/d\"" }.joined(separator: ",")
        #expect(rule("/containers/create", "{\"HostConfig\":{\"Binds\":[\(many)]}}") == "body.size")
        let keys = (0..<2000).map { "\"a\($0)\"" }.joined(separator: ",")
        let filters = "{\"label\":[\(keys)]}".utf8.map { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16)
        }.joined()
        #expect(throws: TargetFailure.self) { try Call("GET", "/v1.41/containers/json?filters=" + filters) }
    }

    @Test func manyVolumesAreADemand() throws {
        func demands(_ count: Int) throws -> [Demand] {
            let binds = (0..<count).map { "\"v\($0):/d\($0)\"" }.joined(separator: ",")
            return try Self.draft("/containers/create", "{\"HostConfig\":{\"Binds\":[\(binds)]}}").act.demands
                .filter { $0.origin != "Image" }
        }
        #expect(try demands(64).isEmpty)
        #expect(try demands(65).count == 1)
        #expect(try demands(500).count == 1)
    }

    /// `docker commit` of Debian's client sends null.
    @Test func nullIsAnEmptyBody() throws {
        let draft = try Self.draft("/commit?container=web", "null\n")
        #expect(draft.act.references.first?.text == "web")
        #expect(rule("/containers/create", "[]") == "body.type")
    }

    @Test func whatIsPulledAndImportedIsOneOfBoth() {
        for (query, isAccepted) in [
            ("?fromImage=x&fromSrc=-", false), ("", false), ("?fromImage=x", true), ("?fromSrc=-", true),
        ] {
            let draft = try? Draft(try Call("POST", "/v1.41/images/create" + query))
            #expect((draft != nil) == isAccepted, "\(query)")
        }
    }

    @Test func whatGovernsTheHostSaysSo() throws {
        for (method, target) in [
            ("POST", "/plugins/create?name=p"), ("POST", "/plugins/p/enable"), ("POST", "/swarm/leave"),
            ("DELETE", "/nodes/n"),
        ] {
            let act = try Draft(try Call(method, "/v1.41" + target)).act
            #expect(act.demands.contains { if case .hostItself = $0.kind { true } else { false } }, "\(target)")
        }
        #expect(try Draft(try Call("POST", "/v1.41/containers/web/stop")).act.demands.isEmpty)
    }

    // MARK: Stamps

    private func stamped(_ tenant: String?, _ target: String, _ body: String) throws -> JSONValue {
        var draft = try Self.draft(target, body)
        draft.apply(.stamp(tenant: tenant), for: "alice", on: EngineTraits(version: .ceiling))
        return Self.sent(draft)
    }

    /// An image's own labels count where a container has none, so there is always one of ours.
    @Test func nobodysIsStampedToo() throws {
        let forged = #"{"Image":"bb:1","Labels":{"quaymaster.tenant":"blue","QuayMaster.X":"1","a":"b"}}"#
        for (tenant, expected) in [("red", "red"), (nil, "")] {
            let labels = try stamped(tenant, "/containers/create", forged)["Labels"]
            #expect(labels?["quaymaster.tenant"]?.string == expected)
            #expect(labels?["quaymaster.identity"]?.string == "alice")
            #expect(labels?["QuayMaster.X"] == nil)
            #expect(labels?["a"]?.string == "b")
        }
    }

    @Test func volumesOfAContainerAreStamped() throws {
        let body = #"""
            {"HostConfig":{"Mounts":[{"Type":"volume","Target":"/d",
            "VolumeOptions":{"Labels":{"quaymaster.tenant":"blue","a":"b"}}},{"Type":"tmpfs","Target":"/t"}]}}
            """#
        let mounts = try stamped("red", "/containers/create", body)["HostConfig"]?["Mounts"]?.array
        let labels = mounts?.first?["VolumeOptions"]?["Labels"]
        #expect(labels?["quaymaster.tenant"]?.string == "red")
        #expect(labels?["a"]?.string == "b")
        #expect(mounts?.last?["VolumeOptions"] == nil)
    }

    @Test func networksAreNeverDuplicates() throws {
        let network = try stamped("red", "/networks/create", #"{"Name":"n","CheckDuplicate":false}"#)
        #expect(network["CheckDuplicate"]?.bool == true)
        let act = try Self.draft("/networks/create", #"{"Name":"n"}"#).act
        #expect(act.references == [Reference(.network, "n", origin: "Name", use: .makes)])
    }

    @Test func labelsOfBuildsAndChangesAreNotOurs() throws {
        let call = try Call("POST", "/v1.41/build?labels=%7B%22quaymaster.tenant%22:%22x%22,%22a%22:%22b%22%7D")
        #expect(call.query.value("labels") == #"{"a":"b"}"#)
        // What is plainly ours is dropped, what could become ours is refused.
        let ours = try Self.draft("/commit?container=web&changes=LABEL%20quaymaster.tenant=red%20a=b", "{}")
        #expect(ours.call.query["changes"].allSatisfy { !$0.contains("quaymaster") })
        #expect(rule("/commit?container=web&changes=LABEL%20$X=red", "{}") == "dockerfile.label")
        #expect(
            try Self.draft("/commit?container=web&changes=LABEL%20a=b", "{}").act.demands.map(\.kind)
                == [.label("a")])
        #expect(rule("/volumes/create", #"{"Name":"../x"}"#) == "body.value")
    }

    // MARK: What is sent

    /// What was judged under a name is sent under the id that the name had.
    @Test func namesArePinned() throws {
        func pinned(_ target: String, _ body: String, _ reference: Reference) throws -> EngineRequest {
            var draft = try Self.draft(target, body)
            let own = try #require(
                draft.act.references.first {
                    $0.kind == reference.kind && $0.text == reference.text && $0.origin == reference.origin
                })
            draft.pin(Facts([own: .found(id: "0123abcd", tenant: "red")]))
            return draft.request(version: .ceiling)
        }
        let exec = try pinned(
            "/containers/web/exec", #"{"Cmd":["id"]}"#, Reference(.container, "web", origin: "path"))
        #expect(exec.target == "/v1.41/containers/0123abcd/exec")
        let commit = try pinned("/commit?container=web", "{}", Reference(.container, "web", origin: "container"))
        #expect(commit.target.contains("container=0123abcd"))
        let connect = try pinned(
            "/networks/n/connect", #"{"Container":"web"}"#, Reference(.container, "web", origin: "Container"))
        #expect(String(decoding: connect.body ?? [], as: UTF8.self).contains("0123abcd"))
        let join = try pinned(
            "/containers/create", #"{"HostConfig":{"PidMode":"container:web"}}"#,
            Reference(.container, "web", origin: "HostConfig.PidMode"))
        #expect(String(decoding: join.body ?? [], as: UTF8.self).contains("container:0123abcd"))
    }

    private static func isNoImage(_ kind: Demand.Kind) -> Bool {
        if case .image = kind { false } else { true }
    }

    /// An engine takes the network that an endpoint names itself before the one it stands under.
    @Test(arguments: [
        ("/containers/create", #"{"Image":"a","NetworkingConfig":{"EndpointsConfig":{"bridge":{"NetworkID":"five"}}}}"#),
        ("/networks/n/connect", #"{"EndpointConfig":{"NetworkID":"five"}}"#),
    ])
    func networksOfEndpointsArePinned(target: String, body: String) throws {
        var draft = try Self.draft(target, body)
        let network = try #require(draft.act.references.first { $0.text == "five" })
        draft.pin(Facts([network: .found(id: "0123abcd", tenant: "red")]))
        let sent = String(decoding: draft.request(version: .ceiling).body ?? [], as: UTF8.self)
        #expect(sent.contains(#""NetworkID":"0123abcd""#), "\(sent)")
        let host = try Self.draft(target, body.replacing("five", with: "host"))
        #expect(host.act.demands.map(\.kind).filter(Self.isNoImage) == [.hostNamespace(.network)])
        let joined = try Self.draft(target, body.replacing("five", with: "container:x"))
        #expect(joined.act.demands.map(\.kind).filter(Self.isNoImage) == [.unjudged(#"a network called "container:x""#)])
    }

    /// A name beside the id of the same network does not stay: it would be looked up again.
    @Test func noNameOfANetworkIsLeft() throws {
        for endpoints in [#"{"5":{}}"#, #"{"5":{},"0123abcd":{}}"#, #"{"0123abcd":{},"5":{}}"#] {
            let body = #"{"HostConfig":{"NetworkMode":"5"},"NetworkingConfig":{"EndpointsConfig":\#(endpoints)}}"#
            var draft = try Self.draft("/containers/create", body)
            draft.pin(
                Facts(
                    Dictionary(
                        uniqueKeysWithValues: draft.act.references.map {
                            ($0, Resolution.found(id: "0123abcd", tenant: "red"))
                        })))
            let sent = Self.sent(draft)
            #expect(sent["HostConfig"]?["NetworkMode"]?.string == "0123abcd")
            let keys = sent["NetworkingConfig"]?["EndpointsConfig"]?.object?.members.map(\.name)
            #expect(keys == ["0123abcd"], "\(endpoints)")
        }
    }

    /// A MAC address that an inspect shows was asked for by nobody; one that stands alone was.
    @Test(arguments: [
        (#"{"MacAddress":"02:42:ac:1e:00:02","EndpointID":"0a","IPAddress":"172.30.0.2"}"#, false),
        (#"{"MacAddress":"02:42:ac:1e:00:02","IPAddress":"172.30.0.2"}"#, false),
        (#"{"MacAddress":"02:42:ac:1e:00:02","IPAddress":""}"#, true),
        (#"{"MacAddress":"02:42:ac:1e:00:02"}"#, true),
    ])
    func answersAskForNothing(endpoint: String, asks: Bool) throws {
        let body = #"{"NetworkingConfig":{"EndpointsConfig":{"bridge":\#(endpoint)}}}"#
        let draft = try Self.draft("/containers/create", body)
        #expect(!draft.act.demands.map(\.kind).contains(where: Self.isNoImage) != asks)
        let sent = Self.sent(draft)["NetworkingConfig"]?["EndpointsConfig"]?["bridge"]?["MacAddress"]
        #expect((sent != nil) == asks)
    }

    @Test func theEnginesOwnDefaultsAreItsOwn() throws {
        let old =
            #"["/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware"]"#
        let dropped = Self.sent(try Self.draft("/containers/create", #"{"HostConfig":{"MaskedPaths":\#(old)}}"#))
        #expect(dropped["HostConfig"]?["MaskedPaths"] == nil)
        let empty = try Self.draft("/containers/create", #"{"HostConfig":{"MaskedPaths":[]}}"#)
        #expect(empty.act.demands.map(\.kind) == [.image("scratch"), .unmaskedPaths])
        var runc = try Self.draft("/containers/create", #"{"HostConfig":{"Runtime":"runc"}}"#)
        #expect(runc.act.demands.map(\.kind) == [.image("scratch"), .runtime("runc")])
        runc.apply(.useDefaultRuntime, for: "alice", on: EngineTraits(version: .ceiling))
        #expect(Self.sent(runc)["HostConfig"]?["Runtime"] == nil)
    }

    /// Only where an operation has filters are they narrowed.
    @Test func noParameterIsInvented() throws {
        var info = try Draft(try Call("GET", "/v1.41/info"))
        info.apply(.narrow(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        #expect(info.request(version: .ceiling).target == "/v1.41/info")
        var list = try Draft(try Call("GET", "/v1.41/containers/json"))
        list.apply(.narrow(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        #expect(list.request(version: .ceiling).target.contains("filters="))
    }

    // MARK: Closed values

    @Test(arguments: [
        ("10.88.0.0/24", true), ("172.16.0.0/16", true), ("192.168.7.0/28", true), ("fd00:1::/64", true),
        ("10.0.0.0/8", false), ("128.0.0.0/1", false), ("0.0.0.0/0", false), ("8.8.8.0/24", false),
        ("169.254.169.0/24", false), ("172.32.0.0/16", false), ("fe80::/64", false), ("2001:db8::/64", false),
        ("fd00::/8", false), ("010.0.0.0/24", false), ("10.0.0.0", false), ("10.0.0/24", false), ("::/0", false),
        ("10.0.0.0/24 ", false), ("::ffff:10.0.0.0/120", false),
    ])
    func subnetsArePrivate(subnet: String, isFree: Bool) throws {
        let body = #"{"Name":"n","IPAM":{"Config":[{"Subnet":"\#(subnet)"}]}}"#
        let demands = try Self.draft("/networks/create", body).act.demands
        #expect(demands.isEmpty == isFree)
    }

    @Test(arguments: [
        ("", true), ("aux", true), ("-ef", true), ("-o%20pid,args", true), ("-eo%20pid,cmd", true),
        ("eww%20-o%20pid,args", false), ("auxe", false), ("-o%20pid,environ", false), ("-o", false),
        ("--pid=1", false), ("-C%20sshd", false), ("-eo%20pid,", false),
    ])
    func optionsOfPsAreClosed(options: String, isAccepted: Bool) {
        let call = try? Call("GET", "/v1.41/containers/web/top?ps_args=" + options)
        #expect((call != nil) == isAccepted)
    }
}
