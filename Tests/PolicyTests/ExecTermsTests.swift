import Acts
import Policy
import Testing

/// What an exec may run where the guarded judge stands in front of it.
@Suite struct ExecTermsTests {
    private static let place = Location(file: "policy.yaml", line: 3)
    private static let web = Reference(.container, "web", origin: "path", lendsPower: true)

    private func decide(_ terms: ExecTerms, _ words: [String], _ extras: [String] = []) -> Decision {
        let grant = Grant(
            verbs: VerbSet([.exec]), scope: .tenant("red"), levels: [.builtIn(.baseline)], exec: terms,
            location: Self.place)
        let policy = Policy(tenants: ["red", "blue"], grants: ["alice": [grant]], version: "v")
        var act = Act(
            operation: "ContainerExec", verbs: [.exec], harm: [.changes, .executes], references: [Self.web],
            creates: .exec)
        act.exec = ExecWish(words: words, extras: extras)
        var facts = Facts([Self.web: .found(id: "1", tenant: "red")])
        facts.powers[Self.web] = []
        return policy.decide(act, by: "alice", seeing: facts)
    }

    private func records(_ decision: Decision) -> Bool? {
        guard case .permit(let permit) = decision else { return nil }
        return permit.obligations.contains(.record)
    }

    private func objection(_ decision: Decision) -> Refusal? {
        if case .refuse(let refusal) = decision { refusal } else { nil }
    }

    @Test func anythingRunsWhereNothingIsSaid() {
        #expect(records(decide(ExecTerms(), ["sh"], ["Tty", "AttachStdin"])) == false)
        #expect(records(decide(ExecTerms(isRecorded: true), ["sh"], ["Tty"])) == true)
    }

    @Test(arguments: [
        (["ls", "/var/log"], true), (["nginx", "-t"], true), (["sh"], false), (["cat", "/etc/shadow"], false),
        (["less", "/var/log/app.log"], false), ([], false),
    ])
    func oneOfTheRolesAccepts(_ words: [String], _ isRun: Bool) {
        let terms = ExecTerms(roles: ["viewer", "ops"], isRecorded: true)
        #expect(records(decide(terms, words)) == (isRun ? true : nil))
        #expect(objection(decide(terms, words))?.rule == (isRun ? nil : "exec.guard"))
        // Beside the words there is nothing, or they mean something else.
        for extra in ["Tty", "AttachStdin", "Env", "User", "WorkingDir", "Privileged"] {
            let refusal = objection(decide(terms, words, [extra]))
            #expect(refusal?.rule == "exec.guard" && refusal?.words.contains(extra) == true)
        }
        // Unknown roles accept nothing.
        #expect(records(decide(ExecTerms(roles: []), words)) == nil)
    }

    /// Nobody has judged what an exec without a maker runs.
    @Test func whatNobodyJudgedIsNotStarted() {
        let exec = Reference(.exec, "e", origin: "path")
        func decide(_ terms: ExecTerms, maker: String?) -> Decision {
            let grant = Grant(
                verbs: VerbSet([.exec]), scope: .everything, levels: [.builtIn(.privileged)], exec: terms,
                location: Self.place)
            let policy = Policy(tenants: ["red"], grants: ["alice": [grant]], version: "v")
            let act = Act(
                operation: "ExecStart", verbs: [.exec], harm: [.changes, .executes], references: [exec])
            var facts = Facts()
            if let maker { facts.makers[exec] = maker }
            return policy.decide(act, by: "alice", seeing: facts)
        }
        let guarded = ExecTerms(roles: ["viewer"])
        #expect(refusalRule(decide(guarded, maker: nil)) == "exec.own")
        #expect(refusalRule(decide(guarded, maker: "alice")) == nil)
        #expect(refusalRule(decide(ExecTerms(), maker: nil)) == nil)
    }

    private func refusalRule(_ decision: Decision) -> String? { objection(decision)?.rule }

    @Test func theRefusalTeaches() throws {
        let refusal = try #require(objection(decide(ExecTerms(roles: ["viewer"]), ["cat", "/etc/shadow"])))
        #expect(
            refusal.words.contains("(viewer)") && refusal.words.contains("rule exec.guard (policy.yaml:3)")
                && refusal.words.contains("path.tree"), "\(refusal.words)")
    }
}
