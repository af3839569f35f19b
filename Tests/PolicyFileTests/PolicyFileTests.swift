import Acts
import Policy
import PolicyFile
import Testing

@Suite struct PolicyFileTests {
    private func compile(
        _ text: String, issued: Set<String>? = nil, trusted: Set<String>? = ["corp"]
    ) throws(PolicyErrors) -> PolicyFile {
        try PolicyFile(text, file: "policy.yaml", version: "v", issued: issued, trusted: trusted)
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

    /// Who enters containers does so as a viewer unless roles are named.
    @Test func termsOfTheGuardedShell() throws {
        let file = try compile(
            """
            tenants: {a: {}}
            grants:
              - {to: one, may: enter, in: a}
              - {to: two, may: [enter], in: a, shell: [net, ops, net], needs: {reason: true}}
            """)
        #expect(file.policy.grants["one"]?.first?.shell == ShellTerms(roles: ["viewer"]))
        #expect(
            file.policy.grants["two"]?.first?.shell == ShellTerms(roles: ["net", "ops"], needsReason: true))
    }

    @Test func termsOfExecs() throws {
        let file = try compile(
            """
            tenants: {a: {}}
            grants:
              - {to: one, may: exec, in: a}
              - {to: two, may: [exec, view], in: a, exec: [viewer, ops], record: true}
            """)
        #expect(file.policy.grants["one"]?.first?.exec == ExecTerms())
        #expect(
            file.policy.grants["two"]?.first?.exec == ExecTerms(roles: ["viewer", "ops"], isRecorded: true))
    }

    @Test(
        arguments: [
            ("approval: line", .line), ("approval: session", .session(seconds: 1800)),
            ("approval: session, for: 5m", .session(seconds: 300)), ("approval: session, for: 8h", .session(seconds: 28_800)),
            ("reason: true", .nothing), ("approval: sre", nil), ("approval: line, for: 5m", nil), ("for: 5m", nil),
            ("approval: session, for: 9h", nil), ("approval: session, for: 0m", nil), ("approval: session, for: soon", nil),
            ("approval: true", nil), ("approval: {by: sre}", nil), ("approval: [line]", nil),
        ] as [(String, ShellApproval?)])
    func whatASecondPersonApproves(_ needs: String, _ expected: ShellApproval?) throws {
        let text = "tenants: {a: {}}\ngrants:\n  - {to: one, may: enter, in: a, needs: {\(needs)}}\n"
        guard let expected else {
            #expect(throws: PolicyErrors.self) { try self.compile(text) }
            return
        }
        #expect(try compile(text).policy.grants["one"]?.first?.shell.approval == expected)
    }

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
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: enter, in: a, shell: [viwer]}", line: 3,
            message: "unknown role \"viwer\"", hint: "did you mean \"viewer\"?"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: enter, in: a, shell: []}", line: 3,
            message: "has no role of the guarded shell"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, shell: viewer}", line: 3,
            message: "has no verb enter"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, exec: [shell]}", line: 3,
            message: "unknown role \"shell\""),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, exec: []}", line: 3,
            message: "has no role of the guarded shell"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: [view], in: a, record: true}", line: 3,
            message: "has no verb exec"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: exec, in: a, record: always}", line: 3,
            message: "record is true or false"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: enter, in: a, needs: {reason: often}}", line: 3,
            message: "reason is true or false"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: view, in: a, hide: [environment]}", line: 3,
            message: "\"environment\" cannot be hidden"),
        Wrong(
            text: "tenants: {a: {}}\ngrants:\n  - {to: x, may: view, in: a, hide: [label]}", line: 3,
            message: "\"label\" cannot be hidden", hint: "did you mean \"labels\"?"),
        Wrong(
            text: "tenants: {a: {limits: {connections: 5}}}", line: 1, message: "unknown key \"connections\" in limits"),
        Wrong(text: "tenants: {a: {quota: {containers: many}}}", line: 1, message: "a quota is a whole number"),
        Wrong(text: "tenants: {a: {quota: {memory: 64GiB}}}", line: 1, message: "memory is not set by the gateway"),
        Wrong(
            text: "tenants: {a: {quota: {container: 1}}}", line: 1, message: "unknown key \"container\"",
            hint: "did you mean \"containers\"?"),
        Wrong(text: "tenants: {a: {limits: {streams: 0}}}", line: 1, message: "above zero"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {limits: {stream: 1}}}", line: 2,
            message: "unknown key \"stream\"", hint: "did you mean \"streams\"?"),
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
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, publish: [0.0.0.0]}}", line: 2,
            message: "is no single address"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, publish: [localhost]}}", line: 2,
            message: "is no single address"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, publish: []}}", line: 2,
            message: "publish names no address"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, publish: [10.0.0.5], addresses: [10.0.0.6]}}",
            line: 2, message: "publish names the only ones"),
        Wrong(
            text:
                "levels:\n  x: {extends: baseline, publish: [10.0.0.5]}\n  y: {extends: baseline, publish: [10.0.0.6]}\nzones: {z: {level: x}}\ntenants: {a: {zone: z}}\ngrants:\n  - {to: b, may: run, in: a, level: y}",
            line: 7, message: "publish on no address in common", hint: "name one of 10.0.0.5"),
        Wrong(
            text: "tenants: {a: {}}\nlevels: {x: {extends: baseline, socket: true}}", line: 2,
            message: "socket is own, or left out"),
        Wrong(text: "tenants: {a: {}}\nidentities: {x: {unixUser: root}}", line: 2, message: "must be a user's number"),
        Wrong(text: "tenants: {a: {}}\nidentities: {\"a/b\": {}}", line: 2, message: "is no name of a identity"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {cn: a, san: b}}}", line: 2,
            message: "is named in one way"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {issuer: corp}}}", line: 2,
            message: "is named in one way"),
        Wrong(text: "tenants: {a: {}}\nidentities: {x: {certificate: x}}", line: 2, message: "must be a mapping"),
        Wrong(text: "tenants: {a: {}}\nidentities: {x: {certificate: []}}", line: 2, message: "names no certificate"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {spife: a}}}", line: 2,
            message: "unknown key \"spife\"", hint: "did you mean \"spiffe\"?"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {spiffe: \"spiffe://ci\"}}}", line: 2,
            message: "is no spiffe", hint: "for example spiffe://ci/runner-7"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {fingerprint: 12ab}}}", line: 2,
            message: "is no fingerprint", hint: "64 hexadecimal digits"),
        Wrong(
            text: "tenants: {a: {}}\nidentities: {x: {certificate: {cn: x, issuer: crop}}}", line: 2,
            message: "trusts no authority \"crop\"", hint: "did you mean \"corp\"?"),
        Wrong(
            text: "tenants: {a: {}}\nidentities:\n  x: {certificate: {cn: n}}\n  y: {certificate: {cn: n, issuer: ours}}",
            line: 4, message: "y and x are both meant by the same certificates"),
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

    @Test func certificatesMeanIdentities() throws {
        let digits = String(repeating: "ab", count: 32)
        let file = try compile(
            """
            tenants: {a: {}}
            identities:
              runner: {certificate: {spiffe: "spiffe://ci/runner", issuer: ours}}
              alice: {certificate: {san: alice@example.com, issuer: corp}, unixUser: 7}
              bo: {certificate: [{cn: Bo, issuer: corp}, {fingerprint: "\(digits.uppercased())"}]}
              eve: {certificate: {cn: Bo}}
            """)
        func meaning(_ kind: CertificateName.Kind, _ text: String, _ issuer: String) -> CertificateMappings.Meaning {
            file.certificates.meaning(of: [CertificateName(kind, text)], issuer: issuer)
        }
        #expect(meaning(.spiffe, "spiffe://ci/runner", "ours") == .identity("runner"))
        #expect(meaning(.spiffe, "spiffe://ci/runner", "corp") == .nothing)
        #expect(meaning(.alternative, "alice@example.com", "corp") == .identity("alice"))
        #expect(meaning(.alternative, "alice@example.com", "ours") == .nothing)
        #expect(meaning(.fingerprint, digits, "ours") == .identity("bo"))
        #expect(meaning(.common, "Bo", "corp") == .identity("bo"))
        #expect(meaning(.common, "Bo", "ours") == .identity("eve"))
        #expect(file.unixUsers["alice"] == [7])
        // Without a configuration nobody knows which authorities there are.
        let text = "tenants: {a: {}}\nidentities: {x: {certificate: {cn: x, issuer: elsewhere}}}"
        #expect(try !compile(text, trusted: nil).certificates.isEmpty)
        #expect(throws: PolicyErrors.self) { try compile(text, trusted: []) }
    }

    @Test func quotasAreSaid() throws {
        let file = try compile("tenants:\n  a: {quota: {containers: 0, volumes: 5}}\n  b: {}")
        let quota = try #require(file.policy.quotas["a"])
        #expect(quota.most == [.container: 0, .volume: 5] && quota.location.line == 2)
        #expect(file.policy.quotas["b"] == nil && file.warnings.isEmpty)
        #expect(try compile("tenants: {a: {quota: {volumes: 5}}}").warnings.count == 1)
    }

    @Test func limitsAreSaidForTenantsAndIdentities() throws {
        let file = try compile(
            """
            tenants: {a: {limits: {streams: 7}}, b: {}}
            identities: {x: {limits: {connections: 3, bytes: 1000}}, y: {}}
            """)
        #expect(file.policy.bounds == [.tenant("a"): [.streams: 7], .identity("x"): [.connections: 3, .bytes: 1000]])
    }

    @Test func networksAreOffered() throws {
        let file = try compile(
            """
            tenants:
              prod: {offers: {network: {edge: [ci, web], back.end: ci}}}
              ci: {}
              web: {}
            offers: {network: {proxy: [web]}}
            """)
        let offers = file.policy.networkOffers.sorted { $0.name < $1.name }
        #expect(offers.map(\.name) == ["back.end", "edge", "proxy"] && file.warnings.isEmpty)
        #expect(offers.map(\.owner) == ["prod", "prod", nil] && offers.map(\.location.line) == [2, 2, 5])
        #expect(offers.map(\.tenants) == [["ci"], ["ci", "web"], ["web"]])
        #expect(file.policy.offers(to: "ci").count == 2)
        #expect(try compile("tenants: {a: {}}\noffers: {}").warnings.count == 1)
    }

    @Test(arguments: [
        ("offers: {network: {edge: [cy]}}", "unknown tenant \"cy\"", 27),
        ("offers: {network: {edge: []}}", "is offered to nobody", 26),
        ("offers: {network: {edge: [prod]}}", "is the tenant prod's own", 27),
        ("offers: {network: {ingress: [ci]}}", "cannot be offered", 20),
        ("offers: {network: {quaymaster-ci: [ci]}}", "cannot be offered", 20),
        ("offers: {network: {\"../x\": [ci]}}", "is no name of a network", 20),
        ("offers: {networks: {edge: [ci]}}", "unknown key \"networks\"", 10),
        ("offers: {network: [edge]}", "must be a mapping", 19),
    ])
    func offersAreRefusedWithLineAndColumn(_ text: String, _ message: String, _ column: Int) {
        func check(_ text: String, line: Int, column: Int) {
            do {
                _ = try compile(text)
                Issue.record("compiled")
            } catch {
                let found = error.diagnostics.first { $0.message.contains(message) }
                #expect(found?.line == line && found?.column == column, "\(error)")
            }
        }
        check("tenants:\n  prod: {\(text)}\n  ci: {}", line: 2, column: column + 9)
        if !message.contains("own") { check("tenants: {prod: {}, ci: {}}\n\(text)", line: 2, column: column) }
    }

    @Test func aTenantKnowsOneNetworkByAName() {
        do {
            _ = try compile(
                """
                tenants:
                  prod: {offers: {network: {edge: [ci]}}}
                  test: {offers: {network: {edge: [ci, prod]}}}
                  ci: {}
                """)
            Issue.record("compiled")
        } catch {
            #expect(error.diagnostics.map(\.line) == [3] && error.diagnostics.first?.column == 36, "\(error)")
            #expect(error.diagnostics.first?.message.contains("policy.yaml:2") == true, "\(error)")
        }
    }

    @Test func grantsHide() throws {
        let file = try compile(
            """
            tenants: {a: {}, b: {}}
            grants:
              - {to: ops, may: [view, logs], in: "*", hide: [env, commands]}
              - {to: dev, may: view, in: a}
            """, issued: ["ops", "dev"])
        #expect(file.policy.grants["ops"]?.first?.hides == [.environment, .commands])
        #expect(file.policy.grants["dev"]?.first?.hides == [])
        #expect(file.warnings.isEmpty, "\(file.warnings)")
        let weak = try compile(
            """
            tenants: {a: {}, b: {}}
            grants:
              - {to: ops, may: [view, exec], in: "*", hide: env}
              - {to: ops, may: view, in: a}
              - {to: ops, may: logs, in: b, hide: labels}
            """, issued: ["ops"]
        ).warnings
        #expect(weak.map(\.line) == [3, 4], "\(weak)")
        #expect(weak.first?.message.contains("exec") == true && weak.last?.message.contains("policy.yaml:3") == true)
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
