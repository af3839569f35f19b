import ShellGrammar
import Testing

@testable import PolicyFile

/// Roles of the guarded shell that a policy adds.
@Suite struct ShellRoleTests {
    private static let rest = "\ntenants: {a: {}}\ngrants:\n  - {to: x, may: enter, in: a, shell: [cache]}"

    private func table(_ shell: String) throws -> RoleTable {
        try PolicyFile("shell:\n" + shell + Self.rest, file: "policy.yaml", version: "").shellRoles
    }

    private static let cache = """
          cache:
            title: the cache and its logs
            roles: [viewer]
            verbs:
              valkey-cli:
                summary: shows the cache
                lines: [ping, info memory]
              cachectl:
                examples: ["cachectl status -n 5 web"]
                forms:
                  - words: status
                    flags: v
                    options: {-n: 1-100, -m: fast|slow}
                    needs: [-n]
                    arguments: [service, /var/log /srv/app]
                    least: 1
        """

    @Test(arguments: [
        ("valkey-cli ping", true), ("valkey-cli info memory", true), ("valkey-cli info", false),
        ("valkey-cli eval x", false), ("cachectl status -n 5 web", true), ("cachectl status -v -n 5 -m fast web /var/log/a", true),
        ("cachectl status web", false), ("cachectl status -n 101 web", false), ("cachectl status -n 5 -m best web", false),
        ("cachectl status -n 5 web /etc/shadow", false), ("cachectl drop -n 5 web", false), ("ls /var/log", true), ("nginx -t", false),
    ])
    func linesAreJudged(line: String, isAccepted: Bool) throws {
        let role = try #require(try table(Self.cache).named("cache"))
        guard case .accepted(let accepted) = role.judge(line) else {
            #expect(!isAccepted, "\(line)")
            return
        }
        #expect(isAccepted, "\(line)")
        #expect(accepted.verb == "ls" || accepted.answer == .program)
    }

    @Test(arguments: [
        ("  viewer: {verbs: {x: {lines: [-t]}}}", 2, "is built in"), ("  cache: {}", 2, "holds nothing"),
        ("  cache:\n    roles: [viwer]", 3, "unknown role"), ("  cache:\n    verb: {}", 3, "unknown key"),
        ("  cache:\n    verbs:\n      bash: {lines: [-l]}", 4, "the verb bash"),
        ("  cache:\n    verbs:\n      env: {lines: [x]}", 4, "the verb env"),
        ("  cache:\n    verbs:\n      find: {forms: [{arguments: [/var/log]}]}", 4, "only whole fixed lines"),
        ("  cache:\n    verbs:\n      x: {}", 4, "has no form"),
        ("  cache:\n    verbs:\n      x:\n        forms:\n          - {arguments: [anything]}", 6, "no kind of value"),
        ("  cache:\n    verbs:\n      x:\n        forms:\n          - {arguments: [/proc/1]}", 4, "the tree /proc/1"),
        ("  cache:\n    verbs:\n      x:\n        forms:\n          - {arguments: [host], least: 2}", 6, "least is a number"),
        ("  cache:\n    verbs:\n      x: {lines: [a], examples: [x b]}", 4, "refuses its own example"),
        ("  cache:\n    roles: [viewer]\n    verbs: {ls: {lines: [-l]}}", 2, "declared in two ways"),
        ("  'a b': {roles: [viewer]}", 2, "no name of a role"),
    ])
    func whatIsWrongIsNamedWithItsLine(_ shell: String, _ line: Int, _ message: String) throws {
        do {
            _ = try table(shell)
            Issue.record("it compiles")
        } catch let errors as PolicyErrors {
            let found = errors.diagnostics.first { $0.message.contains(message) }
            #expect(found?.line == line, "\(errors)")
        }
    }
}
