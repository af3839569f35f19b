import Acts
import Policy
import Testing

/// `socket: own`: a bind of the engine's socket becomes the identity's own socket of the gateway.
@Suite struct OwnSocketTests {
    private static let place = Location(file: "policy.yaml", line: 7)
    private static let engine = "/var/run/docker.sock"
    private static let alices = "/run/quaymaster/alice/docker.sock"
    private static let bos = "/run/quaymaster/bo/docker.sock"

    private static let own: Level = {
        var level = Level(name: "own", extends: .baseline, location: nil)
        level.ownsSocket = true
        return level
    }()

    private static func grant(_ levels: Level...) -> Grant {
        Grant(verbs: .all, scope: .tenant("red"), levels: levels, location: place)
    }

    private static let policy: Policy = {
        var policy = Policy(
            tenants: ["red", "blue"],
            grants: [
                "alice": [grant(own, .builtIn(.privileged))], "bo": [grant(own)],
                "carl": [grant(.builtIn(.baseline))], "dora": [grant(own)],
                "held": [grant(own, .builtIn(.baseline))],
                "admin": [
                    Grant(verbs: .all, scope: .everything, levels: [.builtIn(.privileged)], location: place)
                ],
            ], version: "v")
        policy.sockets = OwnSockets(
            engine: [engine, "/run/docker.sock"],
            paths: ["alice": alices, "bo": bos, "carl": "/run/quaymaster/carl/docker.sock", "held": "/run/h", "admin": "/run/a"])
        return policy
    }()

    private static func bind(_ source: String, readOnly: Bool = false, options: Bool = false) -> Demand {
        Demand(
            .bind(BindRequest(source: source, target: "/s", readOnly: readOnly, hasOptions: options)),
            origin: "HostConfig.Binds[0]")
    }

    private static var facts: Facts {
        var facts = Facts()
        facts.protectedPaths = ["/run/docker.sock", "/run/quaymaster"]
        return facts
    }

    private static func create(_ demands: [Demand], _ kind: ObjectKind = .container) -> Act {
        Act(
            operation: "Test", verbs: [.run], harm: [.changes, .executes], references: [], demands: demands,
            creates: kind)
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let who: String
        let demand: Demand
        var kind = ObjectKind.container
        /// What the refusal says; nil: it is permitted.
        let words: String?

        init(_ what: String, _ who: String, _ demand: Demand, _ kind: ObjectKind = .container, _ words: String? = nil) {
            testDescription = what
            self.who = who
            self.demand = demand
            self.kind = kind
            self.words = words
        }
    }

    @Test(arguments: [
        Row("the engine's socket", "alice", bind(engine)),
        Row("by its other name", "alice", bind("/run/docker.sock", readOnly: true)),
        Row("what an inspect shows, sent back", "alice", bind(alices)),
        Row("somebody else's", "alice", bind(bos), .container, "nobody may bind it"),
        Row("another spelling", "alice", bind("/run/./docker.sock"), .container, "nobody may bind it"),
        Row("what lies beneath", "alice", bind(engine + "/x"), .container, "nobody may bind it"),
        Row("the folder", "alice", bind("/run"), .container, "beyond the level own"),
        Row("with propagation", "alice", bind(engine, options: true), .container, "nobody may bind it"),
        Row("a service's task", "alice", bind(engine), .service, "nobody may bind it"),
        Row("a level that does not say so", "carl", bind(engine), .container, "socket: own"),
        Row("its own socket, at such a level", "carl", bind("/run/quaymaster/carl/docker.sock"), .container, "nobody may bind it"),
        Row("a zone that does not say so", "held", bind(engine), .container, "socket: own"),
        Row("an administrator", "admin", bind(engine), .container, "socket: own"),
        Row("without a socket of its own", "dora", bind(engine), .container, "?identity=dora under listen:"),
        Row("without one, somebody else's", "dora", bind(alices), .container, "nobody may bind it"),
    ])
    func theEnginesSocketBecomesTheIdentitys(row: Row) {
        let act = Self.create([row.demand], row.kind)
        switch Self.policy.decide(act, by: row.who, seeing: Self.facts) {
        case .permit(let permit):
            #expect(row.words == nil)
            let sockets = permit.obligations.compactMap { obligation -> OwnSocket? in
                if case .harden(let hardening) = obligation { hardening.socket } else { nil }
            }
            // What would be sent without being rewritten must not be permitted.
            #expect(sockets == Self.policy.sockets.own(of: row.who).map { [$0] })
        case .refuse(let refusal):
            #expect(refusal.rule == "level.bind")
            #expect(row.words.map { refusal.words.contains($0) } == true, "\(refusal.words)")
        }
    }

    /// The rest of what is asked for is judged as ever.
    @Test func nothingElseIsOpened() {
        for demand in [Self.bind("/etc"), Demand(.privileged, origin: "x"), Self.bind("/run/docker.sock/..")] {
            let act = Self.create([Self.bind(Self.engine), demand])
            if case .permit = Self.policy.decide(act, by: "alice", seeing: Self.facts) {
                Issue.record("\(demand)")
            }
        }
    }

    /// Entering a container that speaks as somebody is to be that somebody.
    @Test(arguments: [
        ("alice", alices, true), ("bo", alices, false), ("carl", alices, false), ("alice", engine, false),
        ("alice", "/run/docker.sock", false), ("held", "/run/h", false), ("admin", alices, true), ("admin", engine, true),
    ])
    func aContainerWithASocketIsItsIdentitys(who: String, source: String, isAllowed: Bool) {
        let target = Reference(.container, "web", origin: "path", lendsPower: true)
        let act = Act(operation: "Test", verbs: [.exec], harm: [.changes], references: [target], demands: [])
        var facts = Self.facts
        facts[target] = .found(id: "1", tenant: "red")
        facts.powers[target] = [Self.bind(source)]
        let decision = Self.policy.decide(act, by: who, seeing: facts)
        if case .permit = decision { #expect(isAllowed) } else { #expect(!isAllowed) }
    }
}
