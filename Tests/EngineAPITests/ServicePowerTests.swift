import Acts
import EngineAPI
import JSON
import Policy
import Testing

/// A service is judged against what it refers to, and made safe as containers are.
@Suite struct ServicePowerTests {
    private static func policy(runtime: String? = nil) -> Policy {
        func grant(_ standard: Level.Standard) -> [Grant] {
            [
                Grant(
                    verbs: .all, scope: .tenant("local"), levels: [.builtIn(standard)],
                    runtime: runtime, location: Location(file: "policy.yaml", line: 7))
            ]
        }
        return Policy(
            tenants: ["local"], grants: ["alice": grant(.baseline), "admin": grant(.privileged)],
            version: "v")
    }

    private static func draft(_ target: String, _ body: String) throws -> Draft {
        try Draft(try Call("POST", "/v1.55" + target), body: Array(body.utf8))
    }

    private static func json(_ text: String) throws -> JSONValue {
        try JSONReader.value(of: Array(text.utf8))
    }

    private func rule(_ act: Act, _ facts: Facts, by who: String = "alice", in policy: Policy = policy()) -> String? {
        switch policy.decide(act, by: who, seeing: facts) {
        case .permit: nil
        case .refuse(let refusal): refusal.rule
        }
    }

    // MARK: Networks

    /// The host's network has an id, too, and a Swarm one more for it.
    @Test(arguments: [
        (#"{"Name":"own","Id":"1","Driver":"overlay","Labels":{"quaymaster.tenant":"local"}}"#, nil),
        (#"{"Name":"bridge","Id":"1","Driver":"bridge"}"#, nil),
        (#"{"Name":"host","Id":"1","Driver":"host","Scope":"local"}"#, "level.host-network"),
        (#"{"Name":"host","Id":"1","Driver":"","Scope":"swarm"}"#, "level.host-network"),
        (#"{"Name":"other","Id":"1","Driver":"host"}"#, "level.host-network"),
        (#"{"Name":"in","Id":"1","Driver":"overlay","Ingress":true}"#, "level.unjudged"),
    ])
    func networksAreJudgedByWhatTheyAre(inspected: String, rule expected: String?) throws {
        let network = try #require(InspectedNetwork(try Self.json(inspected)))
        for target in ["/services/create", "/services/web/update"] {
            let body = #"{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{"Target":"kaw3tshz1db9"}]}}"#
            let act = try Self.draft(target, body).act
            var facts = NeighbourTests.facts(act)
            for reference in act.references where reference.kind == .network {
                facts.powers[reference] = network.demands
            }
            #expect(rule(act, facts) == expected)
            #expect(rule(act, facts, by: "admin") == nil)
        }
    }

    /// What nobody has looked at is not joined, on an engine of one tenant either.
    @Test func networksAreLookedAt() throws {
        let body = #"{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{"Target":"n"}]}}"#
        let act = try Self.draft("/services/create", body).act
        #expect(Self.policy().needsFacts(act, by: "alice"))
        #expect(rule(act, Facts()) == "target.absent")
        let plain = #"{"TaskTemplate":{"ContainerSpec":{"Image":"a"},"Networks":[{"Target":"bridge"}]}}"#
        #expect(try !Self.policy().needsFacts(Self.draft("/services/create", plain).act, by: "alice"))
        #expect(InspectedNetwork(.null) == nil)
    }

    // MARK: Rollbacks

    private static func service(_ previous: String?, now: String = #""Image":"a""#) -> String {
        func spec(_ container: String) -> String {
            #"{"Name":"web","Labels":{"quaymaster.tenant":"local"},"TaskTemplate":{"ContainerSpec":{\#(container)}}}"#
        }
        let before = previous.map { #","PreviousSpec":\#(spec($0))"# } ?? ""
        return #"{"ID":"1","Spec":\#(spec(now))\#(before)}"#
    }

    @Test(arguments: [
        (nil, nil), (#""Image":"b""#, nil), (#""Image":"b","CapabilityAdd":["SYS_ADMIN"]"#, "level.capability"),
        (#""Image":"b","Mounts":[{"Type":"bind","Source":"/","Target":"/h"}]"#, "level.bind"),
        (#""Image":"b","Secrets":[{"SecretID":"s2"}]"#, "level.unjudged"),
        (#""Image":"b","NewField":1"#, "level.unjudged"),
    ])
    func rollbacksAreJudgedByWhatComesBack(previous: String?, rule expected: String?) throws {
        let service = try #require(InspectedService(try Self.json(Self.service(previous))))
        #expect(service.sighting.kind == .service)
        let act = try Self.draft("/services/web/update?version=1&rollback=previous", "{}").act
        let path = try #require(act.references.first)
        #expect(path.lendsPower && Self.policy().needsFacts(act, by: "alice"))
        var facts = NeighbourTests.facts(act)
        facts.powers[path] = service.demands
        #expect(rule(act, facts) == expected)
        #expect(rule(act, facts, by: "admin") == nil)
        // Any other update says everything anew.
        let update = try Self.draft("/services/web/update?version=1", "{}").act
        #expect(update.references.first?.lendsPower == false)
    }

    @Test func whatTheServiceUsesNowMayComeBack() throws {
        let text = Self.service(
            #""Image":"b","Secrets":[{"SecretID":"s1"}]"#, now: #""Image":"a","Secrets":[{"SecretID":"s1"}]"#)
        let service = try #require(InspectedService(try Self.json(text)))
        #expect(!service.demands.contains { if case .unjudged = $0.kind { true } else { false } })
        #expect(InspectedService(.null) == nil)
    }

    // MARK: Runtimes

    /// A zone's runtime cannot be said for a service, so there is none in such a zone.
    @Test func aZonesRuntimeIsHeld() throws {
        let held = Self.policy(runtime: "runsc")
        let body = #"{"TaskTemplate":{"ContainerSpec":{"Image":"a"}}}"#
        for target in ["/services/create", "/services/web/update"] {
            let act = try Self.draft(target, body).act
            #expect(rule(act, NeighbourTests.facts(act), in: held) == "zone.runtime")
            #expect(rule(act, NeighbourTests.facts(act)) == nil)
        }
        for target in ["/secrets/create", "/secrets/s/update"] {
            let act = try Self.draft(target, #"{"Name":"s"}"#).act
            #expect(rule(act, NeighbourTests.facts(act), in: held) == nil)
        }
    }

    // MARK: Hardening

    private func hardened(_ target: String, _ task: String) throws -> JSONValue {
        var draft = try Self.draft(target, #"{"TaskTemplate":{\#(task)}}"#)
        let act = draft.act
        guard
            case .permit(let permit) = Self.policy().decide(
                act, by: "alice", seeing: NeighbourTests.facts(act))
        else {
            Issue.record("refused")
            return .null
        }
        for obligation in permit.obligations {
            draft.apply(obligation, for: "alice", on: EngineTraits(version: .ceiling))
        }
        return try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])["TaskTemplate"] ?? .null
    }

    @Test(arguments: ["/services/create", "/services/web/update"])
    func tasksAreMadeSafe(target: String) throws {
        let bare = try hardened(target, #""ContainerSpec":{"Image":"a"}"#)
        #expect(bare["ContainerSpec"]?["Privileges"]?["NoNewPrivileges"]?.bool == true)
        #expect(bare["Resources"]?["Limits"]?["Pids"]?.int64 == 4096)
        // Which driver it is, the Swarm may say.
        #expect(bare["LogDriver"] == nil && bare["ContainerSpec"]?["HealthCheck"] == nil)
        let full = try hardened(
            target,
            #"""
            "ContainerSpec":{"Image":"a","Privileges":{"NoNewPrivileges":false,"AppArmor":{"Mode":"default"}},
            "HealthCheck":{"Test":["CMD","x"],"Interval":1,"StartInterval":0}},
            "Resources":{"Limits":{"Pids":7,"NanoCPUs":5}},"LogDriver":{"Name":"json-file","Options":{"tag":"t"}}
            """#)
        #expect(full["ContainerSpec"]?["Privileges"]?["NoNewPrivileges"]?.bool == true)
        #expect(full["ContainerSpec"]?["Privileges"]?["AppArmor"]?["Mode"]?.string == "default")
        #expect(full["ContainerSpec"]?["HealthCheck"]?["Interval"]?.int64 == 1_000_000_000)
        #expect(full["ContainerSpec"]?["HealthCheck"]?["StartInterval"]?.int64 == 0)
        #expect(full["Resources"]?["Limits"]?["Pids"]?.int64 == 7)
        #expect(full["Resources"]?["Limits"]?["NanoCPUs"]?.int64 == 5)
        #expect(full["LogDriver"]?["Options"]?["max-size"]?.string == "64m")
        #expect(full["LogDriver"]?["Options"]?["tag"]?.string == "t")
        let sized = try hardened(
            target,
            #""ContainerSpec":{"Image":"a"},"LogDriver":{"Name":"json-file","Options":{"max-size":"1m"}}"#)
        #expect(sized["LogDriver"]?["Options"]?["max-size"]?.string == "1m")
        let unnamed = try hardened(target, #""ContainerSpec":{"Image":"a"},"LogDriver":{"Options":{"tag":"t"}}"#)
        #expect(unnamed["LogDriver"]?["Options"]?["max-size"] == nil)
    }
}
