import Acts
import Policy
import Testing

/// Who is let into the guarded shell, and as what.
@Suite struct ShellTermsTests {
    private static let place = Location(file: "policy.yaml", line: 3)

    private static func policy(_ terms: ShellTerms, hides: Hidden = []) -> Policy {
        let grant = Grant(
            verbs: VerbSet([.enter]), scope: .tenant("red"), levels: [.builtIn(.baseline)], hides: hides,
            shell: terms, location: place)
        return Policy(tenants: ["red", "blue"], grants: ["alice": [grant]], version: "v")
    }

    private static let web = Reference(.container, "web", origin: "path", lendsPower: true)

    private static func act(_ wish: ShellWish) -> Act {
        var act = Act(
            operation: "ContainerEnter", verbs: [.enter], harm: [.changes, .executes], references: [web])
        act.shell = wish
        return act
    }

    private func roles(_ terms: ShellTerms, _ wish: ShellWish, owner: String = "red") -> [String]? {
        var facts = Facts([Self.web: .found(id: "1", tenant: owner)])
        facts.powers[Self.web] = []
        switch Self.policy(terms).decide(Self.act(wish), by: "alice", seeing: facts) {
        case .refuse: return nil
        case .permit(let permit):
            for case .shell(let roles, _) in permit.obligations { return roles }
            return []
        }
    }

    @Test func rolesAreThoseOfTheGrant() {
        let terms = ShellTerms(roles: ["viewer", "net"])
        #expect(roles(terms, ShellWish(roles: [], reason: "")) == ["viewer", "net"])
        #expect(roles(terms, ShellWish(roles: ["net"], reason: "")) == ["net"])
        #expect(roles(terms, ShellWish(roles: ["net", "ops"], reason: "")) == nil)
        #expect(roles(ShellTerms(roles: []), ShellWish(roles: [], reason: "")) == nil)
        // Another's container is none.
        #expect(roles(terms, ShellWish(roles: [], reason: ""), owner: "blue") == nil)
    }

    /// What is entered is one container, so it is looked up also where the level allows whatever it is.
    @Test func whatIsEnteredIsLookedUp() {
        let grant = Grant(
            verbs: VerbSet(Verb.allCases), scope: .everything, levels: [.builtIn(.privileged)],
            shell: ShellTerms(roles: ["viewer"]), location: Self.place)
        let policy = Policy(tenants: ["red", "blue"], grants: ["root": [grant]], version: "v")
        #expect(policy.needsFacts(Self.act(ShellWish(roles: [], reason: "")), by: "root"))
        #expect(!policy.needsFacts(Self.act(ShellWish(roles: [], reason: "")), by: "alice"))
        let exec = Act(operation: "ContainerExec", verbs: [.exec], harm: [.executes], references: [Self.web])
        #expect(!policy.needsFacts(exec, by: "root"))
    }

    @Test(arguments: [("", false), ("  ", false), ("\t", false), ("5xx", true)])
    func aReasonIsSaid(_ reason: String, _ isEnough: Bool) {
        let terms = ShellTerms(roles: ["viewer"], needsReason: true)
        #expect((roles(terms, ShellWish(roles: [], reason: reason)) != nil) == isEnough)
        #expect(roles(ShellTerms(roles: ["viewer"]), ShellWish(roles: [], reason: reason)) == ["viewer"])
    }
}
