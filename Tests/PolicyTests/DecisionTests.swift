import Acts
import Policy
import Testing

@Suite struct DecisionTests {
    private static let place = Location(file: "policy.yaml", line: 7)

    private static func grant(
        _ verbs: [Verb], _ scope: Grant.Scope, _ levels: Level.Standard...
    ) -> Grant {
        Grant(
            verbs: VerbSet(verbs), scope: scope, levels: levels.map { .builtIn($0) },
            location: place)
    }

    private static let shared = Policy(
        tenants: ["blue", "red"],
        grants: [
            "admin": [grant(Verb.allCases, .everything, .privileged)],
            "alice": [grant([.run, .view, .exec, .rm, .cp, .volume, .network], .tenant("red"), .baseline)],
            "bo": [grant([.run, .view], .tenant("blue"), .baseline)],
            "watcher": [grant([.view, .logs], .tenant("red"), .baseline)],
            "both": [
                grant([.view], .tenant("red"), .baseline), grant([.view], .tenant("blue"), .baseline),
            ],
            "ops": [
                Grant(
                    verbs: VerbSet([.view, .save]), scope: .everything, levels: [.builtIn(.baseline)],
                    hides: [.environment], location: place),
                Grant(
                    verbs: VerbSet([.save]), scope: .tenant("red"), levels: [.builtIn(.baseline)],
                    location: Location(file: "policy.yaml", line: 9)),
            ],
            "held": [grant([.run], .tenant("red"), .privileged, .restricted)],
        ], version: "v")

    private static let alone = Policy(
        tenants: ["local"],
        grants: [
            "alice": [grant([.run, .view, .network], .tenant("local"), .baseline)],
            "admin": [grant(Verb.allCases, .everything, .privileged)],
        ], version: "v")

    private static let mine = Reference(.container, "mine", origin: "path")
    private static let theirs = Reference(.container, "theirs", origin: "path")
    private static let nobodys = Reference(.container, "old", origin: "path")
    private static let gone = Reference(.container, "gone", origin: "path")
    private static let newVolume = Reference(.volume, "new", origin: "Binds", use: .makes)
    private static let theirVolume = Reference(.volume, "vol", origin: "Binds", use: .makes)
    private static let image = Reference(.image, "bb:1", origin: "Image")

    private static let facts = Facts([
        mine: .found(id: "1", tenant: "red"), theirs: .found(id: "2", tenant: "blue"),
        nobodys: .found(id: "3", tenant: nil), gone: .absent, newVolume: .absent,
        theirVolume: .found(id: "vol", tenant: "blue"),
    ]).seeing(images: [image: ImageFinding(owners: [], isShared: true, soleOwner: nil)])

    /// What every container of a baseline grant is made with.
    private static func hardened(_ tenant: String) -> Obligation {
        .harden(
            Hardening(
                noNewPrivileges: true, processes: 4096, logBytes: 64 << 20,
                healthInterval: 1_000_000_000,
                cgroup: TenantCgroup(root: "quaymaster", tenant: tenant), ownCgroupNamespace: true,
                ownIPCNamespace: true, staysStopped: true))
    }

    private static func act(
        _ verb: Verb, _ references: [Reference] = [], _ demands: [Demand.Kind] = [],
        creates: ObjectKind? = nil, named name: String = "", reach: Act.Reach = .referenced
    ) -> Act {
        var act = Act(
            operation: "Test", verbs: [verb], harm: [], references: references,
            demands: demands.map { Demand($0, origin: "x") }, creates: creates, reach: reach)
        act.newName = name
        return act
    }

    private static func exposing(_ act: Act, _ shown: Hidden) -> Act {
        var act = act
        act.exposures = [Exposure(shown, "it", instead: "leave it out")]
        return act
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let who: String
        let act: Act
        /// The rule of the refusal; nil when it is permitted.
        let rule: String?
        var obligations: [Obligation]?

        init(_ what: String, _ who: String, _ act: Act, _ rule: String? = nil, _ obligations: [Obligation]? = nil) {
            testDescription = what
            self.who = who
            self.act = act
            self.rule = rule
            self.obligations = obligations
        }
    }

    @Test(arguments: [
        Row("own container", "alice", act(.exec, [mine])),
        Row("foreign container", "alice", act(.exec, [theirs]), "tenant.own"),
        Row("nobody's container", "alice", act(.exec, [nobodys]), "tenant.own"),
        Row("absent container", "alice", act(.exec, [gone]), "tenant.own"),
        Row("never asked", "alice", act(.exec, [Reference(.container, "new", origin: "p")]), "tenant.own"),
        Row("own and foreign together", "alice", act(.run, [mine, theirs]), "tenant.own"),
        Row("administrators reach everything", "admin", act(.exec, [theirs])),
        Row("verb not granted", "bo", act(.exec, [theirs]), "verb.exec"),
        Row("read-only role runs nothing", "watcher", act(.run), "verb.run"),
        Row("nobody known", "eve", act(.view), "identity.grants"),
        Row("images are shared", "alice", act(.run, [image])),
        Row("beyond the level", "alice", act(.run, [], [.privileged]), "level.privileged"),
        Row("administrators may", "admin", act(.run, [], [.privileged])),
        Row("the stricter of grant and zone", "held", act(.run, [], [.restartPolicy("always")]), "level.restart-policy"),
        Row(
            "a new volume is made first", "alice", act(.run, [newVolume], creates: .container), nil,
            [.stamp(tenant: "red"), .own(.container, tenant: "red"), hardened("red"), .makeVolumes(["new"])]),
        Row(
            "what is made stands in the store", "alice", act(.network, creates: .network), nil,
            [.stamp(tenant: "red"), .own(.network, tenant: "red")]),
        Row("execs are their container's", "alice", act(.exec, [mine], creates: .exec), nil, [.stamp(tenant: "red")]),
        Row("administrators' objects are nobody's", "admin", act(.network, creates: .network), nil, [.stamp(tenant: nil)]),
        Row("a foreign volume", "alice", act(.run, [theirVolume], creates: .container), "tenant.own"),
        Row("a foreign volume's name is taken", "alice", act(.volume, [theirVolume], creates: .volume), "tenant.own"),
        Row("an own new volume", "alice", act(.volume, [newVolume], creates: .volume, named: "abcd1"), nil),
        Row("a name of words", "alice", act(.run, creates: .container, named: "facade"), nil),
        Row("a name that reads as an id", "alice", act(.run, creates: .container, named: "3f4e"), "name.id"),
        Row("a network's name that does", "alice", act(.network, creates: .network, named: "12345678"), "name.id"),
        Row(
            "an image's name that does", "alice", act(.run, [Reference(.image, "4d75cb2de1f3:latest", origin: "t", use: .makes)]), "name.id"
        ),
        Row("a path that could not", "alice", act(.run, [Reference(.image, "red/4d75cb2de1f3", origin: "t", use: .makes)]), "tenant.own"),
        Row(
            "a network of the Swarm's", "alice",
            act(.network, [Reference(.network, "ingress", origin: "Name", use: .makes)], creates: .network, named: "ingress"),
            "name.reserved"),
        Row("a short name that could not", "alice", act(.run, creates: .container, named: "a1"), nil),
        Row("lists are narrowed", "alice", act(.view, reach: .list(.container)), nil, [.narrow(tenant: "red")]),
        Row("lists of administrators are whole", "admin", act(.view, reach: .list(.container)), nil, []),
        Row("lists of images are narrowed", "alice", act(.view, reach: .list(.image)), nil, [.narrow(tenant: "red")]),
        Row("sums are narrowed", "alice", act(.view, reach: .summary), nil, [.narrow(tenant: "red")]),
        Row("the whole engine is nobody's", "alice", act(.view, reach: .engine), "tenant.engine"),
        Row(
            "plugins do not exist for tenants", "alice",
            act(.view, [Reference(.plugin, "p", origin: "path")]), "tenant.own"),
        Row("any of several grants", "both", act(.view, [theirs])),
        Row("what a grant hides", "ops", act(.view, [theirs]), nil, [.hide(.environment)]),
        Row("what would show it", "ops", exposing(act(.view, [theirs]), .environment), "grant.hide"),
        Row("what shows something else", "ops", exposing(act(.view, [theirs]), .labels)),
        Row("a grant that hides nothing", "ops", exposing(act(.save, [mine]), .all), nil, []),
        Row("beyond that grant's tenant", "ops", exposing(act(.save, [theirs]), .all), "grant.hide"),
    ])
    func decidesOnASharedEngine(row: Row) {
        check(row, Self.shared)
    }

    /// Before a body is read: only what is refused whatever it says.
    @Test func objectionsComeBeforeBodies() {
        #expect(Self.shared.objection(to: [.run], by: "alice") == nil)
        #expect(Self.shared.objection(to: [], by: "eve") == nil)
        #expect(Self.shared.objection(to: [.run], by: "eve")?.rule == "identity.grants")
        #expect(Self.shared.objection(to: [.run], by: "watcher")?.rule == "verb.run")
        #expect(Self.shared.objection(to: [.run, .view], by: "watcher") == nil)
    }

    /// A stronger default runtime is not left by naming runc.
    @Test func runcIsTheEnginesChoice() {
        func obligations(_ who: String) -> [Obligation] {
            let decision = Self.shared.decide(
                Self.act(.run, [], [.runtime("runc")], creates: .container), by: who, seeing: Facts())
            guard case .permit(let permit) = decision else { return [] }
            return permit.obligations
        }
        #expect(obligations("alice").contains(.useDefaultRuntime))
        #expect(!obligations("admin").isEmpty)
        #expect(!obligations("admin").contains(.useDefaultRuntime))
    }

    /// A tenant's bridges are known to the host; an administrator's, and those of a plane's only tenant, are
    /// the engine's business.
    @Test func bridgesOfTenantsAreNamed() {
        func obliges(_ who: String, _ policy: Policy, _ subnets: [String]?) -> Bool {
            var act = Self.act(.network, creates: .network)
            act.bridgeSubnets = subnets
            guard case .permit(let permit) = policy.decide(act, by: who, seeing: Facts()) else { return false }
            return permit.obligations.contains(.ownBridge(subnets: subnets ?? []))
        }
        #expect(obliges("alice", Self.shared, []) && obliges("alice", Self.shared, ["10.0.0.0/24"]))
        #expect(!obliges("alice", Self.shared, nil))
        #expect(!obliges("admin", Self.shared, []) && !obliges("alice", Self.alone, []))
    }

    /// An update that replaces labels keeps the owner: the tenant's own stamp, or what an
    /// administrator of everybody's objects says.
    @Test func updatesKeepTheOwner() {
        func obligations(_ who: String, _ policy: Policy, relabels: Bool) -> [Obligation]? {
            var act = Self.act(.run, [Self.mine])
            act.relabels = relabels
            guard case .permit(let permit) = policy.decide(act, by: who, seeing: Self.facts) else {
                return nil
            }
            return permit.obligations
        }
        #expect(obligations("alice", Self.shared, relabels: true) == [.stamp(tenant: "red")])
        #expect(obligations("alice", Self.shared, relabels: false) == [])
        #expect(obligations("admin", Self.shared, relabels: true) == [])
        #expect(obligations("admin", Self.alone, relabels: true) == [.stamp(tenant: "local")])
        #expect(obligations("bo", Self.shared, relabels: true) == nil)
    }

    @Test(arguments: [
        Row("every object is its own", "alice", act(.view, [nobodys]), nil, []),
        Row("new objects are stamped", "alice", act(.run, creates: .container), nil, [.stamp(tenant: "local"), hardened("local")]),
        Row("administrators' too", "admin", act(.run, creates: .container), nil, [.stamp(tenant: "local")]),
        Row("lists are whole", "alice", act(.view, reach: .list(.container)), nil, []),
        Row("the engine is its own", "alice", act(.view, reach: .engine), nil, []),
        Row("beyond the level", "alice", act(.run, [], [.hostNamespace(.pid)]), "level.host-pid"),
        Row("the host itself", "alice", act(.run, [], [.hostItself("PluginCreate")]), "level.host"),
        Row("the host itself, for administrators", "admin", act(.run, [], [.hostItself("PluginCreate")])),
        Row("a shared namespace", "alice", act(.run, [], [.shareableNamespace(.ipc)]), "level.shareable"),
        Row("a subnet", "alice", act(.network, [], [.subnet("0.0.0.0/0")]), "level.subnet"),
        Row("minutes to stop", "alice", act(.run, [], [.stopTimeout(seconds: 4000)]), "level.stop-timeout"),
    ])
    func decidesForOneTenant(row: Row) {
        check(row, Self.alone)
    }

    private func check(_ row: Row, _ policy: Policy) {
        switch policy.decide(row.act, by: row.who, seeing: Self.facts) {
        case .permit(let permit):
            #expect(row.rule == nil)
            if let obligations = row.obligations { #expect(permit.obligations == obligations) }
        case .refuse(let refusal):
            #expect(refusal.rule == row.rule)
            #expect(!refusal.words.isEmpty)
        }
    }

    @Test func foreignAndAbsentAreToldAlike() {
        func words(_ reference: Reference) -> String? {
            guard
                case .refuse(let refusal) = Self.shared.decide(
                    Self.act(.exec, [reference]), by: "alice", seeing: Self.facts)
            else { return nil }
            return refusal.words.replacing(reference.text, with: "X")
        }
        #expect(words(Self.theirs) != nil)
        #expect(words(Self.theirs) == words(Self.gone))
        #expect(words(Self.theirs) == words(Self.nobodys))
    }

    /// A name that somebody has is said to be taken, not absent, and not by whom.
    @Test func takenNamesAreSaidToBe() {
        let decision = Self.shared.decide(
            Self.act(.run, [Self.theirVolume], creates: .container), by: "alice", seeing: Self.facts)
        guard case .refuse(let refusal) = decision else { return #expect(Bool(false)) }
        #expect(refusal.words.contains("is not available"))
        #expect(!refusal.words.contains("blue"))
    }

    @Test func onlyWhatIsNeededIsLookedUp() {
        let act = Self.act(.exec, [Self.mine, Self.image])
        #expect(Self.shared.needsFacts(act, by: "alice"))
        #expect(!Self.shared.needsFacts(act, by: "admin"))
        #expect(!Self.shared.needsFacts(act, by: "watcher"), "the verb is not granted at all")
        #expect(!Self.alone.needsFacts(Self.act(.view, [Self.mine, Self.image]), by: "alice"))
        let entered = Reference(.container, "mine", origin: "path", lendsPower: true)
        #expect(Self.alone.needsFacts(Self.act(.run, [entered]), by: "alice"))
        #expect(!Self.alone.needsFacts(Self.act(.run, [entered]), by: "admin"))
    }

    @Test func refusalsNameRulePlaceAndAlternative() {
        let bind = Demand.Kind.bind(
            BindRequest(source: "/", target: "/h", readOnly: false, hasOptions: false))
        guard
            case .refuse(let refusal) = Self.shared.decide(
                Self.act(.run, [], [bind]), by: "alice", seeing: Facts())
        else { return #expect(Bool(false)) }
        #expect(
            refusal.words == "a bind of the host path / (x) is beyond the level baseline; "
                + "rule level.bind (policy.yaml:7); allowed are named volumes and tmpfs")
    }

    /// Whatever is asked, nobody gets more by asking for more, and a grant's absence refuses.
    @Test func moreDemandsNeverHelp() {
        let kinds: [Demand.Kind] = [
            .privileged, .restartPolicy("always"), .capability("ALL"), .allPorts, .runtime("runc"),
        ]
        for first in kinds {
            for second in kinds {
                let one = Self.shared.decide(Self.act(.run, [], [first]), by: "alice", seeing: Facts())
                let two = Self.shared.decide(Self.act(.run, [], [first, second]), by: "alice", seeing: Facts())
                if case .refuse = one, case .permit = two { Issue.record("\(first) \(second)") }
            }
        }
    }
}

extension Facts {
    fileprivate func seeing(images: [Reference: ImageFinding]) -> Facts {
        var facts = self
        facts.images = images
        for reference in images.keys { facts[reference] = .found(id: "sha256:1", tenant: nil) }
        return facts
    }
}
