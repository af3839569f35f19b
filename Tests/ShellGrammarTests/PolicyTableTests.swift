import JSON
import ShellGrammar
import Testing

/// The built-in roles are the policies of the corpus, and verbs that no policy lists and that we answer
/// ourselves.
@Suite struct PolicyTableTests {
    /// What the built-in roles have besides.
    static let added: [String: Set<String>] = [
        "viewer": ["match", "mounts", "limits", "net"], "net": ["net"], "finder": ["match"],
        "pager": [], "ops": [],
    ]

    @Test func rolesAreThePoliciesThatHaveCommands() throws {
        let policies = try Corpus.policies().members.filter { $0.value["commands"] != nil }
        #expect(policies.map(\.name) == Roles.all.map(\.name))
        for policy in policies {
            #expect(Roles.named(policy.name)?.title == policy.value["title"]?.string)
        }
    }

    @Test(arguments: Roles.all.map(\.name))
    func everyCommandIsAVerbOfTheSameForms(name: String) throws {
        let role = try #require(Roles.named(name))
        let commands = try #require(Corpus.policies()[name]?["commands"]?.object)
        for command in commands.members {
            let verb = try #require(role.verb(command.name), "\(name) has no \(command.name)")
            let listed = try forms(try #require(command.value.object))
            #expect(verb.forms.map(bare) == listed, "\(name) \(command.name)")
        }
        let listed = Set(commands.members.map(\.name))
        let added = role.verbs.filter { !listed.contains($0.name) }
        #expect(Set(added.map(\.name)) == Self.added[name])
        #expect(added.allSatisfy { $0.answer == .outside })
    }

    /// A form as the policies have them: no filters, a spelling to an option.
    private func bare(_ form: Form) -> Form {
        var form = form
        form.filters = []
        form.options = form.options.flatMap { option in
            option.names.map { ValueOption($0, slot: option.slot) }
        }
        return form
    }

    private func forms(_ command: JSONObject) throws -> [Form] {
        let known: Set = ["literals", "sub", "flags", "opts", "need", "args", "pathfirst", "preds"]
        #expect(command.members.allSatisfy { known.contains($0.name) })
        var forms = try (command["literals"]?.array ?? []).map { line in
            Form(words: try strings(line))
        }
        for member in command["sub"]?.object?.members ?? [] {
            let slots = try strings(member.value)
            #expect(slots.allSatisfy { $0 == "svc" || $0 == "svc?" })
            forms.append(
                Form(
                    words: [member.name],
                    arguments: Arguments(
                        leading: slots.map { _ in .service }, least: slots.count { $0 == "svc" },
                        most: slots.count)))
        }
        guard forms.isEmpty else { return forms }
        let pathFirst = try command["pathfirst"].map(strings)
        return [
            Form(
                flags: command["flags"]?.string ?? "",
                options: try ((command["opts"] ?? command["preds"])?.object?.members ?? []).map {
                    ValueOption($0.name, slot: try slot(try #require($0.value.string)))
                },
                needs: try command["need"].map(strings) ?? [],
                arguments: try pathFirst.map {
                    Arguments(rest: .path(under: $0), least: 1, most: 1)
                } ?? arguments(command["args"]),
                argumentsFirst: pathFirst != nil)
        ]
    }

    private func arguments(_ value: JSONValue?) throws -> Arguments {
        guard let value, let type = value["type"]?.string, type != "none" else { return .none }
        let least = Int(try #require(value["min"]?.int64))
        let most = Int(try #require(value["max"]?.int64))
        let trees = try value["under"].map(strings) ?? []
        return switch type {
        case "path": Arguments(rest: .path(under: trees), least: least, most: most)
        case "text+path":
            Arguments(leading: [.text], rest: .path(under: trees), least: least, most: most)
        case "host": Arguments(leading: [.host], least: least, most: most)
        case "lurl": Arguments(leading: [.loopbackURL], least: least, most: most)
        default: throw Unknown(what: type)
        }
    }

    private func slot(_ text: String) throws -> Slot {
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("int", let range): return .integer(try bounds(range))
        case ("sint", let range): return .signed(try bounds(range))
        case ("enum", let words): return .choice(words.split(separator: ",").map { String($0) })
        case ("path", let tree): return .path(under: [tree])
        case ("glob", ""): return .glob
        case ("size", ""): return .size
        default: throw Unknown(what: text)
        }
    }

    private func bounds(_ text: String) throws -> ClosedRange<Int> {
        let ends = text.split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2 else { throw Unknown(what: text) }
        return ends[0]...ends[1]
    }

    private func strings(_ value: JSONValue) throws -> [String] {
        try #require(value.array).map { try #require($0.string) }
    }

    private struct Unknown: Error {
        let what: String
    }

    @Test func pagerKeysAreThePolicys() throws {
        let keys = try #require(Corpus.policies()["pager-keys"]?["keys"]?.object)
        let single = try #require(keys["single"]?.string)
        // Every character of ASCII alone, allowed by the list or not.
        for value in UInt8(0)..<128 {
            let key = String(Unicode.Scalar(value))
            let isAllowed = if case .success = PagerKey.judge(key) { true } else { false }
            #expect(isAllowed == single.contains(key), "\(key.debugDescription)")
        }
        let search = try Regex(try #require(keys["search"]?.string))
        let goto = try Regex(try #require(keys["goto"]?.string))
        for text in [
            "/x", "?x", "/", "?", "//", "/é", "/a b~", "/\t", ":x", "1G", "0G", "1234567G",
            "12345678G",
            "G1", "1", "1g", "jj", "/" + String(repeating: "x", count: 80),
            "/" + String(repeating: "x", count: 81), "",
        ] {
            let isAllowed = if case .success = PagerKey.judge(text) { true } else { false }
            let isListed =
                text.wholeMatch(of: search) != nil || text.wholeMatch(of: goto) != nil
            #expect(isAllowed == isListed, "\(text)")
        }
    }
}
