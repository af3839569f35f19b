import Acts
import Policy
import Testing

/// An act is judged against what the object is (design, invariant 14).
@Suite struct PowerTests {
    private static let place = Location(file: "policy.yaml", line: 7)

    private static func policy(_ level: Level, tenants: [String] = ["local"]) -> Policy {
        Policy(
            tenants: tenants,
            grants: [
                "alice": [
                    Grant(
                        verbs: .all, scope: .tenant(tenants[0]), levels: [level], location: place)
                ],
                "admin": [
                    Grant(
                        verbs: .all, scope: .everything, levels: [.builtIn(.privileged)],
                        location: place)
                ],
            ], version: "v")
    }

    private static let target = Reference(.container, "web", origin: "path", lendsPower: true)

    private static func bind(_ path: String, readOnly: Bool = false) -> Demand.Kind {
        .bind(BindRequest(source: path, target: "/x", readOnly: readOnly, hasOptions: false))
    }

    private static func facts(_ powers: [Demand.Kind]?) -> Facts {
        var facts = Facts([target: .found(id: "1", tenant: "local")])
        facts.powers[target] = powers?.map { Demand($0, origin: "HostConfig") }
        return facts
    }

    private static func act(_ references: [Reference], _ demands: [Demand.Kind] = []) -> Act {
        Act(
            operation: "Test", verbs: [.exec], harm: [.changes], references: references,
            demands: demands.map { Demand($0, origin: "x") })
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let powers: [Demand.Kind]?
        let rule: String?

        init(_ what: String, _ powers: [Demand.Kind]?, _ rule: String? = nil) {
            testDescription = what
            self.powers = powers
            self.rule = rule
        }
    }

    @Test(arguments: [
        Row("an ordinary container", []),
        Row("a privileged one", [.privileged], "level.privileged"),
        Row("one in the host's processes", [.hostNamespace(.pid)], "level.host-pid"),
        Row("one with a bind", [bind("/")], "level.bind"),
        Row("one with a capability", [.capability("SYS_ADMIN")], "level.capability"),
        Row("one with a device", [.device("/dev/sda")], "level.device"),
        Row("one whose volume is a bind", [.volumeOption("device")], "level.volume-driver"),
        Row("one unconfined", [.securityOption("seccomp=unconfined")], "level.security-option"),
        Row("one that a newer engine made", [.unjudged("a field")], "level.unjudged"),
        Row("one with a low port: nothing is gained by entering", [.publishedPort(PortRequest(address: "", ports: 80...80))]),
        Row("one with another log driver", [.logDriver("journald")]),
        Row("one that restarts always", [.restartPolicy("always")]),
        Row("one that nobody has looked at", nil, "target.absent"),
    ])
    func entersWhatTheLevelAllows(row: Row) {
        let policy = Self.policy(.builtIn(.baseline))
        let decision = policy.decide(Self.act([Self.target]), by: "alice", seeing: Self.facts(row.powers))
        switch decision {
        case .permit: #expect(row.rule == nil)
        case .refuse(let refusal):
            #expect(refusal.rule == row.rule)
            if row.powers != nil { #expect(refusal.words.contains("web")) }
        }
        guard case .permit = policy.decide(Self.act([Self.target]), by: "admin", seeing: Facts()) else {
            return #expect(Bool(false), "administrators enter everything")
        }
    }

    /// It could be made between now and then, as anything.
    @Test func whatIsAbsentIsNotEntered() {
        let policy = Self.policy(.builtIn(.baseline))
        let decision = policy.decide(
            Self.act([Self.target]), by: "alice", seeing: Facts([Self.target: .absent]))
        guard case .refuse(let refusal) = decision else { return #expect(Bool(false)) }
        #expect(refusal.reason == .absent(Self.target))
        let volume = Reference(.volume, "new", origin: "Binds", use: .makes, lendsPower: true)
        guard
            case .permit = policy.decide(
                Self.act([volume]), by: "alice", seeing: Facts([volume: .absent]))
        else { return #expect(Bool(false), "a new volume is made") }
    }

    // MARK: Paths

    private static let cache: Level = {
        var level = Level(name: "cache", extends: .baseline, location: nil)
        level.binds = [Level.BindAllowance(from: "/srv/cache", to: nil, readOnly: false)]
        return level
    }()

    @Test(arguments: [
        (HostPathFinding.plain, nil as String?), (.missing, "level.bind-path"),
        (.movable("/srv is a link"), "level.bind-path"), (.unseen, "level.bind-path"),
    ])
    func bindsArePathsThatCannotMove(finding: HostPathFinding, rule: String?) {
        let policy = Self.policy(Self.cache)
        var facts = Facts()
        facts.paths["/srv/cache"] = finding
        let made = policy.decide(Self.act([], [Self.bind("/srv/cache")]), by: "alice", seeing: facts)
        // A start follows the path again.
        var started = Self.facts([Self.bind("/srv/cache")])
        started.paths = facts.paths
        for decision in [made, policy.decide(Self.act([Self.target]), by: "alice", seeing: started)] {
            switch decision {
            case .permit: #expect(rule == nil)
            case .refuse(let refusal): #expect(refusal.rule == rule)
            }
        }
        #expect(policy.needsFacts(Self.act([], [Self.bind("/srv/cache")]), by: "alice"))
    }

    @Test(arguments: [
        ("/var/run/docker.sock", "admin", false), ("/run/docker.sock", "admin", false),
        ("/run/./docker.sock", "admin", false), ("/run/docker.sock/x", "admin", false),
        ("/run", "admin", true), ("/run", "alice", false), ("/srv/cache", "alice", true),
        ("/srv/cachette", "alice", false),
    ])
    func theEnginesOwnIsNobodys(path: String, who: String, isAllowed: Bool) {
        var level = Self.cache
        level.binds.append(Level.BindAllowance(from: "/run", to: nil, readOnly: false))
        var facts = Facts()
        facts.protectedPaths = ["/run/docker.sock"]
        facts.paths = ["/srv/cache": .plain, "/run": .plain]
        let decision = Self.policy(level).decide(
            Self.act([], [Self.bind(path)]), by: who, seeing: facts)
        if case .permit = decision { #expect(isAllowed) } else { #expect(!isAllowed) }
    }

    // MARK: Execs

    @Test func anExecIsItsMakers() {
        let exec = Reference(.exec, "0a", origin: "path")
        let policy = Self.policy(.builtIn(.baseline))
        func allows(_ who: String, maker: String?) -> Bool {
            var facts = Facts()
            facts.makers[exec] = maker
            if case .permit = policy.decide(Self.act([exec]), by: who, seeing: facts) { return true }
            return false
        }
        #expect(allows("alice", maker: "alice"))
        #expect(!allows("alice", maker: "bob"))
        #expect(!allows("alice", maker: nil))
        #expect(!allows("admin", maker: "alice"))
        #expect(allows("admin", maker: nil))
    }

    // MARK: Runtimes

    @Test func aZonesRuntimeIsHeld() {
        let grant = Grant(
            verbs: .all, scope: .tenant("local"), levels: [.builtIn(.baseline)], runtime: "runsc",
            location: Self.place)
        let policy = Policy(tenants: ["local"], grants: ["alice": [grant]], version: "v")
        func decide(_ creates: ObjectKind, _ demands: [Demand.Kind] = []) -> Decision {
            policy.decide(
                Act(
                    operation: "T", verbs: [.run], harm: [.changes, .executes],
                    demands: demands.map { Demand($0, origin: "x") }, creates: creates),
                by: "alice", seeing: Facts())
        }
        guard case .permit(let permit) = decide(.container) else { return #expect(Bool(false)) }
        #expect(permit.obligations.contains(.useRuntime("runsc")))
        guard case .permit = decide(.container, [.runtime("runsc")]) else {
            return #expect(Bool(false), "what inspect shows can be sent back")
        }
        guard case .refuse(let refusal) = decide(.image) else { return #expect(Bool(false)) }
        #expect(refusal.rule == "zone.runtime")
    }
}
