import Acts
import ShellGrammar
import Yams

/// Reads the roles that a policy adds to the guarded shell: built-in ones united, and verbs that are
/// programs of containers, written in typed forms.
struct ShellRoleCompiler {
    let reader: YAMLReader

    init(_ reader: YAMLReader) {
        self.reader = reader
    }

    /// The roles of the section `shell`, in their order.
    func read(_ node: Node?) -> [Role] {
        var roles: [Role] = []
        for (name, value) in reader.pairs(node, "shell") {
            let word = name.string ?? ""
            guard IdentityName.isValid(word) else {
                reader.report(
                    "\"\(word)\" is no name of a role", at: name, hint: IdentityName.grammar)
                continue
            }
            guard Roles.named(word) == nil, !roles.contains(where: { $0.name == word }) else {
                reader.report("the role \"\(word)\" is built in or stands twice", at: name)
                continue
            }
            if let role = role(word, value, at: name) { roles.append(role) }
        }
        return roles
    }

    private func role(_ name: String, _ node: Node, at place: Node) -> Role? {
        let record = reader.record(
            node, "the role \"\(name)\"", known: ["title", "roles", "verbs"])
        var united: [Role] = []
        for node in reader.list(record["roles"], "roles") {
            let word = node.string ?? ""
            if let role = Roles.named(word) {
                united.append(role)
            } else {
                reader.report(
                    "unknown role \"\(word)\" of the guarded shell", at: node,
                    hint: Suggestion.hint(for: word, among: Roles.all.map(\.name)))
            }
        }
        let verbs = reader.pairs(record["verbs"], "verbs").compactMap { verb($0.name, $0.value) }
        guard !united.isEmpty || !verbs.isEmpty else {
            reader.report(
                "the role \"\(name)\" holds nothing", at: place,
                hint: "write roles: [viewer], or verbs: {php-fpm: {lines: [-t]}}")
            return nil
        }
        do throws(VerbFlaw) {
            return try Role(
                name: name, title: record["title"].flatMap { reader.text($0, "title") } ?? name,
                uniting: united, adding: verbs)
        } catch {
            reader.report(error.sentence, at: place)
            return nil
        }
    }

    private func verb(_ name: Node, _ node: Node) -> ShellGrammar.Verb? {
        let word = name.string ?? ""
        let record = reader.record(
            node, "the verb \"\(word)\"", known: ["summary", "examples", "lines", "forms"])
        let lines = reader.texts(record["lines"], "lines").map { Form(words: Self.words($0)) }
        let forms = reader.list(record["forms"], "forms").map(form)
        do throws(VerbFlaw) {
            return try ShellGrammar.Verb(
                name: word, answer: .program,
                summary: record["summary"].flatMap { reader.text($0, "summary") } ?? "runs \(word)",
                examples: reader.texts(record["examples"], "examples"), forms: lines + forms)
        } catch {
            reader.report(error.sentence, at: name)
            return nil
        }
    }

    private func form(_ node: Node) -> Form {
        let record = reader.record(
            node, "a form", known: ["words", "flags", "options", "needs", "arguments", "least"])
        let options = reader.pairs(record["options"], "options").compactMap { name, value in
            slot(value).map { ValueOption(names: [name.string ?? ""], slot: $0) }
        }
        let places = reader.list(record["arguments"], "arguments").compactMap(slot)
        var least = places.count
        if let node = record["least"] {
            if let number = node.int, 0...places.count ~= number {
                least = number
            } else {
                reader.report("least is a number from 0 to \(places.count)", at: node)
            }
        }
        return Form(
            words: record["words"].flatMap { reader.text($0, "words") }.map(Self.words) ?? [],
            flags: record["flags"].flatMap { reader.text($0, "flags") } ?? "", options: options,
            needs: reader.texts(record["needs"], "needs"),
            arguments: Arguments(leading: places, least: least, most: places.count))
    }

    /// Words with blanks between them; what is quoted in a line is no fixed word.
    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    /// A kind of value as a policy writes it.
    private func slot(_ node: Node) -> Slot? {
        let word = node.scalar?.string ?? ""
        switch word {
        case "host": return .host
        case "service": return .service
        case "url": return .loopbackURL
        case "size": return .size
        default: break
        }
        if word.hasPrefix("/") {
            return .path(under: word.split(separator: " ").map(String.init))
        }
        let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        if ends.count == 2, let first = ends[0], let last = ends[1], first <= last {
            return .integer(first...last)
        }
        if word.utf8.contains(UInt8(ascii: "|")) {
            return .choice(word.split(separator: "|").map(String.init))
        }
        reader.report(
            "\"\(word)\" is no kind of value", at: node,
            hint: "host, service, url, size, a range 1-1000, words a|b, or trees /var/log /srv/app")
        return nil
    }
}
