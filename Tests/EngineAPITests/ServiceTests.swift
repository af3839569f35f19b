import Acts
import EngineAPI
import JSON
import Testing

/// Services, secrets and configs: what they refer to, and how they are written.
@Suite struct ServiceTests {
    private static func draft(_ target: String, _ body: String) throws -> Draft {
        try Draft(try Call("POST", "/v1.55" + target), body: Array(body.utf8))
    }

    private static func sent(_ draft: Draft) throws -> JSONValue {
        try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])
    }

    /// As `docker service create` sends it.
    private static let whole = #"""
        {"Name":"web","Labels":{"a":"b","quaymaster.tenant":"blue"},
        "TaskTemplate":{"ContainerSpec":{"Image":"bb:1","Labels":{"QuayMaster.X":"1"},
        "Command":["sh","-c","echo 日本"],"Env":["NAME=Zoë"],"Healthcheck":{"Test":["NONE"]},
        "Mounts":[{"Type":"volume","Source":"data","Target":"/d"},{"Type":"tmpfs","Target":"/t"}],
        "Secrets":[{"File":{"Name":"s","UID":"0","GID":"0","Mode":292},"SecretID":"sid","SecretName":"s"}],
        "Configs":[{"File":{"Name":"/c","UID":"0","GID":"0","Mode":292},"ConfigID":"cid","ConfigName":"c"}],
        "DNSConfig":{},"Isolation":"default"},
        "Resources":{"Limits":{"NanoCPUs":500000000,"MemoryBytes":67108864,"Pids":9}},
        "RestartPolicy":{"Condition":"on-failure","Delay":5000000000,"MaxAttempts":3},
        "Placement":{"Constraints":["node.labels.zone==hostile"],"Preferences":[{"Spread":{"SpreadDescriptor":"x"}}],
        "Platforms":[{"Architecture":"amd64","OS":"linux"}]},
        "Networks":[{"Target":"net1","Aliases":["w"]}],"LogDriver":{"Name":"local","Options":{"max-size":"1m"}},
        "ForceUpdate":0,"Runtime":"container"},
        "Mode":{"Replicated":{"Replicas":2}},"Networks":[{"Target":"net2"}],
        "UpdateConfig":{"Parallelism":1,"FailureAction":"rollback","MaxFailureRatio":0.25,"Order":"start-first"},
        "RollbackConfig":{"FailureAction":"pause","MaxFailureRatio":0},
        "EndpointSpec":{"Mode":"vip","Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":8080,"PublishMode":"ingress"}]}}
        """#

    @Test func whatIsMeantIsFound() throws {
        let act = try Self.draft("/services/create", Self.whole).act
        #expect(act.newName == "web" && act.creates == .service && !act.relabels)
        #expect(
            act.references == [
                Reference(
                    .image, "bb:1", origin: "TaskTemplate.ContainerSpec.Image", use: .fetches),
                Reference(
                    .volume, "data", origin: "TaskTemplate.ContainerSpec.Mounts[0].Source",
                    use: .makes, lendsPower: true),
                Reference(.secret, "sid", origin: "TaskTemplate.ContainerSpec.Secrets[0].SecretID"),
                Reference(.config, "cid", origin: "TaskTemplate.ContainerSpec.Configs[0].ConfigID"),
                Reference(
                    .network, "net1", origin: "TaskTemplate.Networks[0].Target", lendsPower: true),
                Reference(.network, "net2", origin: "Networks[0].Target", lendsPower: true),
                Reference(.service, "web", origin: "Name", use: .makes),
            ])
        #expect(
            act.demands == [
                Demand(
                    .image("docker.io/library/bb:1"), origin: "TaskTemplate.ContainerSpec.Image"),
                Demand(.registry("docker.io"), origin: "TaskTemplate.ContainerSpec.Image"),
                Demand(.restartPolicy("on-failure"), origin: "TaskTemplate.RestartPolicy.Condition"),
                Demand(.processes(limit: 9), origin: "TaskTemplate.Resources.Limits.Pids"),
                Demand(
                    .publishedPort(PortRequest(address: "", ports: 8080...8080, isEverywhere: true)),
                    origin: "EndpointSpec.Ports[0].PublishedPort"),
                Demand(.label("a"), origin: "Labels"),
            ])
        // An update is judged alike, and its name is the one that the service has.
        let update = try Self.draft("/services/web/update?version=7", Self.whole).act
        #expect(update.demands == act.demands && update.newName.isEmpty && update.relabels)
        #expect(update.references.first == Reference(.service, "web", origin: "path"))
        #expect(!update.references.contains { $0.origin == "Name" })
    }

    /// No origin is a container's: clients of services know no HostConfig.
    @Test func originsAreTheServicesOwn() throws {
        for row in NeighbourTests.rows {
            for spelling in row.spellings where spelling.refused.target == "/services/create" {
                let act = try Self.draft("/services/create", spelling.refused.json).act
                for origin in act.demands.map(\.origin) + act.references.map(\.origin) {
                    let own = ["TaskTemplate.", "Networks[", "EndpointSpec."].contains {
                        origin.hasPrefix($0)
                    }
                    #expect(own || origin == "Name" || origin == "Labels", "\(origin)")
                }
            }
        }
    }

    @Test func everythingIsWrittenAsItWasMeant() throws {
        let sent = try Self.sent(try Self.draft("/services/create", Self.whole))
        let container = sent["TaskTemplate"]?["ContainerSpec"]
        #expect(container?["Env"]?.array?.first?.string == "NAME=Zoë")
        // The engine's own name for it; the API's description spells it otherwise.
        #expect(container?["HealthCheck"]?["Test"]?.array?.count == 1)
        #expect(sent["UpdateConfig"]?["MaxFailureRatio"] == (try JSONReader.value(of: Array("0.25".utf8))))
        #expect(sent["Mode"]?["Replicated"]?["Replicas"]?.int64 == 2)
        let again = try Self.sent(
            try Self.draft("/services/create", String(decoding: JSONWriter.bytes(sent), as: UTF8.self)))
        #expect(again == sent)
    }

    // MARK: Stamps

    private func stamped(_ target: String, _ body: String) throws -> JSONValue {
        var draft = try Self.draft(target, body)
        draft.apply(.stamp(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        return try Self.sent(draft)
    }

    /// The service, the containers of its tasks and the volumes that those make are the tenant's.
    @Test(arguments: ["/services/create", "/services/web/update"])
    func servicesAreStamped(target: String) throws {
        let sent = try stamped(target, Self.whole)
        let container = sent["TaskTemplate"]?["ContainerSpec"]
        let mounts = container?["Mounts"]?.array ?? []
        for labels in [sent["Labels"], container?["Labels"], mounts.first?["VolumeOptions"]?["Labels"]] {
            #expect(labels?["quaymaster.tenant"]?.string == "red")
            #expect(labels?["quaymaster.identity"]?.string == "alice")
            #expect(labels?["QuayMaster.X"] == nil)
        }
        #expect(sent["Labels"]?["a"]?.string == "b")
        #expect(mounts.last?["VolumeOptions"] == nil)
    }

    /// A service without a container is the engine's to refuse; nothing is made up.
    @Test func nothingIsInvented() throws {
        #expect(try stamped("/services/create", #"{"Name":"s"}"#)["TaskTemplate"] == nil)
        let bare = try stamped("/services/create", #"{"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"a"}}}"#)
        #expect(bare["TaskTemplate"]?["ContainerSpec"]?["Mounts"] == nil)
        #expect(bare["TaskTemplate"]?["ContainerSpec"]?["Labels"]?["quaymaster.tenant"]?.string == "red")
    }

    @Test(arguments: ["/secrets/create", "/configs/create", "/secrets/s/update", "/configs/c/update"])
    func secretsAndConfigsAreStamped(target: String) throws {
        let body = #"{"Name":"s","Labels":{"quaymaster.tenant":"blue","a":"b"},"Data":"e30="}"#
        let sent = try stamped(target, body)
        #expect(sent["Labels"]?["quaymaster.tenant"]?.string == "red")
        #expect(sent["Labels"]?["a"]?.string == "b")
        #expect(sent["Data"]?.string == "e30=")
        let act = try Self.draft(target, body).act
        let isNew = target.hasSuffix("create")
        #expect(act.relabels == !isNew)
        #expect(act.newName == (isNew ? "s" : ""))
        #expect(act.references.contains { $0.mayBeAbsent } == isNew)
    }

    // MARK: Names

    @Test(arguments: [
        ("/services/create", "web-1_a", true), ("/services/create", "web.1", false),
        ("/services/create", "web-", false), ("/services/create", "", true),
        ("/services/create", String(repeating: "a", count: 63), true),
        ("/services/create", String(repeating: "a", count: 64), false),
        ("/services/web/update", "web.1", false),
        ("/secrets/create", "db.password", true), ("/secrets/create", "db.", false),
        ("/secrets/create", "a/b", false), ("/secrets/create", "_a", false),
        ("/configs/create", String(repeating: "a", count: 64), true),
        ("/configs/create", String(repeating: "a", count: 65), false),
        ("/configs/c/update", "../c", false),
    ])
    func namesKeepToTheirGrammar(target: String, name: String, isValid: Bool) {
        let body = "{\"Name\":\"\(name)\"}"
        do {
            _ = try Self.draft(target, body)
            #expect(isValid)
        } catch let refusal as BodyRefusal {
            #expect(!isValid && refusal.rule == "body.value" && refusal.path == "Name")
        } catch {
            Issue.record("\(error)")
        }
    }

    /// What was judged under a name or the beginning of an id is sent under the id.
    @Test func referencesArePinned() throws {
        var draft = try Self.draft("/services/web/update", Self.whole)
        var facts = Facts()
        for reference in draft.act.references where reference.kind != .volume {
            facts[reference] = .found(id: "id0\(reference.text)", tenant: "red")
        }
        draft.pin(facts)
        #expect(draft.request(version: .ceiling).target == "/v1.55/services/id0web/update")
        let sent = try Self.sent(draft)
        let task = sent["TaskTemplate"]
        #expect(task?["Networks"]?.array?.first?["Target"]?.string == "id0net1")
        #expect(sent["Networks"]?.array?.first?["Target"]?.string == "id0net2")
        let container = task?["ContainerSpec"]
        #expect(container?["Secrets"]?.array?.first?["SecretID"]?.string == "id0sid")
        #expect(container?["Configs"]?.array?.first?["ConfigID"]?.string == "id0cid")
        #expect(container?["Secrets"]?.array?.first?["SecretName"]?.string == "s")
        #expect(container?["Image"]?.string == "bb:1")
        #expect(container?["Mounts"]?.array?.first?["Source"]?.string == "data")
    }

    // MARK: Plugins and Swarms

    /// Bodies that are lists are read and written as lists, none as an empty one.
    @Test func listsAreLists() throws {
        func body(_ target: String, _ body: String) throws -> String {
            String(
                decoding: try Self.draft(target, body).request(version: .ceiling).body ?? [], as: UTF8.self)
        }
        #expect(try body("/plugins/p/set", #"["A=1","B=ü"]"#) == #"["A=1","B=ü"]"#)
        #expect(
            try body("/plugins/pull?remote=p", #"[{"name":"network","Value":["host"],"Description":null}]"#)
                == #"[{"Name":"network","Value":["host"]}]"#)
        #expect(try body("/plugins/p/upgrade?remote=p", "null") == "[]")
        #expect(throws: BodyRefusal.self) { try body("/plugins/p/set", "{}") }
        #expect(throws: BodyRefusal.self) { try body("/plugins/p/set", "[1]") }
        #expect(throws: BodyRefusal.self) { try body("/plugins/pull?remote=p", #"[{"Names":"network"}]"#) }
    }

    @Test func whatGovernsTheHostIsOneDemand() throws {
        for (target, body) in [
            ("/swarm/init", #"{"ListenAddr":"0.0.0.0:2377","Spec":{"CAConfig":{"ExternalCAs":[{"URL":"https://x"}]}}}"#),
            ("/swarm/join", #"{"RemoteAddrs":["x:2377"],"JoinToken":"t","Availability":"active"}"#),
            ("/swarm/update?version=1", #"{"Name":"default","Labels":{},"Raft":{"SnapshotInterval":1}}"#),
            ("/swarm/unlock", #"{"UnlockKey":"k"}"#), ("/nodes/n/update?version=1", #"{"Availability":"drain"}"#),
            ("/plugins/p/set", "[]"), ("/plugins/pull?remote=p", "[]"), ("/plugins/p/upgrade?remote=p", "[]"),
        ] {
            let act = try Self.draft(target, body).act
            #expect(act.demands == [Demand(.hostItself(act.operation), origin: "operation")], "\(target)")
        }
        let volume = try Draft(
            try Call("PUT", "/v1.55/volumes/v?version=1"), body: Array(#"{"Spec":{}}"#.utf8))
        #expect(volume.act.demands.isEmpty)
        #expect(volume.act.references == [Reference(.volume, "v", origin: "path")])
    }
}
