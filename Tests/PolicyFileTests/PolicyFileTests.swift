import Acts
import Policy
import PolicyFile
import Testing

@Suite struct PolicyFileTests {
    private func compile(_ text: String, issued: Set<String>? = nil) throws(PolicyErrors) -> PolicyFile {
        try PolicyFile(text, file: "policy.yaml", version: "v", issued: issued)
    }

    private static let whole = """
        levels:
          ci:
            extends: baseline
            mounts: {bind: [{from: /srv/cache, to: /cache, readOnly: true}]}
            ports: ["8000-8999", "80"]
            capabilities: [cap_sys_nice]
        zones:
          strangers: {level: restricted}
        tenants:
          ci: {zone: strangers}
          prod: {}
        roles:
          developer: [run, view]
        identities:
          traefik: {unixUser: 101}
          shell: {unixUser: [0, 1000]}
        grants:
          - {to: [alice, bo], may: [developer, logs], in: ci, level: ci}
          - {to: admin, may: "*", in: "*", level: privileged}
        """

    @Test func compilesEverySection() throws {
        let file = try compile(Self.whole)
        #expect(file.policy.tenants == ["ci", "prod"])
        #expect(file.policy.isShared)
        #expect(file.unixUsers == ["traefik": [101], "shell": [0, 1000]])
        let grant = try #require(file.policy.grants["bo"]?.first)
        #expect(grant.verbs.verbs == [.view, .logs, .run])
        #expect(grant.scope == .tenant("ci"))
        #expect(grant.levels.map(\.name) == ["ci", "restricted"])
        #expect(grant.location.description == "policy.yaml:18")
        #expect(grant.levels[0].capabilities == ["SYS_NICE"])
        #expect(grant.levels[0].ports == [8000...8999, 80...80])
        #expect(file.policy.grants["admin"]?.first?.scope == .everything)
    }

    struct Wrong: CustomTestStringConvertible {
        let text: String
        let line: Int
        let message: String
        var hint: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Wrong(text: "", line: 0, message: "the file is empty"),
        Wrong(text: "tenants: {local: {}", line: 2, message: "this is no YAML"),
        Wrong(text: "tenants: {local: {}}\ntenants: {}", line: 1, message: "stands twice"),
        Wrong(text: "tenant: {local: {}}", line: 1, message: "unknown key \"tenant\"", hint: "did you mean \"tenants\"?"),
        Wrong(text: "tenants: {}", line: 1, message: "there is no tenant"),
        Wrong(text: "tenants: {Local: {}}", line: 1, message: "is no tenant's name"),
        Wrong(text: "tenants: {a: {zone: x}}", line: 1, message: "unknown zone \"x\""),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exce, in: a}", line: 3,
            message: "unknown verb or role \"exce\"", hint: "did you mean \"exec\"?"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: b}", line: 3,
            message: "unknown tenant \"b\""),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec}", line: 3,
            message: "the grant has no \"in\""),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, level: basline}", line: 3,
            message: "unknown level \"basline\"", hint: "did you mean \"baseline\"?"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, mode: observe}", line: 3,
            message: "the only mode so far is enforce"),
        Wrong(text: "tenants: {a: {}}\nroles: {exec: [run]}", line: 2, message: "is a verb"),
        Wrong(text: "tenants: {a: {}}\nlevels: {baseline: {extends: privileged}}", line: 2, message: "is built in"),
        Wrong(text: "tenants: {a: {}}\nlevels: {x: {}}", line: 2, message: "the level extends nothing"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, mounts: {bind: [{from: /}]}}}", line: 2,
            message: "is no path that may be bound"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, mounts: {bind: [{from: /a/../b}]}}}", line: 2,
            message: "is no path that may be bound"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, ports: [\"0-70000\"]}}", line: 2,
            message: "is no port or range"),
        Wrong(text: "tenants: {a: {}}\nidentities: {x: {unixUser: root}}", line: 2, message: "must be a user's number"),
        Wrong(text: "tenants: {a: {}}\nidentities: {\"a/b\": {}}", line: 2, message: "is no name of a identity"),
    ])
    func refusesWithLineAndSuggestion(row: Wrong) {
        do {
            _ = try compile(row.text.replacing("\\n", with: "\n"))
            Issue.record("compiled")
        } catch {
            let found = error.diagnostics.first { $0.message.contains(row.message) }
            #expect(found != nil, "\(error)")
            #expect(found?.line == row.line, "\(error)")
            if let hint = row.hint { #expect(found?.hint?.hasPrefix(hint) == true, "\(error)") }
        }
    }

    @Test func allErrorsAreShownAtOnce() {
        do {
            _ = try compile("tenants: {a: {}}\ngrants:\n  - {to: x, may: exce, in: b, level: c}")
            Issue.record("compiled")
        } catch {
            #expect(error.diagnostics.count >= 2)
        }
    }

    @Test func warnsOfWhatWorksAndIsProbablyNotMeant() throws {
        let unreachable = try compile(
            """
            zones: {z: {level: restricted}}
            tenants: {a: {zone: z}}
            grants:
              - {to: x, may: run, in: a, level: privileged}
            """, issued: [])
        let messages = unreachable.warnings.map(\.message)
        #expect(messages.contains { $0.contains("cannot be reached") })
        #expect(messages.contains { $0.contains("has no certificate yet") })
        #expect(try compile("tenants: {a: {}}\ngrants: [{to: x, may: run, in: a}]", issued: ["x"]).warnings.isEmpty)
    }
}
