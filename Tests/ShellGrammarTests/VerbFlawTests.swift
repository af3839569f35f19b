import ShellGrammar
import Testing

@Suite struct VerbFlawTests {
    /// A declared verb and what is wrong with it; nil for a sound one.
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let answer: AnswerClass
        let forms: [Form]
        let problem: VerbFlaw.Problem?

        init(
            _ name: String, _ answer: AnswerClass, _ forms: [Form],
            _ problem: VerbFlaw.Problem? = nil
        ) {
            self.name = name
            self.answer = answer
            self.forms = forms
            self.problem = problem
        }

        var testDescription: String { "\(name) \(answer) \(forms.map { $0.usage(of: name) })" }
    }

    private static func one(_ slot: Slot) -> [Form] {
        [Form(arguments: Arguments(leading: [slot], least: 1, most: 1))]
    }

    @Test(arguments: Roles.all)
    func builtInVerbsAreSound(role: Role) throws {
        for verb in role.verbs {
            let again = try Verb(
                name: verb.name, answer: verb.answer, summary: verb.summary,
                examples: verb.examples,
                forms: verb.forms)
            #expect(again == verb)
            #expect(!verb.examples.isEmpty && !verb.summary.isEmpty, "\(verb.name)")
        }
    }

    @Test(arguments: [
        Row("rails-health", .program, [Form()]), Row("Rails", .program, [Form()], .name),
        Row("a/b", .program, [Form()], .name), Row("", .program, [Form()], .name),
        Row("mytool", .program, [], .noForm),
        Row("sh", .program, [Form(words: ["-c", "id"])], .escape(.shell)),
        Row("timeout", .program, [Form(words: ["5", "ls"])], .escape(.runner)),
        Row("python3.12", .program, [Form(words: ["--version"])]),
        Row("python3.12", .program, [Form()], .escape(.interpreter)),
        Row("psql", .program, one(.service), .freeEscape),
        Row("tar", .program, one(.path(under: ["/backup"])), .freeEscape),
        Row("tar", .outside, one(.path(under: ["/backup"]))),
        Row("find", .program, [Form(flags: "x")], .freeEscape),
        Row("git", .program, [Form(words: ["status"])]),
        Row("mytool", .program, one(.text), .freeText), Row("mytool", .ownTool, one(.text)),
        Row("mytool", .program, one(.glob), .freeText), Row("mytool", .program, one(.service)),
        Row("mytool", .program, [Form(filters: [.match])], .filters),
        Row("mytool", .outside, [Form(filters: [.match])]),
    ])
    func programsGetNothingFree(row: Row) { judge(row) }

    @Test(arguments: [
        Row("t", .program, [Form(words: ["show", "all data"])]),
        Row("t", .program, [Form(words: [""])], .token("")),
        Row("t", .program, [Form(words: ["é"])], .token("é")),
        Row("t", .program, [Form(words: ["'\"$"])], .token("'\"$")),
        Row("t", .program, [Form(words: ["-x y"])], .token("-x y")),
        Row("t", .program, [Form(words: ["--"])], .token("--")),
        Row("t", .program, [Form(flags: "ll")], .repeated("-l")),
        Row("t", .program, [Form(flags: "-")], .token("-")),
        Row("t", .program, [Form(options: [.init("--", slot: .host)])], .token("--")),
        Row("t", .program, [Form(options: [.init("x", slot: .host)])], .token("x")),
        Row("t", .program, [Form(options: [.init("--a=b", slot: .host)])], .token("--a=b")),
        Row(
            "t", .program, [Form(flags: "ab", options: [.init("-ab", slot: .host)])], .token("-ab")),
        Row(
            "t", .program, [Form(flags: "a", options: [.init("-a", slot: .host)])], .repeated("-a")),
        Row("t", .program, [Form(needs: ["-x"])], .unknownNeed("-x")),
        Row("t", .program, [Form(flags: "x", needs: ["-x"])]),
        Row(
            "t", .program, [Form(arguments: .init(leading: [.host], least: 2, most: 1))],
            .empty("a count of arguments")),
        Row(
            "t", .program, [Form(arguments: .init(least: 0, most: 1))],
            .empty("a count of arguments")),
        Row("t", .program, one(.choice([])), .empty("a list of choices")),
        Row("t", .program, one(.choice(["-x"])), .token("-x")),
        Row("t", .program, one(.choice(["x"]))),
        Row("t", .program, one(.integer(-5...5)), .empty("a range below 0")),
        Row("t", .program, one(.integer(0...5))),
    ])
    func whatNoLineCanHoldIsRefused(row: Row) { judge(row) }

    @Test(arguments: [
        Row("t", .outside, one(.path(under: ["/var/log"]))),
        Row("t", .outside, one(.path(under: ["/run/app"]))),
        Row("t", .outside, one(.path(under: ["/device"]))),
        Row("t", .outside, one(.path(under: [])), .empty("a path without trees")),
        Row("t", .outside, one(.path(under: ["var"])), .tree("var")),
        Row("t", .outside, one(.path(under: ["/var/"])), .tree("/var/")),
        Row("t", .outside, one(.path(under: ["/var/../etc"])), .tree("/var/../etc")),
        Row("t", .outside, one(.path(under: ["/"])), .forbiddenTree("/", of: "everything")),
        Row(
            "t", .outside, one(.path(under: ["/srv", "/proc"])),
            .forbiddenTree("/proc", of: "/proc")),
        Row("t", .outside, one(.path(under: ["/proc/1"])), .forbiddenTree("/proc/1", of: "/proc")),
        Row("t", .outside, one(.path(under: ["/sys/fs"])), .forbiddenTree("/sys/fs", of: "/sys")),
        Row("t", .outside, one(.path(under: ["/dev"])), .forbiddenTree("/dev", of: "/dev")),
        Row("t", .outside, one(.path(under: ["/run"])), .forbiddenTree("/run", of: "/run/secrets")),
        Row(
            "t", .outside, one(.path(under: ["/var"])),
            .forbiddenTree("/var", of: "/var/run/secrets")),
    ])
    func treesReachNoSecrets(row: Row) { judge(row) }

    private func judge(_ row: Row) {
        do {
            _ = try Verb(name: row.name, answer: row.answer, summary: "", forms: row.forms)
            #expect(row.problem == nil)
        } catch {
            #expect(error.problem == row.problem)
            #expect(!error.sentence.isEmpty)
        }
    }

    @Test func anExampleIsHeldAgainstTheForms() {
        #expect(throws: VerbFlaw(verb: "t", problem: .example("t -x"))) {
            try Verb(name: "t", answer: .program, summary: "", examples: ["t -x"], forms: [Form()])
        }
    }

    @Test func aRoleUnitesOthersAndOneNameMeansOneVerb() throws {
        let both = try Role(name: "both", title: "", uniting: [Roles.viewer, Roles.net])
        for line in ["ls", "ping -c 1 db", "net"] {
            guard case .accepted = both.judge(line) else {
                Issue.record("refused: \(line)")
                continue
            }
        }
        let other = try Verb(name: "ls", answer: .outside, summary: "", forms: [Form()])
        #expect(throws: VerbFlaw(verb: "ls", problem: .twice)) {
            try Role(name: "x", title: "", uniting: [Roles.viewer], adding: [other])
        }
    }
}
