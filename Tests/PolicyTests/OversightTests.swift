import Acts
import Policy
import Testing

/// Who may look at what others do in the guarded shell.
@Suite struct OversightTests {
    private static func grant(_ verbs: [Verb], _ scope: Grant.Scope, hides: Hidden = []) -> Grant {
        Grant(
            verbs: VerbSet(verbs), scope: scope, levels: [.builtIn(.baseline)], hides: hides,
            location: Location(file: "policy.yaml", line: 1))
    }

    private static let policy = Policy(
        tenants: ["red", "blue"],
        grants: [
            "admin": [grant(Verb.allCases, .everything)], "auditor": [grant([.review], .tenant("red"))],
            "alice": [grant([.enter, .recall], .tenant("red"))], "bo": [grant([.enter], .tenant("red"))],
            "veiled": [grant([.review], .tenant("red"), hides: .environment)],
        ], version: "v")

    @Test(arguments: [
        ("admin", "alice", "red", true), ("admin", "alice", "", true), ("auditor", "alice", "red", true),
        ("auditor", "alice", "blue", false), ("auditor", "auditor", "blue", false), ("auditor", "x", "", false),
        ("alice", "alice", "red", true), ("alice", "bo", "red", false), ("alice", "alice", "blue", false),
        ("bo", "bo", "red", false), ("veiled", "alice", "red", false), ("nobody", "nobody", "red", false),
    ])
    func recordingsAreShownTo(_ who: String, _ owner: String, _ tenant: String, _ expected: Bool) {
        #expect(Self.policy.showsRecording(of: owner, in: tenant, to: who) == expected)
    }
}
