import Acts
import Policy
import Testing

/// Whose images are whose on an engine that tenants share.
@Suite struct ImageOwnershipTests {
    private static let policy = Policy(
        tenants: ["blue", "red"],
        grants: [
            "alice": [
                Grant(
                    verbs: .all, scope: .tenant("red"), levels: [.builtIn(.baseline)],
                    location: Location(file: "p", line: 1))
            ],
            "admin": [
                Grant(
                    verbs: .all, scope: .everything, levels: [.builtIn(.privileged)],
                    location: Location(file: "p", line: 2))
            ],
        ], version: "v")

    private static let mine = ImageFinding(owners: ["red"], isShared: false, soleOwner: "red")
    private static let theirs = ImageFinding(owners: ["blue"], isShared: false, soleOwner: "blue")
    private static let shared = ImageFinding(owners: [], isShared: true, soleOwner: nil)
    private static let both = ImageFinding(owners: ["red", "blue"], isShared: false, soleOwner: nil)
    private static let tagged = ImageFinding(owners: ["red"], isShared: true, soleOwner: nil)

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let image: ImageFinding?
        let use: Reference.Use
        let rule: String?

        init(_ what: String, _ image: ImageFinding?, _ use: Reference.Use, _ rule: String? = nil) {
            testDescription = what
            self.image = image
            self.use = use
            self.rule = rule
        }
    }

    @Test(arguments: [
        Row("use one's own", mine, .reads), Row("use a shared one", shared, .reads),
        Row("use another's", theirs, .reads, "tenant.own"), Row("use one of both", both, .reads),
        Row("use what is not there", nil, .reads, "tenant.own"),
        Row("remove one's own", mine, .changes),
        Row("remove a shared one", shared, .changes, "tenant.image"),
        Row("remove another's", theirs, .changes, "tenant.own"),
        Row("remove one of both", both, .changes, "tenant.image"),
        Row("remove by id what others share", tagged, .changes, "tenant.image"),
        Row("make a name that is free", nil, .makes), Row("move one's own name", mine, .makes),
        Row("make a name that is everybody's", shared, .makes, "tenant.image"),
        Row("pull what is not there", nil, .fetches),
        Row("pull a shared one anew", shared, .fetches),
    ])
    func decides(row: Row) {
        let reference = Reference(.image, "a", origin: "x", use: row.use)
        var facts = Facts()
        facts[reference] = row.image.map { .found(id: "sha256:1", tenant: $0.soleOwner) } ?? .absent
        facts.images[reference] = row.image
        let act = Act(operation: "T", verbs: [.tag], harm: [], references: [reference])
        switch Self.policy.decide(act, by: "alice", seeing: facts) {
        case .permit(let permit):
            #expect(row.rule == nil)
            switch row.use {
            case .makes: #expect(permit.obligations == [.claim(["a"])])
            case .reads: #expect(permit.obligations == [.narrow(tenant: "red")])
            case .changes, .fetches: #expect(permit.obligations.isEmpty)
            }
        case .refuse(let refusal):
            #expect(refusal.rule == row.rule)
            #expect(!refusal.words.contains("blue"))
        }
        guard case .permit = Self.policy.decide(act, by: "admin", seeing: Facts()) else {
            return #expect(Bool(false), "administrators may")
        }
    }

    /// One name means to each tenant what its own row says.
    @Test func eachTenantHasItsOwnNames() {
        let image = Reference(.image, "app:1", origin: "Image")
        var facts = Facts()
        for (tenant, id) in [("red", "sha256:1"), ("blue", "sha256:2")] {
            var view = ImageFacts()
            view.resolutions[image] = .found(id: id, tenant: tenant)
            view.images[image] = ImageFinding(owners: [tenant], isShared: false, soleOwner: tenant)
            facts.views[tenant] = view
        }
        #expect(facts.seen(by: "red")[image] == .found(id: "sha256:1", tenant: "red"))
        #expect(facts.seen(by: "blue")[image] == .found(id: "sha256:2", tenant: "blue"))
        #expect(facts.seen(by: "green")[image] == nil)
        let act = Act(operation: "T", verbs: [.run], harm: [], references: [image], creates: .container)
        guard case .permit = Self.policy.decide(act, by: "alice", seeing: facts) else {
            return #expect(Bool(false), "one's own may be run")
        }
        facts.views["red"] = nil
        guard case .refuse(let refusal) = Self.policy.decide(act, by: "alice", seeing: facts) else {
            return #expect(Bool(false), "another's may not")
        }
        #expect(refusal.rule == "tenant.own")
    }

    /// Nobody gives the gateway's own names, however the host is written.
    @Test(arguments: ["quaymaster.invalid/a:b", "Quaymaster.Invalid/a:b", "quaymaster.invalid:443/a"])
    func anchorsAreTheGateways(name: String) {
        for use in [Reference.Use.makes, .fetches] {
            let act = Act(
                operation: "T", verbs: [.tag], harm: [], references: [Reference(.image, name, origin: "x", use: use)])
            for who in ["alice", "admin"] {
                guard case .refuse(let refusal) = Self.policy.decide(act, by: who, seeing: Facts()) else {
                    #expect(Bool(false), "\(who)")
                    continue
                }
                #expect(refusal.rule == "name.reserved")
            }
        }
    }

    /// A text that begins an id is judged by no name.
    @Test func levelsNameImagesByTheirNames() {
        var level = Level(name: "l", extends: .baseline, location: nil)
        level.images = [NamePattern("docker.io/**")]
        let policy = Policy(
            tenants: ["red"],
            grants: [
                "alice": [
                    Grant(
                        verbs: .all, scope: .tenant("red"), levels: [level],
                        location: Location(file: "p", line: 1))
                ]
            ], version: "v")
        let image = Reference(.image, "0123abcd", origin: "Image")
        let act = Act(
            operation: "T", verbs: [.run], harm: [], references: [image],
            demands: [Demand(.image("docker.io/library/0123abcd:latest"), origin: "Image")], creates: .container)
        func allows(name: String?) -> Bool {
            var facts = Facts([image: .found(id: "sha256:1", tenant: nil)])
            facts.images[image] = ImageFinding(owners: [], isShared: true, soleOwner: nil, name: name)
            if case .permit = policy.decide(act, by: "alice", seeing: facts) { return true }
            return false
        }
        #expect(allows(name: "docker.io/library/0123abcd:latest"))
        #expect(!allows(name: nil))
        #expect(policy.needsFacts(act, by: "alice"))
    }

    // MARK: Labels

    private static func labelled(_ tenants: [String], _ labels: [String: [NamePattern]] = [:]) -> Policy {
        Policy(
            tenants: tenants,
            grants: [
                "alice": [
                    Grant(
                        verbs: .all, scope: .tenant("red"), levels: [.builtIn(.baseline)],
                        location: Location(file: "p", line: 1))
                ]
            ], version: "v", labels: labels)
    }

    @Test(arguments: [
        ("app", true, true), ("traefik.enable", true, false), ("Traefik.Enable", true, false),
        ("com.docker.compose.project", true, true), ("com.centurylinklabs.watchtower.enable", true, false),
        ("ofelia.job-local.x.command", true, false), ("com.docker.swarm.service.name", true, false),
    ])
    func labelsThatOthersObey(label: String, aloneMay: Bool, sharedMay: Bool) {
        let image = Reference(.image, "a", origin: "Image")
        func allows(_ policy: Policy, own: [String], inherited: [String]) -> Bool {
            var facts = Facts([image: .found(id: "sha256:1", tenant: nil)])
            facts.images[image] = ImageFinding(
                owners: [], isShared: true, soleOwner: nil, labels: inherited)
            let act = Act(
                operation: "T", verbs: [.run], harm: [.changes], references: [image],
                demands: own.map { Demand(.label($0), origin: "Labels") }, creates: .container)
            if case .permit = policy.decide(act, by: "alice", seeing: facts) { return true }
            return false
        }
        for (own, inherited) in [([label], []), ([], [label])] as [([String], [String])] {
            #expect(allows(Self.labelled(["red"]), own: own, inherited: inherited) == aloneMay)
            #expect(allows(Self.labelled(["red", "blue"]), own: own, inherited: inherited) == sharedMay)
            let open = Self.labelled(["red", "blue"], ["red": [NamePattern("*")]])
            #expect(allows(open, own: own, inherited: inherited))
            let closed = Self.labelled(["red"], ["red": [NamePattern("app")]])
            #expect(allows(closed, own: own, inherited: []) == (label == "app" || own.isEmpty))
        }
    }

    // MARK: Patterns and registries

    @Test(arguments: [
        ("a", "a", true), ("a", "ab", false), ("a*", "abc", true), ("*c", "abc", true), ("*", "", true),
        ("a*c", "ac", true), ("a*c", "abcd", false), ("a*b*c", "axbxc", true), ("a*b*c", "acb", false),
        ("reg.example.com/**", "reg.example.com/a/b:1", true), ("reg.example.com/**", "reg.example.com.evil/a", false),
        ("aa*aa", "aaa", false),
    ])
    func patternsMatchWholeNames(pattern: String, text: String, isMatch: Bool) {
        #expect(NamePattern(pattern).matches(text) == isMatch)
    }

    @Test(arguments: [
        ("docker.io", true), ("registry.example.com:5000", true), ("localhost", false),
        ("localhost:5000", false), ("127.0.0.1:5000", false), ("10.0.0.1", false), ("registry", false),
        ("x.local", false), ("a.internal", false), ("2130706433", false), ("0x7f.1", false),
        ("1.0x7f", false), ("[::1]:5000", false), ("a..b", false), ("", false), ("Reg.Example.com", true),
        ("x.example.com:a@169.254.169.254", false), ("reg.example.com:50:00", false),
        ("a.example.com:80@127.0.0.1", false), ("ann:x@a.example.com", false), ("a.example.com:", false),
        ("a.example.com:65536", true), ("a.example.com:655360", false), ("a.example.com:+80", false),
        ("a.example.c\u{F6}m", false), ("\u{212A}.example.com", false), ("a.example.com:1:2", false),
    ])
    func registriesHavePublicNames(host: String, isPublic: Bool) {
        let level = Level.builtIn(.baseline)
        #expect(level.allows(Demand(.registry(host), origin: "x")) == isPublic)
        var open = Level(name: "l", extends: .baseline, location: nil)
        open.registries = [host]
        #expect(open.allows(Demand(.registry(host), origin: "x")))
    }
}
